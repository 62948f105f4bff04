"""Changes to watchlists out of words: the list that is meant, by its name or as the usual one."""

from __future__ import annotations

import re
from typing import Final

from actions.answers import found
from actions.proposal import ActionProposal
from actions.proposing.asked import Asked
from connectors.lists.finding import chosen_list
from connectors.tradingview import SyncStatus
from mfa.kernel.errors import InputError
from mfa.kernel.watchlists import Watchlist

_NAMED: Final = re.compile(
    r"(?:list|watchlist)s? (?:called|named|for|:) ?[\"'“]?(?P<name>[\w &+./-]{1,40}?)[\"'”]?"
    r"(?= with\b| of\b| from\b| holding\b| containing\b|[:,;]|$)",
    re.IGNORECASE,
)


def change(asked: Asked) -> list[ActionProposal]:
    """`InputError` names the lists there are when it is not clear which is meant."""
    name = asked.params.get("watchlist")
    sources = asked.means.data.sources
    meant = found(Watchlist, chosen_list(sources, asked.who.user, name)).value
    params = {**asked.params, "watchlist": meant.name}
    return [ActionProposal(action=asked.action, params=params)]


def create(asked: Asked) -> list[ActionProposal]:
    said = _NAMED.search(asked.text.strip(" .!?"))
    name = said.group("name").strip() if said else asked.slots.get("watchlist")
    if not name:
        raise InputError("What should the list be called?", "Say: a watchlist called Energy.")
    symbols = [each for each in asked.slots.get("symbols", []) if each.lower() != name.lower()]
    return [ActionProposal(action=asked.action, params={"watchlist": name, "symbols": symbols})]


def sync(asked: Asked) -> list[ActionProposal]:
    """Exactly the changes that TradingView's lists would make now."""
    status = asked.answer(SyncStatus, "tradingview", "sync").value
    lists = [
        {"was": each.was, "name": each.name, "symbols": each.symbols, "origin": each.origin}
        for each in status.rows
        if each.matters
    ]
    if not lists:
        raise InputError("Your lists are as TradingView's: there is nothing to take over.")
    return [ActionProposal(action=asked.action, params={"lists": lists})]
