"""The interval methods of a multiclass model on tables of label by predicted class whose true numbers are known."""

from collections.abc import Callable, Sequence

import numpy as np
from error_rates.methods import Draw, Method

from hallmark.assess.arrays import Counts, Floats
from hallmark.assess.intervals import Interval, difference, ratio, share, total_variation
from hallmark.assess.performance.classes import balanced_accuracy, macro_f1

NAMES = tuple("abcdefghij")
SMALLEST = 3
"""The place of the smallest of the four classes of UNEVEN: 2.5 % of the rows, every second of them found."""


def world(shares: Sequence[float], recalls: Sequence[float]) -> Floats:
    """Chances by label (rows) and predicted class (columns); what is not found falls to the others alike."""
    found = np.array(recalls)
    table = np.repeat(((1 - found) / (len(found) - 1))[:, None], len(found), axis=1)
    np.fill_diagonal(table, found)
    chances: Floats = table * np.array(shares)[:, None]
    return chances


EVEN = world([1 / 3] * 3, [0.8, 0.7, 0.6])
UNEVEN = world([0.675, 0.225, 0.075, 0.025], [0.9, 0.8, 0.7, 0.5])
WORSE = world([0.675, 0.225, 0.075, 0.025], [0.85, 0.75, 0.7, 0.5])
TEN = world([0.1] * 10, [0.97] * 10)
RARE = np.array([0.5, 0.3, 0.08, 0.04, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01])
FAVOURABLE = (0, 2)
"""The places of the favourable classes of UNEVEN."""


def drawn(rng: np.random.Generator, chances: Floats, n: int) -> Counts:
    """A sample of n rows, by label and predicted class."""
    rows: Counts = rng.multinomial(n, chances.ravel()).reshape(chances.shape)
    return rows


def recall(table: Floats | Counts) -> Floats:
    """The share of each class that is found."""
    found: Floats = np.diag(table) / table.sum(axis=1)
    return found


def precision(table: Floats | Counts) -> Floats:
    """The share of the rows predicted to be of each class that are."""
    right: Floats = np.diag(table) / table.sum(axis=0)
    return right


def f1(table: Floats | Counts) -> Floats:
    """Twice the rows found over those of the class and those predicted to be of it."""
    each: Floats = 2 * np.diag(table) / (table.sum(axis=1) + table.sum(axis=0))
    return each


def _mean(method: Callable[[Counts, Sequence[str]], Interval], chances: Floats) -> Draw:
    return lambda rng, n: method(drawn(rng, chances, n), NAMES[: len(chances)])


def _accuracy(chances: Floats) -> Draw:
    return lambda rng, n: share(int(np.trace(drawn(rng, chances, n))), n)


def _of_smallest(axis: int) -> Draw:
    """The share of the smallest class that is rightly told: axis 1 of its rows, axis 0 of those predicted to be it."""

    def draw(rng: np.random.Generator, n: int) -> Interval:
        table = drawn(rng, UNEVEN, n)
        return share(int(table[SMALLEST, SMALLEST]), int(table.sum(axis=axis)[SMALLEST]))

    return draw


def _fall(rng: np.random.Generator, n: int) -> Interval:
    then, now = (int(np.trace(drawn(rng, chances, n))) for chances in (UNEVEN, WORSE))
    return difference(then, n, now, n)


def _moved(now: Floats) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> Interval:
        counts = [rng.multinomial(n, chances).tolist() for chances in (now, RARE)]
        return total_variation(*(dict(zip(NAMES, one, strict=True)) for one in counts))

    return draw


def favoured(table: Counts) -> tuple[int, int, int, int]:
    """Rows with a favourable decision, all rows, those of them that earned it, and all that earned it."""
    given, earned = table[:, FAVOURABLE], table[FAVOURABLE, :]
    return int(given.sum()), int(table.sum()), int(given[FAVOURABLE, :].sum()), int(earned.sum())


def _selected(rng: np.random.Generator, n: int) -> Interval:
    group, reference = (favoured(drawn(rng, chances, rows)) for chances, rows in ((WORSE, n), (UNEVEN, 9 * n)))
    return ratio(*group[:2], *reference[:2])


def _opportunity(rng: np.random.Generator, n: int) -> Interval:
    group, reference = (favoured(drawn(rng, chances, rows)) for chances, rows in ((WORSE, n), (UNEVEN, 9 * n)))
    return difference(*group[2:], *reference[2:])


def _selection(chances: Floats) -> float:
    return float(chances[:, FAVOURABLE].sum())


def _earned(chances: Floats) -> float:
    return float(chances[np.ix_(FAVOURABLE, FAVOURABLE)].sum() / chances[FAVOURABLE, :].sum())


_AMONG_RARE = RARE + np.array([0, 0, 0, 0, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01]) * 0.9
WORLDS = (
    ("three equal classes, recalls 0.6 to 0.8", EVEN, (30, 300, 3000)),
    ("four classes, the smallest 2.5 % of n", UNEVEN, (120, 400, 4000)),
    ("ten equal classes, 97 % found", TEN, (100, 500, 5000)),
)
"""What the means over all classes are tried on: in words, the chances, and how many rows are drawn."""

OF_CLASSES = (
    *(
        Method(
            name=method.__name__,
            case=f"delta method, logit; {case}",
            truth=float(each(chances).mean()),
            draw=_mean(method, chances),
            sizes=sizes,
        )
        for method, each in ((balanced_accuracy, recall), (macro_f1, f1))
        for case, chances, sizes in WORLDS
    ),
    Method(
        name="share",
        case="accuracy, Wilson; ten equal classes, 97 % found",
        truth=float(np.trace(TEN)),
        draw=_accuracy(TEN),
        sizes=(30, 300, 3000),
    ),
    Method(
        name="share",
        case="recall of a class of 2.5 % of n, Wilson; 0.5",
        truth=float(recall(UNEVEN)[SMALLEST]),
        draw=_of_smallest(1),
        sizes=(120, 400, 4000),
    ),
    Method(
        name="share",
        case=f"precision of the same class, Wilson; {precision(UNEVEN)[SMALLEST]:.2f}",
        truth=float(precision(UNEVEN)[SMALLEST]),
        draw=_of_smallest(0),
        sizes=(120, 400, 4000),
    ),
    Method(
        name="difference",
        case="fall of the accuracy of four classes, Newcombe; n = m",
        truth=float(np.trace(UNEVEN) - np.trace(WORSE)),
        draw=_fall,
        sizes=(50, 300, 3000),
    ),
    Method(
        name="total_variation",
        case="ten classes, six of them rare and moved among each other; n = m",
        truth=float(np.abs(_AMONG_RARE - RARE).sum() / 2),
        draw=_moved(_AMONG_RARE),
        sizes=(100, 1000, 5000),
    ),
    Method(
        name="ratio",
        case="two favourable classes of four, Koopman; a group of a tenth, n its rows",
        truth=_selection(WORSE) / _selection(UNEVEN),
        draw=_selected,
    ),
    Method(
        name="difference",
        case="the same where earned, Newcombe; a group of a tenth, n its rows",
        truth=_earned(WORSE) - _earned(UNEVEN),
        draw=_opportunity,
    ),
)
"""In the order of performance, drift and fairness."""
