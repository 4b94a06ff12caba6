"""The registry as a folder: `model/version/` with the canonical manifest, its files, and `cohorts/`."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import BadInput, Conflict, Tampered, Unavailable
from hallmark.evidence.canonical import decode, encode
from hallmark.evidence.files import sha256_of
from hallmark.policy.names import checked
from hallmark.policy.subject import Cohort, Manifest

PARTIAL = ".partial-"
RESERVED = ("manifest.json", "cohorts")
"""Names below a version that the registry itself writes."""


@dataclass(frozen=True, slots=True)
class FolderRegistry:
    """Implements `ports.Registry` below `root`."""

    root: Path

    def versions(self) -> tuple[tuple[str, str], ...]:
        """Every (model, version), in lexical order."""
        found = self.root.glob("*/*/manifest.json")
        names = ((path.parent.parent.name, path.parent.name) for path in found)
        return tuple(sorted(pair for pair in names if _are_names(*pair)))

    def manifest(self, model: str, version: str) -> bytes:
        """The canonical manifest of a registered version."""
        path = self._folder(model, version) / "manifest.json"
        if not path.is_file():
            raise BadInput(f"{model} {version} is not registered; {self._known(model)}")
        return path.read_bytes()

    def cohorts(self, model: str, version: str) -> tuple[Cohort, ...]:
        """The cohorts of a version by as-of date."""
        self.manifest(model, version)
        paths = (self._folder(model, version) / "cohorts").glob("*.json")
        records = (_record(path, model, version) for path in paths)
        return tuple(sorted(records, key=lambda one: (one.as_of, one.name)))

    def file(self, model: str, version: str, name: str) -> Path:
        """Where a file of a version lies."""
        return _inside(self._folder(model, version), name)

    def register(self, manifest: Manifest | None, cohorts: tuple[Cohort, ...], folder: Path) -> list[str]:
        """Take in a version and cohorts with their files below `folder`, all or nothing."""
        try:
            return self._register(manifest, cohorts, folder)
        except OSError as error:
            where = error.filename2 or error.filename or self.root  # of a copy, it is the target that is full
            raise Unavailable(f"{where}: {error.strerror or error}; mend and repeat") from error

    def _register(self, manifest: Manifest | None, cohorts: tuple[Cohort, ...], folder: Path) -> list[str]:
        new = []
        if len({(one.model, one.version, one.name) for one in cohorts}) != len(cohorts):
            raise BadInput(f"{folder}: two cohorts have one name; give each its own")
        if manifest is not None:
            _check_files(folder, files_of(manifest))
            self._check_version(manifest)
        for cohort in cohorts:
            _check_files(folder, {cohort.file: cohort.sha256})
            self._check_cohort(cohort, manifest)
        if manifest is not None and self._take_version(manifest, folder):
            new.append(f"registered {manifest.model} {manifest.version}")
        for cohort in cohorts:
            if self._take_cohort(cohort, folder):
                new.append(f"registered cohort {cohort.name} of {cohort.model} {cohort.version}")
        return new

    def _take_version(self, manifest: Manifest, folder: Path) -> bool:
        target, data = self._folder(manifest.model, manifest.version), encode(manifest)
        if target.exists():
            return False
        with _prepared(target) as place:
            for name in files_of(manifest):
                _copy(_inside(folder, name), _inside(place, name))
            (place / "cohorts").mkdir(exist_ok=True)
            (place / "manifest.json").write_bytes(data)
        return True

    def _take_cohort(self, cohort: Cohort, folder: Path) -> bool:
        self.manifest(cohort.model, cohort.version)
        home, data = self._folder(cohort.model, cohort.version), encode(cohort)
        record = home / "cohorts" / f"{cohort.name}.json"
        if record.exists():
            return False
        _copy(_inside(folder, cohort.file), _inside(home, cohort.file))
        partial = record.with_suffix(".partial")
        partial.write_bytes(data)
        partial.replace(record)  # the record appears last, so a cohort is there whole or not at all
        return True

    def _check_version(self, manifest: Manifest) -> None:
        place = self._folder(manifest.model, manifest.version)
        if place.exists() and self.manifest(manifest.model, manifest.version) != encode(manifest):
            raise Conflict(f"{manifest.model} {manifest.version} is registered with other contents; use a new version.")

    def _check_cohort(self, cohort: Cohort, coming: Manifest | None) -> None:
        """The version is there or comes along, the name is free or says the same, and no file is written over."""
        home, name = self._folder(cohort.model, cohort.version), f"cohort {cohort.name} of {cohort.model}"
        if coming is None or (coming.model, coming.version) != (cohort.model, cohort.version):
            self.manifest(cohort.model, cohort.version)
        record, data = home / "cohorts" / f"{cohort.name}.json", _inside(home, cohort.file)
        if record.exists() and record.read_bytes() != encode(cohort):
            raise Conflict(f"{name} {cohort.version} is registered with other contents; use a new name.")
        coming_files = files_of(coming) if coming is not None else {}
        held = sha256_of(data) if data.is_file() else coming_files.get(cohort.file)
        if held is not None and held != cohort.sha256:
            raise Conflict(f"{name} {cohort.version} would write over {cohort.file}; name its file otherwise.")

    def _folder(self, model: str, version: str) -> Path:
        return self.root / checked("model", model) / checked("version", version)

    def _known(self, model: str) -> str:
        versions = [version for name, version in self.versions() if name == model]
        if versions:
            return f"registered versions of {model}: {', '.join(versions)}"
        models = sorted({name for name, _ in self.versions()})
        return f"registered models: {', '.join(models) or 'none'}; `hallmark register DIR` adds one"


def _are_names(model: str, version: str) -> bool:
    try:
        return bool(checked("model", model) and checked("version", version))
    except BadInput:
        return False


def _record(path: Path, model: str, version: str) -> Cohort:
    cohort = decode(path.read_bytes(), Cohort)
    if (cohort.model, cohort.version, cohort.name) != (model, version, path.stem):
        raise Tampered(f"{path}: is the record of cohort {cohort.name} of {cohort.model} {cohort.version}; remove it")
    return cohort


def files_of(manifest: Manifest) -> dict[str, str]:
    """The files that a manifest names, with their declared SHA-256."""
    files = {data.file: data.sha256 for data in (manifest.training, manifest.reference)}
    if manifest.artifact is not None:
        files[manifest.artifact.file] = manifest.artifact.sha256
    return files


def _check_files(folder: Path, files: dict[str, str]) -> None:
    for name, declared in files.items():
        path = _inside(folder, name)
        if Path(name).parts[0] in RESERVED:
            raise BadInput(f"{name!r} is a name of the registry's own; put the file elsewhere")
        if not path.is_file():
            raise BadInput(f"{path}: no such file; the manifest names it as {name!r}")
        found = sha256_of(path)
        if found != declared:
            raise BadInput(f"{path}: its SHA-256 is {found}, declared is {declared}; correct the manifest or the file")


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or path == folder.resolve():
        raise BadInput(f"{name!r} leads out of its folder; name a file below it")
    return path


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


@contextlib.contextmanager
def _prepared(target: Path) -> Iterator[Path]:
    """A folder that becomes `target` at the end, and vanishes when anything fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=target.parent))
    try:
        yield place
        place.rename(target)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
