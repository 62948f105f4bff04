"""What the premium scanner can be asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from connectors.base import Params
from connectors.screening.params import Deltas, ScanParams

_SPELLINGS: Final = {
    "cash_secured_put": "csp", "naked_put": "csp", "short_put": "csp", "wheel": "csp",
    "vertical": "credit_spread", "vertical_spread": "credit_spread",
    "condor": "iron_condor", "naked_call": "short_call",
    "put_credit_spread": "bull_put_spread", "bull_put": "bull_put_spread",
    "call_credit_spread": "bear_call_spread", "bear_call": "bear_call_spread",
    "strangle": "short_strangle", "straddle": "short_straddle", "any": "all",
}  # fmt: skip


class Kind(StrEnum):
    """`all` compares every strategy that sells premium with a loss that has a bound;
    `credit_spread` those of puts with those of calls."""

    ALL = "all"
    CASH_SECURED_PUT = "csp"
    COVERED_CALL = "covered_call"
    BULL_PUT_SPREAD = "bull_put_spread"
    BEAR_CALL_SPREAD = "bear_call_spread"
    CREDIT_SPREAD = "credit_spread"
    IRON_CONDOR = "iron_condor"
    SHORT_STRANGLE = "short_strangle"
    SHORT_STRADDLE = "short_straddle"
    SHORT_CALL = "short_call"
    LONG_CALL = "long_call"
    LONG_PUT = "long_put"


class Sort(StrEnum):
    SCORE = "score"
    ANNUAL = "annual"
    RETURN = "return"
    PREMIUM = "premium"
    PREMIUM_PCT = "premium_pct"
    CHANCE = "chance"
    IV_RANK = "iv_rank"


def _kind(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    name = given.strip().lower().replace(" ", "_").replace("-", "_").removesuffix("s")
    return _SPELLINGS.get(name, name)


class PremiumParams(ScanParams):
    """Filters given together must all hold. Deltas are of the sold options (bought, where only
    one is bought); straddles are at the money whatever the delta."""

    strategy: Annotated[Kind, BeforeValidator(_kind)] = Field(
        default=Kind.ALL, description="csp, iron_condor ...; all: every one with bounded loss."
    )
    sort: Sort = Field(
        default=Sort.SCORE, description="What the best has most of: score, annual, premium ..."
    )
    wing_pct: float = Field(
        default=4.0, gt=0, le=50,
        description="How far the bought strike of a spread lies from the sold, % of the price.",
    )  # fmt: skip
    delta: Deltas = Field(
        default=(0.10, 0.35),
        description="Absolute delta: 0.20-0.35; one number means 0.05 around it.",
    )
    min_annual_pct: float | None = Field(
        default=None, description="Least annual return if the stock stays, percent."
    )
    min_chance_pct: float | None = Field(
        default=None, ge=0, le=100, description="Least chance of profit, percent."
    )
    min_premium: float | None = Field(
        default=None, ge=0, description="Least dollars received for one."
    )
    max_spread_pct: float | None = Field(
        default=None, gt=0, description="Widest quote of any leg, percent of its midpoint."
    )


class SavedScanParams(Params):
    name: str = Field(min_length=1, max_length=60, description="The saved scan's name.")


class HistoryParams(SavedScanParams):
    limit: int = Field(default=30, ge=1, le=1000, description="Runs to show, latest first.")
