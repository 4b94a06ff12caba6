"""What may be published and is worth a word: rules that ask less of the models at hand than they seem to."""

from collections.abc import Iterator, Sequence

from hallmark.evidence.canonical import decode
from hallmark.measures import Spread
from hallmark.policy.control import Control
from hallmark.policy.groups import attribute_of
from hallmark.policy.lint_reach import beyond
from hallmark.policy.rulebook import Rules
from hallmark.policy.scope import takes_in
from hallmark.policy.subject import Manifest
from hallmark.steps.context import Context


def unreached(context: Context, rules: Rules) -> Iterator[str]:
    """A sentence for each place and purpose without a policy, and for each attribute that no version declares."""
    yield from beyond(rules)
    registered = _registered(context)
    for entry in rules.inventory:
        for policy in rules.policies:
            for control in policy.controls if takes_in(policy.scope, entry) else ():
                for name in _undeclared(control, registered.get(entry.model, ())):
                    where = f"{policy.policy}/{control.id}: no registered version of {entry.model} declares {name!r}"
                    yield f"{where}: it would not be evaluated; correct `by`, or declare it in the next manifest"


def _undeclared(control: Control, manifests: Sequence[Manifest]) -> Iterator[str]:
    asked = [manifest for manifest in manifests if manifest.task in control.measured.tasks]
    if asked and control.measured.spread is Spread.ATTRIBUTES:
        for name in control.by:
            if not any(attribute_of(manifest, name) for manifest in asked):
                yield name


def _registered(context: Context) -> dict[str, list[Manifest]]:
    found: dict[str, list[Manifest]] = {}
    for model, version in context.registry.versions():
        found.setdefault(model, []).append(decode(context.registry.manifest(model, version), Manifest))
    return found
