"""Exports of the brokers, line by line, and what of them is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vendors.files.history import read_history
from connectors.vendors.files.layouts import LAYOUTS
from connectors.vendors.files.movements import History
from connectors.vendors.files.texts import day, instrument, moment, number
from connectors.vendors.files.tradingview import read_watchlist
from mfa.kernel.errors import InputError
from mfa.kernel.movements import MovementKind

EXPORTS = Path(__file__).with_name("exports")
PLAIN = (EXPORTS / "plain.csv").read_text(encoding="utf-8")
BROKERS = ("Robinhood", "Schwab", "Fidelity", "tastytrade", "plain")
FEES = {"Robinhood": "0", "Schwab": "0.66", "Fidelity": "0.67", "tastytrade": "1.13"}


def export(name: str) -> History:
    return read_history((EXPORTS / f"{name}.csv").read_bytes())


def read(text: str) -> History:
    return read_history(text.encode())


@pytest.mark.parametrize("broker", BROKERS)
def test_the_same_four_movements_are_read_from_every_broker(broker: str) -> None:
    history = export(broker.lower())
    assert history.broker == broker
    assert history.problems == ()
    sold, dividend, bought, paid_in = (row.movement for row in history.rows)
    assert sold.option is not None
    assert (sold.option.root, sold.option.expiration) == ("KO", date(2026, 12, 18))
    assert [sold.quantity, sold.price] == [-1, Decimal("1.2")]
    assert sold.fees == Decimal(FEES.get(broker, "0.65"))
    assert dividend.kind is MovementKind.DIVIDEND
    assert dividend.amount == 51
    assert bought.symbol == "KO"
    assert [bought.quantity, bought.price] == [100, 69]
    assert bought.at.date() == date(2026, 10, 5)
    assert paid_in.kind is MovementKind.DEPOSIT
    assert paid_in.amount == 10_000


def test_flex_trades_and_cash_are_two_files_and_what_is_no_share_is_a_problem() -> None:
    trades = export("flex")
    assert [row.movement.amount for row in trades.rows] == [Decimal("118.95"), -6901]
    assert [row.movement.fees for row in trades.rows] == [Decimal("1.05"), 1]
    assert trades.rows[0].movement.at == datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    assert [problem.line for problem in trades.problems] == [4]
    cash = export("flex_cash")
    assert [row.movement.kind for row in cash.rows] == [
        MovementKind.DIVIDEND,
        MovementKind.INTEREST,
        MovementKind.DEPOSIT,
    ]


def test_what_expired_leaves_the_account_whichever_way_it_was_held() -> None:
    head = (EXPORTS / "robinhood.csv").read_text(encoding="utf-8").splitlines()[0]
    line = '"12/18/2026","","","KO","Option Expiration for KO 12/18/2026 Call $75.00","OEXP",'
    history = read(f'{head}\n{line}"1S","",""\n{line}"1","",""\n')
    assert [row.movement.quantity for row in history.rows] == [1, -1]
    assert {row.movement.amount for row in history.rows} == {0}


def test_the_same_file_again_adds_nothing_and_a_longer_one_only_what_is_new() -> None:
    first = read(PLAIN)
    keys = [row.key for row in first.rows]
    assert first.without(keys) == ()
    longer = read(PLAIN + "2026-11-20,fee,,,,,-2.00,\n")
    assert [row.movement.amount for row in longer.without(keys)] == [-2]


def test_partial_fills_that_look_alike_are_different_rows() -> None:
    line = "2026-11-02,trade,KO,10,70,0,-700,\n"
    history = read(PLAIN.splitlines()[0] + "\n" + line * 3)
    assert len({row.key for row in history.rows}) == 3


def test_a_line_whose_sum_is_wrong_is_a_problem_and_the_others_stand() -> None:
    history = read(PLAIN.replace("-6900.00", "-690.00"))
    assert len(history.rows) == 3
    (problem,) = history.problems
    assert (problem.line, problem.reason) == (
        4,
        "Quantity times price is -6900.00, the amount is -690.00.",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-02,gift,KO,1,1,0,-1,", "no kind of movement"),
        ("yesterday,trade,KO,1,1,0,-1,", "not a date"),
        ("2026-11-02,trade,KO,much,1,0,-1,", "not a number"),
        ("2026-11-02,trade,not a ticker,1,1,0,-1,", "not a ticker"),
        ("2026-11-02,trade,,1,1,0,-1,", "needs a symbol"),
        ("2026-11-02,fee,,,,,1e400,", "not a number"),
        ("0001-01-01,fee,x,1,,,-1,", "not a date"),
    ],
)
def test_what_is_not_understood_is_told_by_line(line: str, reason: str) -> None:
    history = read(PLAIN + line + "\n")
    (problem,) = history.problems
    assert reason in problem.reason
    assert problem.line == 6


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b"a,b,c\n1,2,3\n", b"x" * 100])
def test_a_file_of_something_else_is_refused_with_what_is_known(content: bytes) -> None:
    with pytest.raises(InputError):
        read_history(content)


@given(st.binary(max_size=300), st.sampled_from(LAYOUTS))
def test_any_line_is_a_row_a_problem_or_nothing(line: bytes, layout: object) -> None:
    header = PLAIN.splitlines()[0].encode() + b"\n"
    try:
        history = read_history(header + line)
    except InputError:
        return
    assert history.broker == "plain"


def test_numbers_days_and_contracts_in_the_brokers_ways() -> None:
    assert number("($1,234.50)") == Decimal("-1234.50")
    assert number("--") == number("") == 0
    assert day("11/20/2026") == day("2026-11-20") == day("20261120") == day("Nov-20-2026")
    assert moment("2026-11-20T10:00:00-0500") == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert moment("2026-11-20") == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    same = {
        instrument(text)[1]
        for text in (
            "KO 12/18/2026 Call $75.00",
            "KO 12/18/2026 75.00 C",
            "-KO261218C75",
            "KO    261218C00075000",
            "KO261218C00075000",
        )
    }
    assert len(same) == 1
    assert instrument("BRK/B") == ("BRK.B", None)


def test_a_watchlist_keeps_its_sections_and_its_order() -> None:
    found = read_watchlist(
        b"\xef\xbb\xbf###WHEEL,NYSE:KO,NASDAQ:PEP,NYSE:KO\r\n###BIG,NYSE:BRK.B,AAPL,"
        b"BINANCE:BTCUSDT,CME:ES1!,CBOE:VIX,NASDAQ:AAPL/NYSE:KO\n"
    )
    assert [(part.name, part.symbols) for part in found.sections] == [
        ("WHEEL", ("KO", "PEP")),
        ("BIG", ("BRK.B", "AAPL")),
    ]
    assert found.symbols == ("KO", "PEP", "BRK.B", "AAPL")
    assert found.left_out == ("BINANCE:BTCUSDT", "CME:ES1!", "CBOE:VIX", "NASDAQ:AAPL/NYSE:KO")


@pytest.mark.parametrize("content", [b"", b"###EMPTY", b"BINANCE:BTCUSDT", b"\xff\xfe", b"1 2 3"])
def test_a_file_without_a_share_is_no_watchlist(content: bytes) -> None:
    with pytest.raises(InputError):
        read_watchlist(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_watchlist_or_refused(content: bytes) -> None:
    try:
        assert read_watchlist(content).symbols
    except InputError as error:
        assert str(error)  # noqa: PT017 - either is right
