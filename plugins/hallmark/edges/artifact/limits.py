"""How much of an artifact is read at all, so that a small file cannot fill the memory."""

from typing import Final

MAX_BYTES: Final = 512 << 20
"""Largest artifact in bytes, as it is stored and once it is unpacked."""
