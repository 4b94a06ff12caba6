"""How many bytes a joblib file spends on an array, told from its place-holder alone; and whether a dtype is honest."""

import math
import re

import numpy as np

from hallmark.edges.artifact.values import Built, Global, Unwalkable

_SIMPLE = re.compile(r"(?:[biufcSUV]\d{1,9}|O8)")
_HAS_OBJECTS = 1  # NPY_ITEM_REFCOUNT: the items are pointers


def check_dtype(dtype: Built) -> None:
    """Raise `Unwalkable` unless the state says of the size and kind of an item what the code says."""
    size = _item_size(dtype)
    state = dtype.state
    if not isinstance(state, tuple) or len(state) != 8:
        raise Unwalkable("it describes a dtype in a form that is not known")
    _, _, subarray, _, fields, declared, _, flags = state
    holds_objects = isinstance(flags, int) and bool(flags & _HAS_OBJECTS)
    if subarray is not None or declared not in (-1, size) or holds_objects != is_object(dtype):
        raise Unwalkable("it describes a dtype that contradicts itself")
    for field in fields.values() if isinstance(fields, dict) else ():
        _check_field(field, size)


def is_object(dtype: Built) -> bool:
    """True when the items are Python objects, which joblib writes as another pickle."""
    return _code(dtype).startswith("O")


def array_bytes(state: object) -> int:
    """Bytes of the array that `state` of the place-holder describes. Raises `Unwalkable`."""
    shape, dtype = wrapped(state)
    return math.prod(shape) * _item_size(dtype)


def wrapped(state: object) -> tuple[tuple[int, ...], Built]:
    """Shape and dtype in the state of a place-holder. Raises `Unwalkable` when either is not plain to see."""
    if not isinstance(state, dict):
        raise Unwalkable("it describes an array in a form that is not known")
    shape, dtype, kind = state.get("shape"), state.get("dtype"), state.get("subclass")
    if not isinstance(shape, tuple) or not all(type(side) is int and side >= 0 for side in shape):
        raise Unwalkable("it describes an array without a shape")
    if not isinstance(dtype, Built) or dtype.of != "numpy.dtype":
        raise Unwalkable("it describes an array without a dtype")
    if not isinstance(kind, Global) or kind.name not in ("numpy.ndarray", "numpy.matrix"):
        raise Unwalkable("it describes an array of an unknown class")
    return shape, dtype


def _check_field(field: object, size: int) -> None:
    dtype, offset = field[:2] if isinstance(field, tuple) and len(field) in (2, 3) else (None, None)
    if not isinstance(dtype, Built) or dtype.of != "numpy.dtype" or type(offset) is not int or is_object(dtype):
        raise Unwalkable("it describes a dtype with a field that is not plain")
    if offset < 0 or offset + _item_size(dtype) > size:
        raise Unwalkable("it describes a dtype with a field outside the item")


def _item_size(dtype: Built) -> int:
    return np.dtype(_code(dtype)).itemsize


def _code(dtype: Built) -> str:
    arguments = dtype.arguments
    code = arguments[0] if isinstance(arguments, tuple) and arguments else None
    if not isinstance(code, str) or _SIMPLE.fullmatch(code) is None:
        raise Unwalkable(f"it describes a dtype that is not allowed ({str(code)[:40]!r})")
    return code
