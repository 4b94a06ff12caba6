"""What stands on the stack of a pickle that is read without being run: names, and what would be built from them."""

from dataclasses import dataclass


class Unwalkable(Exception):
    """The artifact cannot be read to its end; the text completes "The artifact cannot be told to be safe: ..."."""


@dataclass(frozen=True, slots=True)
class Global:
    """A name that loading would import, as `module.Name`."""

    name: str


@dataclass(slots=True, eq=False)
class Built:
    """What loading would get by calling `of` with `arguments`, and the `state` that it would then be given."""

    of: str
    arguments: object
    state: object = None
    finished: bool = False


class Opaque:
    """A value that does not matter."""


OPAQUE = Opaque()
"""Every value that does not matter."""
