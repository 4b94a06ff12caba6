"""The ledger: appended once, whole in the store, and never begun a second time."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallmark.edges.key_file import KeyFile
from hallmark.errors import Conflict, HallmarkError, Tampered, Unavailable, Undecidable
from hallmark.evidence import merkle
from hallmark.evidence.canonical import encode
from hallmark.evidence.checkpoint import Checkpoint, seal_checkpoint
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import open_by_any
from hallmark.evidence.places import CHECKPOINTS, checkpoint_key, entry_key, rulebook_key
from hallmark.policy.role import KeyUse
from hallmark.steps.found import public_key
from hallmark.steps.ledger import append

if TYPE_CHECKING:
    from tests.conftest import Place


def entry(place: Place, number: int) -> Entry:
    return Entry(kind=EntryKind.OPENED, key=f"k/{number}", sha256="0" * 64, at=place.clock.at, case=f"{number:020d}")


def test_appending_twice_changes_nothing(small: Place) -> None:
    first = append(small.context, entry(small, 1))
    before = small.snapshot()
    assert append(small.context, entry(small, 1)) == first == 1
    assert small.snapshot() == before


def test_every_prefix_has_a_checkpoint_that_the_whole_extends(small: Place) -> None:
    for number in range(5):
        append(small.context, entry(small, number))
    ledger, chain = small.ledger(), small.context.chain()
    for size in range(1, 7):
        ledger.extends(open_by_any(small.store.get(checkpoint_key(size)), chain))


def test_a_later_checkpoint_is_not_extended_by_an_earlier_ledger(small: Place) -> None:
    before = small.ledger()
    append(small.context, entry(small, 1))
    with pytest.raises(Tampered, match="had been seen"):
        before.extends(small.ledger().checkpoint)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.integers(1, 5), other=st.binary(min_size=1, max_size=8))
def test_a_ledger_extends_a_checkpoint_exactly_when_it_begins_with_it(
    small_world: Place, kept: int, other: bytes
) -> None:
    ledger = small_world.ledger()
    leaves = tuple(bytes([number]) for number in range(6))
    whole = replace(ledger, leaves=leaves, checkpoint=replace(ledger.checkpoint, size=6, root=merkle.root(leaves)))
    seen = replace(ledger.checkpoint, size=kept, root=merkle.root(leaves[:kept]))
    whole.extends(seen)
    forked = (*leaves[: kept - 1], other + b"!", *leaves[kept:])
    with pytest.raises(Tampered):
        replace(whole, leaves=forked).extends(seen)


def test_a_ledger_without_checkpoint_says_nothing(small: Place) -> None:
    for key in list(small.store.keys(CHECKPOINTS)):
        (small.folder / key).unlink()
    with pytest.raises(Undecidable, match="no checkpoint"):
        small.ledger()


def test_a_checkpoint_of_a_stranger_is_refused(small: Place, tmp_path: Path) -> None:
    ledger = small.ledger()
    forged = seal_checkpoint(ledger.checkpoint, KeyFile.create(tmp_path / "stranger"))
    small.overwrite(checkpoint_key(1), forged)
    with pytest.raises(Tampered, match="no log key"):
        small.ledger()


def test_a_checkpoint_by_the_certifier_is_refused(small: Place) -> None:
    small.overwrite(
        checkpoint_key(1), seal_checkpoint(small.ledger().checkpoint, small.context.signer(KeyUse.CERTIFIER))
    )
    with pytest.raises(Tampered, match="no log key"):
        small.ledger()


def test_a_checkpoint_under_the_name_of_another_size_is_refused(small: Place) -> None:
    """An old checkpoint in the place of the newest would hide what came after it."""
    old = small.store.get(checkpoint_key(1))
    append(small.context, entry(small, 1))
    small.overwrite(checkpoint_key(2), old)
    with pytest.raises(Tampered):
        small.ledger()


def test_a_key_of_the_log_that_a_newer_rulebook_took_away_signs_no_newest_checkpoint(
    small: Place, tmp_path: Path
) -> None:
    stolen, before = small.context.signer(KeyUse.LOG), small.ledger().checkpoint
    rotate(small, tmp_path)
    assert len(small.entries()) == 2, "the publication signs a checkpoint with the new key"
    small.ledger().extends(before)
    leaves = (*small.ledger().leaves, encode(entry(small, 1)))
    longer = replace(small.ledger().checkpoint, size=3, root=merkle.root(leaves))
    small.overwrite(entry_key(2), leaves[-1])
    small.overwrite(checkpoint_key(3), seal_checkpoint(longer, stolen))
    with pytest.raises(Tampered, match="log key that rulebook 2 took away"):
        small.ledger()
    open_by_any(seal_checkpoint(before, stolen), small.context.chain())


def rotate(place: Place, folder: Path) -> None:
    """Publish a rulebook that has another key of the log, as an operator does who noticed a theft."""
    new, signer = KeyFile.create(folder / "new.key"), place.context.signer
    place.context = place.again(signer=lambda use: new if use is KeyUse.LOG else signer(use))
    rules, log = place.rules(), public_key(KeyUse.LOG, new)
    keys = tuple(log if one.use is log.use else one for one in rules.roles.keys)
    place.publish(replace(rules, roles=replace(rules.roles, keys=keys)))


def test_a_rotation_that_was_cut_off_is_ended_by_publishing_again(small: Place, tmp_path: Path) -> None:
    """Killed after the rulebook was written, before its entry was: nothing can be read, and the same command heals."""
    old = small.store.get(checkpoint_key(1))
    rotate(small, tmp_path)
    rules, rulebook = small.rules(), small.store.get(rulebook_key(2))
    for key in (entry_key(1), checkpoint_key(2)):
        (small.folder / key).unlink()
    small.home.ledger.unlink()
    small.context.sequencer.append(small.store.get(entry_key(0)))
    assert (small.store.get(checkpoint_key(1)), small.store.get(rulebook_key(2))) == (old, rulebook)
    with pytest.raises(Tampered, match="rulebook publish"):
        small.ledger()
    small.publish(rules)
    assert [one.rulebook for one in small.entries()] == [1, 2]


def test_with_a_key_that_the_newest_rulebook_does_not_name_nothing_is_signed(small: Place, tmp_path: Path) -> None:
    stranger, signer, size = KeyFile.create(tmp_path / "stranger"), small.context.signer, len(small.entries())
    other = small.again(signer=lambda use: stranger if use is KeyUse.LOG else signer(use))
    with pytest.raises(Conflict, match="none that rulebook 1 names"):
        append(other, entry(small, 1))
    assert len(small.entries()) == size
    append(small.context, entry(small, 2))
    assert len(small.entries()) == size + 2, "what waited came with the next one"


# Faults between the writes


def test_a_checkpoint_that_was_not_written_is_written_next_time(small: Place) -> None:
    append(small.context, entry(small, 1))
    (small.folder / checkpoint_key(2)).unlink()
    append(small.context, entry(small, 1))
    assert len(small.entries()) == 2


def test_entries_that_were_not_written_are_written_next_time(small: Place) -> None:
    small.context.sequencer.append(encode(entry(small, 1)))
    append(small.context, entry(small, 2))
    assert len(small.entries()) == 3


def test_a_lost_sequencer_is_filled_from_the_store(small: Place) -> None:
    for number in range(3):
        append(small.context, entry(small, number))
    small.home.ledger.unlink()
    assert append(small.context, entry(small, 9)) == 4
    assert len(small.entries()) == 5


def test_a_sequencer_from_an_old_backup_never_damages_the_ledger(small: Place) -> None:
    backup = small.home.ledger.read_bytes()
    for number in range(3):
        append(small.context, entry(small, number))
    seen = small.ledger().checkpoint
    small.home.ledger.write_bytes(backup)
    for number in range(10, 16):
        with contextlib.suppress(HallmarkError):
            append(small.context, entry(small, number))
    small.ledger().extends(seen)


def test_an_entry_stored_past_the_checkpoint_and_a_lost_sequencer_do_not_damage_the_ledger(small: Place) -> None:
    append(small.context, entry(small, 1))
    small.overwrite(entry_key(2), encode(entry(small, 2)))  # killed before its checkpoint
    small.home.ledger.unlink()
    for number in (3, 4):
        with contextlib.suppress(HallmarkError):
            append(small.context, entry(small, number))
    assert len(small.entries()) >= 2


def test_two_installations_on_one_store_go_on_or_stop_and_never_fork(small: Place, tmp_path: Path) -> None:
    other = small.copy(tmp_path / "other").again(store=small.store)
    for number, context in enumerate((small.context, other, small.context, other)):
        seen = small.ledger().checkpoint
        with contextlib.suppress(HallmarkError):
            append(context, entry(small, number))
        small.ledger().extends(seen)
    assert len(small.entries()) > 1


def test_an_entry_that_somebody_planted_is_never_signed(small: Place) -> None:
    """Who can write into the store and has no key puts a refusal where the next entry will be."""
    forged = encode(replace(entry(small, 1), kind=EntryKind.PACK, model="small", version="1", decision="refused"))
    small.overwrite(entry_key(1), forged)
    for number in (2, 3):
        with contextlib.suppress(HallmarkError):
            append(small.context, entry(small, number))
    assert forged not in small.ledger().leaves


def test_junk_that_somebody_planted_does_not_stop_the_reading(small: Place) -> None:
    small.overwrite(entry_key(1), b"junk")
    for number in (2, 3):
        with contextlib.suppress(HallmarkError):
            append(small.context, entry(small, number))
    assert small.entries()


def test_the_same_entry_after_time_has_passed_keeps_the_checkpoint(small: Place) -> None:
    append(small.context, entry(small, 1))
    (same,) = [one for one in small.entries() if one.key == "k/1"]
    before = small.store.get(checkpoint_key(2))
    small.clock.forward(days=1)
    append(small.context, same)
    assert small.store.get(checkpoint_key(2)) == before


PROGRAM = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from hallmark import wiring
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.local.home import Home
from hallmark.steps.ledger import append

context = wiring.context(Home(root=Path(sys.argv[1])), endpoint=None)
for number in range(12):
    at = datetime(2026, 11, 24, tzinfo=UTC)
    append(context, Entry(kind=EntryKind.OPENED, key=f"k/{sys.argv[2]}/{number}", sha256="0" * 64, at=at))
"""


def test_two_processes_append_side_by_side(small: Place) -> None:
    command = [sys.executable, "-c", PROGRAM, str(small.home.root)]
    both = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("a", "b")]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    entries = small.entries()
    assert len(entries) == 25
    for name in ("a", "b"):
        own = [one.key for one in entries if one.key.startswith(f"k/{name}/")]
        assert own == [f"k/{name}/{number}" for number in range(12)]


def test_the_origin_of_a_checkpoint_is_the_name_of_the_root(small: Place) -> None:
    ledger = small.ledger()
    other = Checkpoint(origin="other-log", size=1, root=ledger.checkpoint.root, at=small.clock.at + timedelta(days=1))
    small.overwrite(checkpoint_key(1), seal_checkpoint(other, small.context.signer(KeyUse.LOG)))
    with pytest.raises(Tampered):
        small.ledger()


def test_an_unmounted_store_is_not_an_empty_one(small: Place) -> None:
    shutil.rmtree(small.folder)
    with pytest.raises(Unavailable):
        append(small.context, entry(small, 1))
