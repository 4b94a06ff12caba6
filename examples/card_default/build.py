"""Builds card_default from its source: `build.py OUT` writes a folder that `hallmark register OUT` takes."""

import argparse
import sys
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final

import artifact
import cohorts
import pandas as pd

CUT_OFF: Final = 0.2
"""Probability of being late from which a line is closed; 1 / (1 + 4), see README.md and cut_off.py."""

_HERE: Final = Path(__file__).resolve().parent
_TRAINED_ON: Final = "2005-06"
_CERTIFIED_ON: Final = "2005-07"
_HOLDOUT: Final = ("2005-06", "2005-07")


def source() -> pd.DataFrame:
    """The 30,000 raw clients."""
    return pd.read_parquet(_HERE / "source" / "clients.parquet")


def build(out: Path, version: str, *, hostile: bool = False) -> None:
    """Write manifest, artifact, training and reference data, and the July cohort below `out`."""
    frame = cohorts.cohort(source(), _TRAINED_ON)
    trained_on = cohorts.in_training(frame["client_id"])
    train, reference = frame[trained_on], frame[~trained_on]
    content = artifact.hostile() if hostile else artifact.trained(train)
    name, kind = ("model.pkl", "pickle") if hostile else ("model.skops", "skops")
    manifest = Template((_HERE / "manifest.template.yaml").read_text(encoding="utf-8")).substitute(
        version=version,
        artifact=name,
        format=kind,
        artifact_sha256=_write(out / name, content),
        cut_off=CUT_OFF,
        features=", ".join(cohorts.FEATURES),
        age_bands=", ".join(f'"{band}"' for band in cohorts.AGE_BANDS),
        train_sha256=_write(out / "data" / "train.parquet", _parquet(train)),
        reference_sha256=_write(out / "data" / "reference.parquet", _parquet(reference)),
    )
    _write(out / "manifest.yaml", manifest.encode())
    build_cohort(out, version, _CERTIFIED_ON)


def build_cohort(out: Path, version: str, month: str) -> None:
    """Write one month of the clients that were never trained on, and its cohort file, below `out`."""
    frame = cohorts.cohort(source(), month)
    data = f"data/{month}.parquet"
    digest = _write(out / data, _parquet(frame[~cohorts.in_training(frame["client_id"])]))
    lines = {
        "model": "card_default",
        "version": f'"{version}"',
        "name": f'"{month}"',
        "role": "holdout" if month in _HOLDOUT else "production",
        "as_of": cohorts.as_of(month).isoformat(),
        "file": data,
        "sha256": digest,
    }
    text = "".join(f"{key}: {value}\n" for key, value in lines.items())
    _write(out / "cohorts" / f"{month}.yaml", text.encode())


def main(arguments: list[str]) -> int:
    """Exit code 0, or 1 with one sentence when the folder cannot be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument("--cohort", nargs="+", choices=cohorts.COHORTS, help="write these cohorts and nothing else")
    parser.add_argument("--version", choices=("1", "0-hostile"), help="version to write")
    parser.add_argument("--hostile", action="store_true", help="an artifact that must be refused; never load it")
    options = parser.parse_args(arguments)
    version = options.version or ("0-hostile" if options.hostile else "1")
    try:
        for month in options.cohort or []:
            build_cohort(options.out, version, month)
        if not options.cohort:
            build(options.out, version, hostile=options.hostile)
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
