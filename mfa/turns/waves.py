"""Which steps of a plan may run side by side: pure, by their `after`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def waves(steps: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Step ids in waves; each step stands in a later wave than all that it comes after.

    A name that is no step of the plan holds nothing up, and steps that wait for each other run
    together in the last wave: a plan never hangs.
    """
    ids = [step["id"] for step in steps]
    needs = {step["id"]: {a for a in step["after"] if a in ids} for step in steps}
    done: set[str] = set()
    result: list[list[str]] = []
    while left := [name for name in ids if name not in done]:
        ready = [name for name in left if needs[name] <= done] or left
        result.append(ready)
        done.update(ready)
    return result
