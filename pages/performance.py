"""How well it went."""

from pages.feature import Bars, Section, feature_page

feature_page(
    "Performance",
    "performance",
    (
        Section(query="get_metrics", label="Figures", filters=("start_date", "end_date")),
        Section(
            query="monthly_returns",
            label="Months",
            chart=Bars(
                table="rows", x=("month", "year"), y="return_pct", title="Return by month",
                newest_first=True,
            ),
        ),
        Section(
            query="by_strategy",
            label="Strategies",
            filters=("start_date", "end_date", "symbols"),
            chart=Bars(table="rows", x="name", y="realized", title="Profit by strategy"),
        ),
        Section(
            query="by_symbol",
            label="Symbols",
            filters=("start_date", "end_date", "strategy"),
            chart=Bars(table="rows", x="name", y="realized", title="Profit by symbol"),
        ),
        Section(query="drawdowns", label="Drawdowns", filters=("start_date", "end_date")),
        Section(query="benchmark", label="Benchmark", filters=("start_date", "end_date")),
    ),
)  # fmt: skip
