"""Builds diabetes_progression from scikit-learn: `build.py OUT` writes a folder that `hallmark register OUT` takes."""

import argparse
import sys
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final

import artifact
import pandas as pd
from patients import FEATURES, KEY, part, patients

COHORTS: Final = ("holdout",)
"""The patients have no date, so there is one cohort."""

_HERE: Final = Path(__file__).resolve().parent
_AS_OF: Final = "2004-04-30"


def build(out: Path, version: str) -> None:
    """Write manifest, artifact, training and reference data, and the holdout below `out`."""
    manifest = Template((_HERE / "manifest.template.yaml").read_text(encoding="utf-8")).substitute(
        version=version,
        artifact_sha256=_write(out / "model.pkl", artifact.trained(_rows("train"))),
        features=", ".join(FEATURES),
        as_of=_AS_OF,
        train_sha256=_write(out / "data" / "train.parquet", _parquet(_rows("train"))),
        reference_sha256=_write(out / "data" / "reference.parquet", _parquet(_rows("reference"))),
    )
    _write(out / "manifest.yaml", manifest.encode())
    build_cohort(out, version, *COHORTS)


def build_cohort(out: Path, version: str, name: str) -> None:
    """Write one cohort of patients that were never trained on, and its cohort file, below `out`."""
    file = f"data/{name}.parquet"
    lines = {
        "model": "diabetes_progression",
        "version": f'"{version}"',
        "name": f'"{name}"',
        "role": "holdout",
        "as_of": _AS_OF,
        "file": file,
        "sha256": _write(out / file, _parquet(_rows(name))),
    }
    text = "".join(f"{key}: {value}\n" for key, value in lines.items())
    _write(out / "cohorts" / f"{name}.yaml", text.encode())


def main(arguments: list[str]) -> int:
    """Exit code 0, or 1 with one sentence when the folder cannot be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument("--cohort", nargs="+", choices=COHORTS, help="write these cohorts and nothing else")
    parser.add_argument("--version", choices=("1",), default="1", help="version to write")
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


def _rows(name: str) -> pd.DataFrame:
    frame = patients()
    return frame[part(frame[KEY]) == name]


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
