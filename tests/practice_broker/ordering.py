"""Orders as tests write them: '-1 KO 2021-07-16 52.5 put', '+100 KO'; closing where it says so."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

from mfa.kernel.broker import Broker, Sent, Taken
from mfa.kernel.movements import Effect
from mfa.kernel.orders import (
    AssetClass,
    BrokerOrder,
    Order,
    OrderLeg,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.symbols import OptionSymbol, OptionType

_numbers = itertools.count(1)
GTC = TimeInForce.GOOD_TILL_CANCELLED


def leg(text: str) -> OrderLeg:
    """'-1 KO 2021-07-16 52.5 put close' or '+1 JPM'; the number is the ratio, signed."""
    ratio, symbol, *rest = text.split()
    effect = Effect.CLOSE if rest and rest[-1] == "close" else Effect.OPEN
    option = None
    if len(rest) >= 3:
        day, strike, kind = rest[:3]
        option = OptionSymbol(symbol, date.fromisoformat(day), OptionType(kind), Decimal(strike))
    return OrderLeg(
        symbol=symbol,
        option=option,
        asset=AssetClass.OPTION if option is not None else AssetClass.STOCK,
        side=Side.BUY if int(ratio) > 0 else Side.SELL,
        effect=effect,
        ratio=abs(int(ratio)),
    )


def order(
    quantity: int | str,
    *legs: str,
    limit: str | None = None,
    force: TimeInForce = TimeInForce.DAY,
    client_id: str = "",
    strategy: str = "",
) -> Order:
    """So many units of the legs; a market order without a limit."""
    return Order(
        client_id=client_id or f"test-{next(_numbers)}",
        legs=tuple(leg(each) for each in legs),
        quantity=Decimal(quantity),
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit=None if limit is None else Decimal(limit),
        time_in_force=force,
        strategy=strategy,
    )


def taken(sent: Sent) -> BrokerOrder:
    """What the broker took."""
    assert isinstance(sent, Taken), sent
    return sent.order


def traded(broker: Broker, quantity: int, what: OptionSymbol | str, *, close: bool = False) -> Sent:
    """A market order for a signed quantity of one instrument."""
    option = what if isinstance(what, OptionSymbol) else None
    only = OrderLeg(
        symbol=what.root if isinstance(what, OptionSymbol) else what,
        option=option,
        asset=AssetClass.STOCK if option is None else AssetClass.OPTION,
        side=Side.BUY if quantity > 0 else Side.SELL,
        effect=Effect.CLOSE if close else Effect.OPEN,
    )
    return broker.submit(
        Order(
            client_id=f"test-{next(_numbers)}",
            legs=(only,),
            quantity=Decimal(abs(quantity)),
            order_type=OrderType.MARKET,
        )
    )
