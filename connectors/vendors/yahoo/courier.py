"""Documents from Yahoo, fetched by yfinance's own session handling over a session that is bounded.

The only file that imports yfinance; it is imported at the first question. Every transfer under a
question, the library's cookie and crumb fetches too, ends by that question's deadline and size.
The library keeps one instance for a whole process; here each courier has its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from curl_cffi import CurlECode, CurlOpt, requests
from yfinance.data import YfData
from yfinance.exceptions import YFException, YFRateLimitError

from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import (
    NotThere,
    Trouble,
    bad_data,
    rate_limited,
    refusal,
    too_late,
    unreachable,
)
from mfa.kernel.outcome import Failed, FailureKind

_DATA_HOSTS: Final = frozenset(
    {"query1.finance.yahoo.com", "query2.finance.yahoo.com", "finance.yahoo.com"}
)
_CRUMB: Final = "/v1/test/getcrumb"
_NOT_FOUND: Final = 404
_UNAUTHORIZED: Final = 401

# It logs each cookie that it cannot get; how the question ended is logged by the gate.
logging.getLogger("yfinance").setLevel(logging.CRITICAL)


class _Refused(Exception):  # noqa: N818 - it becomes Trouble
    """A data request was answered with an error status. Stops the library's own second tries."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = headers


class _BoundedSession(requests.Session):  # type: ignore[type-arg]
    """A browser-like session; `origin` stands in for every host, for tests on the loopback."""

    def __init__(self, *, max_bytes: int, origin: str | None) -> None:
        super().__init__(impersonate="chrome", curl_options={CurlOpt.MAXFILESIZE_LARGE: max_bytes})
        self._origin = origin
        self._limits = threading.local()

    def bound(self, until: float) -> None:
        """Transfers of this thread end by `until` (of `time.monotonic`)."""
        self._limits.until = until

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:
        left = getattr(self._limits, "until", time.monotonic() + 2.0) - time.monotonic()
        if left <= 0:
            raise requests.exceptions.Timeout(
                "the deadline has passed", CurlECode.OPERATION_TIMEDOUT
            )
        options["timeout"] = max(left, 0.002)  # whole milliseconds, and none would mean for ever
        response = super().request(method, self._sent_to(url), *args, **options)
        if self._origin is not None:
            response.url = url
        address = urlsplit(url)
        final = address.hostname in _DATA_HOSTS and address.path != _CRUMB
        if final and response.status_code >= 400 and response.status_code != _UNAUTHORIZED:
            headers = {str(k).lower(): str(v) for k, v in response.headers.items()}
            raise _Refused(response.status_code, headers)
        return response

    def _sent_to(self, url: str) -> str:
        if self._origin is None:
            return url
        asked, own = urlsplit(url), urlsplit(self._origin)
        return urlunsplit((own.scheme, own.netloc, asked.path or "/", asked.query, ""))


class _Library(YfData):  # type: ignore[misc]
    """yfinance's session handling with its cookies in memory alone.

    It would keep them in a database file shared by all processes, and fail without that file.
    """

    def _load_cookie_curlCffi(self) -> bool:  # noqa: N802 - the library's name
        """Whether there is a cookie already; the other strategy always fetches its own."""
        return self._cookie_strategy == "basic" and len(self._session.cookies) > 0

    def _save_cookie_curlCffi(self) -> bool:  # noqa: N802 - same
        return False


class Courier:
    """A way to Yahoo with its own session. Thread-safe."""

    def __init__(self, terms: Terms, *, origin: str | None = None) -> None:
        self._terms = terms
        self._session = _BoundedSession(max_bytes=terms.max_bytes, origin=origin)
        self._library = type.__call__(_Library, session=self._session)

    def get(self, call: Call, url: str, params: Mapping[str, str]) -> bytes:
        """The body of a 2xx answer. `NotThere` for 404, else `Trouble`."""
        return self._carried(
            call, lambda: self._library.get(url, params=dict(params), timeout=call.left())
        )

    def post(self, call: Call, url: str, params: Mapping[str, str], body: Any) -> bytes:
        """The same for the reads that Yahoo wants as POST."""
        return self._carried(
            call,
            lambda: self._library.post(url, body=body, params=dict(params), timeout=call.left()),
        )

    def close(self) -> None:
        self._session.close()

    def _carried(self, call: Call, send: Any) -> bytes:
        began = time.monotonic()
        self._session.bound(call.until)
        try:
            response = send()
        except _Refused as refused:
            raise self._refused(refused.status, refused.headers) from None
        except YFRateLimitError:
            raise rate_limited(self._terms, self._terms.pause_when_limited) from None
        except requests.exceptions.Timeout:
            raise too_late(self._terms, time.monotonic() - began) from None
        except (requests.exceptions.IncompleteRead, requests.exceptions.ChunkedEncodingError):
            broken = bad_data(self._terms, "its answer was cut off")
            raise Trouble(broken.failure, transient=True, hurts=True) from None
        except requests.exceptions.RequestException as error:
            if error.code == CurlECode.FILESIZE_EXCEEDED:
                limit = self._terms.max_bytes >> 20
                raise bad_data(
                    self._terms, f"with more than {limit} MiB, which is not read"
                ) from None
            raise unreachable(self._terms, type(error).__name__) from None
        except YFException as error:
            raise bad_data(
                self._terms, f"yfinance cannot use it ({type(error).__name__})"
            ) from None
        if response.status_code >= 400:
            raise self._refused(response.status_code, {})
        return bytes(response.content)

    def _refused(self, status: int, headers: Mapping[str, str]) -> Exception:
        if status == _NOT_FOUND:
            return NotThere()
        if status == _UNAUTHORIZED:
            message = (
                f"{self._terms.title} refused this computer's anonymous session. "
                f"{self._terms.remedy}"
            )
            return Trouble(Failed(FailureKind.UNAVAILABLE, message))
        return refusal(self._terms, status, headers)
