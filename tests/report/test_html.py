"""The page: everything in it, nothing loaded from elsewhere, and nothing of a pack acted on."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from tests.report.conftest import HOSTILE, SAMPLES, Sample

from hallmark.report.html import render
from hallmark.report.marks import STATUSES
from hallmark.report.plain import printable
from hallmark.report.view import view_of

VOID = {"meta", "br", "circle", "path", "rect", "use"}


class Page(HTMLParser):
    """Collects tags with attributes and text, and fails on a tag that is closed out of order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data + " "


def page_of(sample: Sample) -> str:
    return render(sample.certification, sample.profile, sample.observations, rows=12000).decode()


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_finding_stands_in_the_page_with_its_sentence_and_a_rung(sample: Sample) -> None:
    page = page_of(sample)
    text = words(Page(page).text)
    findings = sample.certification.verdict.findings
    assert all(words(printable(finding.sentence)) in text for finding in findings)
    assert page.count('<tr id="f') == len(findings)
    assert page.count('<svg class="rung"') == len(findings) + 1  # the legend


def test_all_five_counts_are_shown_and_add_up(sample: Sample) -> None:
    text = words(Page(page_of(sample)).text)
    view = view_of(sample.certification, sample.profile, sample.observations)
    assert [status for status, _ in view.counts] == list(STATUSES)
    assert sum(count for _, count in view.counts) == len(sample.certification.verdict.findings)
    assert words(" ".join(f"{count} {STATUSES[status].word}" for status, count in view.counts)) in text


def test_the_page_loads_nothing_and_runs_nothing(sample: Sample) -> None:
    page = page_of(sample)
    tags = Page(page).tags
    assert not {tag for tag, _ in tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "image",
    }
    for _, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "xlink:href")]
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|<script", page, re.IGNORECASE)
    policies = [one["content"] for _, one in tags if one.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_every_anchor_leads_somewhere_and_is_there_once(sample: Sample) -> None:
    tags = Page(page_of(sample)).tags
    anchors = [str(one["id"]) for _, one in tags if "id" in one]
    assert len(anchors) == len(set(anchors))
    assert {str(one["href"])[1:] for _, one in tags if "href" in one} <= set(anchors)


def test_the_same_pack_gives_the_same_bytes_in_any_order_of_observations(sample: Sample) -> None:
    first = render(sample.certification, sample.profile, sample.observations)
    assert first == render(sample.certification, sample.profile, sample.observations[::-1])


def test_a_hostile_name_is_shown_and_never_acted_on() -> None:
    page = page_of(SAMPLES["hostile-names"]())
    assert "\x1b" not in page and "\u202e" not in page
    assert "<script" not in page and "<b>x</b>" not in page
    assert printable(HOSTILE) in unescape(page)


@pytest.mark.parametrize(
    "expected",
    [
        "DEMO",
        "CONDITIONAL",
        "What this does not establish",
        "The data are old.",
        "maria: yearly",
        "card-team",
        "2005-07, as of 2005-07-31, holdout, 12,000 rows",
        "applies from 2027-12-02",
        "unconfirmed",
        "A-2",
        "not part of the initial phase",
        "one missing-code destroys it",
        "not in the register of measures",
        "The log of drift was cut short.",
        "hallmark verify",
        "Condition due 2026-12-24T08:01:00Z",
        "library 1.0",
        "1" * 64,
        "2" * 64,
        "e" * 64,
        "Reasons for denial",
    ],
)
def test_the_page_says(expected: str) -> None:
    text = words(Page(page_of(SAMPLES["conditional"]())).text)
    assert expected in text


def test_what_is_empty_says_so() -> None:
    text = words(Page(page_of(SAMPLES["no-standard"]())).text)
    for sentence in (
        "not at all: refused",
        "Nothing: every observation has its finding.",
        "No control of this case cites a clause.",
        "Add a control for drift",
    ):
        assert sentence in text


def test_without_a_demo_root_there_is_no_banner() -> None:
    sample = SAMPLES["spotless"]()
    assert "DEMO" in page_of(sample)
    assert (
        "demo"
        not in page_of(replace(sample, certification=replace(sample.certification, demo=False)))
        .lower()
        .split("<body>")[1]
    )


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_at_least_aa_on_paper_and_panel(scheme: str) -> None:
    style = files("hallmark.report").joinpath("report.css").read_text()
    light, dark = style.split("prefers-color-scheme: dark")[0], style.split("prefers-color-scheme: dark")[1]
    colours = _colours(light if scheme == "light" else dark.split("* {")[0])
    texts = {"ink", "quiet", "link", *(status.value for status in STATUSES)}
    assert texts < colours.keys()
    for name in texts:
        for ground in ("paper", "panel"):
            bright, dim = sorted((_luminance(colours[name]), _luminance(colours[ground])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (name, ground)


def test_every_finding_leads_in_four_clicks_to_control_clause_observation_and_counts(sample: Sample) -> None:
    page = page_of(sample)
    places = {str(one): part for one, part in re.findall(r'<tr id="([fcko][0-9]+)">(.*?)</tr>', page, re.DOTALL)}

    def behind(anchor: str) -> set[str]:
        return set(re.findall(r'href="#([^"]+)"', places.get(anchor, "")))

    rungs = re.findall(r'</span><a href="#(f[0-9]+)">', page)
    findings = sample.certification.verdict.findings
    assert len(rungs) == len(findings)
    reached = {finding: behind(finding) for finding in rungs}
    in_order = view_of(sample.certification, sample.profile, sample.observations).findings
    anchors = sorted(rungs, key=lambda one: int(one[1:]))
    by_anchor = dict(zip(anchors, in_order, strict=True))
    for anchor, finding in by_anchor.items():
        controls = {one for one in reached[anchor] if one.startswith("c")}
        assert len(controls) == 1
        clauses = {one for control in controls for one in behind(control) if one.startswith("k")}
        assert len(clauses) == len(finding.expected.clauses)
        seen = {one for one in reached[anchor] if one.startswith("o")}
        delivered = [one for one in sample.observations if one.key == finding.expected.key]
        assert bool(seen) == bool(delivered)
        for one in seen:
            counts = behind(one)
            assert len(counts) == 1 and f'id="{next(iter(counts))}"' in page
            assert delivered[0].method in words(Page(places[one]).text) and delivered[0].tool in places[one]
