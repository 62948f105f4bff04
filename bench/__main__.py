"""`python -m bench [NAME ...]`: run the measurements and print them; without names, all of them.

Those of the mathematics compare with other libraries, which are installed into an environment of
their own (`bench.peers`) the first time.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from bench import machine
from bench.measure import Measurement, Ratio, show
from bench.peers import PeersError

MATHEMATICS: Final = (
    "european",
    "implied",
    "american",
    "scan",
    "strategies",
    "indicators",
    "backtest",
    "simulation",
    "scans",
)
SUITES: Final = ("startup", "kernels", "language", "desk", "data", "conversation", *MATHEMATICS)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(SUITES)}.")
        return 2
    over = False
    for name in names or SUITES:
        print(f"{name}: {machine.describe()}", flush=True)
        if name in MATHEMATICS:
            os.environ["MAGNUS_KERNELS"] = "compiled"  # what is measured; nothing else waits for it
        try:
            # Imported one by one: a suite's own imports must not count in another's memory.
            measured: Sequence[Measurement | Ratio]
            measured = importlib.import_module(f"bench.{name}").measure()
        except PeersError as error:
            print(f"  not measured: {error}")
            over = True
            continue
        show(measured)
        over = over or not all(each.within for each in measured)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
