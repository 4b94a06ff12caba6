"""Attacks on what is kept: bytes of the store, packs, the ledger, and page one signed with stolen keys."""

from dataclasses import replace
from datetime import timedelta

from attacks.attack import Answer, Attack, tried
from attacks.good import refused
from attacks.place import Place

from hallmark.evidence.archive import Archive
from hallmark.evidence.canonical import digest
from hallmark.evidence.entry import of_pack
from hallmark.evidence.places import CHECKPOINTS, checkpoint_key, entry_key
from hallmark.evidence.statement import Certification
from hallmark.policy.role import KeyUse


def _flip_pack(place: Place) -> Answer:
    place.flip(place.pack())
    return place.verify()


def _blobs(place: Place) -> list[str]:
    named = {blob.digest.sha256 for blob in place.statement().predicate.blobs}
    return [key for key in place.context.store.keys("blobs/") if key.rpartition("/")[2] in named]


def _flip_blob(place: Place) -> Answer:
    place.flip(_blobs(place)[0])
    return place.verify()


def _swap_blobs(place: Place) -> Answer:
    first, second = _blobs(place)[:2]
    held = [place.context.store.get(key) for key in (second, first)]
    for key, data in zip((first, second), held, strict=True):
        place.overwrite(key, data)
    return place.verify()


def _replay(place: Place) -> Answer:
    """The case that came later was refused; the pack of the one before is put into its place."""
    later = refused(place, "later")
    place.overwrite(later.pack(), place.context.store.get(place.pack()))
    return later.verify()


def _newer_refusal(place: Place) -> Answer:
    refused(place, "newer")
    return place.verify()


def _without_entry(place: Place) -> Answer:
    refused(place, "newer")
    place.path(entry_key(len(place.entries()) - 1)).unlink()
    return place.verify()


def _rolled_back(place: Place) -> Answer:
    """Opening and refusal are gone, with every checkpoint that knew of them: what is left is whole in itself."""
    size = len(place.entries())
    refused(place, "newer")
    seen = place.seen()
    for index in range(size, len(place.entries())):
        place.path(entry_key(index)).unlink()
    for key in list(place.context.store.keys(CHECKPOINTS)):
        if key > checkpoint_key(size):
            place.path(key).unlink()
    return place.verify(seen=seen)


def _rewritten(place: Place) -> Answer:
    """A ledger of the same length, in which the newer case was referred and never refused."""
    refused(place, "newer")
    seen, entries = place.seen(), list(place.entries())
    place.rewrite((*entries[:-1], replace(entries[-1], decision="referred")))
    return place.verify(seen=seen)


def _signed_again(place: Place, told: Certification, *, log: bool) -> Answer:
    """Page one says what `told` says, by the stolen key of the certifier; with that of the log the ledger does too."""
    envelope = place.seal(replace(place.statement(), predicate=told), KeyUse.CERTIFIER)
    place.overwrite(place.pack(), envelope)
    if log:
        told_by_ledger = of_pack(told, digest(envelope))
        place.rewrite(told_by_ledger if entry.key == told_by_ledger.key else entry for entry in place.entries())
    return place.verify()


def _longer(place: Place) -> Certification:
    told = place.statement().predicate
    later = place.context.now() + timedelta(days=3650)
    return replace(told, verdict=replace(told.verdict, expires_at=later, conditions=()))


def _certifier(place: Place) -> Answer:
    return _signed_again(place, _longer(place), log=False)


def _certifier_and_log(place: Place) -> Answer:
    return _signed_again(place, _longer(place), log=True)


def _limits(place: Place) -> Answer:
    return _signed_again(place, replace(place.statement().predicate, limits=()), log=True)


def _two_packs(place: Place) -> Answer:
    """A refused case is deployed by its export, into which somebody put the files of the good one."""
    archive = Archive("case.tar", refused(place, "later").exported() | place.exported())
    found = tried("export", lambda: archive.pack)
    return place.verify(store=archive, pack=archive.pack) if found.usable else found


def _key_of_yesterday(place: Place) -> Answer:
    """As long as the honest ledger, so that nothing is missed: without the refusal, and signed by the stolen key."""
    stolen = place.exchange_log_key()
    kept = place.entries()
    refused(place, "newer")
    padding = (replace(kept[-1], sha256=f"{number:064d}") for number in range(len(place.entries()) - len(kept)))
    place.rewrite((*kept, *padding), stolen)
    return place.verify()


def _notes(place: Place) -> Answer:
    return _signed_again(place, replace(place.statement().predicate, notes=("Fit for every purpose.",)), log=True)


KEPT = (
    Attack(does="flip a bit of the pack", refused_by=r"verify 2: ", act=_flip_pack),
    Attack(does="flip a bit of a blob", refused_by=r"verify 5: The blob .* another digest", act=_flip_blob),
    Attack(does="swap two blobs", refused_by=r"verify 5: The blob .* another digest", act=_swap_blobs),
    Attack(
        does="replay an older pack at the key of a later case",
        refused_by=r"verify 3: The pack belongs at .* and lies at",
        act=_replay,
    ),
    Attack(
        does="use the certificate after a newer refusal",
        refused_by=r"verify 8: superseded by case .* \(refused",
        act=_newer_refusal,
    ),
    Attack(
        does="take the refusal's entry out of the ledger",
        refused_by=r"verify 6: There is no ledger",
        act=_without_entry,
    ),
    Attack(
        does="roll the ledger back to before the refusal (against --seen)",
        refused_by=r"verify 6: The ledger has \d+ entries; \d+ had been seen",
        act=_rolled_back,
    ),
    Attack(
        does="rewrite the refusal with the stolen key of the log (against --seen)",
        refused_by=r"verify 6: The first \d+ entries of the ledger are not those",
        act=_rewritten,
    ),
    Attack(
        does="sign a later expiry and no conditions with the stolen key of the certifier",
        refused_by=r"verify 6: The ledger must hold this pack once and as it is",
        act=_certifier,
    ),
    Attack(
        does="the same, and the ledger rewritten with the stolen key of the log",
        refused_by=r"verify 7: Decided again",
        act=_certifier_and_log,
    ),
    Attack(
        does="sign page one without its limits, with both stolen keys",
        refused_by=r"verify 7: The pack tells other limits",
        act=_limits,
    ),
    Attack(
        does="sign page one with other notes, with both stolen keys",
        refused_by=r"verify 7: The notes of the pack are not those",
        act=_notes,
    ),
    Attack(
        does="sign a ledger without the refusal by the log key of yesterday, which a newer rulebook took away",
        refused_by=r"verify 6: The newest checkpoint .* log key that rulebook 2 took away",
        act=_key_of_yesterday,
    ),
    Attack(
        does="put the files of a good case into the export of a refused one",
        refused_by=r"export: case.tar: holds the packs of several cases",
        act=_two_packs,
    ),
)
