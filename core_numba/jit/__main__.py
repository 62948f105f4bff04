"""`python -m core_numba.jit`: compile every kernel into the disk cache, with lower priority.

The running application starts this beside itself the first time: a compiler in its own process
would hold the interpreter while somebody waits for an answer.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

from core_numba.jit.kernel import Progress, numba_exists, prepare


def main() -> int:
    with contextlib.suppress(OSError, AttributeError):  # no such call on Windows
        os.nice(10)
    if "--until-input-ends" in sys.argv[1:]:
        threading.Thread(target=_end_with_input, daemon=True).start()
    with _alone():
        prepare(_tell)
    return 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One compiler per cache: a second one waits, and then finds the work done."""
    try:
        import fcntl  # noqa: PLC0415 - absent on Windows
    except ImportError:
        yield
        return
    if not numba_exists():
        yield
        return
    from core_numba.jit.settings import CACHE, CACHED  # noqa: PLC0415 - imports Numba

    if not CACHED:
        yield
        return
    with (CACHE / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(1)


def _tell(progress: Progress) -> None:
    sys.stdout.write(f"{progress.done}/{progress.total} {progress.name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
