"""`hallmark rulebook publish | show`."""

import argparse
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import context, home, repo
from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.trust import Accepted
from hallmark.policy.role import Key, KeyUse
from hallmark.steps.context import Context
from hallmark.steps.found import public_key
from hallmark.steps.publish import drafted, publish, suites_of

DEMO = "hallmark-demo"
"""The name of the root that the commands make by themselves."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("publish", "show"))


def run(options: argparse.Namespace) -> int:
    """Publish what stands in policies/ and expectations/, or show what is in force."""
    if options.action == "show":
        _show(context().chain().latest)
        return 0
    found_demo()
    wiring.prepare_store(home(), endpoint=None)
    published = publish_current(context(), repo())
    if published is None:
        print(f"rulebook {context().chain().latest.rulebook.number} says the same already; nothing was published")
    else:
        _show(published)
    return 0


def found_demo() -> None:
    """Found this installation under a demo root where it has none yet, and say so."""
    if wiring.found(home(), name=DEMO, demo=True):
        print(f"founded a demo root: {wiring.root_path(home())}")


def publish_current(where: Context, clone: Path) -> Accepted | None:
    """Publish the clone's rules under this installation's keys; None when the latest rulebook says the same."""
    return publish(where, drafted(clone, keys(where)), suites_of(clone))


def keys(where: Context) -> tuple[Key, ...]:
    """The public keys of this installation, one for each use."""
    return tuple(public_key(use, where.signer(use)) for use in KeyUse)


def _show(accepted: Accepted) -> None:
    rules = accepted.rulebook.rules
    print(
        f"rulebook {accepted.rulebook.number}, issued {rfc3339(accepted.rulebook.issued_at)}, sha256 {accepted.sha256}"
    )
    for policy in rules.policies:
        print(f"  {policy.policy} {policy.version} ({policy.authority}, {policy.owner}): {policy.title}")
        for control in policy.controls:
            print(f"    {control.id:<6} {control.severity:<9} {control.measure}: {control.title}")
    print(f"  {len(rules.clauses)} clauses, {len(rules.inventory)} models, {len(rules.suites)} suites")
