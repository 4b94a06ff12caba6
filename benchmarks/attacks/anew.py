"""Attacks on a case while it is made: predictions, consent, data behind a loosened clone, a root of one's own."""

import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from attacks.attack import Answer, Attack
from attacks.good import certified, founded, registered
from attacks.place import MODEL, Place
from shipped import ROOT

from hallmark.cli.rulebook import keys
from hallmark.edges.artifact import load
from hallmark.evidence.canonical import decode, digest
from hallmark.local.environment import REPO
from hallmark.policy.subject import Artifact, Consent, Manifest
from hallmark.steps.publish import drafted

ENDS_IN = timedelta(days=20)


def _source(place: Place) -> Path:
    """A copy of the files of version 1, to be changed."""
    folder = place.home.root / "incoming"
    shutil.copytree(place.home.registry / MODEL / "1", folder)
    return folder


def _consent(place: Place, ends_in: timedelta) -> Consent:
    basis = decode(place.context.registry.manifest(MODEL, "1"), Manifest).consent.basis
    return Consent(basis=basis, until=(place.context.now() + ends_in).date())


def _certify(place: Place, source: Path, **changes: Any) -> Place:
    """Certify the next version, the example with `changes`."""
    return certified(registered(place, source, **changes))


def untouched(place: Place) -> Place:
    """The same model certified as the next version; its consent ends in twenty days."""
    return _certify(place, place.home.registry / MODEL / "1", consent=_consent(place, ENDS_IN))


def _consent_ended(place: Place) -> Answer:
    return place.verify(at=place.context.now() + ENDS_IN + timedelta(days=1))


def _consent_lapsed(place: Place) -> Answer:
    return _certify(place, _source(place), consent=_consent(place, -timedelta(days=1))).verify()


def _undefined_model(place: Place) -> Answer:
    """The model of the example with a baseline that is no number: every prediction is NaN."""
    import skops.io

    source = _source(place)
    artifact = decode(place.context.registry.manifest(MODEL, "1"), Manifest).artifact
    assert artifact is not None
    model: Any = load((source / artifact.file).read_bytes(), artifact.format)
    model._baseline_prediction = model._baseline_prediction * math.nan
    data = skops.io.dumps(model)
    (source / artifact.file).write_bytes(data)
    return _certify(
        place, source, artifact=Artifact(file=artifact.file, format=artifact.format, sha256=digest(data))
    ).verify()


def _loosened_clone(place: Place) -> Answer:
    """Limits that cannot be, in a run whose clone has a suite without rules for them that nobody published."""
    import pandas as pd

    source = _source(place)
    frame = pd.read_parquet(source / "data" / "2005-07.parquet")
    frame.loc[frame.index[: len(frame) // 20], "limit"] = 1
    frame.to_parquet(source / "data" / "changed.parquet", index=False)
    changed = {"file": "data/changed.parquet", "sha256": digest((source / "data" / "changed.parquet").read_bytes())}
    with _clone(place):
        return _certify(place, source, cohort=changed).verify()


@contextmanager
def _clone(place: Place) -> Iterator[None]:
    """A clone whose suite asks for nothing is the one that is configured."""
    clone = place.home.root / "clone"
    for name in ("dags", "policies", "expectations"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", clone)
    suite = clone / "expectations" / f"{MODEL}.json"
    suite.write_text('{"name": "card_default", "meta": {}, "expectations": []}', "utf-8")
    published = place.context.chain().latest.rulebook.rules.suite(MODEL)
    assert drafted(clone, keys(place.context)).suite(MODEL) != published
    before = os.environ.get(REPO)
    os.environ[REPO] = str(clone)
    try:
        yield
    finally:
        os.environ.pop(REPO) if before is None else os.environ.update({REPO: before})


def _own_root(place: Place) -> Answer:
    """Somebody founds an installation, certifies the very model under it, and presents that pack."""
    theirs = founded(place.home.root / "theirs", place.built, "hallmark-break")
    theirs = certified(theirs)
    own = theirs.verify()
    assert own.usable, f"the pack is not even good under its own root: {own.says}"
    return theirs.verify(root=place.context.root)


ANEW = (
    Attack(
        does="found another root, certify under it, present the pack",
        refused_by=r"verify 1: .*signed by the key .* not trusted here",
        act=_own_root,
    ),
    Attack(
        does="loosen the suite in the clone without publishing it, with limits that cannot be",
        refused_by=r"verify 8: refused: .*DG-4",
        act=_loosened_clone,
    ),
    Attack(
        does="certify a model whose predictions are NaN",
        refused_by=r"verify 8: referred: .*no usable number",
        act=_undefined_model,
    ),
    Attack(
        does="certify with a consent that ended yesterday",
        refused_by=r"verify 8: refused: .*PD-1",
        act=_consent_lapsed,
    ),
    Attack(
        does="use a certificate on the day after its consent",
        refused_by=r"verify 8: expired .*the basis for the processing ends",
        act=_consent_ended,
    ),
)
