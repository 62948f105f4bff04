"""Calendar spreads: found, put together, valued."""

from pages.feature import Bars, Section, feature_page

ONE = (
    "symbol", "option_type", "strike", "back_strike", "front_dte", "back_dte",
    "front_expiration", "back_expiration", "quantity",
)  # fmt: skip
BY_DATE = ("today", "first_third", "second_third", "at_front")

feature_page(
    "Calendar spreads",
    "calendar_spreads",
    (
        Section(
            query="scan",
            label="Scan",
            filters=(
                "dte", "apart", "reach_pct", "option_type", "max_capital", "sector", "symbols",
                "watchlist", "min_iv_rank", "min_price", "max_price", "no_earnings_days", "limit",
            ),
            chart=Bars(table="rows", x="spread", y="score", title="Score"),
        ),
        Section(
            query="build",
            label="Build",
            filters=ONE,
            chart=Bars(
                table="term", x="expiration", y="iv_pct", title="Term structure", kind="line"
            ),
        ),
        Section(
            query="evaluate",
            label="Evaluate",
            filters=(*ONE, "paid", "volatility_points"),
            chart=Bars(
                table="surface", x="price", y=BY_DATE, kind="line",
                title="Profit and loss by the stock's price",
            ),
        ),
    ),
)  # fmt: skip
