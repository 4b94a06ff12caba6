"""What every task after the opening needs: the signed opening with its profile, manifest and cohort."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import BadInput
from hallmark.evidence.case import SignedStep, read_product
from hallmark.evidence.files import sha256_of
from hallmark.evidence.statement import Opening
from hallmark.policy.profile import Profile
from hallmark.policy.subject import Cohort, Manifest
from hallmark.steps.context import Context
from hallmark.steps.record import required


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The products of the opening, read from its signed step."""

    step: SignedStep
    opening: Opening
    profile: Profile
    manifest: Manifest
    cohort: Cohort

    @property
    def seed(self) -> int:
        """Follows from the data alone: preview, every installation and every version draw alike; 0 to 2**31 - 1."""
        parts = (declared for _, declared in self.datasets.values())
        return int(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8], 16) & 0x7FFFFFFF

    def file(self, context: Context, name: str) -> Path:
        """Where a file of the subject lies in the registry."""
        return context.registry.file(self.manifest.model, self.manifest.version, name)

    @property
    def datasets(self) -> dict[str, tuple[str, str]]:
        """File and declared SHA-256 of each dataset that is scored and measured, by its role in the case."""
        manifest, cohort = self.manifest, self.cohort
        return {
            "cohort": (cohort.file, cohort.sha256),
            "reference": (manifest.reference.file, manifest.reference.sha256),
            "training": (manifest.training.file, manifest.training.sha256),
        }

    def dataset(self, context: Context, role: str) -> Path:
        """Where a dataset lies. Raises `BadInput` when it is gone or is no longer the one that was registered."""
        name, declared = self.datasets[role]
        path = self.file(context, name)
        if not path.is_file() or sha256_of(path) != declared:
            raise BadInput(f"{path.name} is missing or is not the registered file; register it under another name")
        return path

    def workspace(self, context: Context) -> Path:
        """The folder of this case in the workspace."""
        folder = context.work / self.opening.case
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


def opened(context: Context, case: str) -> Opened:
    """Read the opening of `case`. Raises `Missing` when it was never opened, `Tampered` when it does not hold."""
    step = required(context, case, "open_case")
    return Opened(
        step=step,
        opening=read_product(context.store, step, "opening", Opening),
        profile=read_product(context.store, step, "profile", Profile),
        manifest=read_product(context.store, step, "manifest", Manifest),
        cohort=read_product(context.store, step, "cohort", Cohort),
    )
