"""Plain values to one dataclass: strict and closed, every problem with file, line, key and a sentence."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from hallmark.documents.tree import Path, Tree
from hallmark.policy.control import CLASSES, FEATURES, SEGMENTS, Policy

T = TypeVar("T")

_SENTENCES = {
    "missing": "is missing; add it",
    "string_type": "must be text; put it in quotes if it is meant as text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "date_type": "must be a date, YYYY-MM-DD",
    "date_parsing": "must be a date, YYYY-MM-DD",
    "tuple_type": "must be a list",
    "dataclass_type": "must be a mapping of keys to values",
}


def read(kind: type[T], text: str, where: str) -> tuple[T | None, list[str]]:
    """The value of a document and no problems, or None and a line for each problem, in the order of the text."""
    tree = Tree(text)
    found = list(tree.problems)
    if not found:
        try:
            return _validated(kind, tree.value), []
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                path: Path = one["loc"][1:]
                found.append((tree.line(path), path, _sentence(kind, path, cast("Mapping[str, Any]", one))))
    found.sort(key=lambda problem: problem[0])
    spelled = (f"{where}:{line}: {_spelled(path)}{said}" for line, path, said in found)
    return None, [" ".join(one.splitlines()) for one in spelled]  # a key with a line end would pass for two problems


def _validated(kind: type[T], plain: Any) -> T:
    if kind is Policy:
        _spell_out(plain)
    door: Any = _door(cast("Any", kind)).model_validate_json(json.dumps({"value": plain}))
    return cast("T", door.value)


def _spell_out(policy: Any) -> None:
    """`by: features` is a list of one word."""
    controls = policy.get("controls") if isinstance(policy, dict) else None
    for control in controls if isinstance(controls, list) else []:
        if isinstance(control, dict) and control.get("by") in (CLASSES, FEATURES, SEGMENTS):
            control["by"] = [control["by"]]


@cache
def _door(kind: type) -> type[BaseModel]:
    """Pydantic over the dataclass. JSON, because only there strict mode takes words for enums and lists for tuples."""
    config = ConfigDict(extra="forbid", strict=True, alias_generator=_alias)
    return create_model(kind.__name__, __config__=config, value=(kind, ...))


def _alias(name: str) -> str:
    """The key of a field: without the underscore that keeps its name off a keyword of Python."""
    return name.rstrip("_")


def _sentence(kind: type, path: Path, error: Mapping[str, Any]) -> str:
    if error["type"] == "unexpected_keyword_argument":
        return _unknown(str(path[-1]), _keys_at(kind, path[:-1]))
    if error["type"] == "enum":
        return f"must be {error['ctx']['expected']}"
    if error["type"] == "too_long":
        return f"must hold {error['ctx']['max_length']} values"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _SENTENCES.get(error["type"]) or str(error["msg"])


def _unknown(key: str, valid: list[str]) -> str:
    near = get_close_matches(key, valid, n=1, cutoff=0.5)
    return f"is no key here; did you mean {near[0]}?" if near else f"is no key here; valid keys: {', '.join(valid)}"


def _keys_at(kind: Any, path: Path) -> list[str]:
    """The keys of the dataclass that stands at `path` below `kind`."""
    for step in path:
        kind = get_args(kind)[0] if isinstance(step, int) else _fields(kind)[step]
        if get_origin(kind) is UnionType:
            kind = next(option for option in get_args(kind) if is_dataclass(option))
    return list(_fields(kind))


def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {_alias(field.name): hints[field.name] for field in fields(kind)}


def _spelled(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return f"{text}: " if text else ""
