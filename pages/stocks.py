"""The stock database: screening, what it holds, following more."""

from pages.feature import Bars, Section, feature_page

feature_page(
    "Stock database",
    "database_scan",
    (
        Section(
            query="scan",
            label="Screen",
            filters=(
                "sector", "symbols", "min_price", "max_price", "min_market_cap", "min_volume",
                "min_iv_rank", "max_iv_rank", "above_sma50", "above_sma200", "min_rsi", "max_rsi",
                "max_from_high_pct", "max_pe", "min_yield_pct", "sort",
            ),
            chart=Bars(table="rows", x="symbol", y="iv_rank", title="IV rank"),
        ),
        Section(
            query="get_stats",
            label="What it holds",
            chart=Bars(table="by_sector", x="sector", y="count", title="Companies by sector"),
        ),
        Section(query="add_stock", label="Add", filters=("symbols",)),
        Section(query="refresh", label="Refresh", filters=("seconds",)),
    ),
)  # fmt: skip
