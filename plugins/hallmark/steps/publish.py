"""Publishing a rulebook: what people wrote becomes the next number, signed and in the ledger."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from hallmark import documents
from hallmark.errors import BadInput
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, rulebook_key, rulebooks
from hallmark.evidence.trust import RULEBOOK, Accepted, accept, read_root
from hallmark.policy.lint import lint
from hallmark.policy.role import Key, KeyUse
from hallmark.policy.rulebook import Rulebook, Rules, Suite
from hallmark.steps.clock import moment
from hallmark.steps.context import Context
from hallmark.steps.ledger import append
from hallmark.steps.text import text_of


def drafted(repo: Path, keys: tuple[Key, ...]) -> Rules:
    """Read policies, suites and assessors of `repo`. Raises `BadInput` with every problem, a line each."""
    # what is no .yaml is refused by its name, so nobody has to read it
    files = {
        str(path.relative_to(repo)): text_of(path) if path.suffix == ".yaml" else ""
        for path in _files(repo / "policies")
    }
    suites = tuple(Suite(name=name, sha256=digest(data)) for name, data in suites_of(repo).items())
    return documents.rules(files, keys=keys, suites=suites, assessors=assessors_digest(repo))


def suites_of(repo: Path) -> Mapping[str, bytes]:
    """The expectation suites by name."""
    return {path.stem: path.read_bytes() for path in sorted((repo / "expectations").glob("*.json"))}


def assessors_digest(repo: Path) -> str:
    """SHA-256 over the sorted (path, bytes) of the assess room and over the locked versions."""
    room = Path(__file__).parent.parent / "assess"
    hasher = hashlib.sha256()
    for path in sorted(room.rglob("*.py")):
        hasher.update(str(path.relative_to(room)).encode() + b"\0" + path.read_bytes() + b"\0")
    hasher.update((repo / "requirements.txt").read_bytes())
    return hasher.hexdigest()


def publish(context: Context, rules: Rules, suites: Mapping[str, bytes]) -> Accepted | None:
    """Publish `rules` as the next rulebook; None when the latest says the same already.

    Raises `BadInput` with every problem that lint finds, a line each, and when a suite's bytes or a key are missing.
    """
    accepted = context.chain().accepted
    latest = accepted[-1] if accepted else None
    if latest is not None and latest.rulebook.rules == rules:
        _enter(context, latest)
        return None
    _require_sound(rules, suites, moment(context).date())
    for data in suites.values():
        context.store.put(blob_key(digest(data)), data)
    rulebook = Rulebook(
        number=len(accepted) + 1,
        previous=latest.sha256 if latest else None,
        issued_at=moment(context),
        rules=rules,
    )
    envelope = seal(encode(rulebook), RULEBOOK, context.signer(KeyUse.PUBLISHER))
    # asked before it is written: a rulebook that no chain accepts could never be taken away again
    published = accept(read_root(context.root), [*rulebooks(context.store), envelope]).latest
    context.store.put(rulebook_key(rulebook.number), envelope)
    _enter(context, published)
    return published


def _require_sound(rules: Rules, suites: Mapping[str, bytes], on: date) -> None:
    problems = lint(rules, on)
    if problems:
        raise BadInput("\n".join(problems))
    missing = [suite.name for suite in rules.suites if digest(suites.get(suite.name, b"")) != suite.sha256]
    missing += [f"a {use} key" for use in KeyUse if not rules.roles.keys_for(use)]
    if missing:
        raise BadInput(f"a rulebook needs {', '.join(missing)}; nothing was published")


def _enter(context: Context, accepted: Accepted) -> None:
    number = accepted.rulebook.number
    append(
        context,
        Entry(
            kind=EntryKind.RULEBOOK,
            key=rulebook_key(number),
            sha256=accepted.sha256,
            at=accepted.rulebook.issued_at,
            rulebook=number,
        ),
    )


def _files(folder: Path) -> list[Path]:
    """Whatever lies there, under any name, so that nothing is left out in silence; no link to a folder is followed."""
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
