"""Orders before they are sent: from words to an exact order, priced, with what it would do.

Reading only. Nothing here can send anything; what is previewed becomes an order when a person
confirms its card.
"""

from __future__ import annotations

from connectors.base import (
    NO_CACHE,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.preview.pairs import pair_from_words, preview_pair
from connectors.preview.params import (
    CloseParams,
    OpenParams,
    PairParams,
    PreviewQuery,
    RollParams,
)
from connectors.preview.previewing import from_words, preview
from connectors.preview.results import OrderPreview
from connectors.preview.wording import to_close, to_open, to_roll
from mfa.kernel.outcome import Outcome


class TradePreview(DataConnector):
    name = "trade_preview"
    description = "Orders before they are sent: price, cost, greatest loss, what they tie up."
    source_type = DataSourceType.COMPUTED

    @query(
        description="An exact order, priced now: cash, fees, greatest loss, what it ties up.",
        examples=("What would selling two KO 52.50 puts do to my buying power?",),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def preview(self, params: PreviewQuery, context: QueryContext) -> Outcome[OrderPreview]:
        del context
        if params.is_of_pairs:
            return preview_pair(self.sources, params)
        return preview(self.sources, params)

    @query(
        description="An order in words, made exact and priced: stock, an option, a spread.",
        examples=("Sell a put on KO at 52.50 for January", "Buy 100 shares of PEP"),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def open_order(self, params: OpenParams, context: QueryContext) -> Outcome[OrderPreview]:
        del context
        return from_words(
            self.sources, params,
            lambda held, today: to_open(params, self.sources.market, held, today),
        )  # fmt: skip

    @query(
        description="The order that closes what is held of a company, or a part of it, priced.",
        examples=("Close my KO put", "Sell all my PFE shares"),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def close_order(self, params: CloseParams, context: QueryContext) -> Outcome[OrderPreview]:
        del context
        return from_words(self.sources, params, lambda held, _: to_close(params, held))

    @query(
        description="The order that rolls an option to another expiration or strike, priced.",
        examples=("Roll my KO put to February", "Roll the JPM 150 put down to 145"),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def roll_order(self, params: RollParams, context: QueryContext) -> Outcome[OrderPreview]:
        del context
        return from_words(
            self.sources, params,
            lambda held, today: to_roll(params, self.sources.market, held, today),
        )  # fmt: skip

    @query(
        description="An order of a crypto currency in words, exact and priced at its exchange.",
        examples=("Buy 0.05 bitcoin at 60000", "Sell half my ETH"),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def pair_order(self, params: PairParams, context: QueryContext) -> Outcome[OrderPreview]:
        del context
        return pair_from_words(self.sources, params)
