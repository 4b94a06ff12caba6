"""Writing the ledger: the sequencer gives the place, then entries and a signed checkpoint go to the store."""

from hallmark.errors import Conflict
from hallmark.evidence import merkle
from hallmark.evidence.canonical import encode
from hallmark.evidence.checkpoint import Checkpoint, seal_checkpoint
from hallmark.evidence.entry import Entry
from hallmark.evidence.ledger import open_by_any, read_ledger
from hallmark.evidence.places import CHECKPOINTS, ENTRIES, checkpoint_key, entry_key
from hallmark.evidence.trust import Chain
from hallmark.policy.role import KeyUse
from hallmark.steps.context import Context


def append(context: Context, entry: Entry) -> int:
    """Append `entry` and publish the ledger up to it; the same entry again changes nothing. Returns its index."""
    _restore(context)
    index = context.sequencer.append(encode(entry))
    publish(context)
    return index


def _restore(context: Context) -> None:
    """Give a sequencer that was lost, or came from an older backup, what the newest checkpoint covers and it lacks.

    Only what a checkpoint covers: whoever may write into the store could plant the rest. Raises `Conflict` when the
    sequencer and the checkpoint do not agree, since going on would fork the ledger.
    """
    newest = max(context.store.keys(CHECKPOINTS), default=None)
    if newest is None:
        return
    checkpoint = open_by_any(context.store.get(newest), context.chain())
    leaves = tuple(context.sequencer.entries())
    if len(leaves) < checkpoint.size:
        leaves = read_ledger(context.store, context.chain()).leaves
        for leaf in leaves:
            context.sequencer.append(leaf)
    if merkle.root(leaves[: checkpoint.size]) != checkpoint.root:
        raise Conflict("The sequencer and the store hold different ledgers; remove the sequencer's file to restore it.")


def publish(context: Context) -> None:
    """Bring the store up to what the sequencer holds: every entry, and a checkpoint over all of them."""
    leaves = tuple(context.sequencer.entries())
    stored = set(context.store.keys(ENTRIES))
    for index, leaf in enumerate(leaves):
        if entry_key(index) not in stored:
            context.store.put(entry_key(index), leaf)
    chain = context.chain()
    checkpoint = Checkpoint(origin=chain.root.name, size=len(leaves), root=merkle.root(leaves), at=context.now())
    try:
        context.store.put(checkpoint_key(checkpoint.size), seal_checkpoint(checkpoint, context.signer(KeyUse.LOG)))
    except Conflict:
        _agree(context, chain, checkpoint)


def _agree(context: Context, chain: Chain, ours: Checkpoint) -> None:
    """Somebody else published a checkpoint of this size; it must have the same root."""
    theirs = open_by_any(context.store.get(checkpoint_key(ours.size)), chain)
    if theirs.root != ours.root:
        raise Conflict(f"Two checkpoints of size {ours.size} disagree; the ledger was forked, stop and investigate.")
