"""The model and its data as the manifest declares them, and what a validator looks for and does not find there."""

from collections.abc import Iterator

from hallmark.measures import Task
from hallmark.report.chapters.parts import Case, Cell, Chapter, Part, Table, parts_of
from hallmark.report.chapters.reading import Node, read

SAYS = "What the manifest declares. It was read and its digest is sealed; nobody examined whether it is true."
NAME = "manifest.json"
_HEAD = ("Question", "Answer")
_FEATURES = 12


def model(case: Case) -> Chapter:
    """The chapter: what the model is, how it was made, and the data."""
    parts = (
        *parts_of(case, "What it is", "Purpose, decision, and what travels with the version.", _what),
        Part(
            title="How it was made",
            says="Method, alternatives that were rejected, assumptions, expected directions.",
            missing=(
                "Not known: the manifest has no place for the conceptual soundness of a model. Ask its owner for the "
                "development document; a number in this pack does not stand in for it."
            ),
        ),
        *parts_of(case, "Data and label", "Where the rows and the outcome come from, and until when.", _data),
    )
    return Chapter(anchor="model", title="The model", says=SAYS, parts=parts)


def _what(case: Case) -> Iterator[Part]:
    manifest = read(case.evidence, NAME)
    deployment, features = manifest["deployment"], [one.text() for one in manifest["features"].each()]
    named = ", ".join(features[:_FEATURES]) + (", ..." if len(features) > _FEATURES else "")
    rows: tuple[tuple[Cell, ...], ...] = (
        ("What is it for?", deployment["description"].text()),
        ("As if offered where?", deployment["as_if"].text()),
        ("What does it predict?", _task(manifest)),
        ("What does it decide?", _decision(manifest)),
        ("What does it see?", f"{len(features)} features: {named}" if features else "no feature: predictions alone"),
        ("What was handed in?", _artifact(manifest)),
        ("Who is compared?", _attributes(manifest)),
        ("What must it beat?", _challenger(manifest)),
    )
    yield Part(
        title="What it is",
        says="Purpose, decision, and what travels with the version.",
        table=Table(head=_HEAD, rows=rows, words=(1,)),
        notes=(
            "Prohibited uses, developer, vendor and dependencies are not declared: the manifest has no place for them.",
        ),
    )


def _task(manifest: Node) -> str:
    label = manifest["label"]
    can_be = f", positive: {label['positive'].text()}" if label.has("positive") else ""
    if label.has("classes") and label["classes"].each():
        can_be = f", one of {', '.join(one.text() for one in label['classes'].each())}"
    return f"{manifest['task'].text()} of {label['column'].text()}{can_be}"


def _decision(manifest: Node) -> str:
    if not manifest.has("decision"):
        return f"nothing: it gives {'a class' if manifest['task'].text() == Task.MULTICLASS else 'a number'}"
    decision = manifest["decision"]
    if decision.has("favourable_classes") and decision["favourable_classes"].each():
        chosen = ", ".join(one.text() for one in decision["favourable_classes"].each())
        return f"favourable where the predicted class is one of {chosen}"
    side = decision["favourable"].text().replace("-", " ")
    return f"favourable {side} {'' if side.endswith('above') else 'the cut-off '}{decision['cut_off'].number():g}"


def _artifact(manifest: Node) -> str:
    if not manifest.has("artifact"):
        return "a column of predictions; the model itself was not"
    return f"a file of format {manifest['artifact']['format'].text()}; its SHA-256 stands under Digests"


def _attributes(manifest: Node) -> str:
    found = [
        f"{one['name'].text()} ({', '.join(group.text() for group in one['groups'].each())}; "
        f"reference {one['reference'].text()})"
        for one in manifest["attributes"].each()
    ]
    return "; ".join(found) or "nobody: the manifest declares no attribute"


def _challenger(manifest: Node) -> str:
    return manifest["challenger"].text() if manifest.has("challenger") else "nothing: no challenger is declared"


def _data(case: Case) -> Iterator[Part]:
    manifest = read(case.evidence, NAME)
    origin, label, consent, kept = (manifest[name] for name in ("provenance", "label", "consent", "retention"))
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Where are they from?", f"{origin['origin'].text()}; collected {origin['collected'].text()}"),
        ("Under which licence?", f"{origin['licence'].text()}; {origin['citation'].text()}"),
        ("Fitted on what?", f"training data as of {manifest['training']['as_of'].text()}"),
        ("Compared with what?", f"reference data as of {manifest['reference']['as_of'].text()}"),
        ("What is the outcome?", f"{label['kind'].text()}: {label['source'].text()}"),
        ("On which basis?", f"{consent['basis'].text()}{_until(consent)}"),
        ("Kept how long?", f"{kept['rule'].text()}{_until(kept)}"),
        ("Do rows follow each other?", f"order: {manifest['order'].text()}"),
    )
    yield Part(
        title="Data and label",
        says="Where the rows and the outcome come from, and until when.",
        table=Table(head=_HEAD, rows=rows, words=(1,)),
        notes=("Exclusions on the way to these rows are not declared. What the rows hold is the next chapter.",),
    )


def _until(node: Node) -> str:
    return f" (until {node['until'].text()})" if node.has("until") else ""
