"""Settings: what is in force, which place gave it, what it may be, and what was changed when.

Reading only. A setting is changed on the page, by `magnus settings set`, or where its place says;
a secret is never shown.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field
from rapidfuzz import fuzz, process, utils

from connectors.base import (
    NO_CACHE,
    DataConnector,
    DataSourceType,
    Dependency,
    Params,
    QueryContext,
    Result,
    query,
)
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.kernel.setting_facts import SettingFact, shown
from mfa.kernel.setting_source import SettingChange

NEAR = 80.0
"""Likeness (percent) from which words are taken for a setting's name."""
_SPOKEN = {
    "default dte": "scan_dte",
    "default expiration": "scan_dte",
    "days to expiration": "scan_dte",
    "default delta": "scan_delta",
    "delta range": "scan_delta",
    "max capital": "scan_max_capital",
    "max position size": "scan_max_capital",
    "max capital per trade": "scan_max_capital",
    "default watchlist": "watchlist",
    "take profit level": "profit_target_pct",
    "trading mode": "mode",
    "deadline": "query_deadline",
}
"""What people call a setting, and its name."""
_ALL = frozenset({"setting", "settings", "all", "all settings", "preferences", "everything"})


class SettingParams(Params):
    setting: str | None = Field(
        default=None, min_length=1, max_length=60, description="Which one; none means all."
    )


class SettingRow(Result):
    """`note` is why it cannot be changed here, or that a change waits for the next start."""

    name: str
    value: str
    source: str = Field(title="Said by")
    allowed: str = Field(title="May be")
    applies: str = Field(title="Counts")
    changeable: bool = Field(title="Can be changed here")
    description: str = Field(title="What it is for")
    note: str


class SettingList(Result):
    rows: tuple[SettingRow, ...] = Field(title="Settings")


class HistoryParams(SettingParams):
    limit: int = Field(default=50, ge=1, le=1000, description="Changes to show, the latest first.")


class ChangeRow(Result):
    at: datetime
    name: str = Field(title="Setting")
    before: str
    after: str
    by: str


class ChangeList(Result):
    rows: tuple[ChangeRow, ...] = Field(title="Changes")


class SettingsConnector(DataConnector):
    name = "settings"
    description = "Settings in force: value, source, what they may be; and their changes."
    source_type = DataSourceType.DATABASE

    @query(
        description="The settings in force: each with its value (a secret masked), the place that"
        " gave it, what it may be, and when a change counts.",
        examples=("Show my settings", "What is my default delta?"),
        cache=NO_CACHE,
        depends={Dependency.SETTINGS},
        last_known=False,
    )
    def get(self, params: SettingParams, context: QueryContext) -> Outcome[SettingList]:
        del context
        facts = self.sources.settings.facts()
        if not isinstance(facts, Found):
            return facts
        if params.setting is None or utils.default_process(params.setting) in _ALL:
            return facts.map(lambda all_: SettingList(rows=tuple(map(_row, all_))))
        name = _meant(params.setting, [fact.name for fact in facts.value])
        if name is None:
            names = ", ".join(fact.name for fact in facts.value)
            return Absent(f"There is no setting {params.setting!r}. There are: {names}.")
        chosen = tuple(_row(fact) for fact in facts.value if fact.name == name)
        return facts.map(lambda _: SettingList(rows=chosen))

    @query(
        description="Who changed which setting, from what to what; the latest first.",
        examples=("When did I change my settings?",),
        cache=NO_CACHE,
        depends={Dependency.SETTINGS},
        last_known=False,
    )
    def history(self, params: HistoryParams, context: QueryContext) -> Outcome[ChangeList]:
        del context
        name = params.setting
        if name is not None:
            facts = self.sources.settings.facts()
            if not isinstance(facts, Found):
                return facts
            name = _meant(name, [fact.name for fact in facts.value]) or name
        changes = self.sources.settings.changes(name, params.limit)
        if not isinstance(changes, Found):
            return changes
        if not changes.value:
            return Absent("No setting was changed here yet.")
        return changes.map(lambda all_: ChangeList(rows=tuple(map(_change, all_))))


def _meant(words: str, names: list[str]) -> str | None:
    """The setting that a person calls so."""
    said = utils.default_process(words)
    known = {utils.default_process(name): name for name in names}
    known |= {words: name for words, name in _SPOKEN.items() if name in names}
    best = process.extractOne(said, list(known), scorer=fuzz.ratio, score_cutoff=NEAR)
    return known[best[0]] if best is not None else None


def _row(fact: SettingFact) -> SettingRow:
    return SettingRow(
        name=fact.name,
        value=fact.value,
        source=fact.layer,
        allowed=fact.allowed,
        applies=fact.applies,
        changeable=fact.changeable,
        description=fact.description,
        note=fact.why_not or ("This process still has another value." if fact.pending else ""),
    )


def _change(change: SettingChange) -> ChangeRow:
    return ChangeRow(
        at=change.at, name=change.name, before=_said(change.old), after=_said(change.new),
        by=change.by,
    )  # fmt: skip


def _said(value: object) -> str:
    return "not set" if value is None else shown(value)
