"""Attacks on runs of a real scheduler: tasks killed, marked and deleted, what they hand on overwritten."""

from collections.abc import Iterator
from contextlib import contextmanager

from attacks.attack import Answer, Attack, Group, tried
from attacks.place import Place
from attacks.site import REVIEW, Site, served

from hallmark.steps.packs import packed, read_pack
from hallmark.steps.review import settle
from hallmark.verdict.finding import Decision

UNTOUCHED, KILLED, UNVETTED, UNDECIDED = "untouched", "killed-fairness", "marked-vet", "marked-gate"


def _good(site: Site) -> Answer:
    """A run in which nobody meddles; it must end well by itself, for a pack alone could be that of another run."""
    place = site.start(UNTOUCHED)
    ended = site.ended(UNTOUCHED)
    found = place.verify()
    return Answer(usable=found.usable and ended == "success", by=found.by, says=found.says)


def _kill(site: Site) -> Answer:
    place = site.start(KILLED)
    site.kill(KILLED, "fairness")
    site.ended(KILLED)
    return place.verify()


def _mark(site: Site, run_id: str, task: str) -> Place:
    """A run of which `task` is marked successful before it begins."""
    with site.held():
        place = site.start(run_id)
        site.mark(run_id, task)
    site.ended(run_id)
    return place


def _mark_vet(site: Site) -> Answer:
    return _mark(site, UNVETTED, "vet").verify()


def _mark_gate(site: Site) -> Answer:
    """Nothing decided, so there is no pack; the end marks say so, each failing with the words of `read_pack`."""
    place = _mark(site, UNDECIDED, "gate")
    marks = {site.state(UNDECIDED, mark) for mark in Decision}
    found = tried("end marks", lambda: read_pack(place.context, *place.subject))
    return Answer(usable=found.usable or marks != {"failed"}, by=found.by, says=found.says)


def _overwrite(site: Site) -> Answer:
    """The gate of a refused case hands on "certified", and its end marks are run once more."""
    place = site.place.of(UNVETTED)
    site.hand_on(UNVETTED, "gate", "certified")
    site.again(UNVETTED, tuple(Decision))
    site.ended(UNVETTED)
    found = place.verify()
    return Answer(usable=found.usable or site.state(UNVETTED, "certified") == "success", by=found.by, says=found.says)


def _mark_reviewers(site: Site) -> Answer:
    """Both people who are asked about the killed run are marked; the task that decides fails with these words."""
    place = site.place.of(KILLED)
    run_id = f"review__{place.case}"
    people = ("first_reviewer", "second_reviewer")
    site.until(lambda: {site.state(run_id, one, REVIEW) for one in people} == {"awaiting_input"}, "both questions")
    for task in people:
        site.mark(run_id, task, REVIEW)
    site.ended(run_id, REVIEW)
    if packed(place.context, *place.subject, 2):
        return place.verify(number=2)
    found = tried("review", lambda: settle(place.context, place.case))
    decided = site.state(run_id, "decide", REVIEW) != "failed"
    return Answer(usable=found.usable or decided, by=found.by, says=found.says)


def _delete(site: Site) -> Answer:
    place = site.place.of(UNVETTED)
    site.delete(UNVETTED)
    return place.verify()


SCHEDULED = (
    Attack(
        does="kill the assessor of fairness at work",
        refused_by=r"verify 8: referred: .*nothing was delivered",
        act=_kill,
    ),
    Attack(does="mark vet successful by REST", refused_by=r"verify 8: refused: ", act=_mark_vet),
    Attack(
        does="mark gate successful by REST",
        refused_by=r"end marks: Case .* has no pack; the gate has not decided",
        act=_mark_gate,
    ),
    Attack(
        does='hand on "certified" from the gate of a refused case by XCom, and run its end marks again',
        refused_by=r"verify 8: refused: ",
        act=_overwrite,
    ),
    Attack(
        does="mark both reviewers of the killed case successful by REST",
        refused_by=r"review: Case .* waits for people: 0 of 2 answers",
        act=_mark_reviewers,
    ),
    Attack(does="delete the run of a refused case and verify again", refused_by=r"verify 8: refused: ", act=_delete),
)


@contextmanager
def scheduled(decided: Place) -> Iterator[Group[Site]]:
    """Attacks on one Airflow, in their order: later ones go on with what earlier ones left."""
    with decided.lent() as place, served(place) as site:

        @contextmanager
        def lend() -> Iterator[Site]:
            yield site

        yield Group(path="a run of the scheduler", lend=lend, control=_good, attacks=SCHEDULED)
