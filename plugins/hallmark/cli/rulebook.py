"""`hallmark rulebook publish | show`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import context, home, repo
from hallmark.cli.say import say
from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.trust import Accepted
from hallmark.policy.role import Key, KeyUse
from hallmark.policy.rulebook import Entry
from hallmark.steps.context import Context
from hallmark.steps.found import public_key
from hallmark.steps.intake import Proposal, changes, with_own
from hallmark.steps.publish import drafted, publish, suites_of
from hallmark.steps.unreached import unreached

DEMO = "hallmark-demo"
"""The name of the root that the commands make by themselves."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("publish", "show"))


def run(options: argparse.Namespace) -> int:
    """Publish what stands in policies/ and expectations/ and what was registered since, or show what is in force."""
    if options.action == "show":
        _show(context().chain().latest)
        return 0
    found_demo()
    wiring.prepare_store(home(), endpoint=None)
    intake = wiring.intake(home())
    coming, own = intake.proposed(), intake.with_proposed()
    before = _inventory(context())
    published = publish_current(context(), repo(), own)
    intake.take(one for one in own if one.entry.model in {new.entry.model for new in coming})
    for sentence in changes(before, coming):
        say(sentence)
    if published is None:
        say(f"rulebook {context().chain().latest.rulebook.number} says the same already; nothing was published")
    else:
        _show(published)
        for sentence in unreached(context(), published.rulebook.rules):
            say(f"note: {sentence}")
    return 0


def _inventory(where: Context) -> tuple[Entry, ...]:
    accepted = where.chain().accepted
    return accepted[-1].rulebook.rules.inventory if accepted else ()


def found_demo() -> None:
    """Found this installation under a demo root where it has none yet, and say so."""
    if wiring.found(home(), name=DEMO, demo=True):
        say(f"founded a demo root: {wiring.root_path(home())}")


def publish_current(where: Context, clone: Path, own: Sequence[Proposal] = ()) -> Accepted | None:
    """Publish the clone's rules and what was added beside them; None when the latest rulebook says the same."""
    suites = {name: data for one in own for name, data in one.suites.items()}
    return publish(where, with_own(drafted(clone, keys(where)), own), {**suites_of(clone), **suites})


def keys(where: Context) -> tuple[Key, ...]:
    """The public keys of this installation, one for each use."""
    return tuple(public_key(use, where.signer(use)) for use in KeyUse)


def _show(accepted: Accepted) -> None:
    rules = accepted.rulebook.rules
    say(f"rulebook {accepted.rulebook.number}, issued {rfc3339(accepted.rulebook.issued_at)}, sha256 {accepted.sha256}")
    for policy in rules.policies:
        say(f"  {policy.policy} {policy.version} ({policy.authority}, {policy.owner}): {policy.title}")
        for control in policy.controls:
            say(f"    {control.id:<6} {control.severity:<9} {control.measure}: {control.title}")
    say(f"  {len(rules.clauses)} clauses, {len(rules.inventory)} models, {len(rules.suites)} suites")
