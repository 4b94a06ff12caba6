"""The question to a reviewer: why, what each answer leads to, and nothing that Markdown would act on."""

import re
from dataclasses import replace
from typing import Any

from tests.conftest import TASKS, Place

from hallmark.policy.appetite import Effect
from hallmark.report.question import headline, question
from hallmark.steps.review import Referred, referred

LADDER = "/hallmark/cases/x/ladder.svg"


def asked(place: Place) -> Referred:
    certification = place.certify(tasks=tuple(task for task in TASKS if task != "drift"))
    return referred(place.context, certification.case)


def test_it_says_why_what_follows_and_by_when(small: Place) -> None:
    case = asked(small)
    text = question(case.first, case.subject.profile, LADDER)
    assert text.startswith("**Why you are asked.** One finding needs a person: D-1.")
    assert f"]({LADDER})" in text
    assert "once 2 of credit-committee, model-validation agree" in text
    assert "no answer by 2026-12-08T12:00:00Z: refused" in text
    assert "first decided case" in text
    assert headline(case.first) == "small 1 on july: may it be used?"


def test_every_finding_that_asks_stands_in_it_with_its_sentence(small: Place) -> None:
    case = asked(small)
    rows = [line for line in question(case.first, case.subject.profile, LADDER).splitlines() if line.startswith("| ")]
    asking = [one for one in case.first.verdict.findings if one.effect is Effect.REFER]
    assert len(rows) == 1 + len({one.expected.control for one in asking})
    assert "small/D-1" in rows[1] and "nothing was delivered" in rows[1]


def test_what_came_before_is_told(small_decided: Place) -> None:
    small_decided.register_cohort("august")
    certification = small_decided.certify("two", tasks=tuple(t for t in TASKS if t != "drift"), cohort="august")
    case = referred(small_decided.context, certification.case)
    assert "1 on july was certified" in question(case.first, case.subject.profile, LADDER)


def test_hostile_words_are_shown_and_never_acted_on(small: Place) -> None:
    case = asked(small)
    words: Any = "[click](javascript:alert(1)) | <img src=x> \x1b[2J `code` ![x](//evil)\n# head"
    opening = replace(case.first.opening, reason=words, asked_by=words)
    text = question(replace(case.first, opening=opening), case.subject.profile, LADDER)
    line = next(line for line in text.splitlines() if "asked for by" in line)
    told = line.partition("asked for by")[2]
    assert "click" in told and "\x1b" not in told
    assert re.findall(r"(?<!\\)[\[\]()<>`|!#]", told) == []
