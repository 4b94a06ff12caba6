"""The log's hash tree (RFC 9162, section 2.1, equal to RFC 6962): roots, proofs, and their verification."""

import hashlib
from collections.abc import Iterator, Sequence

from hallmark.errors import Tampered


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of a log entry; the prefix keeps an entry from passing for a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash over the hashes of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the 32-byte root over the entries `leaves` (entries, not their hashes); of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the sibling hashes from the entry at `index` up to the root. Raises `IndexError`."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a log of {len(leaves)} entries has none at {index}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root(leaves[:split]))


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Return the hashes that show the log of the `first` entries to be a beginning of `leaves`. Raises `IndexError`."""
    if not 0 < first <= len(leaves):
        raise IndexError(f"a log of {len(leaves)} entries has no consistency proof from {first}")
    return _subproof(leaves, first, whole=True)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` (a leaf hash) stands at `index` in the log of `size` entries under `root`. Raises `Tampered`.

    The algorithm is that of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise Tampered(f"A log of {size} entries has none at {index}.")
    current = leaf
    for sibling, on_left in _climb(index, size - 1, proof):
        current = node_hash(sibling, current) if on_left else node_hash(current, sibling)
    if current != root or len(root) != 32:
        raise Tampered(f"The proof does not show entry {index} in the log of {size} entries.")


def verify_consistency(
    *, first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    """Check that the log of `first` entries is a beginning of that of `second` entries. Raises `Tampered`.

    The algorithm is that of RFC 9162, section 2.1.4.2. From an empty log nothing can be shown: it is refused.
    """
    if not 0 < first <= second:
        raise Tampered(f"A log of {second} entries cannot be shown to continue one of {first}.")
    if not _continues(first, second, proof, first_root, second_root):
        raise Tampered(f"The log of {second} entries does not continue the one of {first} that was seen before.")


def _continues(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    if first == second:
        return not proof and first_root == second_root
    # The verifier knows the root of a complete first tree, so the proof leaves it out.
    start, *path = [first_root, *proof] if first & (first - 1) == 0 else proof or [b""]
    complete_below = (first & -first).bit_length() - 1
    old = new = start
    for sibling, on_left in _climb(first - 1 >> complete_below, second - 1 >> complete_below, path):
        old = node_hash(sibling, old) if on_left else old
        new = node_hash(sibling, new) if on_left else node_hash(new, sibling)
    return old == first_root and new == second_root


def _climb(position: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling on the way from `position` to the root, and whether it stands on the left.

    `last` is the rightmost position on the same level. Raises `Tampered` unless the path ends exactly at the root.
    """
    for sibling in path:
        if last == 0 or len(sibling) != 32:
            raise Tampered("A proof has more hashes than its log has levels, or one that is not 32 bytes long.")
        on_left = bool(position & 1) or position == last
        yield sibling, on_left
        while on_left and position and not position & 1:  # the right edge of an incomplete tree skips levels
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last != 0:
        raise Tampered("A proof has fewer hashes than its log has levels.")


def _subproof(leaves: Sequence[bytes], first: int, *, whole: bool) -> tuple[bytes, ...]:
    """SUBPROOF of RFC 9162, section 2.1.4.1; `whole` says that the first log's root is known to the verifier."""
    if first == len(leaves):
        return () if whole else (root(leaves),)
    split = _split(len(leaves))
    if first <= split:
        return (*_subproof(leaves[:split], first, whole=whole), root(leaves[split:]))
    return (*_subproof(leaves[split:], first - split, whole=False), root(leaves[:split]))


def _split(size: int) -> int:
    """Return the largest power of two below `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1
