"""One measurement in a process of its own: `bench_child.py SIDE DIMENSION COHORT REFERENCE` prints JSON."""

import importlib
import json
import resource
import sys
import time
from pathlib import Path


def main(side: str, dimension: str, cohort: str, reference: str) -> None:
    """Time the imports and the work of one dimension on one side, and the most memory that the process took."""
    began = time.perf_counter(), time.process_time()
    module = importlib.import_module(f"bench_{side}")
    work = module.DIMENSIONS[dimension]({"cohort": Path(cohort), "reference": Path(reference)})
    next(work)
    ready = time.perf_counter(), time.process_time()
    said = next(work)
    done = time.perf_counter(), time.process_time()
    print(
        json.dumps(
            {
                "imports": ready[0] - began[0],
                "wall": done[0] - ready[0],
                "cpu": done[1] - ready[1],
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "said": said,
            },
            default=str,
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
