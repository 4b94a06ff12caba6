"""Builds mortgage_approval from its source: `build.py OUT` writes a folder that `hallmark register OUT` takes."""

import argparse
import sys
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final

import artifact
import pandas as pd
from applications import FEATURES, KEY, PARTS, applications, checked, part

CUT_OFF: Final = 0.73
"""Probability from which a loan is approved: as many as the lenders approved, see README.md and cut_off.py."""

COHORTS: Final = ("holdout", "checked")
"""All applications that were never trained on, and those of them that stood a check of the file by hand."""

MODEL, PREDICTIONS = "1", "1-predictions"
"""The version with an artifact, and its twin that has a column of scores and no artifact."""

_HERE: Final = Path(__file__).resolve().parent
_AS_OF: Final = "1990-12-31"
_SCORE: Final = "score"


def source() -> pd.DataFrame:
    """The 1,989 applications as published."""
    return pd.read_parquet(_HERE / "source" / "applications.parquet")


def parts(version: str) -> dict[str, pd.DataFrame]:
    """Train, reference and holdout; for the twin each with the score of the model of version 1."""
    frame = applications(source())
    where = part(frame[KEY])
    found = {name: frame[where == name] for name in PARTS}
    if version == MODEL:
        return found
    model = artifact.trained(found["train"])
    return {name: one.assign(**{_SCORE: artifact.scores(model, one)}) for name, one in found.items()}


def build(out: Path, version: str) -> None:
    """Write manifest, training and reference data, the holdout, and for version 1 the artifact below `out`."""
    data = parts(version)
    with_artifact = version == MODEL
    name = "model.joblib"
    digest = _write(out / name, artifact.content(artifact.trained(data["train"]))) if with_artifact else ""
    manifest = Template((_HERE / "manifest.template.yaml").read_text(encoding="utf-8")).substitute(
        version=version,
        artifact=f"{{file: {name}, format: joblib, sha256: {digest}}}" if with_artifact else "null",
        predictions="null" if with_artifact else _SCORE,
        suite="mortgage_approval" if with_artifact else "mortgage_approval_predictions",
        cut_off=CUT_OFF,
        features=", ".join(FEATURES),
        as_of=_AS_OF,
        train_sha256=_write(out / "data" / "train.parquet", _parquet(data["train"])),
        reference_sha256=_write(out / "data" / "reference.parquet", _parquet(data["reference"])),
    )
    _write(out / "manifest.yaml", manifest.encode())
    build_cohort(out, version, COHORTS[0])


def build_cohort(out: Path, version: str, name: str) -> None:
    """Write one cohort of applications that were never trained on, and its cohort file, below `out`."""
    file = f"data/{name}.parquet"
    rows = parts(version)["holdout"]
    lines = {
        "model": "mortgage_approval",
        "version": f'"{version}"',
        "name": f'"{name}"',
        "role": "holdout",
        "as_of": _AS_OF,
        "file": file,
        "sha256": _write(out / file, _parquet(checked(rows) if name == "checked" else rows)),
    }
    text = "".join(f"{key}: {value}\n" for key, value in lines.items())
    _write(out / "cohorts" / f"{name}.yaml", text.encode())


def main(arguments: list[str]) -> int:
    """Exit code 0, or 1 with one sentence when the folder cannot be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument("--cohort", nargs="+", choices=COHORTS, help="write these cohorts and nothing else")
    parser.add_argument("--version", choices=(MODEL, PREDICTIONS), default=MODEL, help="version to write")
    options = parser.parse_args(arguments)
    try:
        for name in options.cohort or []:
            build_cohort(options.out, options.version, name)
        if not options.cohort:
            build(options.out, options.version)
    except OSError as error:
        where = error.filename or options.out
        print(f"{where}: {error.strerror}; name a folder with room that you may write to.", file=sys.stderr)
        return 1
    return 0


def _parquet(frame: pd.DataFrame) -> bytes:
    content: bytes = frame.to_parquet(index=False, engine="pyarrow", compression="zstd")
    return content


def _write(path: Path, content: bytes) -> str:
    """Write the file and return its SHA-256 in hex."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
