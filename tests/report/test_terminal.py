"""The lines: the same sentences as in the page, in any width, encoding and colour."""

import re
from dataclasses import replace
from html import unescape

import pytest
from tests.report.conftest import SAMPLES, Sample

from hallmark.report.columns import wrapped
from hallmark.report.html import render
from hallmark.report.marks import STATUSES
from hallmark.report.plain import printable
from hallmark.report.terminal import lines, page_of
from hallmark.verdict.finding import Condition
from hallmark.verdict.ruling import ATTESTED

COLOURS = re.compile("\x1b\\[[0-9;]*m")
WIDE = 2000


def printed(sample: Sample, *, width: int = WIDE, colour: bool = False, encoding: str = "utf-8") -> list[str]:
    page = page_of(width=width, colour=colour, encoding=encoding)
    return list(lines(sample.certification, sample.profile, sample.observations, page=page, rows=12000))


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_finding_stands_in_the_lines_and_in_the_page_with_one_sentence(sample: Sample) -> None:
    text = words(" ".join(printed(sample)))
    page = words(unescape(render(sample.certification, sample.profile, sample.observations).decode()))
    for finding in sample.certification.verdict.findings:
        sentence = words(printable(finding.sentence))
        assert sentence in text
        assert sentence in page


def test_all_five_counts_are_printed(sample: Sample) -> None:
    found = next(line for line in printed(sample) if line.startswith("  findings"))
    assert [part.split()[:-1] for part in found.partition("findings")[2].split(",")] == [
        mark.word.split() for mark in STATUSES.values()
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_page(sample: Sample, width: int) -> None:
    for line in printed(sample, width=width, colour=True):
        assert len(COLOURS.sub("", line)) <= width


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_number_is_cut(width: int) -> None:
    sample = SAMPLES["five-statuses"]()
    found = set(re.findall(r"-?\d[\d.,:-]*\d", " ".join(printed(sample, width=width))))
    for finding in sample.certification.verdict.findings:
        assert set(re.findall(r"-?\d\.\d+", finding.sentence)) <= found


def test_an_interval_stays_on_one_line_with_its_value() -> None:
    assert wrapped("moved by 0.068 [0.051, 0.086]; must be", 29) == ["moved by", "0.068 [0.051, 0.086]; must be"]
    assert wrapped("by 0.068 [0.051, 0.086];", 18) == ["by 0.068 [0.051,", "0.086];"]


def test_another_encoding_gets_plain_ascii(sample: Sample) -> None:
    assert all(line.isascii() for line in printed(sample, encoding="ANSI_X3.4-1968"))
    assert not all(line.isascii() for line in printed(sample, encoding="UTF-8"))


def test_a_pack_cannot_steer_the_terminal(sample: Sample) -> None:
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", "".join(printed(sample)))
    coloured = "".join(printed(sample, colour=True))
    assert "\x1b" in coloured
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", COLOURS.sub("", coloured))


def test_colour_changes_nothing_else(sample: Sample) -> None:
    assert [COLOURS.sub("", line) for line in printed(sample, colour=True)] == printed(sample)


@pytest.mark.parametrize(
    "expected",
    [
        "card 1 on cohort 2005-07 (12,000 rows)",
        "rulebook 1 (demo root), tier high, credit-decision, EU, initial phase",
        "CONDITIONAL",
        "risk score",
        "valid to",
        "lending/D-1, low; eu-ai-act/10(2), iso-42001/A.7.4",
        "n 12,000",
        "What to do",
        "Condition due 2026-12-24T08:01:00Z, card-team.",
        "eu-ai-act/10(2) applies from 2027-12-02",
        "iso-42001/A.7.4 in force since 2023-12-18, unconfirmed",
        "lending/A-2: not part of the initial phase",
        "The log of drift was cut short.",
        "refused: version 0 on 2005-06",
    ],
)
def test_the_lines_say(expected: str) -> None:
    assert expected in words(" ".join(printed(SAMPLES["conditional"]())))


def test_what_people_decided_and_asked_for_stands_in_lines_and_page() -> None:
    sample = next(iter(SAMPLES.values()))()
    verdict = sample.certification.verdict
    due = Condition(control="review", owner="an owner", action="Look again \x1b[2J", due=verdict.at)
    said = ("ann answered conditional (5 minutes, fallback none): <b>fine</b> \x1b[2J", ATTESTED)
    told = replace(
        sample.certification,
        verdict=replace(verdict, said=said, conditions=(*verdict.conditions, due)),
    )
    wide = page_of(width=400, colour=False, encoding="utf-8")
    shown = "\n".join(lines(told, sample.profile, sample.observations, page=wide))
    page = render(told, sample.profile, sample.observations).decode()
    for text in (shown, unescape(page)):
        assert "ann answered conditional" in text and ATTESTED in text
        assert "Look again <U+001B>[2J." in text
        assert "\x1b" not in text
    assert "<b>fine</b>" not in page
