"""Reads a skops archive without loading it: its members, the types that its schema names, and their loaders."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from hallmark.edges.artifact.allowed import ALLOWED
from hallmark.edges.artifact.limits import MAX_BYTES

_SCHEMA: Final = "schema.json"
_MAX_SCHEMA: Final = 64 * 2**20
_MAX_MEMBERS: Final = 100_000
_MEMBER: Final = re.compile(r"schema\.json|[A-Za-z0-9-]{1,64}\.(?:npy|bin)")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 1
_LOADER: Final = re.compile(
    "(?:Bytearray|Bytes|Cached|ConstructorFromReduce|DType|DefaultDict|Dict|Function|Json|List|Loss|MaskedArray|NdArray"
    "|Object|Partial|RandomGenerator|RandomState|Set|Slice|Tree|Tuple|Type)Node"
)
"""Without MethodNode and OperatorFuncNode, which fetch attributes, and SparseMatrixNode, an archive in the archive."""


def inspect_archive(data: bytes) -> tuple[list[str], set[str]]:
    """Problems and types of a skops archive. Broken bytes raise what their readers raise."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return ["The artifact is declared as skops and is no zip archive."], set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        problems = list(_members(archive.infolist()))
        if problems:
            return problems, set()
        nodes = list(_nodes(json.loads(archive.read(_SCHEMA))))
        problems = list(_references(nodes, {member.filename: member.file_size for member in archive.infolist()}))
    names = {f"{node.get('__module__')}.{node.get('__class__')}" for node in nodes}
    problems += [f"The artifact uses the skops loader {loader}, which is not allowed." for loader in _foreign(nodes)]
    if not problems:
        names |= _untrusted(data)
    return problems, names


def _members(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [member.filename for member in members]
    if len(names) > _MAX_MEMBERS or len(set(names)) != len(names) or _SCHEMA not in names:
        yield f"The archive must have {_SCHEMA} and at most {_MAX_MEMBERS} members, each once."
    if sum(member.file_size for member in members) > MAX_BYTES:
        yield f"The archive unpacks to more than {MAX_BYTES} bytes."
    for member in members:
        if _MEMBER.fullmatch(member.filename) is None:
            yield f"The archive has a member of an unexpected name, {member.filename[:100]!r}."
        elif member.compress_type not in _METHODS or member.flag_bits & _ENCRYPTED:
            yield f"The member {member.filename} is encrypted or packed in a way that is not allowed."
        elif member.filename == _SCHEMA and member.file_size > _MAX_SCHEMA:
            yield f"The archive has a {_SCHEMA} of more than {_MAX_SCHEMA} bytes."


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the schema that names a class or a loader, however deep."""
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if {"__class__", "__module__", "__loader__"} & found.keys():
                yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _references(nodes: list[dict[str, Any]], sizes: dict[str, int]) -> Iterator[str]:
    """One member that is referred to a million times would be read a million times."""
    total = 0
    for node in nodes:
        if "file" in node:
            if node["file"] not in sizes:
                yield f"The schema refers to the member {str(node['file'])[:100]!r}, which is not in the archive."
                return
            total += sizes[node["file"]]
    if total > MAX_BYTES:
        yield f"The schema refers to more than {MAX_BYTES} bytes of members."


def _foreign(nodes: list[dict[str, Any]]) -> list[str]:
    loaders = {str(node.get("__loader__")) for node in nodes}
    return sorted(loader[:100] for loader in loaders if _LOADER.fullmatch(loader) is None)


def _untrusted(data: bytes) -> set[str]:
    """What skops itself would ask about; the second opinion on the same schema."""
    from skops.io import get_untrusted_types

    return set(get_untrusted_types(data=data)) - ALLOWED
