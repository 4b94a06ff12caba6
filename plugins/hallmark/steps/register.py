"""Taking a version and its cohorts into the registry, from a folder that somebody prepared."""

from pathlib import Path

from hallmark import documents
from hallmark.errors import BadInput
from hallmark.ports import Registry
from hallmark.steps.text import text_of


def register(registry: Registry, folder: Path) -> list[str]:
    """Register the `manifest.yaml` and every `cohorts/*.yaml` below `folder`; return what is new, in sentences.

    Raises `BadInput` for a folder without either and for anything wrong in them, `Conflict` when the same name is
    registered with other contents.
    """
    path = folder / "manifest.yaml"
    manifest = documents.manifest(text_of(path), str(path)) if path.is_file() else None
    cohorts = tuple(documents.cohort(text_of(one), str(one)) for one in sorted((folder / "cohorts").glob("*.yaml")))
    if manifest is None and not cohorts:
        raise BadInput(f"{folder}: no manifest.yaml and no cohorts/*.yaml here; nothing was registered")
    return registry.register(manifest, cohorts, folder)
