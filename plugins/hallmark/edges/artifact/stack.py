"""The stack, the marks and the memo of a pickle that is read without being run: containers and literals."""

import pickletools
from collections.abc import Callable
from typing import Any, Final

from hallmark.edges.artifact.values import OPAQUE, Unwalkable


class Stack:
    """What the opcodes that import and call nothing do; tuples and dicts are kept, for arguments and states."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """Do one opcode. Raises `Unwalkable` when it is not known, and what broken bytes provoke."""
        if opcode.name in _STEPS:
            _STEPS[opcode.name](self, argument)
        elif opcode.name in _CONSTANTS:
            self._stack.append(_CONSTANTS[opcode.name])
        else:
            self._plain(opcode, argument)

    def _plain(self, opcode: pickletools.OpcodeInfo, argument: object) -> None:
        """A literal, or a container whose content does not matter here."""
        if pickletools.markobject in opcode.stack_before:
            self._to_mark()
        elif opcode.stack_before or len(opcode.stack_after) != 1:
            raise Unwalkable(f"the opcode {opcode.name} is not known")
        self._stack.append(argument if argument is not None else OPAQUE)

    def _to_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._below.pop()
        return items

    def _mark(self, _: object) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _pop(self, _: object) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._to_mark()

    def _pop_mark(self, _: object) -> None:
        self._to_mark()

    def _dup(self, _: object) -> None:
        self._stack.append(self._stack[-1])

    def _put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def _memoize(self, _: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def _tuple(self, size: int) -> None:
        items = [self._stack.pop() for _ in range(size)]
        self._stack.append(tuple(reversed(items)))

    def _tuple_to_mark(self, _: object) -> None:
        items = self._to_mark()
        self._stack.append(tuple(items))

    def _dict(self, _: object) -> None:
        items = self._to_mark()
        self._stack.append({})
        self._set(items)

    def _set_item(self, _: object) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set([key, value])

    def _set_items(self, _: object) -> None:
        self._set(self._to_mark())

    def _set(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, dict):
            # Other keys are never looked up, and hashing them could take for ever.
            target.update((key, value) for key, value in zip(items[::2], items[1::2], strict=True) if type(key) is str)

    def _append(self, _: object) -> None:
        self._stack.pop()

    def _nothing(self, _: object) -> None:
        """An opcode that leaves the stack as it is."""


_CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}

_STEPS: Final[dict[str, Callable[[Stack, Any], None]]] = {
    "PROTO": Stack._nothing,
    "STOP": Stack._nothing,
    "READONLY_BUFFER": Stack._nothing,
    "MARK": Stack._mark,
    "POP": Stack._pop,
    "POP_MARK": Stack._pop_mark,
    "DUP": Stack._dup,
    "PUT": Stack._put,
    "BINPUT": Stack._put,
    "LONG_BINPUT": Stack._put,
    "MEMOIZE": Stack._memoize,
    "GET": Stack._get,
    "BINGET": Stack._get,
    "LONG_BINGET": Stack._get,
    "TUPLE1": lambda stack, _: stack._tuple(1),
    "TUPLE2": lambda stack, _: stack._tuple(2),
    "TUPLE3": lambda stack, _: stack._tuple(3),
    "TUPLE": Stack._tuple_to_mark,
    "EMPTY_DICT": lambda stack, _: stack._stack.append({}),
    "DICT": Stack._dict,
    "SETITEM": Stack._set_item,
    "SETITEMS": Stack._set_items,
    "APPEND": Stack._append,
    "APPENDS": Stack._pop_mark,
    "ADDITEMS": Stack._pop_mark,
}
