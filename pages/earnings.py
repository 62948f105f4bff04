"""Who reports when, what options expect of it, and which positions stand in the way."""

from pages.feature import Bars, Section, feature_page

feature_page(
    "Earnings",
    "earnings",
    (
        Section(query="fetch_upcoming", label="Reports ahead", filters=("days", "symbols")),
        Section(query="check_position_risk", label="Your positions"),
        Section(
            query="expected_move",
            label="Expected and past moves",
            filters=("symbol", "years"),
            chart=Bars(table="rows", x="report_day", y="move_pct", title="Moves of past reports"),
        ),
    ),
)
