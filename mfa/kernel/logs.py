"""Structured logs on standard error: one event, named values, secrets redacted by their type.

A value is hidden because its type says that it is secret, wherever in the event it stands; nothing
here guesses from a key's name. Third-party libraries' records pass the same chain.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any, Final, cast

import structlog
from pydantic import BaseModel, Secret, SecretBytes, SecretStr
from structlog.types import EventDict, FilteringBoundLogger, Processor, WrappedLogger

REDACTED: Final = "[redacted]"
_SECRETS: Final = (SecretStr, SecretBytes, Secret)
_QUIET: Final = (
    "asyncio",
    "httpcore",
    "httpx",
    "psycopg.pool",
    "streamlit",
    "urllib3",
    "uvicorn",
    "watchdog",
)
# A frame's local values have no type to redact by once they are text: they are never shown.
_TRACEBACK_AS_DATA: Final = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: every secret value in the event, however deep, becomes a mark."""
    return {str(key): _redacted(value) for key, value in event.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, _SECRETS):
        return REDACTED
    if isinstance(value, BaseModel):
        return {name: _redacted(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {_redacted(key): _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item) for item in value]
    return value


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]


def configure_logs(level: str = "info", json: bool = False) -> None:  # noqa: FBT001, FBT002
    """Send everything at `level` and above to standard error, as JSON lines or for eyes.

    May be called again. Libraries that chatter are held at warning.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer: list[Processor] = (
        [_TRACEBACK_AS_DATA, structlog.processors.JSONRenderer(default=str)]
        if json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger: `log.info("order.filled", symbol=..., quantity=...)`."""
    return cast("FilteringBoundLogger", structlog.stdlib.get_logger(name))
