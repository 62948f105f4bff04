"""`magnus run`: the page, served from this process, with the assistant made ready before it.

The database starts on a second thread while the main thread imports everything that a question and
a page need. Imports stay on one thread: two that import large packages at once can each meet the
other's half-made modules. A signal stops page, assistant and database, in that order, without a
traceback. Nothing is sent anywhere: the library's statistics are off and its look-up of this
machine's public address is disabled.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import threading
import webbrowser
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core_numba.jit.background import prepare_in_background
from mfa.kernel.errors import ConfigurationError, MagnusError
from mfa.kernel.logs import get_logger
from mfa.kernel.settings import Settings
from mfa.listening import listen
from mfa.running import PageLock, Running, claim
from mfa.store.database import Database

if TYPE_CHECKING:
    import uvicorn

    from mfa.assistant import Assistant

SCRIPT: Final = Path(__file__).resolve().parent.parent / "app.py"
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE: Final = 3.0
"""Seconds of silence before a start says what it is busy with."""
_NEEDED: Final = (
    "pandas",
    "exchange_calendars",
    "mfa.assistant",
    "mfa.turns.runner",
    "mfa.answers.page",
    "plotly.graph_objects",
    "streamlit.elements.plotly_chart",
)
"""Slow to import, and needed by the first question or the first view of a page."""
_GRACE_SECONDS: Final = 1
_OPENING_SECONDS: Final = 30.0
_TICK: Final = 0.01

T = TypeVar("T")

log = get_logger(__name__)


def run_page(settings: Settings, *, port_asked: bool, open_browser: bool) -> None:
    """Serve until a signal comes. Returns at once when this home's page is already served."""
    claimed = claim(_made(settings.home))
    if isinstance(claimed, Running):
        _say(f"Magnus is already at {claimed.url} ({claimed.mode}), process {claimed.pid}.")
        return
    try:
        with contextlib.suppress(KeyboardInterrupt), _stopped_by_signals() as came:
            _serve(settings, claimed, came, port_asked=port_asked, open_browser=open_browser)
    finally:
        claimed.release()


def _made(home: Path) -> Path:
    """The home, made if need be: private, but for root, whose database server is another user."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise ConfigurationError(
            f"The home {home} cannot be made: {error.strerror}.",
            "Set MAGNUS_HOME to a directory that you may write.",
        ) from error
    return home


def _serve(
    settings: Settings,
    lock: PageLock,
    came: Sequence[int],
    *,
    port_asked: bool,
    open_browser: bool,
) -> None:
    gc.disable()  # until everything is imported: a tenth of the start would go into finding nothing
    listener = listen(settings.address, settings.port, fixed=port_asked)
    port: int = listener.getsockname()[1]
    running = Running(os.getpid(), settings.address, port, settings.mode.badge)
    announce = partial(_announce, running, lock, open_browser=open_browser)
    database = _in_background(partial(Database.open, settings))
    ready: Future[Assistant] | None = None
    try:
        server = _page_server(settings, port)
        for module in _NEEDED:
            if came:
                return
            import_module(module)
        for number in STOP_SIGNALS:
            signal.signal(number, server.handle_exit)
        if came:
            return
        ready = _in_background(partial(_open_assistant, settings, database))
        asyncio.run(_until_stopped(server, listener, ready, announce))
        _say("Magnus has stopped.")
    finally:
        listener.close()
        _close(database, ready)


def _open_assistant(settings: Settings, database: Future[Database]) -> Assistant:
    """The process-wide assistant; the database waits for it and is let go when it has its own."""
    from mfa.assistant import get_assistant  # noqa: PLC0415 - imported by now

    with database.result():
        assistant = get_assistant(settings)
    assistant.prewarm()
    return assistant


def _in_background(work: Callable[[], T]) -> Future[T]:
    """`work()` on a thread of its own that never keeps the process from ending."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # so that nobody who waits can cancel it

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            future.set_exception(error)

    threading.Thread(target=run, name="make-ready", daemon=True).start()
    return future


def _page_server(settings: Settings, port: int) -> uvicorn.Server:
    """The page behind its gate, as a server not yet serving.

    The environment beats a person's own configuration of the page's library and is read at its
    import; it settles what must not depend on where the command was started from.
    """
    os.environ.update(
        STREAMLIT_BROWSER_GATHER_USAGE_STATS="false",
        STREAMLIT_SERVER_FILE_WATCHER_TYPE="none",
        STREAMLIT_SERVER_HEADLESS="true",
        STREAMLIT_SERVER_ADDRESS=settings.address,
        STREAMLIT_SERVER_PORT=str(port),
    )
    import streamlit as st  # noqa: PLC0415 - 0.8 s, beside the opening of the assistant
    import uvicorn  # noqa: PLC0415 - same
    from streamlit import net_util  # noqa: PLC0415 - same
    from streamlit.runtime.pages_manager import PagesManager  # noqa: PLC0415 - same

    from mfa.assistant import get_assistant  # noqa: PLC0415 - needed by the first question
    from mfa.gate import Gate, cookie_name  # noqa: PLC0415 - same
    from mfa.security.guard import asks_to_sign_in  # noqa: PLC0415 - same

    # Asked when a browser comes from an unknown origin, and would ask a stranger on the network.
    net_util.get_external_ip = lambda: None
    # Until the first navigation is drawn, a folder named pages would be taken for the older kind of
    # multi-page app: an address of a page, opened first, would show that file alone.
    PagesManager.uses_pages_directory = False
    page = Gate(
        app=st.App(SCRIPT, on_script_error=_show_problem),
        guard=lambda: get_assistant(settings).guard,
        closed=asks_to_sign_in(settings),
        cookie=cookie_name(settings.home),
    )
    return uvicorn.Server(
        uvicorn.Config(
            page,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


async def _until_stopped(
    server: uvicorn.Server,
    listener: socket.socket,
    ready: Future[Assistant],
    announce: Callable[[], None],
) -> None:
    """Serve; announce when page and assistant both answer; raise what kept the assistant away."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    opening = asyncio.wrap_future(ready)
    either: set[asyncio.Future[Any]] = {serving, opening}
    done, _ = await asyncio.wait(either, timeout=PATIENCE, return_when=FIRST_COMPLETED)
    if not done:
        _say("Preparing the database (the first start takes longest) ...")
        await asyncio.wait(either, return_when=FIRST_COMPLETED)
    if opening.done() and opening.exception() is not None:
        server.should_exit = True
    elif opening.done():
        while not (server.started or serving.done()):  # noqa: ASYNC110 - it offers no event
            await asyncio.sleep(_TICK)
        announce()
    await serving
    if opening.done():
        opening.result()


def _announce(running: Running, lock: PageLock, *, open_browser: bool) -> None:
    gc.freeze()
    gc.enable()
    lock.announce(running)
    _say(f"Magnus is at {running.url} ({running.mode}). Ctrl-C stops it.")
    prepare_in_background()  # of the mathematics: NumPy answers until it is compiled
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(running.url,), daemon=True).start()


def _show_problem(error: Exception) -> bool:
    """On the page: a known problem's sentence, a defect's apology. The log has the traceback."""
    import streamlit as st  # noqa: PLC0415 - imported long before this is called

    if isinstance(error, MagnusError):
        st.error(str(error))
    else:
        log.error("page.defect", exc_info=error)
        st.error("This page met a defect in Magnus. Its details are in the log.")
    return True


def _close(database: Future[Database], ready: Future[Assistant] | None) -> None:
    """Close what was opened, or what is still opening, so that no database is left running."""
    opening: list[Future[Any]] = [database] if ready is None else [database, ready]
    wait(opening, timeout=_OPENING_SECONDS)
    if ready is None:
        if database.done() and database.exception() is None:
            database.result().close()
    elif ready.done():
        from mfa.assistant import close_assistant  # noqa: PLC0415 - imported by now

        close_assistant()


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[list[int]]:
    """The stop signals that came, until the page's server takes them over.

    They are noted and not raised: Python throws away what is raised in the callbacks of an import.
    """
    came: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - the command's own output
