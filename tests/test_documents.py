"""The YAML door: sound text becomes values; of anything else every problem is named, with its line and its key."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark import documents
from hallmark.documents.tree import MAX_CHARACTERS
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.control import FEATURES, Bound
from hallmark.policy.role import Key, KeyUse
from hallmark.policy.rulebook import Suite
from hallmark.policy.subject import CohortRole, Favourable

ROOT = Path(__file__).parents[1]
SHA = "a" * 64
MANIFEST = f"""\
# a comment
model: m
version: "1"
task: binary-classification
artifact: {{file: model.skops, format: skops, sha256: {SHA}}}
predictions: null
decision: {{cut_off: 0.2, favourable: below}}
key: id
features: [income, limit]
label:
  column: late
  positive: "1"
  source: the books
  kind: observed
attributes:
  - {{name: sex, column: sex, groups: [men, women], reference: men}}
training: {{file: data/train.parquet, sha256: {SHA}, as_of: 2026-06-30}}
reference: {{file: data/reference.parquet, sha256: {SHA}, as_of: 2026-06-30}}
order: none
suite: m
provenance: {{origin: here, licence: ours, collected: "2026", citation: nobody}}
consent: {{basis: contract, until: null}}
retention: {{until: 2036-12-31, rule: ten years}}
deployment: {{as_if: offered in the EU, description: credit lines}}
limits: []
"""
COHORT = f"""\
model: m
version: "1"
name: july
role: holdout
as_of: 2026-07-31
file: data/july.parquet
sha256: {SHA}
"""
LINES = MANIFEST.splitlines(keepends=True)


def refusal(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        documents.manifest(text, "manifest.yaml")
    return str(caught.value).splitlines()


def with_line(number: int, text: str) -> str:
    """The sound manifest with line `number`, counted from 1, replaced."""
    return "".join([*LINES[: number - 1], text, *LINES[number:]])


def test_a_sound_manifest() -> None:
    manifest = documents.manifest(MANIFEST, "manifest.yaml")
    assert (manifest.model, manifest.version, manifest.task) == ("m", "1", Task.BINARY)
    assert manifest.features == ("income", "limit")
    assert manifest.decision is not None and manifest.decision.favourable is Favourable.BELOW
    assert manifest.attributes[0].others == ("women",)
    assert manifest.reference.as_of == date(2026, 6, 30)
    assert (manifest.consent.until, manifest.retention.until) == (None, date(2036, 12, 31))
    assert manifest.limits == ()


def test_a_sound_cohort() -> None:
    cohort = documents.cohort(COHORT, "july.yaml")
    assert (cohort.name, cohort.role, cohort.as_of) == ("july", CohortRole.HOLDOUT, date(2026, 7, 31))


def test_a_cohort_is_refused_like_a_manifest() -> None:
    with pytest.raises(BadInput) as caught:
        documents.cohort(COHORT.replace("july\n", "../july\n").replace("role", "rolle"), "july.yaml")
    assert str(caught.value).splitlines() == [
        "july.yaml:1: role: is missing; add it",
        "july.yaml:4: rolle: is no key here; did you mean role?",
    ]


FILE = "manifest.yaml"
ONE_PROBLEM = {
    "missing key": (with_line(8, ""), f"{FILE}:2: key: is missing; add it"),
    "missing key inside": (with_line(11, ""), f"{FILE}:10: label.column: is missing; add it"),
    "unknown key": (with_line(8, "key: id\nowner: me\n"), f"{FILE}:9: owner: is no key here; did you mean order?"),
    "unknown key, nothing near": (
        with_line(22, "consent: {basis: contract, until: null, xyzzy: 1}\n"),
        f"{FILE}:22: consent.xyzzy: is no key here; valid keys: basis, until",
    ),
    "unknown key in a list": (
        with_line(16, "  - {name: sex, colum: s, column: sex, groups: [men, women], reference: men}\n"),
        f"{FILE}:16: attributes[0].colum: is no key here; did you mean column?",
    ),
    "unknown key in an optional part": (
        with_line(5, f"artifact: {{file: m, format: skops, sha256: {SHA}, formt: 1}}\n"),
        f"{FILE}:5: artifact.formt: is no key here; did you mean format?",
    ),
    "key twice": (with_line(8, "key: id\nkey: id\n"), f"{FILE}:9: key: stands twice, first on line 8"),
    "key twice, inside": (
        with_line(22, "consent: {basis: contract, basis: consent, until: null}\n"),
        f"{FILE}:22: consent.basis: stands twice, first on line 22",
    ),
    "number for text": (
        with_line(3, "version: 1\n"),
        f"{FILE}:3: version: must be text; put it in quotes if it is meant as text",
    ),
    "decimal for text": (
        with_line(3, "version: 1.0\n"),
        f"{FILE}:3: version: must be text; put it in quotes if it is meant as text",
    ),
    "yes for text": (
        with_line(12, "  positive: yes\n"),
        f"{FILE}:12: label.positive: must be text; put it in quotes if it is meant as text",
    ),
    "no in a list of text": (
        with_line(16, "  - {name: sex, column: sex, groups: [no, women], reference: women}\n"),
        f"{FILE}:16: attributes[0].groups[0]: must be text; put it in quotes if it is meant as text",
    ),
    "nothing for text": (
        with_line(8, "key:\n"),
        f"{FILE}:8: key: must be text; put it in quotes if it is meant as text",
    ),
    "text for a number": (
        with_line(7, 'decision: {cut_off: "0.2", favourable: below}\n'),
        f"{FILE}:7: decision.cut_off: must be a number",
    ),
    "yes for a number": (
        with_line(7, "decision: {cut_off: yes, favourable: below}\n"),
        f"{FILE}:7: decision.cut_off: must be a number",
    ),
    "NaN": (
        with_line(7, "decision: {cut_off: .nan, favourable: below}\n"),
        f"{FILE}:7: decision.cut_off: .nan is no decimal number; put it in quotes if it is a word",
    ),
    "infinite": (
        with_line(7, "decision: {cut_off: 1.0e+999, favourable: below}\n"),
        f"{FILE}:7: decision.cut_off: 1.0e+999 is too large a number",
    ),
    "octal": (
        with_line(7, "decision: {cut_off: 010, favourable: below}\n"),
        f"{FILE}:7: decision.cut_off: 010 is no decimal number; put it in quotes if it is a word",
    ),
    "minutes": (
        with_line(7, "decision: {cut_off: 1:30, favourable: below}\n"),
        f"{FILE}:7: decision.cut_off: 1:30 is no decimal number; put it in quotes if it is a word",
    ),
    "text for a list": (with_line(9, "features: income\n"), f"{FILE}:9: features: must be a list"),
    "text for a mapping": (with_line(22, "consent: yes\n"), f"{FILE}:22: consent: must be a mapping of keys to values"),
    "unknown word": (
        with_line(7, "decision: {cut_off: 0.2, favourable: bellow}\n"),
        f"{FILE}:7: decision.favourable: must be 'below' or 'at-or-above'",
    ),
    "no such day": (
        with_line(23, "retention: {until: 2036-02-31, rule: ten years}\n"),
        f"{FILE}:23: retention.until: '2036-02-31' cannot be read; put it in quotes if it is a word",
    ),
    "word for a date": (
        with_line(23, "retention: {until: never, rule: ten years}\n"),
        f"{FILE}:23: retention.until: must be a date, YYYY-MM-DD",
    ),
    "time for a date": (
        with_line(23, "retention: {until: 2036-12-31 10:00:00, rule: ten years}\n"),
        f"{FILE}:23: retention.until: must be a date, YYYY-MM-DD",
    ),
    "contradiction": (
        with_line(6, "predictions: score\n"),
        f"{FILE}:2: manifest of m 1: name either an artifact or a predictions column, and not both",
    ),
    "name that could be a path": (
        with_line(2, "model: ../m\n"),
        f"{FILE}:2: '../m' cannot be the name of a model: it must match [a-z][a-z0-9_]{{0,62}}",
    ),
    "alias": (
        with_line(9, "features: [&a income, *a]\n"),
        f"{FILE}:9: is not the YAML that is read here: anchors and aliases are refused",
    ),
    "tag": (
        with_line(8, "key: !!python/name:os.system id\n"),
        f"{FILE}:8: key: the tag tag:yaml.org,2002:python/name:os.system is refused",
    ),
    "tag before another word": (
        with_line(8, "key: !!timestamp 2026\n"),
        f"{FILE}:8: key: '2026' cannot be read; put it in quotes if it is a word",
    ),
    "tag of truth before a word": (
        with_line(8, "key: !!bool x\n"),
        f"{FILE}:8: key: 'x' cannot be read; put it in quotes if it is a word",
    ),
    "own tag": (with_line(8, "key: !secret id\n"), f"{FILE}:8: key: the tag !secret is refused"),
    "key that is no word": (with_line(8, "key: id\n1: 2\n"), f"{FILE}:9: a key must be a word; put it in quotes"),
    "key that is a list": (with_line(8, "key: id\n? [a]\n: b\n"), f"{FILE}:9: a key must be a word; put it in quotes"),
    "merge key": (with_line(8, "key: id\n<<: {a: b}\n"), f"{FILE}:9: a key must be a word; put it in quotes"),
    "half a character": (
        with_line(8, 'key: "\\ud800"\n'),
        f"{FILE}:8: key: '\\ud800' cannot be read; put it in quotes if it is a word",
    ),
    "not closed": (
        with_line(8, "key: [id\n"),
        f"{FILE}:9: is not the YAML that is read here: expected ',' or ']', but got ':'",
    ),
    "two documents": (
        MANIFEST + "---\na: b\n",
        f"{FILE}:26: is not the YAML that is read here: but found another document",
    ),
    "control character": (
        MANIFEST + "\x00",
        f"{FILE}:1: is not the YAML that is read here: special characters are not allowed",
    ),
    "empty": ("", f"{FILE}:1: is empty"),
    "only a comment": ("# nothing\n", f"{FILE}:1: is empty"),
    "a list": ("- a\n", f"{FILE}:1: must be a mapping of keys to values"),
    "deep": ("[" * 500, f"{FILE}:1: is not the YAML that is read here: nested deeper than 20"),
    "too long": (
        "a" * (MAX_CHARACTERS + 1),
        f"{FILE}:1: holds 100,001 characters; at most 100,000 are read",
    ),
}


@pytest.mark.parametrize("case", ONE_PROBLEM)
def test_each_bad_input_has_its_sentence(case: str) -> None:
    text, sentence = ONE_PROBLEM[case]
    assert refusal(text) == [sentence]


def test_all_problems_in_the_order_of_their_lines() -> None:
    text = (
        MANIFEST.replace('version: "1"', "version: 1").replace("order: none", "order: random").replace("key: id\n", "")
    )
    text = text.replace("column: late", "colum: late")
    assert refusal(text) == [
        f"{FILE}:2: key: is missing; add it",
        f"{FILE}:3: version: must be text; put it in quotes if it is meant as text",
        f"{FILE}:9: label.column: is missing; add it",
        f"{FILE}:10: label.colum: is no key here; did you mean column?",
        f"{FILE}:18: order: must be 'none' or 'time'",
    ]


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert refusal(bomb) == [f"{FILE}:1: is not the YAML that is read here: anchors and aliases are refused"]


@settings(deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.text(alphabet="{}[]:,-&*!|>'\"#%@` \n\ta1.", max_size=60)))
def test_whatever_is_typed_is_refused_in_sentences(text: str) -> None:
    for line in refusal(text):
        assert line.startswith(f"{FILE}:")


@settings(deadline=None)
@given(place=st.integers(0, len(MANIFEST) - 1), text=st.text(alphabet="{}[]:,-&*!|>'\"#% \n1.", min_size=1, max_size=3))
def test_a_slip_of_the_pen_ends_in_a_manifest_or_in_sentences(place: int, text: str) -> None:
    try:
        documents.manifest(MANIFEST[:place] + text + MANIFEST[place:], FILE)
    except BadInput as error:
        assert all(line.startswith(f"{FILE}:") for line in str(error).splitlines())


def shipped() -> dict[str, str]:
    folder = ROOT / "policies"
    return {f"policies/{path.relative_to(folder)}": path.read_text() for path in folder.rglob("*.yaml")}


KEY = Key(use=KeyUse.WORKER, key_id=SHA, public="b" * 64)
SUITE = Suite(name="m", sha256=SHA)


def read(files: dict[str, str]) -> list[str]:
    with pytest.raises(BadInput) as caught:
        documents.rules(files, keys=(), suites=(), assessors=SHA)
    return str(caught.value).splitlines()


def test_the_shipped_rules() -> None:
    rules = documents.rules(shipped(), keys=(KEY,), suites=(SUITE,), assessors=SHA)
    assert (rules.roles.keys, rules.suites, rules.assessors) == ((KEY,), (SUITE,), SHA)
    assert [entry.model for entry in rules.inventory] == ["card_default", "mortgage_approval", "diabetes_progression"]
    controls = {f"{policy.policy}/{one.id}": one for policy in rules.policies for one in policy.controls}
    assert controls["artifact-security/AS-1"].require == Bound(is_=True)
    assert controls["model-risk/MR-1"].by == (FEATURES,)
    assert controls["fair-lending/FL-1"].by == ("sex", "age_band")
    assert rules.policies[0].effective.from_ == date(2026, 7, 21)
    (clause,) = [clause for clause in rules.clauses if clause.name == "eu-ai-act/10(2)"]
    assert (clause.source[:26], clause.scope.jurisdiction) == ("https://eur-lex.europa.eu/", ("EU",))


def test_the_order_of_files_changes_nothing() -> None:
    files = shipped()
    backwards = dict(reversed(list(files.items())))
    one, two = (documents.rules(f, keys=(), suites=(), assessors=SHA) for f in (files, backwards))
    assert one == two


def test_problems_of_all_files_at_once() -> None:
    files = shipped()
    lending = "policies/catalog/fair_lending.yaml"
    files[lending] = files[lending].replace("{between: [0.80, 1.25]}", "{between: [1.25, 0.80]}", 1)
    files[lending] = files[lending].replace("severity: moderate", "severity: medium", 1)
    files["policies/roles.yaml"] = files["policies/roles.yaml"].replace("people:", "persons:")
    files["policies/notes.txt"] = "hello"
    del files["policies/inventory.yaml"]
    bound, severity = (
        next(number for number, line in enumerate(files[lending].splitlines(), 1) if word in line)
        for word in ("[1.25, 0.80]", "severity: medium")
    )
    first = next(number for number, line in enumerate(files["policies/roles.yaml"].splitlines(), 1) if line[0] != "#")
    assert read(files) == [
        f"{lending}:{bound}: controls[0].require: between [1.25, 0.8] has its ends in the wrong order",
        f"{lending}:{severity}: controls[2].severity: must be 'low', 'moderate', 'high' or 'critical'",
        "policies/notes.txt: is no file of a rulebook; move it into catalog/ or clauses/ as .yaml, or remove it",
        f"policies/roles.yaml:{first}: people: is missing; add it",
        f"policies/roles.yaml:{first}: persons: is no key here; valid keys: people",
        "inventory.yaml: stands 0 times among the policies; it must stand once",
    ]


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("{}", "a bound is exactly one of at_least, at_most, between, is"),
        ("{at_least: 0.1, at_most: 0.9}", "a bound is exactly one of at_least, at_most, between, is"),
        ("{atleast: 0.8}", "is no key here; did you mean at_least?"),
        ("{is_: true}", "is no key here; did you mean is?"),
        ("{at_least: '0.8'}", "must be a number"),
        ("{is: 1}", "must be true or false"),
        ("{between: [0.8]}", "is missing; add it"),
        ("{between: [0.8, 1.0, 1.2]}", "controls[0].require.between: must hold 2 values"),
        ("0.8", "must be a mapping of keys to values"),
    ],
)
def test_a_bound_that_is_none(bound: str, said: str) -> None:
    files = shipped()
    name = "policies/catalog/credit_scoring.yaml"
    files[name] = files[name].replace("{at_least: 0.70}", bound)
    (problem,) = read(files)
    assert problem.startswith(f"{name}:12: controls[0].require")
    assert problem.endswith(said)


@pytest.mark.parametrize("word", ["sex", "feature", "[features, 1]"])
def test_only_the_word_features_stands_without_brackets(word: str) -> None:
    files = shipped()
    name = "policies/catalog/model_risk.yaml"
    files[name] = files[name].replace("by: features", f"by: {word}", 1)
    (problem,) = read(files)
    assert "controls[0].by" in problem


def test_a_second_file_of_one_kind_is_refused() -> None:
    files = shipped()
    files["elsewhere/appetite.yaml"] = files["policies/appetite.yaml"]
    assert read(files) == ["appetite.yaml: stands 2 times among the policies; it must stand once"]
