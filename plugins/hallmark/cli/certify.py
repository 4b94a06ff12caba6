"""`hallmark certify`: trigger the DAG as a real user, follow it, show the verdict."""

import argparse
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from hallmark import wiring
from hallmark.cli.outcome import conclude
from hallmark.cli.place import home, repo
from hallmark.cli.progress import close, follow
from hallmark.cli.say import say
from hallmark.errors import BadInput, Unavailable
from hallmark.evidence.statement import Certification
from hallmark.local.footprint import Footprint
from hallmark.local.services import Services, kept, running
from hallmark.steps.context import Context
from hallmark.steps.open_case import Run, chosen

DAG = "certify_model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for; an empty cohort means the newest."""

    model: str
    version: str
    cohort: str
    reason: str

    def conf(self) -> Mapping[str, str]:
        """The configuration of the run."""
        return {"model": self.model, "version": self.version, "cohort": self.cohort, "reason": self.reason}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--cohort", default="", help="a registered cohort; the newest without it")
    parser.add_argument("--reason", default="asked for at the command line", help="why now; it stands in the pack")
    parser.add_argument("--wait", action="store_true", help="wait for the verdict: exit 0 usable, 1 not, 3 no pack")


def run(options: argparse.Namespace) -> int:
    """Trigger, and with --wait follow."""
    wish = Wish(model=options.model, version=options.version, cohort=options.cohort, reason=options.reason)
    require(wiring.context(home(), endpoint=None), wish)
    if not options.wait:
        return _trigger_only(wish)
    with running(home(), repo(), say=say) as services:
        footprint = Footprint(pid=services.pid)
        certification = certify(services, wish, footprint)
        return conclude(services, certification, footprint).value


def _trigger_only(wish: Wish) -> int:
    services = kept(home())
    if services is None:
        raise Unavailable("nothing runs here to certify with; run `hallmark up` first, or add --wait")
    with services.rest() as rest:
        started = rest.trigger(DAG, run_id=_run_id(), conf=wish.conf())
        say(rest.run_url(DAG, started.run_id))
    return 0


def require(context: Context, wish: Wish) -> None:
    """Raise `BadInput`, before anything is started, when model, version or cohort are unknown or not in force yet."""
    chosen(context, _as_run(wish, "before"), context.now().date())
    if wiring.intake(home()).waits(wish.model):
        raise BadInput(f"{wish.model} is in no rulebook yet; `hallmark rulebook publish` takes in what was registered")


def certify(services: Services, wish: Wish, footprint: Footprint) -> Certification:
    """Trigger a run, follow it to its end and return the pack. Raises `Missing` when the run left none."""
    from hallmark.steps.packs import read_pack

    context = wiring.context(services.home, endpoint=services.store_endpoint)
    with services.rest() as rest:
        rest.await_dag(DAG)
        broken_off = [] if services.kept else rest.unfinished(DAG)  # what `up` runs, somebody else looks after
        started = rest.trigger(DAG, run_id=_run_id(), conf=wish.conf())
        try:
            follow(rest, started, footprint.look)
            close(rest, broken_off)
        except KeyboardInterrupt as error:
            goes_on = f"the run goes on: {rest.run_url(DAG, started.run_id)}" if services.kept else ""
            raise KeyboardInterrupt(goes_on) from error
    return read_pack(context, wish.model, wish.version, _as_run(wish, started.run_id).case)


def _as_run(wish: Wish, run_id: str) -> Run:
    return Run(
        dag_id=DAG,
        run_id=run_id,
        model=wish.model,
        version=wish.version,
        cohort=wish.cohort,
        asked_by="",
        reason=wish.reason,
    )


def _run_id() -> str:
    return f"cli__{wiring.now():%Y%m%dT%H%M%S}__{secrets.token_hex(4)}"
