"""Errors of a forecast by decile: where a regression is wrong, and in which direction."""

from collections.abc import Iterator

from markupsafe import Markup

from hallmark.report import charts
from hallmark.report.chapters.parts import FINDING, Case, Part, Table, limits
from hallmark.report.chapters.reading import Node, read

TITLE = "Errors by decile"
SAYS = "Outcome minus forecast by decile of the forecast, its mean and its mean size, in the unit of the label."


def errors(case: Case) -> Iterator[Part]:
    """The parts of the chapter for a regression."""
    yield _overall(case)
    found = read(case.evidence, "performance.json")["errors_by_forecast"].each()
    if not found:
        yield Part(title=TITLE, says=SAYS, missing="Nothing to show: no row has both a label and a forecast.")
        return
    means = [(one["mean_forecast"], one["mean_error"], one["mean_absolute_error"]) for one in found]
    rows = tuple(
        (f"{place}", f"{one['rows'].count():,}", *map(_spelt, nodes))
        for place, (one, nodes) in enumerate(zip(found, means, strict=True), 1)
    )
    yield Part(
        title=TITLE,
        says=SAYS,
        chart=_chart([(error.number(), size.number()) for _, error, size in means if not (error.empty or size.empty)]),
        table=Table(head=("Decile", "n", "Mean forecast", "Mean error", "Mean size of the error"), rows=rows),
    )


def _overall(case: Case) -> Part:
    names = {"mae": "mean size of the error", "bias": "mean error", "rmse": "root of the mean square", "r2": "R2"}
    seen = {said: case.observed(f"performance.{name}") for name, said in names.items()}
    rows = tuple((said, limits(one), case.judged(one.key)) for said, every in seen.items() for one in every)
    says = "The errors of all rows, with 95 % intervals."
    if not rows:
        return Part(title="All rows", says=says, missing="Not measured: no step reported an error.")
    return Part(title="All rows", says=says, table=Table(head=("Measure", "Value", FINDING), rows=rows))


def _chart(pairs: list[tuple[float, float]]) -> Markup | None:
    if not pairs:
        return None
    most = charts.round_up(max(max(abs(error), abs(size)) for error, size in pairs))
    ticks = tuple(float(place) for place in range(1, len(pairs) + 1))
    frame = charts.Frame(x=(0.5, len(pairs) + 0.5), y=(-most, most), ticks=ticks)
    marks = [charts.line(frame, [(0.5, 0.0), (len(pairs) + 0.5, 0.0)], charts.DASHES[2])]
    for place, (error, size) in enumerate(pairs, 1):
        marks += [charts.whisker(frame, place, -size, size), charts.dot(frame, place, error)]
    title = "Mean error by decile of the forecast; the line is its mean size to both sides"
    return frame.drawn(title, "decile of the forecast", "outcome minus forecast", marks)


def _spelt(node: Node) -> str:
    return "beyond a float" if node.empty else f"{node.number():,.4g}"
