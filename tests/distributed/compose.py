"""docker-compose.yaml as it stands, read without a container engine: what each service would be started with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).parents[2]
FILE = REPO / "docker-compose.yaml"

# `$$` is a dollar sign; `${NAME:?words}` is a variable that has to be there. The file uses no other form.
_FILLED = r"\$\$|\$\{(\w+):\?[^}]*\}"


def document() -> Any:
    """The file with its anchors resolved and its variables not."""
    return yaml.safe_load(FILE.read_text("utf-8"))


def variables(env: Path) -> dict[str, str]:
    """What `make env` wrote."""
    return dict(line.split("=", 1) for line in env.read_text("utf-8").splitlines())


@dataclass(frozen=True, kw_only=True)
class Compose:
    """The services with `told` filled in and every address and path of a container replaced by one of this machine."""

    told: Mapping[str, str]
    here: Mapping[str, str]

    def command(self, service: str) -> list[str]:
        return [self._here(word) for word in document()["services"][service]["command"]]

    def environment(self, service: str) -> dict[str, str]:
        found = document()["services"][service]["environment"]
        return {name: self._here(value) for name, value in found.items()}

    def health(self, service: str) -> list[str]:
        kind, *words = document()["services"][service]["healthcheck"]["test"]
        return [self._here(word) for word in (["sh", "-c", *words] if kind == "CMD-SHELL" else words)]

    def _here(self, text: str) -> str:
        """Replace all in one pass, so that nothing of what was filled in is replaced again."""
        names = "|".join(re.escape(name) for name in sorted(self.here, key=len, reverse=True))
        return re.sub(f"{_FILLED}|{names}", self._one, text)

    def _one(self, found: "re.Match[str]") -> str:
        return "$" if found[0] == "$$" else self.told[found[1]] if found[1] else self.here[found[0]]
