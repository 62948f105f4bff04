"""Many lines at once: what waits is read on every core, what trickles in is answered at once.

A program that writes one line and waits for its answer must get it; a file of a million lines
should not wait for one core. So the lines that stand ready make a batch: a small one is answered
here, a large one by a crew of processes, in order either way. The crew is hired when the first
large batch is seen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import cache, partial
from multiprocessing import get_context
from queue import Empty, Queue
from threading import Thread
from typing import Final

from mfa.language.language import Language
from mfa.language.lines import understand_lines

LARGE: Final = 1_000
"""Lines from which a batch is worth the half second that a crew takes to start."""
_MOST: Final = 8_192
_PORTION: Final = 128
_END: Final = None


def understand_many(
    lines: Iterable[str], today: date, *, processes: int | None = None
) -> Iterator[str]:
    """One line of JSON for each non-empty line, in order. `processes`: as many as the cores."""
    waiting: Queue[str | None] = Queue(_MOST)
    Thread(target=_feed, args=(lines, waiting), name="lines", daemon=True).start()
    crew_size = processes or _cores()
    with ExitStack() as stack:
        crew: ProcessPoolExecutor | None = None
        for batch in _batches(waiting):
            if len(batch) < LARGE or crew_size < 2:
                yield from _answers(today, batch)
                continue
            if crew is None:
                context = get_context("spawn")
                crew = stack.enter_context(
                    ProcessPoolExecutor(crew_size, mp_context=context, initializer=_language)
                )
            portions = [batch[k : k + _PORTION] for k in range(0, len(batch), _PORTION)]
            for answers in crew.map(partial(_answers, today), portions):
                yield from answers


def _feed(lines: Iterable[str], waiting: Queue[str | None]) -> None:
    try:
        for line in lines:
            if line.strip():
                waiting.put(line)
    finally:
        waiting.put(_END)


def _batches(waiting: Queue[str | None]) -> Iterator[list[str]]:
    """Whatever stands ready, again and again until the end."""
    while (line := waiting.get()) is not _END:
        batch = [line]
        try:
            while len(batch) < _MOST and (line := waiting.get_nowait()) is not _END:
                batch.append(line)
        except Empty:
            pass
        yield batch
        if line is _END:
            return


def _answers(today: date, lines: Iterable[str]) -> list[str]:
    found = understand_lines(lines, today, language=_language())
    return [json.dumps(answer, ensure_ascii=False) for answer in found]


@cache
def _language() -> Language:
    return Language.load()


def _cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
