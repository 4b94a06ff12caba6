"""The table of attacks: on what is kept and on what is made anew, each group with its control."""

from collections.abc import Iterator

from attacks.anew import ANEW, untouched
from attacks.attack import Group
from attacks.good import Good
from attacks.kept import KEPT
from attacks.people import PEOPLE, agreed, refer
from attacks.place import Place
from attacks.rules import RULES
from attacks.scored import SCORED


def at_rest(decided: Place) -> Group[Place]:
    """Attacks on a decided case."""
    return Group(path="the good case", lend=decided.lent, control=Place.verify, attacks=(*KEPT, *RULES))


def reviewed(waiting: Place) -> Group[Place]:
    """Attacks on a referred case that waits for people."""
    return Group(path="a referred case, and both reviewers agree", lend=waiting.lent, control=agreed, attacks=PEOPLE)


def scored(good: Good) -> Group[Place]:
    """Attacks between predictions and measures; the good case is what came of the same moment without them."""
    path = "the good case, which went on from its predictions"
    return Group(path=path, lend=good.scored.lent, control=lambda _: good.decided.verify(), attacks=SCORED)


def anew(again: Place) -> Group[Place]:
    """Attacks that need a whole case of their own."""
    path = "the same model, certified as version 2 with a consent of twenty days"
    return Group(path=path, lend=again.lent, control=Place.verify, attacks=ANEW)


def on_the_store(good: Good) -> Iterator[Group[Place]]:
    """Every group that needs no Airflow, the quick ones first."""
    yield at_rest(good.decided)
    yield scored(good)
    with good.measured.lent() as waiting:
        refer(waiting)
        yield reviewed(waiting)
    with good.decided.lent() as again:
        yield anew(untouched(again))
