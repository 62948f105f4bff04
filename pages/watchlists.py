"""Your lists of symbols."""

from pages.feature import Bars, Section, feature_page

feature_page(
    "Watchlists",
    "tradingview",
    (
        Section(query="fetch_watchlists", label="Lists"),
        Section(
            query="get_symbols",
            label="Symbols",
            filters=("watchlist",),
            chart=Bars(table="rows", x="symbol", y="change_pct", title="Change today"),
        ),
    ),
)
