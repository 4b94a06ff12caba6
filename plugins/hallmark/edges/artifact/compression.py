"""Takes the compression off a joblib file, up to a limit, so that what was inspected is what is loaded."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from hallmark.edges.artifact.limits import MAX_BYTES
from hallmark.edges.artifact.values import Unwalkable


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_ZLIB_OR_GZIP: Final = 32 + zlib.MAX_WBITS
_BY_PREFIX: Final[dict[bytes, Callable[[], _Decompressor]]] = {
    b"\x78": lambda: zlib.decompressobj(_ZLIB_OR_GZIP),
    b"\x1f\x8b": lambda: zlib.decompressobj(_ZLIB_OR_GZIP),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
    b"\x5d\x00": lzma.LZMADecompressor,
}


def expanded(data: bytes) -> bytes:
    """`data` without its compression, or as it is. Raises `Unwalkable` on what is too large, cut off or followed."""
    for prefix, decompressor in _BY_PREFIX.items():
        if data.startswith(prefix):
            return _one_stream(decompressor(), data)
    return data


def _one_stream(decompressor: _Decompressor, data: bytes) -> bytes:
    content = decompressor.decompress(data, MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Unwalkable(f"it unpacks to more than {MAX_BYTES} bytes")
    if not decompressor.eof:
        raise Unwalkable("its compressed stream ends early")
    if decompressor.unused_data:
        raise Unwalkable("more bytes follow its compressed stream")
    return content
