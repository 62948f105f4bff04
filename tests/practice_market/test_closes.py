"""The shipped closes are read without importing the package that ships them."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import date
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from connectors.practice import closes
from connectors.practice.closes import REFERENCE_INDEX, load_closes
from connectors.practice.listings import companies
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import ConfigurationError


def test_the_last_closes_are_the_files_last_line() -> None:
    loaded = load_closes()
    assert loaded.days[-1] == date(2022, 12, 28)
    last = dict(zip(loaded.symbols, loaded.adjusted[-1].tolist(), strict=True))
    assert (last["AAPL"], last["KO"], last["XOM"]) == (125.674, 62.609, 106.627)
    assert REFERENCE_INDEX in last


def test_every_listed_company_has_closes() -> None:
    assert set(load_closes().symbols) == {*companies(), REFERENCE_INDEX}
    assert len(companies()) == 20


def test_every_session_of_the_exchange_has_a_close() -> None:
    days = load_closes().days
    assert days == exchange_calendar().sessions(days[0], days[-1])


def test_loading_imports_neither_the_package_nor_pandas() -> None:
    code = (
        "import sys; from connectors.practice.closes import load_closes; load_closes();"
        "print([m for m in ('skfolio', 'pandas', 'scipy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_missing_package_is_a_sentence_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closes, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"needs the skfolio package.*pip install skfolio"):
        load_closes.__wrapped__()


@pytest.mark.parametrize(
    "content",
    [
        b"not gzip",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"Date,AAPL\n2012-12-31,1\n2013-01-02,x\n", mtime=0),
        gzip.compress(b"Date,AAPL\n2012-12-31,1\n2013-01-02,-3\n", mtime=0),
        gzip.compress(b"Date,AAPL\n2012-12-31,1\n2013-01-02,1,2\n2013-01-03,1\n", mtime=0),
    ],
)
def test_a_damaged_file_is_a_sentence_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    folder = tmp_path / "datasets" / "data"
    folder.mkdir(parents=True)
    for name in ("sp500_dataset.csv.gz", "sp500_index.csv.gz"):
        (folder / name).write_bytes(content)
    spec = ModuleSpec("skfolio", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(closes, "find_spec", lambda _: spec)
    with pytest.raises(ConfigurationError, match="pip install skfolio"):
        load_closes.__wrapped__()


def test_nobody_can_write_into_the_shared_prices() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_closes().adjusted[0] = np.nan
