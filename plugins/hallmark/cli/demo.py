"""`hallmark demo`, behind `make certify`: found a demo root, register the example, publish, certify."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from hallmark import wiring
from hallmark.cli.certify import Wish, certify, require
from hallmark.cli.outcome import conclude
from hallmark.cli.place import home, repo
from hallmark.cli.rulebook import found_demo, publish_current
from hallmark.cli.say import say
from hallmark.errors import BadInput
from hallmark.local.footprint import Footprint
from hallmark.local.services import Services, running
from hallmark.policy.names import checked
from hallmark.ports import Registry
from hallmark.steps.register import register


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("model", metavar="MODEL", nargs="?", default="card_default")
    parser.add_argument("version", metavar="VERSION", nargs="?", default="1")
    parser.add_argument("--cohort", default="", help="a registered cohort, or one that the example can build")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when a pack was written, whatever the verdict."""
    wish = Wish(
        model=checked("model", options.model),
        version=checked("version", options.version),
        cohort=checked("cohort", options.cohort) if options.cohort else "",
        reason="make certify",
    )
    found_demo()
    context = wiring.context(home(), endpoint=None)
    _prepare(context.registry, wish)
    require(context, wish)
    with running(home(), repo(), say=say) as services:
        footprint = Footprint(pid=services.pid)
        _publish(services)
        certification = certify(services, wish, footprint)
        conclude(services, certification, footprint)
    return 0


def _publish(services: Services) -> None:
    wiring.prepare_store(services.home, endpoint=services.store_endpoint)
    context = wiring.context(services.home, endpoint=services.store_endpoint)
    published = publish_current(context, repo(), wiring.intake(services.home).taken())
    if published is not None:
        say(f"published rulebook {published.rulebook.number} under the demo root")


def _prepare(registry: Registry, wish: Wish) -> None:
    """Build and register what the example can provide and the registry does not have."""
    script = repo() / "examples" / wish.model / "build.py"
    if not script.is_file():
        return
    if (wish.model, wish.version) not in registry.versions():
        hostile = ["--hostile"] if wish.version.endswith("-hostile") else []
        _build(registry, script, ["--version", wish.version, *hostile])
    names = {cohort.name for cohort in registry.cohorts(wish.model, wish.version)}
    if wish.cohort and wish.cohort not in names:
        _build(registry, script, ["--version", wish.version, "--cohort", wish.cohort])


def _build(registry: Registry, script: Path, words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        say(f"building the example: {script.parent.name} {' '.join(words)}")
        built = subprocess.run(
            [sys.executable, str(script), folder, *words], capture_output=True, text=True, check=False
        )
        if built.returncode:
            last = (built.stderr.strip() or "it said nothing").splitlines()[-1]
            raise BadInput(f"{script}: cannot build {' '.join(words)}: {last}")
        for line in register(registry, Path(folder)):
            say(line)
