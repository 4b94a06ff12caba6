"""What another cut-off would make of the ratio of every group: a chart and a table of an attribute."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from hallmark.policy.control import Bound
from hallmark.policy.groups import CROSS
from hallmark.report import charts, strips
from hallmark.report.chapters.parts import Case, Part, Table, interval
from hallmark.report.chapters.reading import Node, read

RATIO = "selection_rate_ratio"
_NEAR = 3
"""Names of cut-offs that stand nearer to each other would run together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The cut-offs that were tried, with what each would do; `own` is the one in force, `asked` what must hold."""

    name: str
    reference: str
    own: float
    tried: tuple[tuple[float, Node], ...]
    asked: Bound | None

    @property
    def title(self) -> str:
        """The title of the part."""
        return f"Ratio by cut-off, {self.name}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group that was compared at some cut-off."""
        return tuple(dict.fromkeys(group for _, one in self.tried for group, _ in one.items()))

    @property
    def cuts(self) -> list[float]:
        """The cut-offs alone."""
        return [at for at, _ in self.tried]

    @property
    def most(self) -> float:
        """Where the scale ends."""
        return 1.5 if self.asked is None or self.asked.ceiling is None else max(1.5, 1.2 * self.asked.ceiling)


def by_cut_off(case: Case, name: str) -> Iterator[Part]:
    """The ratio of every group to the reference group at each cut-off that was tried, beside what must hold."""
    blob = read(case.evidence, "remedies_cut_offs.json")
    if CROSS in name or not blob.has(name):
        return
    sweep = _sweep(case, name, blob[name])
    says = f"The ratio of favourable decisions to {sweep.reference} at other cut-offs; dotted is the one in force."
    if not sweep.groups:
        yield Part(title=sweep.title, says=says, missing="Nothing to show: no cut-off was tried.")
        return
    yield Part(
        title=sweep.title,
        says=says,
        chart=_chart(sweep),
        table=Table(head=("Cut-off", *sweep.groups), rows=tuple(_rows(sweep))),
        below=len(sweep.groups) > 1,
        notes=(_note(sweep),),
    )


def _sweep(case: Case, name: str, node: Node) -> Sweep:
    return Sweep(
        name=name,
        reference=node["reference"].text(),
        own=node["cut_off_in_force"].number(),
        tried=tuple((one["cut_off"].number(), one["groups"]) for one in node["sweep"].each()),
        asked=next((one.expected.require for one in case.findings if _asks(one.expected.key, name)), None),
    )


def _asks(key: object, name: str) -> bool:
    return getattr(key, "measure", "") == f"fairness.{RATIO}" and getattr(key, "attribute", "") == name


def _note(sweep: Sweep) -> str:
    if sweep.asked is None:
        return "No control judges the ratio of this attribute."
    floor, ceiling = sweep.asked.floor or 0, sweep.asked.ceiling or sweep.most
    return (
        f"Shaded is what the control allows, {floor:g} to {ceiling:g}. "
        f"Upright lines are 95 % intervals; they end at {sweep.most:g}."
    )


def _chart(sweep: Sweep) -> Markup:
    last = float(max(len(sweep.cuts) - 1, 1))
    frames = strips.frames(len(sweep.groups), (0.0, last), (0.0, sweep.most))
    drawn = zip(frames, sweep.groups, strict=True)
    return strips.stacked(
        sweep.title,
        ("cut-off, in the order of those tried", f"ratio to {sweep.reference}"),
        frames,
        [strips.Strip(name=group, marks=tuple(_marks(frame, sweep, group))) for frame, group in drawn],
        [(float(at), f"{sweep.cuts[at]:g}") for at in _named(sweep)],
    )


def _named(sweep: Sweep) -> list[int]:
    """The places of the cut-offs that the chart names: the one in force, the last, the first if there is room."""
    cuts = sweep.cuts
    places = {cuts.index(at) for at in (sweep.own, cuts[-1]) if at in cuts}
    return sorted(places | ({0} if min(places, default=_NEAR) >= _NEAR else set()))


def _marks(frame: charts.Frame, sweep: Sweep, group: str) -> Iterator[str]:
    if sweep.asked is not None:
        yield from strips.band(frame, sweep.asked.floor, sweep.asked.ceiling)
    found = [(float(place), one[group][RATIO]) for place, (_, one) in enumerate(sweep.tried) if one.has(group)]
    known = [(at, node) for at, node in found if node.has("value")]
    for at, node in known:
        if node.has("low") and node.has("high"):
            yield charts.whisker(frame, at, node["low"].number(), node["high"].number())
    yield charts.line(frame, [(at, node["value"].number()) for at, node in known])
    if sweep.own in sweep.cuts:
        yield strips.cut(frame, float(sweep.cuts.index(sweep.own)))


def _rows(sweep: Sweep) -> Iterator[tuple[str, ...]]:
    for at, one in sweep.tried:
        in_force = " (in force)" if at == sweep.own else ""
        yield f"{at:g}{in_force}", *(_ratio(one, group) for group in sweep.groups)


def _ratio(one: Node, group: str) -> str:
    node = one[group][RATIO] if one.has(group) else None
    if node is None or not node.has("value"):
        return "none"
    low, high = (node[name].number() if node.has(name) else None for name in ("low", "high"))
    # Many groups stand side by side: the limits may go to a line of their own.
    return interval(node["value"].number(), low, high).replace("\N{NO-BREAK SPACE}[", " [")
