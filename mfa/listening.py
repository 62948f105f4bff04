"""Finding a port to listen on: the asked one, or the next free one when none was asked for.

The socket is bound here, before anything slow starts, and handed on: what was found free cannot be
taken in between.
"""

from __future__ import annotations

import errno
import socket
from typing import Final

from mfa.kernel.errors import ConfigurationError

PORTS_TRIED: Final = 50
_BACKLOG: Final = 128


def listen(address: str, port: int, *, fixed: bool) -> socket.socket:
    """A listening socket on `address`; on exactly `port` when `fixed`, else on it or a later one.

    `ConfigurationError` says why there is none.
    """
    family = _family(address, port)
    last = port if fixed else min(port + PORTS_TRIED - 1, 65535)
    for candidate in range(port, last + 1):
        try:
            return _bind(family, address, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ConfigurationError(_reason(error, address, candidate)) from error
    if fixed:
        raise ConfigurationError(
            f"Port {port} is in use by another program.", "Choose another one with --port."
        )
    raise ConfigurationError(
        f"Ports {port} to {last} are all in use.", "Choose another one with --port."
    )


def _family(address: str, port: int) -> socket.AddressFamily:
    try:
        return socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise ConfigurationError(f"There is no address {address!r}: {error.strerror}.") from error


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system's own programs; choose one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address} is not an address of this machine."
    return f"{address}:{port} cannot be listened on: {error.strerror}."
