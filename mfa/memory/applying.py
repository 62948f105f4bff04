"""A plan with the person's stated preferences in it, and a sentence for each that had an effect.

A question's own words win: a company that it names is never left out, days that it says stand.
Nothing is applied without being said, and each sentence says how to lift it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mfa.answers.format import format_date
from mfa.memory.rules import Rule

SCANS: Final[Mapping[str, str]] = {
    "opportunities.scan_csp": "put",
    "opportunities.scan_covered_calls": "call",
    "tradingview.scan_watchlist": "put",
}
"""Queries that preferences apply to, and what they sell."""


def concerns(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a preference could change any of these steps."""
    return any(f"{step['feature']}.{step['query']}" in SCANS for step in steps)


def applied(
    steps: Sequence[Mapping[str, Any]], rules: Sequence[Rule]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The steps with what the rules add, and what to say about it."""
    notes: list[str] = []
    changed: list[dict[str, Any]] = []
    for step in steps:
        params = dict(step["params"])
        sells = SCANS.get(f"{step['feature']}.{step['query']}")
        if sells is not None:
            for rule in rules:
                if rule.option_type in {None, sells}:
                    notes += _apply(rule, params)
        changed.append({**step, "params": params})
    return changed, list(dict.fromkeys(notes))


def _apply(rule: Rule, params: dict[str, Any]) -> list[str]:
    """Puts the rule into `params`; what was done, in a sentence."""
    if rule.excludes:
        return _exclude(rule, params)
    said = []
    if rule.dte is not None and not {"dte", "expiration"} & params.keys():
        params["dte"] = list(rule.dte)
        said.append(f"{_span(*rule.dte)} days to expiration")
    if rule.delta is not None and "delta" not in params:
        params["delta"] = list(rule.delta)
        said.append(f"a delta of {_span(*rule.delta)}")
    return [f"Looked for {' and '.join(said)}, {_because(rule)}"] if said else []


def _exclude(rule: Rule, params: dict[str, Any]) -> list[str]:
    asked = set(params.get("symbols") or ())
    sector = str(params.get("sector") or "")
    names = ", ".join(rule.names)
    if asked:
        if not asked & set(rule.symbols):
            return []
        return [f"Shown all the same, because you named it; {_although(rule)}"]
    if sector in rule.sectors:
        return [f"{sector} is shown all the same, because you asked for it; {_although(rule)}"]
    for key, unwanted in (("exclude_symbols", rule.symbols), ("exclude_sectors", rule.sectors)):
        if unwanted:
            params[key] = sorted({*params.get(key, ()), *unwanted})
    return [f"Left out: {names}, {_because(rule)}"]


def _because(rule: Rule) -> str:
    return (
        f"because you said on {format_date(rule.memory.said_at.date())}: '{rule.memory.text}'."
        f" To lift it: 'forget memory {rule.memory.id}'."
    )


def _although(rule: Rule) -> str:
    return f"you said: '{rule.memory.text}'."


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
