"""Writing the ledger: the sequencer gives the place, then entries and a signed checkpoint go to the store."""

from datetime import datetime

from hallmark.errors import Conflict
from hallmark.evidence import merkle
from hallmark.evidence.canonical import encode
from hallmark.evidence.checkpoint import Checkpoint, seal_checkpoint
from hallmark.evidence.entry import Entry
from hallmark.evidence.ledger import open_by_any, read_ledger
from hallmark.evidence.places import CHECKPOINTS, checkpoint_key, entry_key
from hallmark.evidence.trust import Chain
from hallmark.policy.role import KeyUse
from hallmark.ports import Signer
from hallmark.steps.clock import moment
from hallmark.steps.context import Context


def append(context: Context, entry: Entry) -> int:
    """Append `entry` and publish the ledger up to it; the same entry again changes nothing. Returns its index.

    Raises `Unavailable`, and changes nothing, when the clock went back. Raises `Conflict`, and signs nothing, when the
    key of the log at hand is none of the newest rulebook: the entry then waits for the next one.
    """
    at, covered = moment(context), _restored(context)
    index = context.sequencer.append(encode(entry))
    _publish(context, covered, at)
    return index


def _restored(context: Context) -> int:
    """Give a sequencer that was lost, or came from an older backup, what the newest checkpoint covers and it lacks.

    Returns how many entries it covers. Only those: whoever may write into the store could plant the rest. Raises
    `Conflict` when the sequencer and the checkpoint do not agree, since going on would fork the ledger.
    """
    newest = max(context.store.keys(CHECKPOINTS), default=None)
    if newest is None:
        return 0
    checkpoint = open_by_any(context.store.get(newest), context.chain())
    leaves = tuple(context.sequencer.entries())
    if len(leaves) < checkpoint.size:
        leaves = read_ledger(context.store, context.chain()).leaves
        for leaf in leaves:
            context.sequencer.append(leaf)
    if merkle.root(leaves[: checkpoint.size]) != checkpoint.root:
        raise Conflict("The sequencer and the store hold different ledgers; remove the sequencer's file to restore it.")
    return checkpoint.size


def _publish(context: Context, covered: int, at: datetime) -> None:
    """Bring the store up to what the sequencer holds: every entry past `covered`, and a checkpoint over all of them.

    Other bytes in the place of an entry end in `Conflict` before any checkpoint is signed.
    """
    leaves = tuple(context.sequencer.entries())
    # after the entries: a rulebook is in the store before its entry is in the sequencer, so none of them is newer
    chain = context.chain()
    signer = _signer(context, chain)
    for index in range(covered, len(leaves)):
        context.store.put(entry_key(index), leaves[index])
    checkpoint = Checkpoint(origin=chain.root.name, size=len(leaves), root=merkle.root(leaves), at=at)
    try:
        context.store.put(checkpoint_key(checkpoint.size), seal_checkpoint(checkpoint, signer))
    except Conflict:
        _agree(context, chain, checkpoint)


def _signer(context: Context, chain: Chain) -> Signer:
    """The key of the log: a checkpoint by one that the newest rulebook does not name would stop every reader."""
    signer = context.signer(KeyUse.LOG)
    if signer.key_id not in chain.latest.keys(KeyUse.LOG):
        number = chain.latest.rulebook.number
        raise Conflict(f"The key of the log here is none that rulebook {number} names; `hallmark rulebook publish`.")
    return signer


def _agree(context: Context, chain: Chain, ours: Checkpoint) -> None:
    """Somebody else published a checkpoint of this size; it must have the same root."""
    theirs = open_by_any(context.store.get(checkpoint_key(ours.size)), chain)
    if theirs.root != ours.root:
        raise Conflict(f"Two checkpoints of size {ours.size} disagree; the ledger was forked, stop and investigate.")
