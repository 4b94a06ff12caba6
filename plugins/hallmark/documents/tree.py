"""YAML text to plain values, each with its line: no aliases, no tags, no duplicate keys, no numbers in disguise."""

import re
from datetime import date
from typing import Any

import yaml

MAX_CHARACTERS = 100_000
"""The longest document that is read."""

MAX_DEPTH = 20
"""How deep lists and mappings may be nested."""

MAX_NUMBER = 2**53 - 1
"""The largest number that canonical JSON carries exactly."""

Path = tuple[str | int, ...]

# YAML 1.1 reads 010 as 8 and 1:30 as 90; nobody who writes a bound means that.
_DECIMAL = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d*)?([eE][-+]?\d+)?|[-+]?\.\d+")
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp")}


class _Loader(yaml.SafeLoader):
    """The safe loader without anchors, aliases and deep nesting: what it composes is a tree, and a small one."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are refused", problem_mark=event.start_mark)
        if self.depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH}", problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class Tree:
    """A document as plain values; `problems` holds (line, path, sentence), and with any the value is not to be used."""

    def __init__(self, text: str) -> None:
        self.problems: list[tuple[int, Path, str]] = []
        self._lines: dict[Path, int] = {}
        self.value: Any = self._read(text)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that the document holds; counted from 1."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _read(self, text: str) -> Any:
        if len(text) > MAX_CHARACTERS:
            self.problems.append((1, (), f"holds {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"))
            return None
        try:
            self._loader = _Loader(text)
            node = self._loader.get_single_node()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
            self.problems.append((mark.line + 1 if mark else 1, (), f"is not the YAML that is read here: {said}"))
            return None
        if node is None:
            self.problems.append((1, (), "is empty"))
            return None
        return self._plain(node, ())

    def _plain(self, node: yaml.Node, path: Path) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self._plain(item, (*path, place)) for place, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN:
            return self._scalar(node, path)
        return self._wrong(node, path, f"the tag {node.tag} is refused")

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                self._wrong(key, path, "a key must be a word; put it in quotes")
            elif key.value in plain:
                self._wrong(key, (*path, key.value), f"stands twice, first on line {self.line((*path, key.value))}")
            else:
                self._lines[(*path, key.value)] = line
                plain[key.value] = self._plain(value, (*path, key.value))
        return plain

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        if node.tag.endswith((":int", ":float")) and not _DECIMAL.fullmatch(node.value):
            return self._wrong(node, path, f"{node.value[:40]} is no decimal number; put it in quotes if it is a word")
        try:
            value = self._loader.construct_object(node)
            if isinstance(value, str):
                value.encode()
        except (ValueError, yaml.YAMLError, AttributeError, KeyError):  # a tag of the standard before any other word
            return self._wrong(node, path, f"{node.value[:40]!a} cannot be read; put it in quotes if it is a word")
        if isinstance(value, int | float) and abs(value) > MAX_NUMBER:
            return self._wrong(node, path, f"{node.value[:40]} is too large a number")
        return value.isoformat() if isinstance(value, date) else value

    def _wrong(self, node: yaml.Node, path: Path, said: str) -> None:
        self.problems.append((node.start_mark.line + 1, path, said))
