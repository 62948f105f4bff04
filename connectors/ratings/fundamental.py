"""The parts of a rating that a company's figures tell: 30 of its 100 points.

| part | weight | nothing | full marks |
| --- | --- | --- | --- |
| price over expected earnings (else over the last year's) | 8 | 40, or a loss | 10 and less |
| price over book value | 2 | 10 | 1 and less |
| growth of revenue, a year | 6 | shrinks by 5 % | grows by 15 % |
| profit margin | 6 | none | 20 % |
| debt over equity | 4 | 2, or no equity | none |
| dividend yield | 2 | none | 3 to 8 %; half from 12 %, which is seldom kept up |
| beta | 2 | 2 | 0.5 and less |

A figure that its source does not tell is no zero. Debt over equity says nothing of a bank, whose
business is debt: it takes no part for financial companies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.ratings.scale import Part, Rule, judged, unknown
from mfa.kernel.research import Fundamentals

VALUATION, GROWTH, MARGINS, DEBT = "valuation", "growth", "margins", "debt"
YIELD, BETA = "yield", "beta"

EARNINGS: Final = Rule(
    name="Price over earnings", group=VALUATION, weight=8.0,
    text="all up to 10, 0 from 40 or at a loss", knots=((10.0, 1.0), (40.0, 0.0)),
)  # fmt: skip
BOOK: Final = Rule(
    name="Price over book value", group=VALUATION, weight=2.0,
    text="all up to 1, 0 from 10", knots=((1.0, 1.0), (10.0, 0.0)),
)  # fmt: skip
REVENUE: Final = Rule(
    name="Growth of revenue", group=GROWTH, weight=6.0,
    text="0 where it shrinks by 5 %, all from 15 %", knots=((-5.0, 0.0), (15.0, 1.0)),
)  # fmt: skip
MARGIN: Final = Rule(
    name="Profit margin", group=MARGINS, weight=6.0,
    text="0 at none, all from 20 %", knots=((0.0, 0.0), (20.0, 1.0)),
)  # fmt: skip
LEVERAGE: Final = Rule(
    name="Debt over equity", group=DEBT, weight=4.0,
    text="all at none, 0 from 2 or without equity", knots=((0.0, 1.0), (2.0, 0.0)),
)  # fmt: skip
DIVIDEND: Final = Rule(
    name="Dividend yield", group=YIELD, weight=2.0,
    text="0 at none, all from 3 to 8 %, half from 12 %",
    knots=((0.0, 0.0), (3.0, 1.0), (8.0, 1.0), (12.0, 0.5)),
)  # fmt: skip
STEADINESS: Final = Rule(
    name="Beta", group=BETA, weight=2.0,
    text="all up to 0.5, 0 from 2", knots=((0.5, 1.0), (2.0, 0.0)),
)  # fmt: skip
RULES: Final = (EARNINGS, BOOK, REVENUE, MARGIN, LEVERAGE, DIVIDEND, STEADINESS)

_UNTOLD: Final = "The source does not tell it."


def from_figures(known: Fundamentals) -> Iterator[Part]:
    """Every rule's part, in their order."""
    yield _earnings(known)
    yield _book(known)
    yield _share(REVENUE, known.revenue_growth, "Revenue changed by {:+.1f} % in a year.")
    yield _share(MARGIN, known.profit_margin, "Of revenue, {:.1f} % is profit.")
    yield _debt(known)
    yield _share(DIVIDEND, known.dividend_yield, "It pays {:.2f} % a year.")
    if known.beta is None:
        yield unknown(STEADINESS, _UNTOLD)
    else:
        yield judged(STEADINESS, known.beta, f"It is {known.beta:.2f}.")


def without_figures(reason: str) -> Iterator[Part]:
    for rule in RULES:
        yield unknown(rule, reason)


def _earnings(known: Fundamentals) -> Part:
    ahead = known.forward_pe is not None
    ratio = known.forward_pe if ahead else known.trailing_pe
    if ratio is None:
        return unknown(EARNINGS, _UNTOLD)
    of = "expected earnings" if ahead else "the last year's earnings"
    if ratio <= 0.0:
        return Part(rule=EARNINGS, value=ratio, points=0.0, reason=f"There is a loss in {of}.")
    return judged(EARNINGS, ratio, f"It costs {ratio:.1f} times {of}.")


def _book(known: Fundamentals) -> Part:
    ratio = known.price_to_book
    if ratio is None:
        return unknown(BOOK, _UNTOLD)
    if ratio <= 0.0:
        return Part(rule=BOOK, value=ratio, points=0.0, reason="Book value is below nothing.")
    return judged(BOOK, ratio, f"It costs {ratio:.1f} times its book value.")


def _debt(known: Fundamentals) -> Part:
    ratio = known.debt_to_equity
    if "financ" in known.sector.casefold():
        return unknown(LEVERAGE, "It says nothing of a financial company.")
    if ratio is None:
        return unknown(LEVERAGE, _UNTOLD)
    if ratio < 0.0:
        return Part(rule=LEVERAGE, value=ratio, points=0.0, reason="There is no equity.")
    return judged(LEVERAGE, ratio, f"Debt is {ratio:.2f} times equity.")


def _share(rule: Rule, share: float | None, said: str) -> Part:
    """`share` is a fraction; the rule is in percent."""
    if share is None:
        return unknown(rule, _UNTOLD)
    percent = 100.0 * share
    return judged(rule, percent, said.format(percent))
