"""Writes `mfa/memory/industries.toml`: `python -m tools.industries` with the extra `tables`.

Which companies of `mfa/kernel/companies.csv` belong to an industry that people name when they say
what they do not trade. pytickersymbols (MIT) has several classifications at once and free text, so
an industry is what its patterns find; a company may be in several.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from mfa.kernel.companies import companies
from tools.companies import INDICES

TABLE: Final = Path(__file__).parents[1] / "mfa" / "memory" / "industries.toml"
INDUSTRIES: Final = {
    "Biotechnology": ("biotech", "^biotech|^biopharm"),
    "Pharmaceuticals": ("pharma|pharmaceutical|drug maker", "^pharm"),
    "Semiconductors": ("semiconductor|semi|chip|chip maker|chip stock", "^semicond"),
    "Banks": ("bank|regional bank", "^bank|^regional banks"),
    "Insurance": ("insurance|insurer|insurance company", "insurance"),
    "Oil and gas": ("oil|oil and gas|oil stock", "^oil|petroleum|^fossil"),
    "Real estate trusts": ("reit|real estate trust", "reits?$|real estate investment trust"),
    "Airlines": ("airline|airline stock", "airline"),
    "Retail": ("retail|retailer", "^retail|retailers?$|retailing$|^department stores|^discount s"),
    "Restaurants": ("restaurant", "^restaurant"),
    "Tobacco": ("tobacco|tobacco stock|cigarette maker", "^tobacco"),
    "Aerospace and defense": ("defense|defence|defense stock|weapon", "^aerospace|^defen[sc]e"),
    "Homebuilders": ("homebuilder|home builder", "^homebuild|^home construction"),
    "Software": ("software stock|software company", "^software|software$"),
}
"""By name: what people say (singular), and what the source's industries say."""


def main() -> None:
    from pytickersymbols import PyTickerSymbols  # type: ignore[import-not-found]  # noqa: PLC0415

    source = PyTickerSymbols()
    stocks = [each for index in INDICES for each in source.get_stocks_by_index(index)]
    lines = [
        "# Industries as people name them, `said` in the singular, from pytickersymbols (MIT)",
        "# by tools/industries.py.",
    ]
    for name, (said, pattern) in INDUSTRIES.items():
        found = {
            each["symbol"]
            for each in stocks
            if each["symbol"] in companies()
            and any(re.search(pattern, words.lower()) for words in each["industries"])
        }
        lines += ["", f'["{name}"]', f"said = {_list(said.split('|'))}"]
        lines += [f"symbols = {_list(sorted(found))}"]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _list(values: list[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


if __name__ == "__main__":
    main()
