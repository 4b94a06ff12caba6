"""The chapters of the report that show the evidence behind the findings."""

from collections.abc import Mapping

from hallmark.report.chapters.drift import drift
from hallmark.report.chapters.fairness import fairness
from hallmark.report.chapters.model import model
from hallmark.report.chapters.outcomes import outcomes
from hallmark.report.chapters.parts import Case, Chapter, Judged
from hallmark.report.chapters.tried import links, tried
from hallmark.report.chapters.validity import validity

__all__ = ["Case", "Chapter", "Judged", "chapters_of", "tries_of"]


def chapters_of(case: Case) -> tuple[Chapter, ...]:
    """All six, in the order in which they are read; evidence that is not there or broken is said and never raised."""
    return tuple(chapter(case) for chapter in (model, validity, outcomes, fairness, drift, tried))


def tries_of(case: Case, chapters: tuple[Chapter, ...]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Pairs of anchor and title of the tries that belong to each control with an unsatisfied finding."""
    return links(case.findings, chapters[-1])
