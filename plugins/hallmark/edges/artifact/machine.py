"""Reads a pickle opcode by opcode, as loading would, and only notes what it would import and call; runs nothing."""

import pickletools
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from hallmark.edges.artifact.allowed import ARRAY_WRAPPER
from hallmark.edges.artifact.arrays import array_bytes, check_dtype, is_object, wrapped
from hallmark.edges.artifact.stack import Stack
from hallmark.edges.artifact.values import OPAQUE, Built, Global, Unwalkable


class Machine(Stack):
    """The stack machine of pickle over values that do nothing.

    `names` are the names that loading would import. `faults` are sentences on everything else that has no place in a
    model. With `arrays`, the bytes of arrays that joblib puts between two opcodes are stepped over.
    """

    def __init__(self, file: BinaryIO, *, arrays: bool) -> None:
        """Read from where `file` stands."""
        super().__init__()
        self.names: set[str] = set()
        self.faults: list[str] = []
        self._file = file
        self._arrays = arrays
        self._frame_end = 0

    def run(self) -> None:
        """Read up to STOP. Raises `Unwalkable`, or whatever broken bytes provoke."""
        for opcode, argument, _ in pickletools.genops(self._file):
            if opcode.name in _STEPS:
                _STEPS[opcode.name](self, argument)
            else:
                self.step(opcode, argument)

    def _global(self, argument: str) -> None:
        self._stack.append(self._named(*argument.split(" ", 1)))

    def _stack_global(self, _: object) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if type(name) is str and type(module) is str:
            self._stack.append(self._named(module, name))
        else:
            self._refuse("The artifact computes the name of something that it imports.")

    def _named(self, module: str, name: str) -> Global:
        found = Global(f"{module}.{name}")
        self.names.add(found.name)
        return found

    def _call(self, called: object, arguments: object) -> None:
        if isinstance(called, Global):
            self._stack.append(Built(called.name, arguments))
        else:
            self._refuse("The artifact calls something that it computed.")

    def _reduce(self, _: object) -> None:
        arguments, called = self._stack.pop(), self._stack.pop()
        self._call(called, arguments)

    def _new_with_keywords(self, _: object) -> None:
        self._stack.pop()
        self._reduce(None)

    def _instance(self, argument: str) -> None:
        arguments = self._to_mark()
        self._call(self._named(*argument.split(" ", 1)), tuple(arguments))

    def _object(self, _: object) -> None:
        called, *arguments = self._to_mark()
        self._call(called, tuple(arguments))

    def _build(self, _: object) -> None:
        """Give a state, once and only to what was built: loading would change a class or a function itself."""
        state, target = self._stack.pop(), self._stack[-1]
        if not isinstance(target, Built) or target.finished:
            self.faults.append("The artifact changes something that it did not build just before.")
            return
        target.state, target.finished = state, True
        if target.of == "numpy.dtype":
            check_dtype(target)
        if target.of == ARRAY_WRAPPER and self._arrays:
            self._step_over(target.state)
            self._stack[-1] = Built("numpy.ndarray", (), finished=True)

    def _step_over(self, state: Any) -> None:
        """Move behind the array that follows: another pickle if its items are objects, else padding and bytes."""
        if self._file.tell() < self._frame_end:
            raise Unwalkable("an array begins within a frame of the pickle")
        _, dtype = wrapped(state)
        if is_object(dtype):
            inner = Machine(self._file, arrays=False)
            inner.run()
            self.names |= inner.names
            self.faults += inner.faults
            return
        padding = self._file.read(1)[0] if state.get("numpy_array_alignment_bytes") is not None else 0
        for size in (padding, array_bytes(state)):
            self._skip(size)

    def _skip(self, size: int) -> None:
        start = self._file.tell()
        end = self._file.seek(0, 2)
        if size > end - start:
            raise Unwalkable("an array is longer than the file")
        self._file.seek(start + size)

    def _frame(self, size: int) -> None:
        self._frame_end = self._file.tell() + size

    def _persistent(self, _: object) -> None:
        self._refuse("The artifact refers to an object outside itself by a persistent id.")

    def _persistent_binary(self, _: object) -> None:
        self._stack.pop()
        self._persistent(None)

    def _extension(self, code: int) -> None:
        self._refuse(f"The artifact refers to code {code} of the extension registry instead of a name.")

    def _buffer(self, _: object) -> None:
        self._refuse("The artifact expects a buffer from outside itself.")

    def _refuse(self, fault: str) -> None:
        self.faults.append(fault)
        self._stack.append(OPAQUE)


_STEPS: Final[dict[str, Callable[[Machine, Any], None]]] = {
    "FRAME": Machine._frame,
    "GLOBAL": Machine._global,
    "STACK_GLOBAL": Machine._stack_global,
    "REDUCE": Machine._reduce,
    "NEWOBJ": Machine._reduce,
    "NEWOBJ_EX": Machine._new_with_keywords,
    "INST": Machine._instance,
    "OBJ": Machine._object,
    "BUILD": Machine._build,
    "PERSID": Machine._persistent,
    "BINPERSID": Machine._persistent_binary,
    "EXT1": Machine._extension,
    "EXT2": Machine._extension,
    "EXT4": Machine._extension,
    "NEXT_BUFFER": Machine._buffer,
}
