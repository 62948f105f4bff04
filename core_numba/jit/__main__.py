"""`python -m core_numba.jit`: compile every kernel into the disk cache, with lower priority.

The running application starts this beside itself the first time: a compiler in its own process
would hold the interpreter while somebody waits for an answer.
"""

import contextlib
import os
import sys
import threading

from core_numba.jit.kernel import Progress, prepare


def main() -> int:
    with contextlib.suppress(OSError, AttributeError):  # no such call on Windows
        os.nice(10)
    if "--until-input-ends" in sys.argv[1:]:
        threading.Thread(target=_end_with_input, daemon=True).start()
    prepare(_tell)
    return 0


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(1)


def _tell(progress: Progress) -> None:
    sys.stdout.write(f"{progress.done}/{progress.total} {progress.name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
