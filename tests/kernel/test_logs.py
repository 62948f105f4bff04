"""Logs: secrets are hidden by type wherever they stand; library records pass the same chain."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel, SecretBytes, SecretStr

from mfa.kernel.logs import REDACTED, configure_logs, get_logger, redact


class Login(BaseModel):
    name: str
    password: SecretStr


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_secrets_are_hidden_at_every_depth() -> None:
    event = {
        "event": "login",
        "key": SecretStr("hunter2"),
        "raw": SecretBytes(b"hunter2"),
        "nested": {"list": [1, ("a", SecretStr("hunter2"))], "model": None},
        "model": Login(name="ann", password=SecretStr("hunter2")),
    }
    clean = redact(None, "info", event)
    assert "hunter2" not in repr(clean)
    assert clean["key"] == clean["raw"] == REDACTED
    assert clean["nested"] == {"list": [1, ["a", REDACTED]], "model": None}
    assert clean["model"] == {"name": "ann", "password": REDACTED}


def test_json_lines_carry_the_event_its_values_and_the_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info", json=True)
    get_logger("magnus.test").info("order.filled", symbol="KO", key=SecretStr("hunter2"))
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "order.filled"
    assert line["symbol"] == "KO"
    assert line["level"] == "info"
    assert line["logger"] == "magnus.test"
    assert line["key"] == REDACTED
    assert line["timestamp"].endswith("Z")


def test_a_librarys_record_takes_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    logging.getLogger("some.package").warning("careful with %s", "this")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("careful with this", "warning")


def test_a_traceback_is_logged_once_and_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    try:
        int("boom")
    except ValueError:
        get_logger("magnus.test").exception("turn.failed")
    line = json.loads(capsys.readouterr().err)
    assert line["exception"][0]["exc_value"].endswith("'boom'")


def test_values_of_a_failing_frame_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)

    def fail(password: str) -> None:
        raise ValueError(f"{len(password)} characters")

    try:
        fail("hunter" + "2")
    except ValueError:
        get_logger("magnus.test").exception("turn.failed")
    configure_logs("info")
    try:
        fail("hunter" + "2")
    except ValueError:
        get_logger("magnus.test").exception("turn.failed")
    assert "hunter2" not in capsys.readouterr().err


def test_below_the_level_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    get_logger("magnus.test").info("quiet")
    assert capsys.readouterr().err == ""
    get_logger("magnus.test").error("loud", reason="x")
    assert "loud" in capsys.readouterr().err
