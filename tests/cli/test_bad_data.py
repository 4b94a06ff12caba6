"""Data that are no good, as the program shows them: what it says, and that none of them can be used."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.own import fill_in, write_data

from hallmark.cli.main import main
from hallmark.evidence.files import sha256_of

pytestmark = pytest.mark.slow

Damage = Callable[[Path], object]
TEXTURE = "mean texture"


def change(**columns: Any) -> Damage:
    """Set columns of the cohort: to a value, or to what a function makes of the frame; `texture` is a feature."""
    named = {TEXTURE if name == "texture" else name: value for name, value in columns.items()}
    return lambda path: pd.read_parquet(path).assign(**named).to_parquet(path, index=False)


def some(column: str, value: object) -> Damage:
    """Set thirty values of a column."""
    return lambda path: change(**{column: lambda f: f[column].mask(np.arange(len(f)) < 30, value)})(path)


def without(column: str) -> Damage:
    return lambda path: pd.read_parquet(path).drop(columns=column).to_parquet(path, index=False)


def twice(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(pa.table([*table.columns, table[TEXTURE]], names=[*table.column_names, TEXTURE]), path)


def days(frame: pd.DataFrame) -> list[str]:
    return [f"2026-01-{1 + n % 28:02d}" for n in range(len(frame))]


DAMAGES: dict[str, Damage] = {
    "no-rows": lambda path: pd.read_parquet(path).head(0).to_parquet(path, index=False),
    "all-null": change(texture=np.nan),
    "constant": change(texture=3.0),
    "one-class": change(malignant=0),
    "infinite": some(TEXTURE, np.inf),
    "mixed": change(texture=lambda f: f[TEXTURE].astype(str).mask(np.arange(len(f)) < 30, "n/a")),
    "duplicate-name": twice,
    "dates-as-text": change(texture=days),
    "a-category-each": change(ward=lambda f: [f"w{n}" for n in range(len(f))]),
    "label-outside": some("malignant", 7),
    "score-outside": some("score", 1.2),
    "score-nan": some("score", np.nan),
    "no-score": without("score"),
    "no-feature": without(TEXTURE),
    "cut-short": lambda path: path.write_bytes(path.read_bytes()[:4000]),
}

SAYS = {
    "no-rows": "(holdout.parquet has no rows: give data that hold at least one): not evaluated.",
    "all-null": "has more than one value: no usable number (all values in the cohort are null): not evaluated.",
    "constant": "mean texture has more than one value: no (all 285 values are equal); must be yes: not satisfied.",
    "one-class": "no usable number (all 285 labels of the cohort are of one class): not evaluated.",
    "infinite": "is 0.8947 (30 of 285 break expect_column_values_to_be_between on 'mean texture'); must be at least",
    "mixed": "(it is VARCHAR here and DOUBLE in the training data: write both alike): not evaluated.",
    "duplicate-name": "more than one column named 'mean texture': give each column a name of its own): not evaluated.",
    "dates-as-text": "(it is VARCHAR here and DOUBLE in the training data: write both alike): not evaluated.",
    "a-category-each": "0 (285 of 285 break expect_column_values_to_be_in_set on 'ward'); must be at least 0.998: not",
    "label-outside": "has 3 values and binary-classification has two: correct the data, or leave the label empty",
    "score-outside": "has 30 scores outside [0, 1]: the model must return probabilities): not evaluated.",
    "score-nan": "has 30 scores that are NaN or missing: the model must score every row): not evaluated.",
    "no-score": "(holdout.parquet lacks the columns 'score': add them, or correct the manifest): not evaluated.",
    "no-feature": "lacks the columns 'mean texture': add them, or correct the manifest): not evaluated.",
    "cut-short": "cannot be read as Parquet: write it again, whole (InvalidInputException)): not evaluated.",
}
"""What stands in the answer, word for word; an exact part where the sentence is longer than a line."""


@pytest.fixture(scope="module")
def tumours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one's own as its owner has filled it in, with two wards; copied, never changed."""
    place = tmp_path_factory.mktemp("own")
    write_data(place)
    for name in ("holdout.csv", "training.csv"):
        frame = pd.read_csv(place / name)
        frame.assign(ward=np.where(frame.index % 2, "north", "south")).to_csv(place / name, index=False)
    words = ["--data", f"{place}/holdout.csv", "--training", f"{place}/training.csv", "--predictions", "score"]
    assert main(["init", f"{place}/tumours", *words, "--label", "malignant", "--group", "ward"]) == 0
    fill_in(place / "tumours")
    return place / "tumours"


@pytest.fixture
def show(
    tumours: Path, warm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Damage], tuple[int, str, str]]:
    """What a preview says of the cohort after a damage, on lines that are not broken."""
    monkeypatch.setenv("HALLMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.chdir(tmp_path)

    def shown(damage: Damage) -> tuple[int, str, str]:
        shutil.copytree(tumours, "tumours")
        data, cohort = Path("tumours/data/holdout.parquet"), Path("tumours/cohorts/holdout.yaml")
        damage(data)
        cohort.write_text(re.sub(r"[0-9a-f]{64}", sha256_of(data), cohort.read_text("utf-8")), "utf-8")
        capsys.readouterr()
        code, (out, err) = main(["preview", "tumours"]), capsys.readouterr()
        assert "(Background" not in out, "no reason is cut out of the middle of a message"
        assert "Traceback" not in out + err
        return code, out, err

    return shown


def test_the_sound_twin_says_none_of_it(show: Callable[[Damage], tuple[int, str, str]]) -> None:
    _, out, err = show(lambda path: None)
    assert err == ""
    assert [name for name, says in SAYS.items() if says in out] == []


@pytest.mark.parametrize("name", DAMAGES)
def test_each_has_its_sentence_and_none_can_be_used(show: Callable[[Damage], tuple[int, str, str]], name: str) -> None:
    code, out, err = show(DAMAGES[name])
    assert (code, err) == (1, "")
    assert SAYS[name] in out
    assert out.splitlines()[-1] in ("preview=refused", "preview=referred")
