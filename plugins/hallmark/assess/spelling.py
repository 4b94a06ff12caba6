"""How SQL spells what a manifest says: names, texts, groups, numbers and the outcome of a label."""

import math
from collections.abc import Sequence

from hallmark.errors import BadInput
from hallmark.policy.subject import Label
from hallmark.policy.task import number_of

FLOATS = frozenset({"FLOAT", "DOUBLE"})
"""The SQL types that can hold NaN."""

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_NUMBERS = _INTEGERS | FLOATS | {"UBIGINT", "UHUGEINT", "DECIMAL"}
_TIMES = ("DATE", "TIMESTAMP")


def identifier(name: str) -> str:
    """Return `name` quoted as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` quoted as an SQL string, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def lowest(wanted: int, rows: int) -> str:
    """Return an MD5 below which `wanted` of the hashes of `rows` keys lie, all but surely: to sort few instead of all.

    Eight standard deviations more are let through.
    """
    share = min(1.0, (wanted + 8 * math.sqrt(wanted)) / rows)
    return f"{min(int(share * 2**128), 2**128 - 1):032x}"


def is_number(kind: str) -> bool:
    """True when values of the SQL type `kind` have an order and distances: numbers and times."""
    return is_amount(kind) or kind.startswith(_TIMES)


def is_amount(kind: str) -> bool:
    """True when values of the SQL type `kind` are numbers, times apart."""
    return kind.partition("(")[0] in _NUMBERS


def is_category(kind: str) -> bool:
    """True when values of the SQL type `kind` are compared by equality: texts and booleans."""
    return kind in {"VARCHAR", "BOOLEAN", "UUID"} or kind.startswith("ENUM")


def as_number(column: str, kind: str) -> str:
    """Return the expression for `column` (an expression of type `kind`) as a float; times become seconds."""
    if kind == "TIMESTAMPTZ_NS":  # DuckDB has no epoch of it
        column = f"cast({column} as timestamptz)"
    return f"epoch({column})" if kind.startswith(_TIMES) else f"cast({column} as double)"


def as_text(column: str, kind: str) -> str:
    """Return the expression for `column` as text."""
    spelt = f"cast({column} as varchar)"
    if kind not in FLOATS:
        return spelt
    # A whole number is spelt alike whether nulls beside it have made the column one of floats or not.
    whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
    return f"case when {whole} then cast(cast({column} as bigint) as varchar) else {spelt} end"


def outcome(label: Label, column: str, kind: str) -> str:
    """Return the expression for 1 (positive), 0 or null; `1`, `"1"`, `1.0` and `true` are all the positive "1".

    With classes it is the place of the value among them, and null for a stranger; without classes and a positive value
    (a regression) it is the number itself. Raises `BadInput` when no value of the type `kind` can be the positive one,
    one of the classes, or a number.
    """
    if label.classes:
        return place(column, kind, label.classes, f"label {label.column!r}")
    if label.positive is None:
        return _amount(label, column, kind)
    number = number_of(label.positive)
    if kind.startswith(("VARCHAR", "ENUM")):
        positive = f"cast({column} as varchar) = {literal(label.positive)}"
        if number is not None:
            positive += f" or try_cast(cast({column} as varchar) as double) = {number}"
    elif number is not None and (kind == "BOOLEAN" or is_amount(kind)):
        positive = f"cast({column} as double) = {number}"
    else:
        raise BadInput(
            f"The label {label.column!r} is of type {kind} and can never be {label.positive!r}: "
            "correct label.positive in the manifest."
        )
    return f"case when {column} is null then null when {positive} then 1 else 0 end"


def place(column: str, kind: str, classes: Sequence[str], name: str) -> str:
    """Return the expression for the place among `classes` of `column`, an expression of the type `kind`; else null.

    `1`, `"1"` and `1.0` are all the class "1". Raises `BadInput` for a type that is neither text nor a number; `name`
    says of what.
    """
    if not (is_amount(kind) or is_category(kind)):
        raise BadInput(f"The {name} is of type {kind}: write its classes as texts or numbers.")
    text, number = f"cast({column} as varchar)", f"try_cast({column} as double)"
    if not is_amount(kind):
        number = f"try_cast({text} as double)"
    # The spelling itself first: only where no class is spelt so does its number tell.
    exact = [f"when {text} = {literal(one)} then {at}" for at, one in enumerate(classes)]
    numbers = [(at, found) for at, one in enumerate(classes) if (found := number_of(one)) is not None]
    alike = [f"when {number} = {found!r} then {at}" for at, found in numbers]
    return f"case {' '.join([*exact, *alike])} end"


def _amount(label: Label, column: str, kind: str) -> str:
    if not is_amount(kind):
        raise BadInput(f"The label {label.column!r} is of type {kind}: a regression needs a number there.")
    return f"cast({column} as double)"
