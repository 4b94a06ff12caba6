"""The three YAML documents of a draft: manifest, inventory entry, cohort."""

from collections.abc import Iterator

from hallmark.draft.guess import Grouping
from hallmark.draft.model import Draft
from hallmark.draft.spell import confirm, gap, number, text, texts

NO_GROUPS = "Fairness was not assessed: no sensitive attribute is declared."
"""The limit of a model without sensitive attributes; it stands on page one of every report."""


def manifest(draft: Draft) -> str:
    """What travels with the version."""
    return "".join(f"{line}\n" for part in (_model, _data, _people) for line in part(draft))


def inventory(draft: Draft) -> str:
    """The entry that the model gets in the inventory when the risk team takes it in."""
    purposes = ", ".join(draft.known.purposes)
    places = ", ".join(draft.known.jurisdictions)
    lines = (
        "# Who answers for the model, and how much depends on it. `hallmark rulebook publish` takes it in.",
        f"model: {text(draft.model)}",
        f'owner: ""{gap("who answers for the model; conditions go to them, and they never review it")}',
        f'purpose: ""{gap(f"what it decides; policies are written for {purposes}, and in tier low for any")}',
        f"tier: high{confirm('the strictest until the risk team says that less depends on it: high, medium or low')}",
        f"jurisdictions: []{gap(f'where it is used, as in [EU]; policies name {places}')}",
        f'department: ""{gap("where in the organisation it belongs")}',
    )
    return "".join(f"{line}\n" for line in lines)


def cohort(draft: Draft) -> str:
    """The data that the version is assessed on."""
    lines = (
        f"model: {text(draft.model)}",
        f"version: {text(draft.version)}",
        f"name: {text(draft.cohort)}",
        f"role: holdout{confirm('it has not gone live yet; production for rows of a model in use')}",
        f"as_of: {draft.data.as_of}{confirm(f'{draft.data.source} was last written that day; the data may be older')}",
        f"file: {text(draft.data.file)}",
        f"sha256: {draft.data.sha256}",
    )
    return "".join(f"{line}\n" for line in lines)


def _model(draft: Draft) -> Iterator[str]:
    artifact = draft.artifact
    yield "# One version of one model: everything that travels with it."
    yield f"model: {text(draft.model)}"
    yield f"version: {text(draft.version)}"
    yield f"task: {draft.task.value}{confirm(draft.task.because)}"
    yield "# What is certified. An artifact is never loaded before it was inspected."
    if artifact is None:
        yield "artifact: null"
        yield f"predictions: {text(draft.predictions or '')}"
    else:
        yield f"artifact: {{file: {text(artifact.file)}, format: {artifact.format}, sha256: {artifact.sha256}}}"
        yield "predictions: null"
    yield from _decision(draft)


def _decision(draft: Draft) -> Iterator[str]:
    if draft.classes is not None:
        yield from _decision_by_class(draft)
        return
    if draft.cut_off is None or draft.positive is None:
        yield "decision: null"
        return
    yield "# A score becomes a decision at the cut-off; favourable is the side that the person concerned would prefer."
    yield "decision:"
    yield f"  cut_off: {number(draft.cut_off.value)}{confirm(draft.cut_off.because)}"
    said = f"a score is the probability of {draft.label} = {draft.positive.value}; below if nobody wishes for that"
    yield f"  favourable: at-or-above{confirm(said)}"


def _decision_by_class(draft: Draft) -> Iterator[str]:
    some = (
        "as in {favourable_classes: [" + ", ".join(map(text, draft.classes.value[:2] if draft.classes else ())) + "]}"
    )
    yield "# A predicted class is a decision where the person concerned would rather be in some classes than in others."
    if draft.favourable:
        yield f"decision: {{favourable_classes: {texts(draft.favourable)}}}"
        return
    if draft.groupings:
        yield f"decision: null{gap(f'what the person concerned would prefer, {some}; else no group is compared')}"
        return
    yield f"decision: null{confirm(f'nobody is decided about; else what a person would prefer, {some}')}"


def _data(draft: Draft) -> Iterator[str]:
    yield f"key: {text(draft.key)}{confirm(_of_key(draft))}"
    seen = "every column without another part" + ("" if draft.artifact is None else "; keep the order of fitting")
    yield "# What the model sees."
    yield f"features: {texts(draft.features)}{confirm(seen)}"
    yield from _categorical(draft)
    yield "label:"
    yield f"  column: {text(draft.label)}"
    positive = draft.positive
    yield f"  positive: {text(positive.value)}{confirm(positive.because)}" if positive else "  positive: null"
    if draft.classes is not None:
        yield f"  classes: {texts(draft.classes.value)}{confirm(draft.classes.because)}"
    yield f'  source: ""{gap("where the truth comes from, and when it is known")}'
    yield f"  kind: observed{confirm('observed: it was seen; human-decision: people decided it; proxy: a stand-in')}"
    yield "# Assessed whether the model sees them or not. Each group is compared with the reference."
    none = f" []{confirm('no --group was named, so fairness is not assessed')}"
    yield f"attributes:{'' if draft.groupings else none}"
    for grouping in draft.groupings:
        yield _attribute(draft, grouping)
    yield from _files(draft)
    yield f"order: none{confirm('none or time: does the order of the rows tell anything?')}"
    yield "# expectations.json, beside this file"
    yield f"suite: {text(draft.model)}"


def _categorical(draft: Draft) -> Iterator[str]:
    """Whole numbers stay numbers until a person says that they are codes; two values compare alike either way."""
    few = [one.name for one in map(draft.data.columns.get, draft.features) if one and one.whole and one.listed]
    unsure = [name for name in few if draft.data.columns[name].distinct > 2]
    if unsure:
        yield "# Features whose numbers are codes: without an order, and compared by equality."
        yield f"categorical: []{confirm(f'few whole numbers: {texts(unsure)}; name here those that are codes')}"


def _of_key(draft: Draft) -> str:
    if draft.key_made:
        return "no column identifies a row, so it was made from its contents: equal rows count as one row seen twice"
    return "" if draft.key_named else "its name says so, and every row has another value"


def _attribute(draft: Draft, grouping: Grouping) -> str:
    asked, why = draft.known.attributes, []
    if grouping.column not in asked:
        why.append(f"policies ask for attributes named {', '.join(asked)}; change the name if it is one of them")
    if grouping.reference.because:
        why.append(f"reference: {grouping.reference.because}")
    name = text(grouping.column)
    said = f"groups: {texts(grouping.groups)}, reference: {text(grouping.reference.value)}"
    return f"  - {{name: {name}, column: {name}, {said}}}{confirm('; '.join(why))}"


def _files(draft: Draft) -> Iterator[str]:
    before = draft.before
    named = f"{{file: {text(before.file)}, sha256: {before.sha256}, as_of: {before.as_of}}}"
    if draft.split:
        because = "no --training was named; these are rows of the same file, perhaps never fitted on"
        yield f"training: {named}{gap(because)}"
        yield f"reference: {named}{confirm('one half of the file; against it nothing but chance can drift')}"
    else:
        yield f"training: {named}{confirm(f'{before.source} was last written that day; the data may be older')}"
        yield f"reference: {named}{confirm('drift is measured against the training data')}"


def _people(draft: Draft) -> Iterator[str]:
    yield "provenance:"
    yield f'  origin: ""{gap("where the data come from")}'
    yield f'  licence: ""{gap("under which licence or contract they are used")}'
    yield f'  collected: ""{gap("when they were collected")}'
    yield f'  citation: "none"{confirm("a publication or a document of the data, if there is one")}'
    yield "consent:"
    yield f'  basis: ""{gap("the basis on which personal data are processed, or that there are none")}'
    yield f"  until: null{confirm('a date, if the basis has an end')}"
    yield "retention:"
    yield f"  until: null{confirm('a date, if the rows have to be deleted by then')}"
    yield f'  rule: ""{gap("the rule by which the rows are kept and deleted")}'
    yield "deployment:"
    yield f'  as_if: ""{gap("where it is offered or used, as in: used in the EU")}'
    yield f'  description: ""{gap("what is done with a prediction, and about whom")}'
    yield "# What page one must say."
    yield "limits:"
    if not draft.groupings:
        yield f"  - {text(NO_GROUPS)}"
    if draft.split:
        yield '  - "The data that the model was fitted on were not given."'
    yield f'  - ""{gap("what the numbers do not tell; one sentence a line")}'
