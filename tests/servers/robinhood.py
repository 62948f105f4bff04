"""Robinhood on the loopback: its sign-in with every challenge, one account, KO and its options.

The account's history, by hand: 9,500 paid in (10,000 less 500 taken out); an assigned put (+100)
whose shares were sold a dollar higher (+99.98 after 2 cents of fees); a call that expired (-30); a
put bought back (+55); 51 of dividends and 1.23 of interest. Held: 100.5 KO for 6,935 and a call
sold for 120. Cash is 2,962.21, equity 9,887.26.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.servers.base import Answer, FakeServer, Request, route
from tests.servers.robinhood_account import (
    ACCOUNT,
    EVENTS,
    INTEREST,
    OPTION_ORDERS,
    ORDERS,
    PAYOUTS,
    TRANSFERS,
)
from tests.servers.robinhood_market import (
    BARS,
    FIGURES,
    NEWS,
    REPORTS,
    option_row,
    stock_row,
)
from tests.servers.robinhood_names import (
    API,
    CHAIN,
    INSTRUMENTS,
    KO,
    LISTED,
    OPTIONS,
    STRIKES,
    option_id,
)

USER, PASSWORD, CODE = "a.person@example.org", "correct horse battery", "246810"
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TOTP_CODE = "491837"
"""Of that secret at that moment, by pyotp."""
EXPIRATION = date(2026, 12, 18)
_OPEN = ("/oauth2/", "/pathfinder/", "/push/", "/challenge/")


class RobinhoodServer(FakeServer):
    """`challenge` is '', 'prompt', 'sms' or 'email'; `wants_totp` is an authenticator's code."""

    price_fields = frozenset(
        {"bid_price", "ask_price", "last_trade_price", "last_extended_hours_trade_price"}
        | {"open_price", "high_price", "low_price", "close_price", "average_buy_price"}
    )
    rows = frozenset({"results", "historicals", "equity_historicals", "expiration_dates"})
    times = frozenset({"updated_at"})

    def __init__(self) -> None:
        super().__init__()
        self.challenge, self.wants_totp, self.throttled = "", False, False
        self.workflow = "workflow_status_internal_pending"
        self.status, self.attempts, self.polls_until_issued = "issued", 3, 0
        self.trusted: set[str] = set()
        self.issued, self.access, self.refresh = 0, "loopback-access-0", "loopback-refresh-0"
        self.page_size, self.model = 100, True
        self.number = ACCOUNT
        self.splits: list[dict[str, Any]] = []
        self.positions: list[dict[str, Any]] = [
            {
                "instrument": f"{API}/instruments/{KO}/",
                "account_number": ACCOUNT,
                "quantity": "100.50000000",
                "average_buy_price": "69.0050",
                "created_at": "2026-10-05T14:41:11.405000Z",
                "updated_at": "2026-10-06T14:41:11.405000Z",
            }
        ]
        self.option_positions: list[dict[str, Any]] = [
            {
                "option": f"{API}/options/instruments/{option_id(EXPIRATION, 75.0, 'call')}/",
                "account_number": ACCOUNT,
                "type": "short",
                "quantity": "1.0000",
                "average_price": "-120.0000",
                "trade_value_multiplier": "100.0000",
                "created_at": "2026-11-02T15:00:00.000000Z",
            }
        ]
        self.orders, self.option_orders = list(ORDERS), list(OPTION_ORDERS)
        self.payouts: list[dict[str, Any]] = list(PAYOUTS)
        self.interest: list[dict[str, Any]] = list(INTEREST)
        self.transfers = list(TRANSFERS)
        self.events: list[dict[str, Any]] = list(EVENTS)

    def expire(self) -> None:
        """The access token is no good any more; the refresh token is."""
        self.access = ""

    def log_out(self) -> None:
        """Neither is."""
        self.access = self.refresh = ""

    def _answer(self, request: Request) -> Answer:
        if not request.path.startswith(_OPEN) and (
            not self.access or request.headers.get("authorization") != f"Bearer {self.access}"
        ):
            return Answer({"detail": "Incorrect authentication credentials."}, 401)
        return super()._answer(request)

    # -- signing in -----------------------------------------------------------------------------

    @route("POST", "/oauth2/token/")
    def token(self, request: Request) -> Any:  # noqa: PLR0911 - one for each way it can go
        form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        if self.throttled:
            said = "Request was throttled. Expected available in 33 seconds."
            return Answer({"detail": said}, 429)
        if form["grant_type"] == "refresh_token":
            if not self.refresh or form["refresh_token"] != self.refresh:
                return Answer({"error": "invalid_grant"}, 401)
            return self._granted()
        if (form["username"], form["password"]) != (USER, PASSWORD):
            return Answer({"detail": "Unable to log in with provided credentials."}, 400)
        if self.wants_totp:
            code = form.get("mfa_code")
            if code is None:
                return {"mfa_required": True, "mfa_type": "app"}
            if code != TOTP_CODE:
                return Answer({"detail": "Please enter a valid code."}, 400)
        if self.challenge and form["device_token"] not in self.trusted:
            self.device = form["device_token"]
            workflow = {"id": "wf-1", "workflow_status": self.workflow}
            return Answer({"verification_workflow": workflow}, 403)
        return self._granted()

    def _granted(self) -> dict[str, Any]:
        self.issued += 1
        self.access = f"loopback-access-{self.issued}"
        self.refresh = f"loopback-refresh-{self.issued}"
        return {
            "access_token": self.access,
            "expires_in": 86400,
            "token_type": "Bearer",
            "scope": "internal",
            "refresh_token": self.refresh,
            "mfa_code": None,
            "backup_code": None,
            "user_uuid": "u-1",
        }

    @route("POST", "/pathfinder/user_machine/")
    def machine(self, request: Request) -> Any:
        asked = json.loads(request.body)
        if asked["flow"] != "suv" or asked["input"]["workflow_id"] != "wf-1":
            return Answer({"detail": "Not found."}, 404)
        return {"id": "machine-1"}

    @route("GET", "/pathfinder/inquiries/machine-1/user_view/")
    def view(self, _request: Request) -> Any:
        if self.polls_until_issued > 0:
            self.polls_until_issued -= 1
            return {"id": "machine-1", "context": None, "type_context": None}
        inner = {"id": "ch-1", "type": self.challenge, "status": self.status}
        return {"id": "machine-1", "context": {"sheriff_challenge": inner}, "type_context": None}

    @route("POST", "/pathfinder/inquiries/machine-1/user_view/")
    def go_on(self, request: Request) -> Any:
        asked = json.loads(request.body)
        if asked != {"sequence": 0, "user_input": {"status": "continue"}}:
            return Answer({"detail": "Bad request."}, 400)
        if self.status != "validated" or self.workflow == "workflow_status_denied":
            return {"verification_workflow": {"workflow_status": self.workflow}}
        self.trusted.add(self.device)
        return {"type_context": {"result": "workflow_status_approved"}}

    @route("GET", "/push/ch-1/get_prompts_status/")
    def prompt(self, _request: Request) -> Any:
        return {"challenge_status": self.status}

    @route("POST", "/challenge/ch-1/respond/")
    def respond(self, request: Request) -> Any:
        given = parse_qs(request.body.decode())["response"][-1]
        if self.status == "expired" or not self.attempts:
            return Answer({"detail": "Challenge has expired.", "status": "expired"}, 400)
        if given == CODE:
            self.status = "validated"
            return {"id": "ch-1", "status": "validated"}
        self.attempts -= 1
        inner = {"id": "ch-1", "status": "issued", "remaining_attempts": self.attempts}
        return Answer({"detail": "Challenge response is invalid.", "challenge": inner}, 400)

    # -- the market -----------------------------------------------------------------------------

    @route("GET", "/quotes/")
    def quotes(self, request: Request) -> Any:
        return {"results": [self.quote(name) for name in request.query["symbols"].split(",")]}

    def quote(self, symbol: str) -> dict[str, Any] | None:
        if symbol not in INSTRUMENTS:
            return None
        return stock_row(symbol)

    @route("GET", "/instruments/")
    def instruments(self, request: Request) -> Any:
        wanted = set(request.query.get("ids", "").split(","))
        symbol = request.query.get("symbol")
        rows = [r for s, r in INSTRUMENTS.items() if s == symbol or r["id"] in wanted]
        return self.page(request, rows)

    @route("GET", "/instruments/([0-9a-f-]+)/")
    def instrument(self, _request: Request, wanted: str) -> Any:
        return next(row for row in INSTRUMENTS.values() if row["id"] == wanted)

    @route("GET", "/instruments/([0-9a-f-]+)/splits/")
    def splits_of(self, request: Request, _wanted: str) -> Any:
        return self.page(request, self.splits)

    @route("GET", "/fundamentals/")
    def fundamentals(self, request: Request) -> Any:
        asked = request.query["symbols"].split(",")
        return {"results": [FIGURES if name in INSTRUMENTS else None for name in asked]}

    @route("GET", "/quotes/historicals/")
    def historicals(self, request: Request) -> Any:
        if request.query["symbols"] != "KO":
            return Answer({"missing_instruments": [request.query["symbols"]]}, 400)
        return {"results": [{"symbol": "KO", "interval": "day", "historicals": BARS}]}

    @route("GET", "/marketdata/earnings/")
    def earnings(self, request: Request) -> Any:
        return {"results": REPORTS if request.query["symbol"] == "KO" else []}

    @route("GET", "/midlands/news/KO/")
    def news(self, request: Request) -> Any:
        return self.page(request, [NEWS])

    @route("GET", f"/options/chains/{CHAIN}/")
    def chain(self, _request: Request) -> Any:
        days = ["2027-01-15", "2026-12-18"]
        return {"id": CHAIN, "symbol": "KO", "expiration_dates": days}

    @route("GET", "/options/instruments/")
    def options(self, request: Request) -> Any:
        asked = request.query
        if "ids" in asked:
            wanted = set(asked["ids"].split(","))
            return self.page(request, [row for row in OPTIONS.values() if row["id"] in wanted])
        rows = [
            row
            for row in LISTED
            if asked["chain_id"] == CHAIN
            and asked["expiration_dates"] == row["expiration_date"]
            and asked.get("type", row["type"]) == row["type"]
            and asked.get("strike_price", row["strike_price"]) == row["strike_price"]
        ]
        return self.page(request, rows)

    @route("GET", "/marketdata/options/")
    def option_market(self, request: Request) -> Any:
        asked = {each.rstrip("/").rsplit("/", 1)[-1] for each in
                 request.query["instruments"].split(",")}  # fmt: skip
        rows = [
            self.market_row(strike, side)
            for strike in STRIKES
            for side in ("call", "put")
            if option_id(EXPIRATION, strike, side) in asked
        ]
        return {"results": rows}

    def market_row(self, strike: float, side: str) -> dict[str, Any]:
        return option_row(strike, side, expiration=EXPIRATION, model=self.model)

    # -- the account ----------------------------------------------------------------------------

    @route("GET", "/accounts/")
    def accounts(self, request: Request) -> Any:
        row = {
            "url": f"{API}/accounts/{self.number}/",
            "account_number": self.number,
            "type": "margin",
            "deactivated": False,
            "cash": "2962.2100",
            "portfolio_cash": "2962.2100",
            "buying_power": "2842.2100",
            "margin_balances": {"cash_held_for_options_collateral": "0.0000"},
        }
        closed = {**row, "account_number": "5QR00000", "deactivated": True}
        return self.page(request, [closed, row])

    @route("GET", f"/portfolios/{ACCOUNT}/")
    def portfolio(self, _request: Request) -> Any:
        return {
            "account": f"{API}/accounts/{ACCOUNT}/",
            "equity": "9887.2600",
            "extended_hours_equity": None,
            "market_value": "6925.0500",
        }

    @route("GET", f"/portfolios/historicals/{ACCOUNT}/")
    def values(self, _request: Request) -> Any:
        days = [("2026-10-19", "10011.0000", "6910.0000"), ("2026-11-19", "9850.0000", "6887.7900")]
        rows = [
            {
                "begins_at": f"{day}T00:00:00Z",
                "close_equity": equity,
                "close_market_value": value,
                "session": "reg",
            }
            for day, equity, value in days
        ]
        return {"equity_historicals": rows, "interval": "day"}

    @route("GET", "/positions/")
    def stock_positions(self, request: Request) -> Any:
        return self.page(request, self.positions)

    @route("GET", "/options/positions/")
    def held_options(self, request: Request) -> Any:
        return self.page(request, self.option_positions)

    @route("GET", "/orders/")
    def stock_orders(self, request: Request) -> Any:
        return self.page(request, self.since(request, self.orders))

    @route("GET", "/options/orders/")
    def orders_of_options(self, request: Request) -> Any:
        return self.page(request, self.since(request, self.option_orders))

    @route("GET", "/options/events/")
    def option_events(self, request: Request) -> Any:
        return self.page(request, self.events)

    @route("GET", "/dividends/")
    def dividends(self, request: Request) -> Any:
        return self.page(request, self.payouts)

    @route("GET", "/accounts/sweeps/")
    def sweeps(self, request: Request) -> Any:
        return self.page(request, self.interest)

    @route("GET", "/ach/transfers/")
    def ach(self, request: Request) -> Any:
        return self.page(request, self.transfers)

    @route("GET", "/ach/received/transfers/")
    def received(self, request: Request) -> Any:
        return self.page(request, [])

    def since(self, request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            row for row in rows if row["updated_at"] >= request.query.get("updated_at[gte]", "")
        ]

    def page(self, request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """So many rows from where the cursor stands, and where the others are."""
        first = int(request.query.get("cursor", "0"))
        last = first + self.page_size
        query = {**request.query, "cursor": str(last)}
        following = f"{API}{request.path}?{urlencode(query)}" if last < len(rows) else None
        return {"next": following, "previous": None, "results": rows[first:last]}
