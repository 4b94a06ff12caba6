"""The registry as a folder: what is taken in is checked, whole, and never changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hallmark.edges.folder_registry import FolderRegistry
from hallmark.errors import BadInput, Conflict, HallmarkError
from hallmark.evidence.canonical import digest, encode
from hallmark.measures import Task
from hallmark.policy.subject import (
    Artifact,
    ArtifactFormat,
    Cohort,
    CohortRole,
    Consent,
    DataFile,
    Decision,
    Deployment,
    Favourable,
    Label,
    LabelKind,
    Manifest,
    Order,
    Provenance,
    Retention,
)

DAY = date(2026, 6, 30)
FILES = {
    "model.skops": b"model",
    "data/train.parquet": b"train",
    "data/july.parquet": b"july",
    "data/may.parquet": b"may",
}


def data(name: str, **changes: Any) -> DataFile:
    parts: dict[str, Any] = {"file": name, "sha256": digest(FILES.get(name, b"")), "as_of": DAY}
    return DataFile(**(parts | changes))


def manifest(version: str = "1", **changes: Any) -> Manifest:
    parts: dict[str, Any] = {
        "model": "m",
        "version": version,
        "task": Task.BINARY,
        "artifact": Artifact(file="model.skops", format=ArtifactFormat.SKOPS, sha256=digest(b"model")),
        "predictions": None,
        "decision": Decision(cut_off=0.5, favourable=Favourable.BELOW),
        "key": "id",
        "features": ("income",),
        "label": Label(column="late", positive="1", source="books", kind=LabelKind.OBSERVED),
        "attributes": (),
        "training": data("data/train.parquet"),
        "reference": data("data/train.parquet"),
        "order": Order.NONE,
        "suite": "m",
        "provenance": Provenance(origin="here", licence="ours", collected="2026", citation="none"),
        "consent": Consent(basis="contract", until=None),
        "retention": Retention(until=None, rule="ten years"),
        "deployment": Deployment(as_if="in the EU", description="credit"),
        "limits": (),
    }
    return Manifest(**(parts | changes))


def cohort(name: str = "july", **changes: Any) -> Cohort:
    file = f"data/{name}.parquet"
    parts: dict[str, Any] = {
        "model": "m",
        "version": "1",
        "name": name,
        "role": CohortRole.HOLDOUT,
        "as_of": date(2026, 7, 31),
        "file": file,
        "sha256": digest(FILES.get(file, b"")),
    }
    return Cohort(**(parts | changes))


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "incoming" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "incoming"


@pytest.fixture
def registry(tmp_path: Path) -> FolderRegistry:
    (tmp_path / "registry").mkdir()
    return FolderRegistry(tmp_path / "registry")


def held(registry: FolderRegistry) -> dict[str, bytes]:
    files = [path for path in registry.root.rglob("*") if path.is_file()]
    return {str(path.relative_to(registry.root)): path.read_bytes() for path in files}


def put(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest(content)


def test_what_was_registered_is_there(registry: FolderRegistry, incoming: Path) -> None:
    said = registry.register(manifest(), (cohort(),), incoming)
    assert said == ["registered m 1", "registered cohort july of m 1"]
    assert registry.versions() == (("m", "1"),)
    assert registry.manifest("m", "1") == encode(manifest())
    assert registry.cohorts("m", "1") == (cohort(),)
    for name in ("model.skops", "data/train.parquet", "data/july.parquet"):
        assert registry.file("m", "1", name).read_bytes() == FILES[name]


def test_registering_again_says_nothing_and_changes_nothing(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    before = held(registry)
    assert registry.register(manifest(), (cohort(),), incoming) == []
    assert held(registry) == before


def test_the_source_may_go_afterwards(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    shutil.rmtree(incoming)
    assert registry.file("m", "1", "model.skops").read_bytes() == b"model"


def test_versions_and_cohorts_are_in_order(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest("2"), (), incoming)
    registry.register(manifest("10"), (), incoming)
    registry.register(manifest("1"), (cohort("july"), cohort("may", as_of=date(2026, 5, 31))), incoming)
    assert registry.versions() == (("m", "1"), ("m", "10"), ("m", "2"))
    assert [one.name for one in registry.cohorts("m", "1")] == ["may", "july"]


def test_an_unknown_version_names_what_there_is(registry: FolderRegistry, incoming: Path) -> None:
    with pytest.raises(BadInput, match="registered models: none"):
        registry.manifest("m", "1")
    registry.register(manifest(), (), incoming)
    with pytest.raises(BadInput, match="registered versions of m: 1"):
        registry.manifest("m", "2")
    with pytest.raises(BadInput, match="registered models: m"):
        registry.cohorts("x", "1")


@pytest.mark.parametrize("name", ["..", "../m", "/etc", "", "a/b", "x\0", "M"])
def test_a_name_that_is_none_is_refused(registry: FolderRegistry, incoming: Path, name: str) -> None:
    registry.register(manifest(), (), incoming)
    for asked in ((name, "1"), ("m", name)):
        with pytest.raises(BadInput):
            registry.manifest(*asked)
        with pytest.raises(BadInput):
            registry.file(*asked, "model.skops")


@pytest.mark.parametrize("name", ["../manifest.json", "/etc/passwd", "..", ".", "", "data/../../2/x"])
def test_a_file_outside_its_folder_is_refused(registry: FolderRegistry, incoming: Path, name: str) -> None:
    registry.register(manifest(), (), incoming)
    with pytest.raises(BadInput):
        registry.file("m", "1", name)


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "data/../../outside", "x\0y", "y" * 300, "", "."])
@pytest.mark.parametrize("part", ["artifact", "training", "cohort"])
def test_a_declared_file_that_leads_outside_is_refused(
    registry: FolderRegistry, incoming: Path, part: str, name: str
) -> None:
    put(incoming.parent, "outside", b"secret")
    sha256 = digest(b"secret")
    before = held(registry)
    with pytest.raises(BadInput):
        if part == "cohort":
            registry.register(manifest(), (cohort(file=name, sha256=sha256),), incoming)
        elif part == "training":
            registry.register(manifest(training=data(name, sha256=sha256)), (), incoming)
        else:
            artifact = Artifact(file=name, format=ArtifactFormat.SKOPS, sha256=sha256)
            registry.register(manifest(artifact=artifact), (), incoming)
    assert held(registry) == before


def test_a_link_that_leads_outside_is_refused(registry: FolderRegistry, incoming: Path) -> None:
    put(incoming.parent, "outside", b"model")
    (incoming / "model.skops").unlink()
    (incoming / "model.skops").symlink_to(incoming.parent / "outside")
    with pytest.raises(BadInput, match="leads out"):
        registry.register(manifest(), (), incoming)


@pytest.mark.parametrize("name", ["model.skops", "data/train.parquet", "data/july.parquet"])
@pytest.mark.parametrize("damage", ["missing", "changed", "folder"])
def test_a_file_that_is_not_as_declared_takes_nothing_in(
    registry: FolderRegistry, incoming: Path, name: str, damage: str
) -> None:
    (incoming / name).unlink()
    if damage == "changed":
        put(incoming, name, b"something else")
    elif damage == "folder":
        (incoming / name).mkdir()
    with pytest.raises(BadInput, match=Path(name).name):
        registry.register(manifest(), (cohort(),), incoming)
    assert held(registry) == {}


# A version never changes


def test_other_contents_under_the_same_version_are_a_conflict(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    before = held(registry)
    with pytest.raises(Conflict, match="new version"):
        registry.register(manifest(limits=("one",)), (), incoming)
    with pytest.raises(Conflict, match="july"):
        registry.register(None, (cohort(as_of=date(2026, 8, 1)),), incoming)
    assert held(registry) == before


def test_a_conflict_in_the_last_cohort_takes_nothing_in(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    before = held(registry)
    with pytest.raises(Conflict):
        registry.register(None, (cohort("may"), cohort(role=CohortRole.PRODUCTION)), incoming)
    assert held(registry) == before
    with pytest.raises(Conflict):
        registry.register(manifest("2"), (cohort(role=CohortRole.PRODUCTION),), incoming)
    assert held(registry) == before


def test_a_cohort_of_an_unknown_version_takes_nothing_in(registry: FolderRegistry, incoming: Path) -> None:
    with pytest.raises(BadInput, match="not registered"):
        registry.register(manifest(), (cohort(version="9"),), incoming)
    assert held(registry) == {}
    with pytest.raises(BadInput, match="not registered"):
        registry.register(None, (cohort(),), incoming)
    assert held(registry) == {}


def test_two_cohorts_of_one_name_are_no_cohort(registry: FolderRegistry, incoming: Path) -> None:
    with pytest.raises(HallmarkError):
        registry.register(manifest(), (cohort(), cohort(role=CohortRole.PRODUCTION)), incoming)
    assert held(registry) == {}


@pytest.mark.parametrize("name", ["model.skops", "data/train.parquet", "data/july.parquet", "manifest.json"])
def test_the_file_of_a_new_cohort_overwrites_nothing(registry: FolderRegistry, incoming: Path, name: str) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    before = held(registry)
    sha256 = put(incoming, name, b"other contents")
    with pytest.raises(HallmarkError):
        registry.register(None, (cohort("august", file=name, sha256=sha256),), incoming)
    assert held(registry) == before


def test_a_cohort_may_share_a_file_that_is_the_same(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    registry.register(None, (cohort("again", file="data/july.parquet", sha256=digest(b"july")),), incoming)
    assert len(registry.cohorts("m", "1")) == 2


@pytest.mark.parametrize("name", ["manifest.json", "cohorts/july.json", "cohorts", "cohorts/x.json"])
def test_a_file_in_the_place_of_a_record_is_refused(registry: FolderRegistry, incoming: Path, name: str) -> None:
    folder = incoming / "own"
    for own, content in FILES.items():
        put(folder, own, content)
    sha256 = put(folder, name, b"forged")
    with pytest.raises(HallmarkError):
        registry.register(manifest(training=data(name, sha256=sha256)), (cohort(),), folder)
    assert held(registry) == {}
    registry.register(manifest(), (), incoming)
    before = held(registry)
    with pytest.raises(HallmarkError):
        registry.register(None, (cohort("august", file=name, sha256=sha256),), folder)
    assert held(registry) == before


def test_one_file_declared_with_two_digests_is_refused(registry: FolderRegistry, incoming: Path) -> None:
    other = data("data/train.parquet", sha256="0" * 64)
    with pytest.raises(BadInput):
        registry.register(manifest(reference=data("data/train.parquet"), training=other), (), incoming)
    assert held(registry) == {}


# What a killed or foreign hand left


def test_what_a_killed_registration_left_is_no_version(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    left = registry.root / "m" / ".partial-abc"
    shutil.copytree(registry.root / "m" / "1", left)
    assert registry.versions() == (("m", "1"),)
    registry.register(manifest("2"), (), incoming)
    assert registry.versions() == (("m", "1"), ("m", "2"))


def test_foreign_files_among_the_versions_are_no_version(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (), incoming)
    put(registry.root, "Notes/read me/manifest.json", b"{}")
    put(registry.root, "m/notes.txt", b"x")
    assert registry.versions() == (("m", "1"),)


def test_a_damaged_record_is_named_and_is_no_traceback(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    put(registry.root, "m/1/cohorts/july.json", b"{")
    with pytest.raises(HallmarkError):
        registry.cohorts("m", "1")


def test_a_record_under_another_name_is_noticed(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (cohort(),), incoming)
    registry.register(manifest("2"), (), incoming)
    shutil.copy(registry.root / "m/1/cohorts/july.json", registry.root / "m/2/cohorts/july.json")
    with pytest.raises(HallmarkError):
        registry.cohorts("m", "2")


def test_a_root_that_is_no_folder_is_one_sentence(tmp_path: Path, incoming: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    registry = FolderRegistry(tmp_path / "file")
    with pytest.raises(HallmarkError):
        registry.register(manifest(), (), incoming)


def test_a_registry_that_was_never_made_is_empty(tmp_path: Path) -> None:
    assert FolderRegistry(tmp_path / "none").versions() == ()


def test_a_manifest_that_differs_in_one_digest_is_another(registry: FolderRegistry, incoming: Path) -> None:
    registry.register(manifest(), (), incoming)
    sha256 = put(incoming, "model.skops", b"model, retrained")
    artifact = Artifact(file="model.skops", format=ArtifactFormat.SKOPS, sha256=sha256)
    with pytest.raises(Conflict):
        registry.register(replace(manifest(), artifact=artifact), (), incoming)
    assert registry.file("m", "1", "model.skops").read_bytes() == b"model"
