"""The practice room's data tables: small CSV files beside the code, with comment lines."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of `<name>.csv` in this package; lines that start with # say what they are."""
    text = (files("connectors.practice") / f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))
