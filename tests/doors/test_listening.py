"""Finding a port: the asked one or a sentence, else the next free one."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from mfa.kernel.errors import ConfigurationError
from mfa.listening import listen

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port with a listener, and the next one free, at least a moment ago."""
    blocker = socket.create_server((HERE, 0))
    try:
        yield blocker.getsockname()[1]
    finally:
        blocker.close()


def test_an_asked_port_in_use_is_said(taken: int) -> None:
    with pytest.raises(ConfigurationError, match=f"Port {taken} is in use by another program"):
        listen(HERE, taken, fixed=True)


def test_a_port_nobody_asked_for_gives_way_to_a_later_one(taken: int) -> None:
    with listen(HERE, taken, fixed=False) as listener:
        assert taken < listener.getsockname()[1] < taken + 50
        socket.create_connection(listener.getsockname()).close()


def test_an_address_of_another_machine_is_said() -> None:
    with pytest.raises(ConfigurationError, match=r"192\.0\.2\.1 is not an address of this machine"):
        listen("192.0.2.1", 8501, fixed=False)


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(ConfigurationError, match=r"There is no address 'nowhere\.invalid'"):
        listen("nowhere.invalid", 8501, fixed=False)
