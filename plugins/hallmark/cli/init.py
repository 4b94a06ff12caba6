"""`hallmark init DIR`: drafts of manifest, inventory entry, cohort and suite, guessed from the data."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from hallmark.cli.place import repo
from hallmark.cli.say import say
from hallmark.draft.documents import NO_GROUPS
from hallmark.draft.model import Draft, Known
from hallmark.draft.wish import Wish
from hallmark.draft.write import write
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.control import CLASSES, FEATURES, SEGMENTS
from hallmark.policy.groups import CROSS
from hallmark.policy.names import checked
from hallmark.policy.rulebook import Rules
from hallmark.steps.publish import drafted
from hallmark.steps.register import standing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("folder", metavar="DIR", type=Path, help="to be made; its name becomes that of the model")
    add("--data", metavar="FILE", type=Path, required=True, help="CSV or Parquet: the rows to be assessed on")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="FILE", type=Path, help="skops, pickle or joblib; it is not loaded here")
    source.add_argument("--predictions", metavar="COLUMN", help="certify ready-made predictions, without the model")
    add("--label", metavar="COLUMN", required=True, help="the outcome")
    add("--group", metavar="COLUMN", action="append", default=[], help="a sensitive attribute; once for each")
    add("--reference", metavar="GROUP", action="append", default=[], help="a group that the others are compared with")
    add("--training", metavar="FILE", type=Path, help="CSV or Parquet: the rows that the model was fitted on")
    add("--key", metavar="COLUMN", help="what identifies a row")
    add("--task", choices=[task.value for task in Task], help="told from the label without it")
    add("--positive", metavar="VALUE", help="the value of the label that a score is the probability of")
    add("--cut-off", metavar="X", type=float, help="where a score becomes a decision")
    add("--favourable", metavar="CLASS", action="append", default=[], help="a class that a person would prefer")
    add("--version", metavar="V", default="1", help="of the model")


def run(options: argparse.Namespace) -> int:
    """Write the folder, and say what is left to a person."""
    draft = write(_wish(options), _known(drafted(repo(), ())), options.folder)
    for line in told(draft, options.folder):
        say(line)
    return 0


def told(draft: Draft, folder: Path) -> Iterator[str]:
    """What was written, what was guessed that matters most, and what comes next."""
    yield f"{draft.data.source}: {draft.data.rows} rows to be assessed on; {draft.before.source}: {draft.before.rows}"
    yield f"{draft.model} {draft.version}: {draft.task.value}, {len(draft.features)} features, key {draft.key}"
    if draft.split:
        yield "The training data were not named: half of the file stands in for them, which a person has to agree to."
    for grouping in draft.groupings:
        yield f"{grouping.column}: {', '.join(grouping.groups)}; compared with {grouping.reference.value}"
    if not draft.groupings:
        yield f"{NO_GROUPS} Tiers high and medium demand it; name columns with --group."
    yield f"{folder}: {standing(folder)} guesses and gaps are marked, `# confirm:` or `# gap:`, each with its reason."
    yield f"Next: hallmark preview {folder}; edit the documents there until hallmark register {folder} takes them."


def _wish(options: argparse.Namespace) -> Wish:
    return Wish(
        name=_name(options.folder),
        version=checked("version", options.version),
        data=options.data,
        training=options.training,
        artifact=options.model,
        predictions=options.predictions,
        label=options.label,
        groups=tuple(options.group),
        references=tuple(options.reference),
        key=options.key,
        task=Task(options.task) if options.task else None,
        positive=options.positive,
        cut_off=options.cut_off,
        favourable=tuple(options.favourable),
    )


def _name(folder: Path) -> str:
    """The name of the model: that of the folder, in the letters that a name may have."""
    name = re.sub(r"[^a-z0-9_]+", "_", folder.absolute().name.lower()).strip("_")
    if not re.match(r"[a-z]", name):
        raise BadInput(f"{folder}: gives no name for a model; call the folder as the model, beginning with a letter")
    return checked("model", name)


def _known(rules: Rules) -> Known:
    controls = [control for policy in rules.policies for control in policy.controls]
    names = {part for control in controls for name in control.by for part in name.split(CROSS)}
    return Known(
        purposes=tuple(sorted({one for policy in rules.policies for one in policy.scope.purpose})),
        jurisdictions=tuple(sorted({one for policy in rules.policies for one in policy.scope.jurisdiction})),
        attributes=tuple(sorted(names - {CLASSES, FEATURES, SEGMENTS})),
    )
