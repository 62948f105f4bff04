"""`python -m bench [startup|language|desk|conversation]`: run the measurements and print them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from bench import conversation, desk, language, machine, startup
from bench.measure import Measurement, Ratio, show

SUITES: dict[str, Callable[[], Sequence[Measurement | Ratio]]] = {
    "startup": startup.measure,
    "language": language.measure,
    "desk": desk.measure,
    "conversation": conversation.measure,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(SUITES)}.")
        return 2
    over = False
    for name in names or list(SUITES):
        print(f"{name}: {machine.describe()}")
        measurements = SUITES[name]()
        show(measurements)
        over = over or not all(each.within for each in measurements)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
