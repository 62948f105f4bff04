"""Where the volatility that options implied is kept, day by day, since nobody sells its history."""

from __future__ import annotations

from datetime import date

from mfa.kernel.market import DailyVolatility
from mfa.kernel.scope import as_house
from mfa.store.database import Database


class ImpliedHistoryRepository:
    """Safe from any thread. Raises what the database raises: `StoreError`, `psycopg.Error`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, symbol: str, day: date, volatility: float, *, away: float, source: str
    ) -> None:
        """Keep one day's; of several readings the one nearest to 30 days, then the later."""
        with as_house(), self._database.connection() as conn:
            conn.execute(
                "INSERT INTO magnus.implied_volatility (symbol, day, volatility, away, source)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (symbol, day) DO UPDATE"
                " SET volatility = excluded.volatility, away = excluded.away,"
                " source = excluded.source, recorded_at = excluded.recorded_at"
                " WHERE excluded.away <= implied_volatility.away",
                (symbol, day, volatility, away, source),
            )

    def between(self, symbol: str, start: date, end: date) -> tuple[DailyVolatility, ...]:
        """The recorded days in [start, end], ascending."""
        with as_house(), self._database.connection() as conn:
            rows = conn.execute(
                "SELECT day, volatility FROM magnus.implied_volatility"
                " WHERE symbol = %s AND day BETWEEN %s AND %s ORDER BY day",
                (symbol, start, end),
            ).fetchall()
        return tuple(DailyVolatility(day=day, volatility=volatility) for day, volatility in rows)
