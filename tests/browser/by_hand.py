"""The account's figures by other means than Magnus's own: SQL on the books, and sums.

Quotes come from the practice market itself, asked at the practice clock's moment; every step from
there to the figure is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import psycopg

from connectors.practice.market import PracticeMarket
from mfa.kernel.clock import FrozenClock
from mfa.kernel.symbols import OptionSymbol
from mfa.store.server import EmbeddedServer

CENT = Decimal("0.01")


@dataclass(frozen=True)
class ByHand:
    cash: Decimal
    positions: Decimal
    theta: Decimal
    short_options: int
    all_puts: Decimal
    puts_in_the_money: Decimal
    may_trades: int
    may_wins: int
    may_realized: Decimal
    ko_put: date


def figures(home: Path) -> ByHand:
    with psycopg.connect(EmbeddedServer(home / "database").conninfo("magnus")) as books:
        (cash,) = books.execute("select sum(amount) from practice.ledger").fetchone() or (None,)
        now, seed = books.execute("select now, seed from practice.practice_state").fetchone() or ()
        held = books.execute(
            "select symbol, option, sum(quantity) from practice.lot where quantity <> 0"
            " group by symbol, option"
        ).fetchall()
        trades, wins, realized = (
            books.execute(
                "select count(*), count(*) filter (where realized > 0), sum(realized)"
                " from practice.closed_trade where (closed_at at time zone 'America/New_York')"
                "::date between '2021-05-01' and '2021-05-31'"
            ).fetchone()
            or ()
        )
    market = PracticeMarket(seed=seed, clock=FrozenClock(now))
    value = puts = in_the_money = Decimal(0)
    theta, short, expiration = 0.0, 0, None
    for symbol, occ, quantity in held:
        stock = market.quote_at(symbol, now)
        middle = (stock.bid + stock.ask) / 2
        if occ is None:
            value += (quantity * middle).quantize(CENT, ROUND_HALF_UP)
            continue
        option = OptionSymbol.parse(occ)
        quote = market.option_quote_at(option, now)
        value += (quantity * 100 * (quote.bid + quote.ask) / 2).quantize(CENT, ROUND_HALF_UP)
        theta += quote.theta * 100 * int(quantity)
        if quantity < 0:
            short += 1
            if option.option_type.value == "put":
                cost = option.strike * 100 * -quantity
                puts += cost
                in_the_money += cost if middle < option.strike else 0
        if symbol == "KO" and option.option_type.value == "put":
            expiration = option.expiration
    assert expiration is not None
    return ByHand(
        cash=cash,
        positions=value,
        theta=Decimal(repr(theta)).quantize(CENT, ROUND_HALF_UP),
        short_options=short,
        all_puts=puts,
        puts_in_the_money=in_the_money,
        may_trades=trades,
        may_wins=wins,
        may_realized=realized,
        ko_put=expiration,
    )


def usd(amount: Decimal) -> str:
    return f"−${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"
