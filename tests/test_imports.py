"""Who may import whom, room by room, with the reason for what is unusual; and what the pure rooms may never touch."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLUGINS, DAGS = ROOT / "plugins", ROOT / "dags"
STANDARD = sys.stdlib_module_names


@dataclass(frozen=True)
class Room:
    """What a room may import: modules of Hallmark (with everything below them) and packages of others."""

    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    own: bool = True  # may its files import each other


PURE = ("measures", "policy", "verdict")
NUMBERS = ("numpy", "scipy")

ROOMS: dict[str, Room] = {
    "errors": Room(),
    "measures": Room(),
    "policy": Room(("measures", "errors")),
    "verdict": Room(("policy", "measures", "errors")),
    "ports": Room(PURE),
    # `ports` for the types Store and Signer alone: verification takes its store as an argument.
    "evidence": Room((*PURE, "errors", "ports"), ("cryptography", "msgspec", "rfc8785")),
    "documents": Room((*PURE, "errors"), ("yaml", "pydantic", "pydantic_core")),
    # Names only; the dimensions are imported by the task that runs them.
    "assess.registry": Room(("assess.assignment",)),
    "assess.assignment": Room(("assess.dataset", "policy.subject", "verdict.observation")),
    "assess.dataset": Room(
        ("assess.checks", "assess.relation", "assess.spelling", "policy.subject"), ("duckdb", "numpy")
    ),
    "assess.relation": Room(("assess.spelling", "errors"), ("duckdb", "pyarrow", "numpy")),
    # What depends on the task: which scores and labels cannot be.
    "assess.checks": Room(
        ("assess.classes", "assess.relation", "assess.spelling", "policy.subject", "measures", "errors"), ("duckdb",)
    ),
    # Declared classes as places, and what the data hold beside them.
    "assess.classes": Room(("assess.relation", "assess.spelling", "policy.subject", "errors"), ("duckdb",)),
    # What is asked of a dataset: how SQL spells it, and then the numbers.
    "assess.sql": Room(
        ("assess.dataset", "assess.classes", "assess.relation", "assess.spelling", "measures", "errors"),
    ),
    "assess.values": Room(("assess.dataset", "assess.sql", "assess.arrays")),
    "assess.outcomes": Room(
        ("assess.dataset", "assess.sql", "assess.arrays", "assess.spelling", "measures", "errors"), ("numpy",)
    ),
    "assess.arrays": Room((), ("numpy",)),
    "assess.tools": Room(),
    # When two spellings of a class are one.
    "assess.spelling": Room(("policy.subject", "policy.task", "errors"), ("duckdb",)),
    "assess.intervals": Room(("assess.arrays",), NUMBERS),
    "assess.gx_dialect": Room((), ("duckdb", "duckdb_engine", "sqlalchemy")),
    # Great Expectations on DuckDB: the engine half of the dimension data_quality.
    "assess.gx_engine": Room(
        ("assess.gx_dialect", "assess.dataset", "assess.relation", "assess.spelling", "errors"),
        ("great_expectations", "duckdb", "sqlalchemy"),
    ),
    # The sentence of a recalibration, which two dimensions try.
    "assess.brier": Room(("assess.intervals",)),
    # Limits for rows in order of time, whatever dimension they belong to.
    "assess.blocks": Room(
        ("assess.assignment", "assess.dataset", "assess.relation", "assess.spelling", "policy.groups"), ("scipy",)
    ),
    # The cohort beside the training data, counted by SQL of its own; crossings of attributes. Label noise is that of
    # cleanlab, over probabilities that a model of scikit-learn gives out of fold.
    "assess.data_quality": Room(
        ("assess.spelling", "policy.groups"), ("cleanlab", "sklearn", "duckdb", "threadpoolctl")
    ),
    # threadpoolctl: one thread of the numerical libraries, so that sums come out alike on every machine.
    # The domain classifier is scikit-learn's, on rows that are drawn by a hash in SQL.
    "assess.drift": Room(("assess.spelling",), ("evidently", "sklearn", "threadpoolctl")),
    # Proxies are told by a classifier, as in drift; crossings of attributes are a word of the policy room.
    "assess.fairness": Room(("assess.spelling", "policy.groups"), ("fairlearn", "sklearn", "threadpoolctl")),
    # What would help counts decisions as fairness does and errors as performance does.
    "assess.remedies": Room(
        ("assess.fairness", "assess.performance", "assess.spelling"), ("fairlearn", "sklearn", "threadpoolctl")
    ),
    "assess.performance": Room((), ("sklearn", "threadpoolctl")),
    "steps": Room((*PURE, "errors", "ports", "evidence", "documents", "assess.registry", "hallmark")),
    # Opens the data and hands them over; which assessor takes them is a name in the registry.
    "steps.assess": Room(("steps", *PURE, "errors", "evidence", "assess", "hallmark")),
    # report.html is one of the blobs that a pack rests on, so it is made before the pack is sealed.
    "steps.issue": Room(("steps", *PURE, "errors", "evidence", "report", "assess.registry", "hallmark")),
    # The text of the form that a reviewer fills in.
    "steps.asking": Room(("steps", *PURE, "errors", "evidence", "report")),
    "report": Room((*PURE, "errors", "evidence"), ("jinja2", "markupsafe")),
    # Looks at data that nobody registered yet, as an assessor would.
    "draft": Room((*PURE, "errors", "evidence.files", "assess.relation", "assess.spelling"), ("duckdb",)),
    # One foreign system in several files: who asks, what isolates, the child that scores, and the one kept ready.
    "edges.scorer": Room(("edges.isolation", "edges.waiting", "edges.artifact", "measures"), ("numpy", "pyarrow")),
    "edges.isolation": Room(),
    "edges.handover": Room(),
    "edges.waiting": Room(("edges.isolation", "edges.handover")),
    "edges.spare": Room(("edges.isolation", "edges.handover", "edges.waiting")),
    "edges.scoring_child": Room(
        ("edges.artifact", "edges.handover", "edges.isolation", "measures"),
        ("numpy", "pandas", "pyarrow", "joblib", "sklearn"),
    ),
    # One foreign system, the file of a model, in several files.
    "edges.artifact": Room((), ("numpy", "skops", "sklearn", "joblib", "scipy")),
    "edges.s3": Room(("=edges",), ("boto3", "botocore")),
    "edges.directory": Room(("=edges",)),
    "edges.read_once": Room(),
    "edges.folder_registry": Room(),
    "edges.index_sql": Room(),
    "edges.key_file": Room((), ("cryptography",)),
    "edges.ledger_sql": Room(),
    "edges.ledger_postgres": Room((), ("psycopg",)),
    # Everything, lazily; of `local` the places, the names of the environment and the file of credentials.
    "wiring": Room(
        (
            *PURE,
            "errors",
            "ports",
            "evidence",
            "steps",
            "edges",
            "local.home",
            "local.environment",
            "local.credentials",
        ),
    ),
    # The trigger form offers what is registered, by the names of folders alone.
    "flow": Room(("steps", "wiring", "errors", "assess.registry", "local.offered"), ("airflow",)),
    "web": Room(
        ("report", "wiring", "errors"), ("airflow", "fastapi", "starlette", "jinja2", "pydantic", "sqlalchemy")
    ),
    # Imported by the API server at the first request. Never an assessor: of `assess` the names, of `steps` what a
    # case is called.
    "web.pages": Room(
        (
            *(*PURE, "errors", "evidence", "ports", "report", "wiring", "edges.index_sql", "assess.registry"),
            *("steps.context", "steps.open_case", "local.home", "local.environment"),
        ),
        ("airflow", "fastapi", "starlette", "jinja2", "markupsafe", "sqlalchemy"),
    ),
    # Standard library and an HTTP client; `preload` names the dimensions that the scheduler imports before it forks.
    "local": Room(("errors", "assess.registry", "web.accounts"), ("httpx", "setproctitle", "psutil")),
    "cli": Room((*PURE, "errors", "ports", "evidence", "steps", "report", "wiring", "local", "hallmark")),
    # Who may log in is the web room's to keep.
    "cli.user": Room(("cli", "errors", "web.accounts")),
    "cli.init": Room(("cli", *PURE, "errors", "steps", "draft")),
    # The command and the name that a notebook imports: every step of a case on an installation that is thrown away.
    "cli.preview": Room(("cli", "preview", "report", "verdict")),
    "preview": Room((*PURE, "errors", "evidence", "steps", "report", "wiring", "local.machine", "cli")),
    # The store that somebody copied; of an installation it asks the wiring.
    "cli.verify": Room(("cli", "errors", "evidence", "ports", "wiring", "local.environment", "edges.directory")),
}

DIMENSION = (
    *("measures", "policy.subject", "verdict.observation", "errors", "hallmark"),
    *("assess.dataset", "assess.sql", "assess.values", "assess.outcomes", "assess.arrays"),
    *("assess.intervals", "assess.tools", "assess.assignment", "assess.brier"),
    # The key of an observation and the canonical form of the aggregates beside it.
    *("policy.expected", "evidence.canonical"),
)
EDGE = ("ports", *PURE, "errors", "evidence")

# Clock, disk, network, environment, chance, and numbers that are computed elsewhere.
IMPURE = frozenset(
    {
        *("os", "pathlib", "io", "time", "socket", "random", "secrets", "subprocess", "threading", "asyncio"),
        *("http", "urllib", "shutil", "tempfile", "sqlite3", "uuid", "numpy", "scipy", "pandas"),
    }
)


@dataclass(frozen=True)
class Import:
    """One import of one file; `top` when it stands at module level, `typing` under `if TYPE_CHECKING`."""

    file: Path
    line: int
    module: str
    top: bool
    typing: bool

    @property
    def where(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def imports(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text("utf-8"))
    yield from _walk(tree, file, top=True, typing=False)


def _walk(node: ast.AST, file: Path, *, top: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inside = top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checking = typing or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test))
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(file, child.lineno, alias.name, top, typing)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{file}:{child.lineno}: relative import"
            for name in _members(child):
                yield Import(file, child.lineno, name, top, typing)
        yield from _walk(child, file, top=inside, typing=checking)


def _members(node: ast.ImportFrom) -> Iterator[str]:
    """`from package import module` names the module, `from module import name` the module."""
    module = node.module or ""
    for alias in node.names:
        path = PLUGINS.joinpath(*module.split("."), alias.name)
        yield f"{module}.{alias.name}" if path.with_suffix(".py").is_file() or path.is_dir() else module


def name_of(file: Path) -> str:
    """The module below `hallmark`: `evidence.verify`; the package itself is `hallmark`."""
    parts = file.relative_to(PLUGINS / "hallmark").with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts) or "hallmark"


def room_of(name: str) -> str:
    """The longest prefix of `name` that is a room."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in ROOMS:
            return ".".join(parts[:end])
    return ""


def below(name: str, rooms: tuple[str, ...]) -> bool:
    """Tell whether `name` is one of `rooms` or below it; `=room` is the package itself and nothing below it."""
    return any(name == room.removeprefix("=") or name.startswith(f"{room}.") for room in rooms)


def allowed(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the module `name` may import of ours and of others."""
    room = room_of(name)
    table = ROOMS[room]
    ours, others = table.ours, table.others
    if room.startswith("assess.") and room not in PARTS:
        ours, others = (*ours, *DIMENSION), (*others, *NUMBERS)
        ours = (*ours, "assess.gx_engine", "assess.relation") if room == "assess.data_quality" else ours
    if room.startswith("edges."):
        ours = (*ours, *EDGE)
    return (*ours, room) if table.own else ours, others


PARTS = (
    *("assess.registry", "assess.assignment", "assess.dataset", "assess.relation", "assess.spelling"),
    *("assess.checks", "assess.classes", "assess.sql", "assess.values", "assess.outcomes", "assess.arrays"),
    *("assess.intervals", "assess.tools", "assess.gx_engine", "assess.gx_dialect"),
)

FILES = sorted(
    path for path in (PLUGINS / "hallmark").rglob("*.py") if name_of(path) not in ("hallmark", "assess", "edges")
)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_imports_what_its_room_may(file: Path) -> None:
    name = name_of(file)
    assert room_of(name), f"{name} stands in no room of the table"
    ours, others = allowed(name)
    wrong = []
    for one in imports(file):
        package, _, rest = one.module.partition(".")
        if package == "hallmark":
            wrong += [] if below(rest or "hallmark", ours) else [one.where]
        elif package not in STANDARD:
            wrong += [] if package in others else [one.where]
    assert not wrong, "\n".join(wrong)


def test_every_room_of_the_table_exists() -> None:
    names = {name_of(path) for path in (PLUGINS / "hallmark").rglob("*.py")}
    assert [room for room in ROOMS if not any(below(name, (room,)) for name in names)] == []


def test_a_reader_of_imports_sees_all_kinds_of_them(tmp_path: Path) -> None:
    """The table is worth what the reader sees: module level, functions, TYPE_CHECKING, `from package import module`."""
    file = tmp_path / "x.py"
    file.write_text(
        "import os.path\nfrom hallmark import wiring\nfrom hallmark.errors import BadInput\n"
        "if TYPE_CHECKING:\n    import numpy\ndef f():\n    import duckdb\n"
        "class A:\n    def g(self):\n        import pandas\n"
    )
    found = {one.module: (one.top, one.typing) for one in imports(file)}
    assert found == {
        "os.path": (True, False),
        "hallmark.wiring": (True, False),
        "hallmark.errors": (True, False),
        "numpy": (True, True),
        "duckdb": (False, False),
        "pandas": (False, False),
    }


@pytest.mark.parametrize("name", ["assess.drift", "edges.s3"])
def test_siblings_do_not_know_each_other(name: str) -> None:
    ours, _ = allowed(name)
    siblings = ("assess.fairness", "assess.performance", "edges.directory", "edges.ledger_sql", "edges.key_file")
    assert not [sibling for sibling in siblings if below(sibling, ours)]


# Pure: no clock, no disk, no network, no environment, no numpy

PURE_FILES = [path for path in FILES if name_of(path).split(".")[0] in PURE]


@pytest.mark.parametrize("file", PURE_FILES, ids=name_of)
def test_a_pure_room_touches_nothing(file: Path) -> None:
    wrong = [one.where for one in imports(file) if one.module.partition(".")[0] in IMPURE]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            wrong += [f"{file}:{node.lineno} reads the clock"] if node.func.attr in ("now", "today", "utcnow") else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            wrong += (
                [f"{file}:{node.lineno} calls {node.func.id}"] if node.func.id in ("open", "print", "input") else []
            )
        if isinstance(node, ast.Global | ast.Nonlocal):
            wrong.append(f"{file}:{node.lineno} keeps state")
    assert not wrong, "\n".join(wrong)


def test_only_the_wiring_and_the_edge_of_the_process_read_the_clock() -> None:
    may = ("wiring", "local", "cli", "edges", "web")
    found = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func
            if call and call.attr in ("now", "utcnow", "today") and "datetime" in ast.dump(call.value):
                found.append(name_of(file))
    assert [name for name in found if not below(name, may)] == []


def test_only_the_wiring_and_the_edge_of_the_process_read_the_environment() -> None:
    """The scorer makes the environment of its child, Great Expectations has a switch; nothing that decides reads it."""
    may = ("wiring", "local", "cli", "web", "edges.scorer", "edges.isolation", "assess.gx_engine")
    found = [
        name_of(file)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert [name for name in found if not below(name, may)] == []


# What Airflow reads


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_is_names_and_arrows(file: Path) -> None:
    found = {one.module for one in imports(file)}
    ours = tuple(module.removeprefix("hallmark.") for module in found if module.startswith("hallmark"))
    assert [name for name in ours if not below(name, ("flow", "assess.registry"))] == []
    others = {module.partition(".")[0] for module in found if not module.startswith("hallmark")}
    assert others - STANDARD == {"airflow"}


@pytest.mark.parametrize("room", ["flow", "web"])
def test_what_airflow_parses_imports_the_rest_inside_functions(room: str) -> None:
    light = ("flow", "web.accounts", "web.auth", "web.lazy", "errors", "local.offered")
    heavy = [
        one.where
        for file in FILES
        if below(name_of(file), (room,)) and not below(name_of(file), ("web.pages",))
        for one in imports(file)
        if one.top and not one.typing and one.module.startswith("hallmark.")
        if not below(one.module.removeprefix("hallmark."), light)
    ]
    assert heavy == []


def test_the_wiring_imports_implementations_when_they_are_asked_for() -> None:
    top = [one for one in imports(PLUGINS / "hallmark" / "wiring.py") if one.top and not one.typing]
    assert [one.where for one in top if below(one.module.removeprefix("hallmark."), ("edges", "steps", "report"))] == []


def test_verify_reaches_evidence_and_one_edge_of_a_store() -> None:
    top = [one for one in imports(PLUGINS / "hallmark" / "cli" / "verify.py") if one.top and not one.typing]
    ours = [one.module.removeprefix("hallmark.") for one in top if one.module.startswith("hallmark")]
    assert [name for name in ours if not below(name, ("evidence", "errors", "cli.say"))] == []
    said = imports(PLUGINS / "hallmark" / "cli" / "say.py")
    assert [one.module for one in said if one.module.startswith("hallmark")] == ["hallmark.report.plain"]


def test_airflow_finds_one_plugin_and_nothing_below_it() -> None:
    assert (PLUGINS / ".airflowignore").read_text().split() == ["*", "!hallmark_plugin.py"]
    assert [path.name for path in PLUGINS.glob("*.py")] == ["hallmark_plugin.py"]
