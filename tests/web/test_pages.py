"""What the pages show: cases, certificates, runs that go on, models; hostile words; the table."""

from __future__ import annotations

import csv
import gc
import io
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.conftest import frame_of
from tests.edges.test_index_sql import many
from tests.web.conftest import Pages, pages_of

from hallmark.edges.index_sql import Filter
from hallmark.evidence.archive import Archive
from hallmark.steps.gate import gate
from hallmark.web.pages.cases import disarmed
from hallmark.web.pages.site import RunSeen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Place

RUNNING = RunSeen(state="running", tasks={"open_case": "success", "vet": "running"})


def text(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_the_list_shows_verdict_first_and_links_to_run_and_report(pages: Pages) -> None:
    html = pages.get("/cases").text
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert "certified" in row and "small" in row and "someone" in row and "because" in row
    assert "/dags/certify_model/runs/one" in row
    assert f"/hallmark/cases/{pages.place.case}/report" in row
    assert re.search(r"in \d+ days", text(row))


def test_an_empty_list_teaches(small: Place, auth_manager: object, pages: Pages) -> None:
    empty = pages_of(small, {})
    told = text(empty.get("/cases").text)
    assert "No case yet" in told and "make certify" in told and "Trigger" in told


def test_a_filter_that_nothing_fits_says_so_and_leads_back(pages: Pages) -> None:
    told = text(pages.get("/cases?q=nowhere").text)
    assert "No case fits" in told and "Show all" in told


def test_filters_sort_and_pages_are_the_address(own_pages: Pages) -> None:
    many(own_pages.place, 60)
    first = own_pages.get("/cases?verdict=refused&sort=risk").text
    assert "15 cases" in text(first)
    assert 'aria-sort="descending"' in first
    assert "/hallmark/cases.csv?verdict=refused&amp;sort=risk" in first
    whole = own_pages.get("/cases").text
    assert "page 1 of 2" in text(whole) and "/hallmark/cases?page=2" in whole
    assert "page 2 of 2" in text(own_pages.get("/cases?page=2").text)


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "sort=place;drop", "up=maybe", f"q={'x' * 121}", "page=9999999999999"]
)
def test_an_address_that_is_not_understood_is_a_sentence(pages: Pages, query: str) -> None:
    answer = pages.get(f"/cases?{query}")
    assert answer.status_code == 400
    assert "is not understood" in answer.text


def test_the_table_for_other_programs_holds_what_is_shown(own_pages: Pages) -> None:
    many(own_pages.place, 12)
    rows = list(csv.DictReader(io.StringIO(own_pages.get("/cases.csv?verdict=refused").text)))
    assert len(rows) == 3
    assert {row["verdict"] for row in rows} == {"refused"}
    assert {row["standing"] for row in rows} == {"no certificate"}
    assert len(list(csv.reader(io.StringIO(own_pages.get("/cases.csv").text)))) == 1 + 13


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "\n=x"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["small", "2026-11-24T12:00:00Z", "0.5", "", "a=b", "1-2"])
def test_other_cells_stay(cell: str) -> None:
    assert disarmed(cell) == cell


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    '=HYPERLINK("https://evil.example")',
    "javascript:alert(1)",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_is_shown_and_never_run(small: Place, pages: Pages, words: str) -> None:
    run = replace(small.run(), reason=words, asked_by=words)
    from hallmark.steps.open_case import open_case

    case = open_case(small.context, run).case
    own = pages_of(small, {("certify_model", "one"): RUNNING})
    open_page = own.get("/runs/certify_model/one").text
    small.work(case)
    gate(small.context, case)
    for path in ("/cases", f"/cases?q={'x'}", f"/cases/{case}", "/models/small", "/runs/certify_model/one"):
        html = own.get(path).text
        for page in (html, open_page):
            assert "<script>alert" not in page and "<img src=x" not in page
            assert "onerror=alert(1)>" not in page.replace("&gt;", "")
            assert "\u202e" not in page and "\x00" not in page and "\x1b" not in page
            assert 'href="javascript' not in page
    assert "7 * 7" in own.get("/cases").text if "7 * 7" in words else True
    table = list(csv.DictReader(io.StringIO(own.get("/cases.csv").text, newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row.values())


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "%3Cscript%3E", "a/b", "'", "x" * 64])
def test_a_hostile_name_in_an_address_finds_nothing(pages: Pages, name: str) -> None:
    for path in (f"/models/{name}", f"/cases/{name}", f"/cases?model={name}&verdict={name}", f"/runs/{name}/{name}"):
        answer = pages.get(path)
        assert answer.status_code in (200, 400, 404)
        assert "<script>alert" not in answer.text


def test_a_certificate_has_everything_in_its_place(pages: Pages) -> None:
    case = pages.place.case
    html = pages.get(f"/cases/{case}").text
    told = text(html)
    order = [
        'class="verdict',
        ">Verify<",
        ">Pack<",
        ">Report<",
        'class="counts"',
        "Risk score",
        "What to do",
        "What this",
    ]
    places = [html.index(word) for word in order]
    assert places == sorted(places)
    assert "DEMO" in told and "hallmark verify" in told
    assert f'data-load="/hallmark/cases/{case}/evidence?pack=1"' in html
    assert "Split" in pages.get(f"/cases/{case}/evidence").text


def test_every_row_of_the_ladder_leads_to_its_finding_in_the_report(pages: Pages) -> None:
    case = pages.place.case
    report = pages.get(f"/cases/{case}/report").text
    links = re.findall(r'href="/hallmark/cases/[0-9a-f]+/report\?pack=1#([a-z0-9]+)"', pages.get(f"/cases/{case}").text)
    assert len(links) >= len(pages.site.index.lines([case]))
    assert [anchor for anchor in links if f'id="{anchor}"' not in report] == []


def test_the_report_is_the_blob_of_the_pack(pages: Pages) -> None:
    from hallmark.evidence.canonical import digest
    from hallmark.steps.packs import read_pack

    certification = read_pack(pages.place.context, "small", "1", pages.place.case)
    named = {blob.name: blob.digest.sha256 for blob in certification.blobs}
    assert digest(pages.get(f"/cases/{pages.place.case}/report").content) == named["report.html"]


def test_the_download_verifies_elsewhere(pages: Pages, tmp_path: Path) -> None:
    from hallmark.evidence.trail import Question
    from hallmark.evidence.verify import Outcome, verify

    answer = pages.get(f"/cases/{pages.place.case}/pack")
    assert f"hallmark-small-1-{pages.place.case}.tar" in answer.headers["content-disposition"]
    (tmp_path / "pack.tar").write_bytes(answer.content)
    archive = Archive.read(tmp_path / "pack.tar")
    question = Question(store=archive, pack=archive.pack, root=pages.place.context.root, at=pages.site.now)
    assert verify(question).outcome is Outcome.USABLE


def test_verify_runs_and_shows_eight_steps(own_pages: Pages) -> None:
    case = own_pages.place.case
    assert text(own_pages.post(f"/cases/{case}/verify").text).count("holds") == 8
    step = next((own_pages.place.folder / "cases" / case / "vet").iterdir())
    step.chmod(0o644)
    step.write_bytes(step.read_bytes() + b" ")
    told = text(own_pages.post(f"/cases/{case}/verify").text)
    assert "does not hold" in told and "WRONG" in told


def test_the_ladder_is_one_picture_of_its_own(pages: Pages) -> None:
    from xml.etree import ElementTree

    for query in ("", "?every=true"):
        root = ElementTree.fromstring(pages.get(f"/cases/{pages.place.case}/ladder.svg{query}").text)
        assert root.tag.endswith("svg")
        assert not [one for one in root.iter() if one.tag.endswith(("script", "foreignObject", "image", "use"))]


@pytest.mark.parametrize("attack", ["report", "step"])
def test_evidence_that_does_not_hold_is_a_sentence_and_no_certificate(own_pages: Pages, attack: str) -> None:
    place = own_pages.place
    folder = place.folder / ("blobs" if attack == "report" else f"cases/{place.case}")
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        file.chmod(0o644)
        file.write_bytes(file.read_bytes() + b" ")
    answer = own_pages.get(f"/cases/{place.case}")
    assert answer.status_code == 500
    assert "digest" in answer.text and "CERTIFIED" not in answer.text and "Traceback" not in answer.text


# The tab of a run


def test_a_run_before_its_opening(pages: Pages) -> None:
    pages.runs[("certify_model", "new")] = RunSeen(state="running", tasks={})
    html = pages.get("/runs/certify_model/new/state").text
    assert "is being opened" in html and "data-again" in html


def test_a_run_that_ended_before_its_opening_does_not_ask_again(pages: Pages) -> None:
    pages.runs[("certify_model", "broken")] = RunSeen(state="failed", tasks={"open_case": "failed"})
    html = pages.get("/runs/certify_model/broken/state").text
    assert "No case was opened" in html and "data-again" not in html


def test_a_run_that_nobody_knows(pages: Pages) -> None:
    assert "No such run" in pages.get("/runs/certify_model/never").text


def test_a_run_of_another_dag_has_no_certificate(pages: Pages) -> None:
    for path in ("/runs/recertify_due/one", "/runs/review_case/odd"):
        html = pages.get(path).text
        assert "has no certificate" in html and "data-again" not in html


def test_a_running_case_fills_in_and_turns_into_the_verdict(small: Place, pages: Pages) -> None:
    case = small.open()
    own = pages_of(small, {("certify_model", "one"): RUNNING})

    def state() -> str:
        return own.get("/runs/certify_model/one/state").text

    def signed() -> int:
        return state().count('class="part signed"')

    assert "In progress" in state() and signed() == 1 and "at work" in state()
    total = int(re.search(r"0 of (\d+) expected", state())[1])  # type: ignore[index]
    for number, task in enumerate(
        ("vet", "score", "data_quality", "drift", "fairness", "performance", "remedies"), start=2
    ):
        small.work(case, [task])
        assert signed() == number
        assert "data-again" in state()
    assert f"{total - 2} of {total} expected" in text(state()), "the two facts of the process are the gate's"
    gate(small.context, case)
    assert "CERTIFIED" in state() and "data-again" not in state()


def test_a_run_that_stopped_without_a_verdict_says_so(small: Place, pages: Pages) -> None:
    small.open()
    ended = RunSeen(state="failed", tasks={"open_case": "success", "vet": "failed", "gate": "failed"})
    html = pages_of(small, {("certify_model", "one"): ended}).get("/runs/certify_model/one/state").text
    assert "Stopped without a verdict" in html and "data-again" not in html
    assert "no signed step" in html and "not evaluated" in html


def test_a_review_has_the_certificate_of_its_case(pages: Pages) -> None:
    assert "CERTIFIED" in pages.get(f"/runs/review_case/review__{pages.place.case}").text


# A model over time


def test_a_model_shows_every_measure_against_its_bound(own_pages: Pages) -> None:
    many(own_pages.place, 5)
    html = own_pages.get("/models/small").text
    assert html.count('<svg class="series"') >= 2
    assert 'class="bound"' in html and 'class="whisker' in html
    fairness = own_pages.get("/models/small?dimension=fairness").text
    assert "selection rate ratio" in text(fairness)


def test_the_same_case_again_has_no_change(own_pages: Pages) -> None:
    place = own_pages.place
    second = place.certify("two").case
    told = text(own_pages.get(f"/models/small/changes?before={place.case}&after={second}").text)
    assert "Nothing that decides is different" in told and "0 of" in told


def test_another_cohort_and_another_rulebook_are_named_as_causes(own_pages: Pages) -> None:
    from tests.conftest import graced, rules_of

    place = own_pages.place
    place.clock.forward(minutes=1)
    place.publish(graced(rules_of(place.context), 60))
    second = place.certify("two").case
    told = text(own_pages.get(f"/models/small/changes?before={place.case}&after={second}").text)
    assert "Rulebook: 1, now 2" in told


@pytest.mark.parametrize("query", ["", "before=x&after=y", "before={case}", "before={case}&after=00000000000000000000"])
def test_changes_of_nothing_are_a_sentence(pages: Pages, query: str) -> None:
    answer = pages.get(f"/models/small/changes?{query.format(case=pages.place.case)}")
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text


@pytest.mark.slow
def test_each_page_answers_in_time_with_a_thousand_cases(own_pages: Pages) -> None:
    """The requirement is 300 ms; what is held is the processor's time, since the clock also counts other programs."""
    many(own_pages.place, 1000)
    while own_pages.get("/catch-up").json()["unread"]:
        pass
    case, fresh = own_pages.place.case, own_pages.place.certify("fresh").case
    paths = [
        *("/cases", "/cases?q=ann&sort=risk&verdict=refused", "/cases?page=20", "/cases.csv", "/models/small"),
        *(f"/cases/{case}", f"/cases/{case}/evidence", f"/cases/{case}/report", f"/cases/{case}/ladder.svg"),
        *("/runs/certify_model/one", f"/models/small/changes?before={case}&after={fresh}"),
    ]
    times: dict[str, float] = {}
    for path in paths:
        own_pages.get("/static/pages.css")
        gc.collect()  # what earlier tests left is not the page's to clear away
        begun = time.process_time()
        assert own_pages.get(path).status_code == 200
        times[path] = time.process_time() - begun
    print("\n".join(f"{1000 * seconds:4.0f} ms  {path}" for path, seconds in times.items()))
    assert max(times.values()) < 0.3


def test_the_list_never_waits_for_a_thousand_packs(own_pages: Pages) -> None:
    many(own_pages.place, 40)
    own_pages.site.index.catch_up(own_pages.place.store, own_pages.site.chain(), seconds=0)
    html = own_pages.get("/cases").text
    left = own_pages.site.index.cases(Filter())
    assert len(left) == 41
    if any(not row.read for row in left):
        assert "data-catch-up" in html


def test_a_chart_of_nothing_is_no_error() -> None:
    from hallmark.web.pages.lines import series_of

    assert series_of((), ()) == ()


def test_a_reviewed_case_shows_both_packs_and_what_people_said(small: Place, pages: Pages) -> None:
    from tests.steps.test_review import MEASURED, decided

    from hallmark.verdict.review import Answer

    place = small
    case = place.case = small.certify(tasks=MEASURED).case
    place.clock.forward(hours=1)
    own = pages_of(place, {})
    assert "REFERRED" in own.get(f"/cases/{case}").text
    decided(place, Answer.CONDITIONAL, Answer.CONDITIONAL)
    first, second = own.get(f"/cases/{case}?pack=1").text, own.get(f"/runs/review_case/review__{case}").text
    assert "REFERRED" in first and "CONDITIONAL" in second and "What people said" in second
    assert "pack 2" in text(second) and f"/hallmark/cases/{case}?pack=1" in second
    assert own.get(f"/cases/{case}/report?pack=2").status_code == 200
    assert text(own.post(f"/cases/{case}/verify").text).count("holds") == 8


def test_a_certificate_on_older_data_than_a_refusal_says_so_on_page_one_and_in_the_list(own_pages: Pages) -> None:
    """Both were opened before the refusal was sealed."""
    place = own_pages.place
    frame = frame_of()
    frame["late"] = 1 - frame["late"]
    place.register("9")
    place.register_cohort("september", "9", frame=frame)
    newer, older = place.open("n", version="9", cohort="september"), place.open("o", version="9", cohort="july")
    place.work(newer)
    place.work(older)
    assert [gate(place.context, case).verdict.decision for case in (newer, older)] == ["refused", "certified"]
    assert f"refused on newer data by {newer}" in text(own_pages.get(f"/cases/{older}").text)
    assert "refused on newer data" in text(own_pages.get("/cases?version=9").text)
