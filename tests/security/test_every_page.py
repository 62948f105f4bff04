"""Every page as Anna, while Beata and the installation's own person have rows everywhere: nothing
of theirs is drawn, offered for download or changed. A new page is walked without being named here.
"""

from __future__ import annotations

import ast
import contextvars
import re
from pathlib import Path
from typing import Any, Final

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from mfa.kernel.clock import RealClock
from mfa.kernel.scope import as_house
from mfa.store.audit import AuditRepository
from tests.security.lived_in import LivedIn, drawn
from tests.security.others_rows import (
    ANNA,
    BEATA,
    ORDER,
    SECRET,
    TALK,
    everything,
)

ROOT: Final = Path(__file__).resolve().parents[2]


def is_page(path: Path) -> bool:
    """A page draws itself when it is run: its last statement calls a function of its own."""
    last = ast.parse(path.read_text(encoding="utf-8")).body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


FILES: Final = sorted(path for path in (ROOT / "pages").glob("*.py") if is_page(path))
APP: Final = ROOT / "app.py"
SHOWS: Final = ("app.py", "audit.py", "imports.py", "memory.py", "orders.py", "watchlists.py")
"""Pages that must show Beata what is hers: so the walk would notice it."""


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What pages offer for download: bytes, or what makes them later, on a thread of its own."""
    offered: list[Any] = []
    load = MemoryMediaFileStorage.load_and_get_id
    later = MediaFileManager.add_deferred

    def loaded(self: Any, content: Any, *more: Any, **named: Any) -> Any:
        offered.append(content)
        return load(self, content, *more, **named)

    def deferred(self: Any, made: Any, *more: Any, **named: Any) -> Any:
        offered.append(made)
        return later(self, made, *more, **named)

    monkeypatch.setattr(MemoryMediaFileStorage, "load_and_get_id", loaded)
    monkeypatch.setattr(MediaFileManager, "add_deferred", deferred)
    return offered


def contents(offered: list[Any]) -> bytes:
    """Of the files, made as the page's library makes them: outside everybody's context."""
    made = []
    for each in offered:
        given = contextvars.Context().run(each) if callable(each) else each
        made.append(given.encode() if isinstance(given, str) else bytes(given))
    return b"\n".join(made)


def test_every_page_of_the_navigation_is_walked() -> None:
    named = set(re.findall(r'st\.Page\("pages/(\w+\.py)"', APP.read_text(encoding="utf-8")))
    assert named == {path.name for path in FILES}
    assert len(FILES) >= 15


@pytest.mark.parametrize("path", [APP, *FILES], ids=lambda path: path.name)
def test_no_page_shows_anna_what_is_not_hers(
    lived_in: LivedIn, browser: Any, files: list[Any], path: Path
) -> None:
    before = everything(lived_in.assistant.database)
    page = browser(path, ANNA)
    assert not page.exception, page.exception
    seen = drawn(page) + contents(files)
    assert seen
    assert lived_in.seen_in(seen) == []
    assert everything(lived_in.assistant.database) == before


@pytest.mark.parametrize("name", SHOWS)
def test_the_same_page_shows_beata_what_is_hers(lived_in: LivedIn, browser: Any, name: str) -> None:
    page = browser(APP if name == APP.name else ROOT / "pages" / name, BEATA)
    assert not page.exception
    seen = drawn(page)
    assert set(lived_in.seen_in(seen)) & set(lived_in.marks()[:4])


@pytest.mark.parametrize("path", [APP, *FILES], ids=lambda path: path.name)
def test_a_page_shows_nobody_anything_but_the_way_to_sign_in(
    lived_in: LivedIn, browser: Any, files: list[Any], path: Path
) -> None:
    page = browser(path, "")
    assert [each.value for each in page.info] == ["You are not signed in, or not any more."]
    assert not page.button
    assert not page.dataframe
    seen = drawn(page) + contents(files)
    assert lived_in.seen_in(seen) == []


def test_beatas_conversation_opens_for_nobody_else(lived_in: LivedIn, browser: Any) -> None:
    seen = drawn(browser(APP, BEATA, c=str(TALK)))
    assert SECRET.encode() in seen
    before = everything(lived_in.assistant.database)
    for said in ("yes", "no", "undo that", "What did I ask?", f"/cancel_order order_id={ORDER}"):
        page = browser(APP, ANNA, c=str(TALK))
        page.chat_input[0].set_value(said).run()
        assert set(lived_in.seen_in(drawn(page))) <= {str(TALK)}, said  # her own address
        assert everything(lived_in.assistant.database) == before, said


def test_the_audit_shows_no_entry_by_its_number_and_no_chain(
    lived_in: LivedIn, browser: Any, files: list[Any]
) -> None:
    with as_house():
        rows = AuditRepository(lived_in.assistant.database, RealClock()).rows()
        hers = next(row.seq for row in rows if row.user == BEATA)
    page = browser(ROOT / "pages" / "audit.py", ANNA)
    assert not [each for each in page.button if "Prove" in each.label]
    assert not files
    page.number_input[0].set_value(hers).run()
    assert SECRET.encode() not in drawn(page)


def test_the_owner_proves_and_exports_the_chain_as_long_as_they_are_signed_in(
    lived_in: LivedIn, browser: Any, files: list[Any]
) -> None:
    owner = lived_in.assistant.settings.user
    page = browser(ROOT / "pages" / "audit.py", owner)
    [button] = [each for each in page.button if "Prove" in each.label]
    assert SECRET.encode() in contents(files)
    assert "each following" in button.click().run().success[0].value
    with as_house():
        lived_in.assistant.guard.sessions.revoke(owner)
    lived_in.tokens.pop(owner)
    with pytest.raises(Exception, match="not signed in any more"):
        contents(files)
