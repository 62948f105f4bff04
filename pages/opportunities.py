"""Contracts worth selling."""

from pages.feature import Bars, Section, feature_page

LIMITS = (
    "dte", "delta", "max_capital", "min_premium_pct", "sector", "symbols", "watchlist",
    "min_iv_rank", "min_price", "max_price", "no_earnings_days", "limit",
)  # fmt: skip
SCORES = Bars(table="rows", x="contract", y="score", title="Score")

feature_page(
    "Opportunities",
    "opportunities",
    (
        Section(query="scan_csp", label="Cash-secured puts", filters=LIMITS, chart=SCORES),
        Section(query="scan_covered_calls", label="Covered calls", filters=LIMITS, chart=SCORES),
        Section(
            query="evaluate_setup",
            label="Judge a trade",
            filters=(
                "symbol",
                "side",
                "option_type",
                "strike",
                "expiration",
                "legs",
                "quantity",
                "price",
            ),
            chart=Bars(table="parts", x="part", y="points", title="Points of the score"),
            headline="verdict",
        ),
        Section(
            query="analyze_strikes",
            label="Strikes",
            filters=("symbols", "option_type", "dte", "limit"),
            chart=Bars(table="rows", x="contract", y="iv_pct", title="Implied volatility"),
        ),
    ),
)
