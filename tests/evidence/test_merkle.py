"""The hash tree: the public vectors, and every proof of every small log by a second route."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.errors import Tampered
from hallmark.evidence import merkle

VECTORS = json.loads(Path(__file__).parent.parent.joinpath("vectors", "rfc6962.json").read_text())
INPUTS = [bytes.fromhex(text) for text in VECTORS["leaf_inputs_hex"]]

logs = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def named(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS[kind]]


def test_vectors_are_complete() -> None:
    counts = {kind: [vector["wantErr"] for vector in VECTORS[kind]] for kind in ("inclusion", "consistency")}
    assert {kind: len(wanted) for kind, wanted in counts.items()} == {"inclusion": 98, "consistency": 98}
    assert all(True in wanted and False in wanted for wanted in counts.values())


@pytest.mark.parametrize("vector", named("inclusion"))
def test_inclusion_vector(vector: dict[str, Any]) -> None:
    expect(
        vector["wantErr"],
        merkle.verify_inclusion,
        leaf=raw(vector["leafHash"]),
        index=vector["leafIdx"],
        size=vector["treeSize"],
        proof=[raw(item) for item in vector["proof"] or ()],
        root=raw(vector["root"]),
    )


@pytest.mark.parametrize("vector", named("consistency"))
def test_consistency_vector(vector: dict[str, Any]) -> None:
    expect(
        vector["wantErr"],
        merkle.verify_consistency,
        first=vector["size1"],
        second=vector["size2"],
        proof=[raw(item) for item in vector["proof"] or ()],
        first_root=raw(vector["root1"]),
        second_root=raw(vector["root2"]),
    )


def expect(fails: bool, verify: Callable[..., None], **arguments: Any) -> None:
    with pytest.raises(Tampered) if fails else nullcontext():
        verify(**arguments)


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    roots = VECTORS["roots_hex_by_size"]
    expected = roots[str(size)] if isinstance(roots, dict) else roots[size]
    assert merkle.root(INPUTS[:size]).hex() == expected


def root_by_stack(entries: list[bytes]) -> bytes:
    """The root by a second route: merge equal subtrees as entries arrive, then fold the peaks from the right."""
    peaks: list[tuple[int, bytes]] = []
    for entry in entries:
        peaks.append((1, hashlib.sha256(b"\0" + entry).digest()))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (size, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, hashlib.sha256(b"\1" + left + right).digest()))
    _, top = peaks.pop()
    for _, left in reversed(peaks):
        top = hashlib.sha256(b"\1" + left + top).digest()
    return top


@given(logs)
def test_root_by_a_second_route(entries: list[bytes]) -> None:
    assert merkle.root(entries) == root_by_stack(entries)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_inclusion_proof_holds_at_its_place_only(size: int) -> None:
    entries = [b"%d" % number for number in range(size)]
    top = root_by_stack(entries)
    for index, entry in enumerate(entries):
        proof = merkle.inclusion_proof(entries, index)
        assert len(proof) <= (size - 1).bit_length()
        leaf = merkle.leaf_hash(entry)
        for at in range(size):
            expect(at != index, merkle.verify_inclusion, leaf=leaf, index=at, size=size, proof=proof, root=top)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_consistency_proof_holds_for_its_sizes_only(size: int) -> None:
    entries = [b"%d" % number for number in range(size)]
    for first in range(1, size + 1):
        proof = merkle.consistency_proof(entries, first)
        assert len(proof) <= (size - 1).bit_length() + 1
        roots = {"first_root": root_by_stack(entries[:first]), "second_root": root_by_stack(entries)}
        for at in range(1, size + 1):
            expect(at != first, merkle.verify_consistency, first=at, second=size, proof=proof, **roots)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(entries=logs, where=st.data())
def test_any_flipped_bit_breaks_inclusion(entries: list[bytes], where: st.DataObject) -> None:
    index = where.draw(st.integers(0, len(entries) - 1))
    parts = [merkle.leaf_hash(entries[index]), merkle.root(entries), *merkle.inclusion_proof(entries, index)]
    victim, bit = where.draw(st.integers(0, len(parts) - 1)), where.draw(st.integers(0, 255))
    for changed in (parts, [flipped(part, bit) if at == victim else part for at, part in enumerate(parts)]):
        leaf, top, *proof = changed
        claim = {"leaf": leaf, "index": index, "size": len(entries), "proof": proof, "root": top}
        expect(changed is not parts, merkle.verify_inclusion, **claim)


@given(entries=logs, where=st.data())
def test_any_flipped_bit_breaks_consistency(entries: list[bytes], where: st.DataObject) -> None:
    first = where.draw(st.integers(1, len(entries)))
    parts = [merkle.root(entries[:first]), merkle.root(entries), *merkle.consistency_proof(entries, first)]
    victim, bit = where.draw(st.integers(0, len(parts) - 1)), where.draw(st.integers(0, 255))
    for changed in (parts, [flipped(part, bit) if at == victim else part for at, part in enumerate(parts)]):
        seen, top, *proof = changed
        claim = {"first": first, "second": len(entries), "proof": proof, "first_root": seen, "second_root": top}
        expect(changed is not parts, merkle.verify_consistency, **claim)


@given(entries=logs, where=st.data())
def test_a_rewritten_past_is_seen(entries: list[bytes], where: st.DataObject) -> None:
    first = where.draw(st.integers(1, len(entries)))
    victim = where.draw(st.integers(0, first - 1))
    rewritten = [b"other" if at == victim else entry for at, entry in enumerate(entries)]
    with pytest.raises(Tampered):
        merkle.verify_consistency(
            first=first,
            second=len(entries),
            proof=merkle.consistency_proof(rewritten, first),
            first_root=merkle.root([*entries[:victim], b"seen before", *entries[victim + 1 : first]]),
            second_root=merkle.root(rewritten),
        )


@pytest.mark.parametrize("extra", [0, 31, 32, 33])
def test_longer_proofs_are_refused(extra: int) -> None:
    entries = [b"a", b"b", b"c"]
    proof = (*merkle.inclusion_proof(entries, 0), bytes(extra))
    above = merkle.node_hash(merkle.root(entries), bytes(extra))
    with pytest.raises(Tampered):
        merkle.verify_inclusion(leaf=merkle.leaf_hash(b"a"), index=0, size=3, proof=proof, root=above)


def test_an_entry_does_not_pass_for_a_node() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.root([b"a", b"b"]) == merkle.node_hash(left, right) != merkle.root([left + right])


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_no_inclusion_proof_outside_the_log(size: int, index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof([b"x"] * size, index)


@pytest.mark.parametrize(("size", "first"), [(0, 0), (3, 0), (3, 4), (3, -1)])
def test_no_consistency_proof_outside_the_log(size: int, first: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof([b"x"] * size, first)
