"""Does what an attacker would do to copies of a good case, shows each refusal, and fails when anything gets through."""

import logging
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from attacks.attack import SOUND, Played, Result, play
from attacks.good import good
from attacks.scheduled import scheduled
from attacks.table import on_the_store

from hallmark.errors import HallmarkError

OURS = "HALLMARK_"


def every(folder: Path) -> Iterator[Played]:
    """Make the good case below `folder`, then every control and every attack."""
    with good(folder) as made:
        for on_store in on_the_store(made):
            yield from play(on_store)
        with scheduled(made.decided) as on_airflow:
            yield from play(on_airflow)


def shown(found: Iterable[Played]) -> int:
    """Print each line as it comes, then the count; 0 when all attacks were refused and all controls could be used."""
    kept: list[Played] = []
    for one in found:
        kept.append(one)
        print(one.line, flush=True)
    attacks = [one for one in kept if one.result not in (Result.CONTROL, Result.PROVES_NOTHING)]
    refused = sum(one.result is Result.REFUSED for one in attacks)
    print(f"refused {refused} of {len(attacks)}")
    return 0 if attacks and all(one.result in SOUND for one in kept) else 1


def main() -> int:
    """Exit code 0 when everything was refused, 1 when anything got through or a control could not be used."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    # what is configured here is another installation, and nothing of it may be touched
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ |= {"GX_ANALYTICS_ENABLED": "false", "OMP_NUM_THREADS": "1"}
    began = time.monotonic()
    print("making a good case; each attack gets a copy of it", file=sys.stderr, flush=True)
    try:
        with TemporaryDirectory(prefix="hallmark-break-") as folder:
            code = shown(every(Path(folder)))
    except KeyboardInterrupt:
        return 130
    except HallmarkError as error:
        print(f"The good case could not be made: {error}", file=sys.stderr)
        return 1
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return code


if __name__ == "__main__":
    found = main()
    sys.stdout.flush()
    os._exit(found)  # everything has ended; DuckDB's binding would print pages of its own leaks at an ordinary exit
