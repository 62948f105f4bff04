"""Saved scans: which there are, running one again, and what it found on which day.

A run through `run_saved` is kept, whoever asked for it: that is the one change a question of the
scanner makes, and it is declared. Saving and deleting are a door's (`magnus scan`, the page).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from connectors.base import Sources
from connectors.premium.params import HistoryParams, PremiumParams
from connectors.premium.results import (
    Premiums,
    RunRow,
    SavedScanRow,
    SavedScans,
    ScanHistory,
)
from connectors.premium.scanning import scan_premium
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived
from mfa.kernel.scans import SavedScan, ScanRun

_KEPT: Final = ("trade", "strategy", "symbol", "premium", "capital", "annual_pct", "score")
_MORE: Final = 3


def saved(sources: Sources, user: str) -> Outcome[SavedScans]:
    scans = sources.scans.saved_scans(user)
    if not isinstance(scans, Found):
        return scans
    if not scans.value:
        return Absent("You have no saved scans. `magnus scan save NAME` keeps one.")
    rows = tuple(_saved_row(each) for each in scans.value)
    return scans.map(lambda _: SavedScans(count=len(rows), rows=rows))


def run(sources: Sources, user: str, mode: Mode, name: str) -> Outcome[Premiums]:
    """Run a saved scan now and keep what it found; a run that finds nothing is kept too."""
    scan = _find(sources, user, name)
    if not isinstance(scan, Found):
        return scan
    try:
        params = PremiumParams.model_validate(dict(scan.value.params))
    except ValidationError:
        return Absent(
            f"The saved scan {scan.value.name!r} has limits that this version does not know."
            " Save it again."
        )
    outcome = scan_premium(sources, user, params, source="premium_scanner.run_saved")
    if isinstance(outcome, Failed):
        return outcome
    found = outcome.value if isinstance(outcome, Found) else None
    kept = sources.scans.record_run(
        user,
        scan.value.name,
        day=sources.clock.today(),
        mode=mode.value,
        passed=found.passed if found is not None else 0,
        found=[_kept(row.model_dump(mode="json")) for row in found.rows] if found else [],
    )
    if isinstance(outcome, Found) and not isinstance(kept, Found):
        said = kept.reason if isinstance(kept, Absent) else kept.message
        warned = (*outcome.value.warnings, f"This run was not kept in the history: {said}")
        return outcome.map(lambda value: value.model_copy(update={"warnings": warned}))
    return outcome


def history(sources: Sources, user: str, params: HistoryParams) -> Outcome[ScanHistory]:
    scan = _find(sources, user, params.name)
    if not isinstance(scan, Found):
        return scan
    runs = sources.scans.scan_runs(user, scan.value.name, params.limit)
    if not isinstance(runs, Found):
        return runs
    if not runs.value:
        return Absent(f"The scan {scan.value.name!r} has not been run yet.")
    value = ScanHistory(
        name=scan.value.name, runs=scan.value.runs, rows=tuple(_run_row(r) for r in runs.value)
    )
    inputs: list[Provenance] = [scan.provenance, runs.provenance]
    return Found(value, derived("premium_scanner.history", *inputs))


def _find(sources: Sources, user: str, name: str) -> Outcome[SavedScan]:
    scans = sources.scans.saved_scans(user)
    if not isinstance(scans, Found):
        return scans
    wanted = " ".join(name.split()).casefold()
    for each in scans.value:
        if each.name.casefold() == wanted:
            return Found(each, scans.provenance)
    names = ", ".join(each.name for each in scans.value)
    there = f" Yours are: {names}." if names else " You have none yet."
    return Absent(f"You have no saved scan {name!r}.{there}")


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _KEPT}


def _saved_row(each: SavedScan) -> SavedScanRow:
    limits = [
        f"{name} {_plain(value)}" for name, value in each.params.items() if name != "strategy"
    ]
    return SavedScanRow(
        name=each.name,
        strategy=str(each.params.get("strategy", "all")).replace("_", " "),
        limits=", ".join(limits) or "as usual",
        saved_at=each.saved_at,
        runs=each.runs,
        last_run=each.last_run,
        last_best=None if each.best is None else str(each.best["trade"]),
    )


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "-".join(f"{each:g}" if isinstance(each, float) else str(each) for each in value)
    return str(value)


def _run_row(run: ScanRun) -> RunRow:
    best: Mapping[str, Any] = run.found[0] if run.found else {}
    return RunRow(
        day=run.day,
        ran_at=run.ran_at,
        mode=run.mode,
        passed=run.passed,
        best=str(best["trade"]) if best else "nothing",
        best_score=float(best["score"]) if best else None,
        best_annual_pct=float(best["annual_pct"]) if best else None,
        trades="; ".join(str(row["trade"]) for row in run.found[1 : 1 + _MORE]),
    )
