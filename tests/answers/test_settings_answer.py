"""Answers about settings: what one is, and that nothing is changed by asking."""

from __future__ import annotations

from typing import Any

from connectors.settings import SettingList, SettingRow
from mfa.answers.blocks import NoticeBlock, TableBlock
from tests.answers.made import answer, found, words


def row(name: str = "scan_dte", **changes: Any) -> SettingRow:
    facts: dict[str, Any] = {
        "name": name, "value": "20, 50", "source": "default", "allowed": "2 numbers",
        "applies": "at once", "changeable": True, "description": "Days of a scan.", "note": "",
    }  # fmt: skip
    return SettingRow(**(facts | changes))


def test_one_setting_is_told_with_the_way_to_change_it() -> None:
    blocks = answer(
        "set my default dte to 30-45", found(SettingList(rows=(row(),))),
        intent="change_setting", slots={"setting": "default dte", "value": "30-45"},
    )  # fmt: skip
    assert words(blocks) == (
        "**scan_dte** is 20, 50 (by default). Days of a scan. It may be 2 numbers. A change counts"
        " at once."
    )
    assert blocks[-1] == NoticeBlock(
        level="info",
        text="Nothing was changed. Change settings on the Settings page, or with"
        " `magnus settings set scan_dte 30-45`.",
    )


def test_one_that_cannot_be_changed_says_why() -> None:
    held = row("home", changeable=False, note="It is read before the database: MAGNUS_HOME.")
    blocks = answer("home?", found(SettingList(rows=(held,))), intent="change_setting")
    notice = blocks[-1]
    assert isinstance(notice, NoticeBlock)
    assert notice.text.endswith("cannot be changed on the Settings page. It is read before the"
                                " database: MAGNUS_HOME.")  # fmt: skip


def test_all_settings_are_a_table() -> None:
    rows = SettingList(rows=(row(), row("mode")))
    blocks = answer("my settings", found(rows), intent="change_setting")
    assert isinstance(blocks[0], TableBlock)
    assert [line[0] for line in blocks[0].rows] == ["scan_dte", "mode"]
