"""Kernels with two bodies: a readable NumPy one that always answers, a compiled one once ready.

A public function of `core_numba` holds a `Kernel` and calls it. Until the compiled body is ready
the plain one answers; nobody waits for a compiler unless they ask to. `MAGNUS_KERNELS` decides:
``auto`` (the default), ``plain`` (never compile), ``compiled`` (wait at the first call).

Without Numba (a Python that it does not support yet) everything stays plain.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import pkgutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from core_numba.jit import threads

_ROOM: Final = "core_numba.compiled."
_INNER: Final = frozenset(f"core_numba.{name}" for name in ("jit", "vmath", "plain", "compiled"))
_lock = threading.RLock()


class Kernel:
    """`plain` and the compiled function of the same name and arguments in `compiled/<module>.py`.

    Both take the same positional arguments and write into the arrays they are given.
    """

    def __init__(self, module: str, plain: Callable[..., Any], *, name: str | None = None) -> None:
        self.module, self.plain = module, plain
        self.name = name if name is not None else plain.__name__
        self._body: Callable[..., Any] | None = None
        KERNELS.append(self)

    @property
    def ready(self) -> bool:
        return self._body is not None

    def body(self) -> Callable[..., Any]:
        """The compiled function when it may be used now, else the plain one."""
        if self._body is not None:
            return self._body
        if policy() == "compiled" and numba_exists():
            self.prepare()
        return self._body or self.plain

    def __call__(self, *arguments: Any) -> Any:
        return self.body()(*arguments)

    def split(self, size: int, *arguments: Any, least: int = threads.LEAST) -> None:
        """Call on slices of the arrays whose first axis has length `size`, over several threads.

        For element-wise kernels: a result may depend on its own element alone.
        """
        threads.split(self.body(), size, arguments, least)

    def prepare(self) -> None:
        """Compile, or load from the disk cache; afterwards calls run the compiled body."""
        with _lock:
            if self._body is None:
                from core_numba.jit.declare import DECLARED  # noqa: PLC0415 - imports Numba

                function = getattr(importlib.import_module(_ROOM + self.module), self.name)
                for signature in DECLARED[function.__module__, self.name]:
                    function.compile(signature)
                self._body = function


KERNELS: Final[list[Kernel]] = []
"""Every kernel of the modules imported so far."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One kernel was made ready: `done` of `total`, in `seconds`."""

    name: str
    done: int
    total: int
    seconds: float


def policy() -> str:
    """`auto`, `plain` or `compiled`. `ValueError` for anything else in the environment."""
    named = os.environ.get("MAGNUS_KERNELS", "auto")
    if named not in {"auto", "plain", "compiled"}:
        raise ValueError(f"MAGNUS_KERNELS is {named!r}; it can be auto, plain or compiled.")
    return named


def numba_exists() -> bool:
    return importlib.util.find_spec("numba") is not None


def subjects() -> list[str]:
    """The public modules of `core_numba`: those that may hold kernels."""
    import core_numba  # noqa: PLC0415 - its package, not needed before

    return list(_modules(list(core_numba.__path__), "core_numba."))


def _modules(folders: list[str], prefix: str) -> Iterator[str]:
    """As `pkgutil.walk_packages`, which imports every package that it walks through."""
    for found in pkgutil.iter_modules(folders, prefix):
        if found.name in _INNER:
            continue
        yield found.name
        if found.ispkg:
            name = found.name.rpartition(".")[2]
            yield from _modules([os.path.join(each, name) for each in folders], f"{found.name}.")  # noqa: PTH118 - entries of a module path


def prepare(tell: Callable[[Progress], None] | None = None) -> int:
    """Make every kernel ready and say so one by one; how many there are. 0 where there is no Numba.

    The first time on a machine this compiles for minutes; later it loads from disk.
    """
    if policy() == "plain" or not numba_exists():
        return 0
    with _fewer_collections():
        for subject in subjects():
            importlib.import_module(subject)
        from core_numba.jit.settings import complete, is_complete  # noqa: PLC0415 - imports Numba

        if not is_complete():
            gc.enable()  # compilers make garbage
        for done, kernel in enumerate(list(KERNELS), start=1):
            began = time.perf_counter()
            kernel.prepare()
            if tell is not None:
                seconds = time.perf_counter() - began
                tell(Progress(f"{kernel.module}.{kernel.name}", done, len(KERNELS), seconds))
    complete()
    return len(KERNELS)


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Importing makes many objects that stay; looking through them for garbage is time lost."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def instructions() -> str:
    """The vector instructions that the kernels are compiled for."""
    if not numba_exists():
        return "none (no Numba here)"
    from core_numba.jit.settings import INSTRUCTIONS  # noqa: PLC0415 - imports Numba

    return INSTRUCTIONS
