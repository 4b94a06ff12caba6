"""`hallmark init`: what is guessed from a table, what is left to a person, and one sentence for what is wrong."""

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from hallmark.cli.main import main
from hallmark.documents.marks import marks
from hallmark.evidence.files import sha256_of
from hallmark.policy.subject import ArtifactFormat, LabelKind, Manifest
from hallmark.steps.register import Incoming, read

Drafted = Callable[..., Incoming]
ROWS = 80
FILES = ("manifest.yaml", "inventory.yaml", "expectations.json", "cohorts/july.yaml")


def table(rows: int = ROWS, start: int = 0) -> pd.DataFrame:
    """Two rows in three are good ones; bad ones score higher. A tenth of the incomes are missing."""
    place = range(start, start + rows)
    bad = [int(one % 3 == 0) for one in place]
    return pd.DataFrame(
        {
            "client id": [f"c{one:04}" for one in place],
            "income": [None if one % 10 == 9 else 1000.5 + 7 * one for one in place],
            "limit min": [one % 7 for one in place],
            "limit max": [one % 7 + one % 3 for one in place],
            "visits": [one * 3 for one in place],
            "region": ["north" if one % 4 else "south" for one in place],
            "sex": ["women" if one % 5 < 3 else "men" for one in place],
            "bad": bad,
            "score": [0.2 + 0.6 * one for one in bad],
        }
    )


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in, with the data of July and of training."""
    monkeypatch.chdir(tmp_path)
    table().to_csv("july.csv", index=False)
    table(120, start=ROWS).to_csv("training.csv", index=False)
    for file in (Path("july.csv"), Path("training.csv")):
        day = datetime(2026, 8 if file.stem == "july" else 6, 1, 12, tzinfo=UTC).timestamp()
        os.utime(file, (day, day))
    return tmp_path


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `hallmark init mine` on July with the predictions, or with the words that are given."""

    def run(*words: str, data: str = "july.csv", source: Sequence[str] = ("--predictions", "score")) -> Any:
        code = main(["init", "mine", "--data", data, *source, *words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def drafted(typed: Callable[..., tuple[int, str, str]]) -> Drafted:
    """What a folder holds after `hallmark init`, marks and all."""

    def run(*words: str, **how: Any) -> Incoming:
        code, _, error = typed(*("--label", "bad", "--training", "training.csv", *words), **how)
        assert (code, error) == (0, "")
        return read(Path("mine"), draft=True)

    return run


def manifest(incoming: Incoming) -> Manifest:
    assert incoming.manifest is not None
    return incoming.manifest


def marked(name: str) -> dict[str, str]:
    """The words of each mark in a document of the draft, by the key of its line."""
    text = Path("mine", name).read_text("utf-8")
    lines = (line.strip(" -{").partition(":") for line in text.splitlines() if marks(line, ""))
    return {key.strip('"'): rest.partition("# ")[2] for key, _, rest in lines}


# What is guessed


def test_everything_that_can_be_told_is_told(drafted: Drafted) -> None:
    incoming = drafted()
    found, (cohort,) = manifest(incoming), incoming.cohorts
    assert (found.model, found.version, found.task.value) == ("mine", "1", "binary-classification")
    assert (found.key, found.predictions, found.artifact) == ("client id", "score", None)
    assert found.features == ("income", "limit min", "limit max", "visits", "region", "sex")
    assert (found.label.column, found.label.positive, found.label.kind) == ("bad", "1", LabelKind.OBSERVED)
    assert found.decision is not None and found.decision.cut_off == 0.5
    assert (cohort.name, cohort.file, str(cohort.as_of)) == ("july", "data/july.parquet", "2026-08-01")
    assert str(found.training.as_of) == "2026-06-01"
    for file in (cohort, found.training, found.reference):
        assert sha256_of(Path("mine", file.file)) == file.sha256
    assert incoming.proposal is not None
    assert incoming.proposal.entry.tier.value == "high"


def test_every_guess_and_every_gap_is_marked(drafted: Drafted) -> None:
    drafted()
    own = marked("manifest.yaml")
    guesses = {key for key, mark in own.items() if mark.startswith("confirm: ")}
    assert guesses >= {"task", "cut_off", "favourable", "key", "features", "positive", "kind", "attributes", "order"}
    gaps = {key for key, mark in own.items() if mark.startswith("gap: ")}
    assert gaps >= {"source", "origin", "licence", "collected", "basis", "rule", "as_if", "description"}
    entry = marked("inventory.yaml")
    assert {key for key, mark in entry.items() if mark.startswith("gap: ")} == {
        *("owner", "purpose", "jurisdictions", "department"),
    }
    assert "credit-decision" in entry["purpose"]
    assert entry["tier"].startswith("confirm: ")
    assert set(marked("cohorts/july.yaml")) == {"role", "as_of"}


def test_what_a_person_named_is_not_asked_again(drafted: Drafted) -> None:
    words = ["--task", "binary-classification", "--positive", "0", "--cut-off", "0.3", "--key", "visits"]
    found = manifest(drafted(*words, "--group", "sex", "--reference", "men"))
    assert not {"task", "positive", "cut_off", "key"} & set(marked("manifest.yaml"))
    assert (found.label.positive, found.key) == ("0", "visits")
    assert found.decision is not None and found.decision.cut_off == 0.3
    (sex,) = found.attributes
    assert (sex.name, sex.groups, sex.reference) == ("sex", ("women", "men"), "men")
    assert "sex" not in found.features
    assert not [mark for mark in marks(Path("mine/manifest.yaml").read_text("utf-8"), "") if "largest group" in mark]


def test_the_larger_group_is_the_reference_and_marked(drafted: Drafted) -> None:
    found = manifest(drafted("--group", "region"))
    (region,) = found.attributes
    assert region.reference == "north"
    (mark,) = [one for one in marks(Path("mine/manifest.yaml").read_text("utf-8"), "") if "largest group" in one]
    assert "60 of 80 rows" in mark and "policies ask for attributes named age_band" in mark


def test_without_groups_page_one_says_so(drafted: Drafted, capsys: pytest.CaptureFixture[str]) -> None:
    assert manifest(drafted()).limits[0] == "Fairness was not assessed: no sensitive attribute is declared."


def test_few_whole_numbers_are_numbers_until_a_person_says_that_they_are_codes(drafted: Drafted) -> None:
    assert manifest(drafted()).categorical == ()
    assert marked("manifest.yaml")["categorical"].startswith('confirm: few whole numbers: ["limit min", "limit max"]')
    file = Path("mine/manifest.yaml")
    file.write_text(re.sub(r"categorical: .*", 'categorical: ["limit min"]', file.read_text("utf-8")), "utf-8")
    assert manifest(read(Path("mine"), draft=True)).categorical == ("limit min",)


def test_without_few_whole_numbers_nothing_is_asked_about_codes(drafted: Drafted) -> None:
    for file in ("july.csv", "training.csv"):
        pd.read_csv(file).drop(columns=["limit min", "limit max"]).to_csv(file, index=False)
    drafted()
    assert "categorical" not in Path("mine/manifest.yaml").read_text("utf-8")


def test_the_suite_holds_what_was_seen(drafted: Drafted) -> None:
    drafted()
    suite = json.loads(Path("mine/expectations.json").read_text("utf-8"))["expectations"]
    by = {(one["type"], one["kwargs"].get("column")): one for one in suite}
    income = by["expect_column_values_to_be_between", "income"]["kwargs"]
    assert income["min_value"] <= 1000.5 and income["max_value"] >= 1000.5 + 7 * 198
    assert by["expect_column_values_to_be_in_set", "limit min"]["kwargs"]["value_set"] == [0, 1, 2, 3, 4, 5, 6]
    assert set(by["expect_column_values_to_be_in_set", "region"]["kwargs"]["value_set"]) == {"north", "south"}
    assert by["expect_column_values_to_be_in_type_list", "income"]["kwargs"]["type_list"] == ["DOUBLE"]
    assert "10 % of the rows" in by["expect_column_values_to_not_be_null", "income"]["meta"]["note"]
    assert by["expect_column_values_to_not_be_null", "region"]["meta"]["note"] == "Every row has one."
    pairs = [one["kwargs"] for one in suite if "column_A" in one["kwargs"]]
    assert [(one["column_A"], one["column_B"]) for one in pairs] == [("limit max", "limit min")]
    assert not any(key[0].endswith("between") and key[1] == "client id" for key in by)


def test_without_a_rule_between_columns_the_suite_has_a_gap(drafted: Drafted) -> None:
    for name in ("july.csv", "training.csv"):
        pd.read_csv(name).drop(columns=["limit max"]).to_csv(name, index=False)
    drafted()
    (mark,) = [one for one in marks(Path("mine/expectations.json").read_text("utf-8"), "") if ": gap: " in one]
    assert "no rule between two columns" in mark


def test_a_row_of_the_training_data_is_known_again_without_a_key(drafted: Drafted) -> None:
    both = table().drop(columns=["client id"]).drop_duplicates()
    pd.concat([both, both.head(1)]).to_csv("july.csv", index=False)
    pd.concat([both.head(5), table(120, start=ROWS).drop(columns=["client id"])]).to_csv("training.csv", index=False)
    incoming = drafted()
    assert manifest(incoming).key == "row_key"
    keys = [set(pd.read_parquet(Path("mine", file))["row_key"]) for file in ("data/july.parquet", "training.parquet")]
    assert len(keys[0] & keys[1]) == 5
    assert len(keys[0]) == len(both) + 1
    assert "equal rows" in marked("manifest.yaml")["key"]


def test_one_file_is_cut_in_two_and_nobody_calls_it_training(typed: Callable[..., tuple[int, str, str]]) -> None:
    code, said, _ = typed("--label", "bad")
    assert code == 0 and "half of the file stands in" in said
    found = manifest(read(Path("mine"), draft=True))
    parts = [pd.read_parquet(Path("mine", file)) for file in ("data/july.parquet", found.training.file)]
    assert min(map(len, parts)) > ROWS / 5
    assert sorted(pd.concat(parts)["client id"]) == sorted(table()["client id"])
    assert marked("manifest.yaml")["training"].startswith("gap: ")
    assert "The data that the model was fitted on were not given." in found.limits


def test_a_model_is_copied_and_not_loaded(drafted: Drafted) -> None:
    Path("evil.PKL").write_bytes(b"cos\nsystem\n(S'touch loaded'\ntR.")
    incoming = drafted(source=("--model", "evil.PKL"))
    artifact = manifest(incoming).artifact
    assert artifact is not None and artifact.format is ArtifactFormat.PICKLE
    assert sha256_of(Path("mine", artifact.file)) == artifact.sha256 == sha256_of(Path("evil.PKL"))
    assert "score" in manifest(incoming).features, "a column that nobody named could be a feature"
    assert not Path("loaded").exists()


def test_a_regression_decides_nothing(typed: Callable[..., tuple[int, str, str]]) -> None:
    assert typed("--label", "visits", "--training", "training.csv")[0] == 0
    found = manifest(read(Path("mine"), draft=True))
    assert (found.task.value, found.decision, found.label.positive) == ("regression", None, None)


def kinds() -> None:
    """Write July and training with a label `kind` of three values and what is `named`, which is never a plum."""
    for name in ("july.csv", "training.csv"):
        rows = pd.read_csv(name)
        kind = rows.index.map(lambda one: ("pear", "apple", "plum")[one % 3])
        named = rows.index.map(lambda one: ("pear", "apple", "apple")[one % 3])
        rows.assign(kind=kind, named=named).to_csv(name, index=False)


CLASSED = ("--label", "kind", "--training", "training.csv")


def test_three_texts_are_classes_and_nobody_is_decided_about(drafted: Drafted) -> None:
    kinds()
    found = manifest(drafted(*CLASSED, source=("--predictions", "named")))
    assert (found.task.value, found.predictions, found.decision) == ("multiclass", "named", None)
    assert (found.label.classes, found.label.positive) == (("apple", "pear", "plum"), None)
    words = marked("manifest.yaml")
    assert words["task"] == "confirm: kind has 3 different values"
    assert words["decision"].startswith("confirm: nobody is decided about; else what a person would prefer, as in {fav")
    assert words["classes"].startswith("confirm: these are the values of label and predictions")
    suite = {one["kwargs"]["column"]: one for one in expectations("column_values_to_be_in_set")}
    for column in ("kind", "named"):
        assert suite[column]["kwargs"]["value_set"] == ["apple", "pear", "plum"]


def test_whole_numbers_are_classes_where_every_prediction_is_one_of_them(drafted: Drafted) -> None:
    for name in ("july.csv", "training.csv"):
        rows = pd.read_csv(name)
        rows.assign(kind=rows.index % 10 + 1, named=rows.index % 5 + 1).to_csv(name, index=False)
    found = manifest(drafted(*CLASSED, source=("--predictions", "named")))
    assert found.label.classes == tuple(str(one) for one in range(1, 11)), "in the order of numbers"
    assert "and every prediction is one of them; regression if they are amounts" in marked("manifest.yaml")["task"]


def test_numbers_between_them_are_a_forecast(drafted: Drafted) -> None:
    for name in ("july.csv", "training.csv"):
        rows = pd.read_csv(name)
        rows.assign(kind=rows.index % 10, named=rows.index % 10 + 0.5).to_csv(name, index=False)
    assert manifest(drafted(*CLASSED, source=("--predictions", "named"))).task.value == "regression"


def test_favourable_classes_are_named_and_groups_without_them_leave_a_gap(drafted: Drafted) -> None:
    kinds()
    named = drafted(*CLASSED, "--group", "sex", "--favourable", "plum", source=("--predictions", "named"))
    decision = manifest(named).decision
    assert decision is not None and decision.favourable_classes == ("plum",)
    assert "decision" not in marked("manifest.yaml")
    shutil.rmtree("mine")
    drafted(*CLASSED, "--group", "sex", source=("--predictions", "named"))
    assert marked("manifest.yaml")["decision"].startswith("gap: what the person concerned would prefer, as in {favour")


def test_a_model_of_numbered_classes_says_so_by_its_task(drafted: Drafted) -> None:
    Path("model.skops").write_bytes(b"never loaded")
    for name in ("july.csv", "training.csv"):
        rows = pd.read_csv(name)
        rows.assign(kind=rows.index % 4).to_csv(name, index=False)
    words = (*CLASSED, "--task", "multiclass")
    found = manifest(drafted(*words, source=("--model", "model.skops")))
    assert (found.task.value, found.label.classes) == ("multiclass", ("0", "1", "2", "3"))


def expectations(kind: str) -> list[dict[str, Any]]:
    """The expectations of one kind in the draft."""
    every = json.loads(Path("mine/expectations.json").read_text("utf-8"))["expectations"]
    return [one for one in every if one["type"] == f"expect_{kind}"]


def test_parquet_goes_in_as_csv_does(drafted: Drafted) -> None:
    first = drafted()
    for name in ("july", "training"):
        day = Path(f"{name}.csv").stat().st_mtime
        duckdb.sql(f"copy (from read_csv('{name}.csv', sample_size = -1)) to '{name}.parquet' (format parquet)")
        os.utime(f"{name}.parquet", (day, day))
    suite = Path("mine/expectations.json").read_text("utf-8")
    shutil.rmtree("mine")
    again = drafted("--training", "training.parquet", data="july.parquet")
    rows = manifest(again)
    assert rows == replace(manifest(first), training=rows.training, reference=rows.reference)
    assert json.loads(Path("mine/expectations.json").read_text()) == json.loads(suite)


def test_the_same_data_make_the_same_draft(drafted: Drafted) -> None:
    drafted()
    Path("mine").rename("first")
    drafted()
    names = sorted(str(path.relative_to("first")) for path in Path("first").rglob("*") if path.is_file())
    assert names == sorted((*FILES, "data/july.parquet", "training.parquet"))
    assert [Path("first", name).read_bytes() for name in names] == [Path("mine", name).read_bytes() for name in names]


@pytest.mark.parametrize(
    "name", ['a "quoted" one', "two\nlines", "# confirmed: no", "größe €", "a\\b", "{x}: [y]", "null", "x'; drop"]
)
def test_a_column_may_be_called_anything(drafted: Drafted, name: str) -> None:
    for file in ("july.csv", "training.csv"):
        pd.read_csv(file).rename(columns={"visits": name}).to_csv(file, index=False)
    assert name in manifest(drafted()).features


def test_an_empty_folder_is_taken_and_named_after(here: Path) -> None:
    (here / "My Model.v2").mkdir()
    words = ["--data", "july.csv", "--training", "training.csv", "--predictions", "score", "--label", "bad"]
    assert main(["init", "My Model.v2/", *words]) == 0
    assert manifest(read(Path("My Model.v2"), draft=True)).model == "my_model_v2"


# What cannot be drafted


def change(column: str, by: Callable[[pd.Series], Any], file: str = "july.csv") -> None:
    frame = pd.read_csv(file)
    frame[column] = by(frame[column])
    frame.to_csv(file, index=False)


def put(name: str, content: bytes) -> None:
    """Write a file; a folder takes the place of a file of its name."""
    folder = Path(name).parent
    if folder.is_file():
        folder.unlink()
    folder.mkdir(exist_ok=True)
    Path(name).write_bytes(content)


def nothing() -> None:
    return None


LABEL = ["--label", "bad"]
KIND = ["--label", "kind"]


def as_score(missing: int = 0) -> None:
    """Three classes, the predicted ones in the column `score`, which the first rows may lack."""
    kinds()
    for name in ("july.csv", "training.csv"):
        rows = pd.read_csv(name)
        rows.assign(score=rows["named"].where(rows.index >= missing)).drop(columns="named").to_csv(name, index=False)


BAD: dict[str, tuple[Callable[[], Any], list[str], str]] = {
    "no-such-file": (lambda: Path("july.csv").unlink(), LABEL, "july.csv: no such file"),
    "a-folder-for-data": (lambda: put("july.csv/x", b""), LABEL, "july.csv: no such"),
    "no-rows": (lambda: put("july.csv", b"bad,score,x\n"), LABEL, "july.csv: holds no rows"),
    "nothing-in-it": (lambda: put("july.csv", b""), LABEL, "july.csv: "),
    "no-csv": (lambda: put("july.csv", bytes(range(256)) * 40), LABEL, "july.csv: cannot be read as CSV"),
    "no-training": (nothing, [*LABEL, "--training", "june.csv"], "june.csv: no such file"),
    "training-of-another-kind": (
        lambda: put("june.xlsx", b"x"),
        [*LABEL, "--training", "june.xlsx"],
        "neither .csv nor",
    ),
    "training-lacks-a-column": (
        lambda: pd.read_csv("training.csv").drop(columns="income").to_csv("training.csv", index=False),
        [*LABEL, "--training", "training.csv"],
        "training.csv: lacks the columns 'income'",
    ),
    "training-of-another-type": (
        lambda: change("visits", lambda one: "v" + one.astype(str), "training.csv"),
        [*LABEL, "--training", "training.csv"],
        "column 'visits' is BIGINT in july.csv and VARCHAR in training.csv",
    ),
    "no-such-label": (nothing, ["--label", "bda"], "--label: july.csv has no column 'bda'; did you mean 'bad'?"),
    "no-such-label-near": (nothing, ["--label", "zzzz"], "it has 'client id', 'income'"),
    "no-such-group": (
        nothing,
        [*LABEL, "--group", "sexe"],
        "--group: july.csv has no column 'sexe'; did you mean 'sex'?",
    ),
    "no-such-key": (nothing, [*LABEL, "--key", "client_id"], "--key: july.csv has no column 'client_id'"),
    "one-column-twice": (nothing, [*LABEL, "--group", "bad"], "--label and --group name the same column 'bad'"),
    "one-class": (lambda: change("bad", lambda one: one * 0), LABEL, "the label 'bad' has only '0'"),
    "no-label-at-all": (lambda: change("bad", lambda one: None), LABEL, "the label 'bad' has no value at all"),
    "three-classes": (nothing, ["--label", "region", "--task", "regression"], "a regression needs a number"),
    "many-words": (nothing, ["--label", "client id"], "the label 'client id' has 80 values"),
    "two-values-as-classes": (nothing, [*LABEL, "--task", "multiclass"], "'bad' has two values; that is binary-class"),
    "many-classes": (nothing, ["--label", "visits", "--task", "multiclass"], "'visits' has 80 values; at most 20 cl"),
    "cut-off-of-classes": (as_score, [*KIND, "--cut-off", "0.5"], "--cut-off: classes have none; leave it out"),
    "positive-of-classes": (as_score, [*KIND, "--positive", "plum"], "--positive: a multiclass model has none"),
    "favourable-stranger": (
        as_score,
        [*KIND, "--favourable", "fig"],
        "no class is called 'fig'; there is 'apple', 'pear'",
    ),
    "favourable-all": (
        as_score,
        [*KIND, *(word for one in ("apple", "pear", "plum") for word in ("--favourable", one))],
        "--favourable: names every class",
    ),
    "favourable-of-two": (nothing, [*LABEL, "--favourable", "1"], "names classes of a multiclass model, and this is a"),
    "class-missing": (
        lambda: as_score(missing=3),
        KIND,
        "the predicted class 'score' lacks 3 of 80 values; the model must answer every row",
    ),
    "many-numbers-as-two": (
        nothing,
        ["--label", "visits", "--task", "binary-classification"],
        "'visits' has 80 values",
    ),
    "third-class-in-training": (
        lambda: change("bad", lambda one: one.mask(one.index < 2, 2), "training.csv"),
        [*LABEL, "--training", "training.csv"],
        "training.csv: the label 'bad' has 3 values",
    ),
    "prediction-of-words": (lambda: change("score", lambda one: "high"), LABEL, "'score' are of type VARCHAR"),
    "prediction-above-one": (lambda: change("score", lambda one: one * 100), LABEL, "lie in [20, 80]; a probability"),
    "prediction-missing": (lambda: change("score", lambda one: one.where(one.index > 2)), LABEL, "lack 3 of 80 values"),
    "prediction-infinite": (
        lambda: change("score", lambda one: one.mask(one.index < 2, float("inf"))),
        LABEL,
        "of type VARCHAR",
    ),
    "prediction-nan-in-training": (
        lambda: change("score", lambda one: one.where(one.index > 0), "training.csv"),
        [*LABEL, "--training", "training.csv"],
        "training.csv: the predictions 'score' lack 1 of 120",
    ),
    "positive-that-never-comes": (nothing, [*LABEL, "--positive", "yes"], "'bad' never is 'yes'; there is '0', '1'"),
    "cut-off-outside": (nothing, [*LABEL, "--cut-off", "1.5"], "--cut-off: 1.5 is no probability"),
    "cut-off-nan": (nothing, [*LABEL, "--cut-off", "nan"], "--cut-off: nan is no probability"),
    "cut-off-of-a-regression": (nothing, ["--label", "visits", "--cut-off", "0.5"], "a regression decides nothing"),
    "group-of-many": (
        nothing,
        [*LABEL, "--group", "income"],
        "'income' has 72 values; make a column of at most 20 bands",
    ),
    "group-of-one": (lambda: change("sex", lambda one: "women"), [*LABEL, "--group", "sex"], "'sex' has 1 value"),
    "reference-of-nobody": (nothing, [*LABEL, "--group", "sex", "--reference", "man"], "no --group has a group 'man'"),
    "no-feature-left": (
        lambda: pd.read_csv("july.csv")[["client id", "bad", "score"]].to_csv("july.csv", index=False),
        LABEL,
        "no column is left for a feature",
    ),
    "too-few-to-cut": (
        lambda: table(2).to_csv("july.csv", index=False),
        LABEL,
        "july.csv: has too few rows to be cut in two",
    ),
    "folder-not-empty": (lambda: put("mine/notes.txt", b"x"), LABEL, "mine: is there already and not empty"),
    "folder-is-a-file": (lambda: put("mine", b"x"), LABEL, "mine: is there already and not empty"),
    "version-that-is-none": (nothing, [*LABEL, "--version", "../1"], "'../1' cannot be the name of a version"),
}


def everything() -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(Path().rglob("*"))}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(
    typed: Callable[..., tuple[int, str, str]], case: str
) -> None:
    prepare, words, says = BAD[case]
    prepare()
    before = everything()
    code, said, error = typed(*words)
    assert (code, said) == (3, "")
    assert re.fullmatch(r"hallmark: [^\n]+\n", error), error
    assert says in error
    assert everything() == before


def test_an_infinite_prediction_is_no_number(typed: Callable[..., tuple[int, str, str]]) -> None:
    table().assign(score=float("inf")).to_parquet("july.parquet")
    assert "are not all finite" in typed(*LABEL, data="july.parquet")[2]
    assert not Path("mine").exists()


@pytest.mark.parametrize(
    ("file", "says"), [("no.skops", "no such file"), ("july.csv", "what ends so is not loaded"), (".", "no such file")]
)
def test_a_model_that_cannot_be_one(typed: Callable[..., tuple[int, str, str]], file: str, says: str) -> None:
    code, _, error = typed(*LABEL, source=("--model", file))
    assert code == 3 and says in error
    assert not Path("mine").exists()


@pytest.mark.parametrize("source", [[], ["--predictions", "score", "--model", "x.skops"]], ids=["neither", "both"])
def test_model_or_predictions_and_not_both(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["init", "mine", "--data", "july.csv", *source, *LABEL])
    assert ended.value.code == 3
    assert "--predictions" in capsys.readouterr().err


def test_a_folder_without_letters_names_no_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "2026", "--data", "july.csv", "--predictions", "score", *LABEL]) == 3
    assert "gives no name for a model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "kind", "kept"),
    [
        (["yes", "no"], "VARCHAR", ["yes", "no"]),
        (["t", "f"], "VARCHAR", ["t", "f"]),
        (["True", "False"], "BOOLEAN", [True, False]),
        (["1", "0"], "BIGINT", [1, 0]),
        (["1.5", "2"], "DOUBLE", [1.5, 2.0]),
        (["2026-01-31", "2026-02-01"], "DATE", None),
        (["2026-01-31 08:00:00", "2026-02-01 09:30:00"], "TIMESTAMP", None),
        (["north, by east", 'the "south"'], "VARCHAR", ["north, by east", 'the "south"']),
    ],
)
def test_words_stay_words(drafted: Drafted, values: list[str], kind: str, kept: list[Any] | None) -> None:
    """A model that was fitted on yes and no does not know true and false."""
    for file in ("july.csv", "training.csv"):
        change("region", lambda one: [values[place % 2] for place in range(len(one))], file)
    drafted()
    suite = json.loads(Path("mine/expectations.json").read_text("utf-8"))["expectations"]
    of_region = [one["kwargs"] for one in suite if one["kwargs"].get("column") == "region"]
    assert [one["type_list"] for one in of_region if "type_list" in one] == [[kind]]
    written = pd.read_parquet("mine/data/july.parquet")["region"].tolist()[:2]
    assert written == kept or kept is None


def test_types_that_the_suite_cannot_name_are_kept_as_others() -> None:
    """Parquet of pandas holds times in nanoseconds and small numbers; lists and bytes are left where they are."""
    frame = table().astype({"limit min": "uint8", "limit max": "int16", "visits": "float32", "region": "category"})
    frame = frame.assign(since=pd.Timestamp("2026-01-31"), tags=pd.Series([["a"]] * ROWS), raw=b"x")
    frame.to_parquet("july.parquet")
    assert main(["init", "mine", "--data", "july.parquet", "--predictions", "score", *LABEL]) == 0
    kinds = {name: str(kind) for name, kind in pd.read_parquet("mine/data/july.parquet").dtypes.items()}
    assert {kinds[name] for name in ("limit min", "limit max")} == {"int64"}
    assert (kinds["visits"], kinds["since"]) == ("float32", "datetime64[us]")
    assert not {"tags", "raw"} & set(kinds)
