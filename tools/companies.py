"""Writes `mfa/kernel/companies.csv`: `python -m tools.companies` with the extra `tables`.

The members of the S&P 500, S&P 600, Nasdaq 100 and Dow come from pytickersymbols (MIT), which reads
them from public pages; how ordinary a ticker or a name is as an English word from wordfreq
(Apache-2.0). Neither is needed to run Magnus: the table is small, and is read as it was made.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, Final

TABLE: Final = Path(__file__).parents[1] / "mfa" / "kernel" / "companies.csv"
INDICES: Final = {
    "S&P 500": "sp500",
    "NASDAQ 100": "nasdaq100",
    "DOW JONES": "dow",
    "S&P 600": "sp600",
}
SECTORS: Final = {
    "Information Technology": "Information Technology",
    "Health Care": "Health Care",
    "Real Estate": "Real Estate",
    "Financials": "Financials",
    "Consumer Discretionary": "Consumer Discretionary",
    "Communication Services": "Communication Services",
    "Industrials": "Industrials",
    "Consumer Staples": "Consumer Staples",
    "Utilities": "Utilities",
    "Energy": "Energy",
    "Materials": "Materials",
    # The other classification that the source mixes in, where it names the same thing.
    "Technology": "Information Technology",
    "Healthcare": "Health Care",
    "Consumer Cyclicals": "Consumer Discretionary",
    "Consumer Non-Cyclicals": "Consumer Staples",
    "Basic Materials": "Materials",
    "Telecommunications Services": "Communication Services",
    "Software": "Information Technology",
    "Computer Software": "Information Technology",
    "Semiconductors": "Information Technology",
    "Biotechnology": "Health Care",
    "Pharmaceutical": "Health Care",
    "Soft Drinks": "Consumer Staples",
    "Lodging": "Consumer Discretionary",
    "Oil Equipment & Services": "Energy",
    "Internet security": "Information Technology",
    "E-commerce": "Consumer Discretionary",
    "Internet Agriculture": "Consumer Discretionary",
    "Ordnance & Accessories": "Industrials",
}
"""Earlier entries win: a company that both classifications name gets the first one's sector."""
WORD: Final = 2.5
"""Zipf frequency from which a ticker in lower case is rather a word."""
NAME_WORD: Final = 3.2
"""The same for a company's name of one word."""
_TAIL: Final = re.compile(
    r"(?:,? (?:inc|incorporated|corp|corporation|company|co|companies|holdings?|group|plc|ltd"
    r"|limited|n\.?v|s\.?a|l\.?p|enterprises?|the|and)\.?|,? &| \(.*\))+$",
    re.IGNORECASE,
)


def short(name: str) -> str:
    """A company's name as people say it: without its legal form."""
    name = re.sub(r"^The ", "", name)
    return _TAIL.sub("", name).strip(" ,") or name


def main() -> None:
    from pytickersymbols import PyTickerSymbols  # type: ignore[import-not-found]  # noqa: PLC0415
    from wordfreq import zipf_frequency  # type: ignore[import-not-found]  # noqa: PLC0415

    source = PyTickerSymbols()
    members: dict[str, dict[str, Any]] = {}
    for index, label in INDICES.items():
        for stock in source.get_stocks_by_index(index):
            known = members.setdefault(stock["symbol"], {"stock": stock, "indices": []})
            known["indices"].append(label)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("symbol", "name", "sector", "indices", "ticker_word", "name_word"))
        for symbol, known in sorted(members.items()):
            stock = known["stock"]
            name = short(stock["name"])
            sector = next((s for i, s in SECTORS.items() if i in stock["industries"]), "")
            ordinary = zipf_frequency(symbol.lower(), "en") >= WORD or len(symbol) < 3
            plain = " " not in name and zipf_frequency(name.lower(), "en") >= NAME_WORD
            writer.writerow(
                (symbol, name, sector, " ".join(known["indices"]), int(ordinary), int(plain))
            )


if __name__ == "__main__":
    main()
