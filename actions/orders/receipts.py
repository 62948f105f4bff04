"""Receipts stay true: what a broker tells after a card was carried out is told on the card too."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg

from actions.orders.telling import result
from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.order_book import OrderIntent
from mfa.store.cards import CardRepository
from mfa.store.orders import OrderRepository

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receipts:
    """A receipt that cannot be written now is written with the next news; orders do not wait."""

    cards: CardRepository
    book: OrderRepository

    def follow(self, intent: OrderIntent) -> None:
        """Tell the card that sent this order where it stands now."""
        if not intent.card:
            return
        try:
            self._follow(intent)
        except (StoreError, psycopg.Error) as error:
            log.warning("receipt.not_followed", order=intent.client_id, exc_info=error)

    def _follow(self, intent: OrderIntent) -> None:
        card = self.cards.card(intent.user, UUID(intent.card))
        if card is None or card.receipt is None:  # it is being carried out: its own result follows
            return
        names = card.receipt.details.get("orders", [])
        if intent.client_id not in names:
            return
        orders = [order for order in map(self.book.get, names) if order is not None]
        told = result(*orders)
        receipt = card.receipt.model_copy(
            update={
                "status": told.status,
                "message": told.message,
                "details": {**card.receipt.details, **told.details},
            }
        )
        if receipt != card.receipt:
            self.cards.put_receipt(card.id, receipt)
