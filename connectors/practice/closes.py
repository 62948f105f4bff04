"""Real daily closes, read from the data files that ship inside the installed skfolio package.

The package itself is never imported (that takes seconds) and its files are not copied. The closes
are adjusted for splits and dividends: `dividends` takes the dividends out again.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from core_numba.normal import Floats
from mfa.kernel.errors import ConfigurationError

REFERENCE_INDEX: Final = "SPX"
_LOADED_FROM: Final = b"2013-01-02"
_PACKAGE: Final = "skfolio"
_REMEDY: Final = "Install it again: pip install skfolio."


@dataclass(frozen=True, slots=True)
class Closes:
    """Adjusted closes: one row a session (ascending), one column a symbol; SPX is the last."""

    days: tuple[date, ...]
    symbols: tuple[str, ...]
    adjusted: Floats


@cache
def load_closes() -> Closes:
    """The closes from 2013 on. `ConfigurationError` when the data are missing or malformed."""
    folder = _data_folder()
    days, symbols, prices = _parse(folder / "sp500_dataset.csv.gz")
    index_days, _, index = _parse(folder / "sp500_index.csv.gz")
    if days != index_days:
        raise ConfigurationError("skfolio's stock and index closes cover different days.", _REMEDY)
    adjusted = np.column_stack((prices, index))
    adjusted.setflags(write=False)
    return Closes(days, (*symbols, REFERENCE_INDEX), adjusted)


def _data_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "The practice market needs the skfolio package: its data are the real daily closes.",
            _REMEDY,
        )
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data"


def _parse(path: Path) -> tuple[tuple[date, ...], tuple[str, ...], Floats]:
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise ConfigurationError(
            f"{path.name} of skfolio cannot be read: {error}.", _REMEDY
        ) from error
    start = content.find(b"\n" + _LOADED_FROM)
    header = content.partition(b"\n")[0].decode(errors="replace").strip().split(",")[1:]
    lines = content[start + 1 :].split() if start > 0 else []
    try:
        days = tuple(date.fromisoformat(line[:10].decode()) for line in lines)
        cells = b",".join(line[11:] for line in lines).split(b",")
        prices = np.array([float(cell) for cell in cells]).reshape(len(days), len(header))
    except ValueError as error:
        raise ConfigurationError(f"{path.name} of skfolio has another form.", _REMEDY) from error
    if not days or not bool(np.all(prices > 0)):
        raise ConfigurationError(f"{path.name} of skfolio lacks closes from 2013 on.", _REMEDY)
    return days, tuple(header), prices
