"""What could be lost."""

from pages.feature import Bars, Section, feature_page

feature_page(
    "Risk",
    "risk",
    (
        Section(
            query="portfolio_var",
            label="Value at risk",
            filters=("level_pct", "days", "history"),
            chart=Bars(table="rows", x="method", y="value_at_risk", title="Value at risk"),
        ),
        Section(
            query="stress",
            label="Stress",
            filters=("days",),
            chart=Bars(
                table="rows", x="move_pct", y="same", kind="line",
                title="Profit and loss, volatility as now",
            ),
        ),
        Section(
            query="concentration",
            label="Concentration",
            chart=Bars(table="rows", x="name", y="delta_dollars", title="Dollars of delta"),
        ),
        Section(
            query="margin",
            label="Margin",
            chart=Bars(table="rows", x="symbol", y="regulation_t", title="Regulation T"),
        ),
        Section(
            query="hedge_candidates", label="Hedges", filters=("fall_pct", "min_dte", "max_dte")
        ),
    ),
)  # fmt: skip
