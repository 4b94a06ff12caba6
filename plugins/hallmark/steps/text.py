"""Reading what people wrote."""

from pathlib import Path

from hallmark.errors import BadInput


def text_of(path: Path) -> str:
    """The text of a file. Raises `BadInput` when it cannot be read, or is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as UTF-8 text ({error})") from error
