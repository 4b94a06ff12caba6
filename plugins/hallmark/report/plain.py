"""Text from a pack is hostile: what a terminal or a browser would act on is made visible instead."""

import re

# Control characters, directional overrides, invisible separators, lone surrogates and the byte order mark.
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


def printable(text: str) -> str:
    """`text` on one line, with everything that is acted on rather than shown spelled as `<U+XXXX>`."""
    return _ACTIVE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
