"""The gates before every effect, in their fixed order: permission, halt, limits, rate.

Each fails closed: a check that raises, or that answers what it should not, refuses. The first that
refuses ends it, and what was looked at until then is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from actions.action import Action, ActionContext, ActionParams, ActionType, PermissionLevel
from actions.gates import Limits, Permissions
from actions.halt import Halt
from mfa.kernel.cards import Check, Verdict
from mfa.kernel.logs import get_logger
from mfa.store.rates import RateRepository

log = get_logger(__name__)

PASSED: Final = "passed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is about to be done. `rate_name` is what it is counted as; `once`: for its card never
    again (what failed to be undone may be tried again)."""

    action: Action[Any]
    params: ActionParams
    context: ActionContext
    rate_name: str
    once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """`refused_by` names the gate that said no, in `sentence`; both empty when all let it pass.
    `told` is each gate that was asked, with what it said."""

    refused_by: str = ""
    sentence: str = ""
    told: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    checks: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.refused_by


class _Refused(Exception):  # noqa: N818 - an answer, carried up
    def __init__(self, sentence: str, checks: tuple[Check, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.checks = sentence, checks


class Gates:
    """The four gates of one mode. Safe from any thread."""

    def __init__(
        self, *, permissions: Permissions, halt: Halt, limits: Limits, rates: RateRepository
    ) -> None:
        self._permissions, self._halt = permissions, halt
        self._limits, self._rates = limits, rates
        self._order: tuple[tuple[str, Callable[[Attempt], tuple[Check, ...]]], ...] = (
            ("permission", self._permission),
            ("halt", self._halted),
            ("limits", self._limited),
            ("rate", self._rated),
        )

    def permitted(self, attempt: Attempt) -> Gated:
        """The first gate alone, asked before a card is used up; it is asked again after."""
        return self._asked(attempt, 1)

    def passed(self, attempt: Attempt) -> Gated:
        """All of them. The last counts the attempt, so that it is asked once."""
        return self._asked(attempt, len(self._order))

    def _asked(self, attempt: Attempt, gates: int) -> Gated:
        gated, told = Gated(), {}
        for name, gate in self._order[:gates]:
            try:
                checks = gate(attempt)
            except _Refused as refusal:
                checks, told[name] = refusal.checks, refusal.sentence
                gated = replace(gated, refused_by=name, sentence=refusal.sentence)
            except Exception:
                log.exception("action.gate_failed", gate=name, action=attempt.action.name)
                checks, told[name] = (), f"The {name} check could not be made, so nothing was done."
                gated = replace(gated, refused_by=name, sentence=told[name])
            else:
                told[name] = PASSED
            gated = replace(gated, checks=gated.checks + checks)
            if gated.refused_by:
                break
        return replace(gated, told=MappingProxyType(told))

    def _permission(self, attempt: Attempt) -> tuple[Check, ...]:
        context = attempt.context
        level, needed = self._permissions.level(context.who), attempt.action.level_in(context.mode)
        if not isinstance(level, PermissionLevel):
            raise TypeError(f"{level!r} is no level")
        if level < needed:
            raise _Refused(_NEEDED[needed])
        return ()

    def _halted(self, attempt: Attempt) -> tuple[Check, ...]:
        """Only orders are stopped; what only closes passes when that was asked for explicitly."""
        action, context = attempt.action, attempt.context
        if action.kind is not ActionType.ORDER:
            return ()
        standing = self._halt.standing()
        if standing is None:
            return ()
        closes = action.closes is not None and action.closes(context, attempt.params) is True
        if context.despite_halt and closes:
            return ()
        raise _Refused(
            standing.sentence
            + (" A closing order is sent only when you ask for it under a halt." if closes else "")
        )

    def _limited(self, attempt: Attempt) -> tuple[Check, ...]:
        checks = tuple(self._limits.checks(attempt.action, attempt.params, attempt.context))
        if not all(isinstance(check, Check) for check in checks):
            raise TypeError("a limit answered something that is no check")
        if attempt.action.kind is ActionType.ORDER and not checks:
            raise _Refused("No limit was held against this order, so it is not sent.")
        refused = [check.sentence for check in checks if check.verdict is Verdict.REFUSED]
        if refused:
            raise _Refused(" ".join(refused), checks)
        return checks

    def _rated(self, attempt: Attempt) -> tuple[Check, ...]:
        context, limit = attempt.context, attempt.action.hourly_limit
        if context.card is None:
            raise ValueError("what has no card is not counted")
        use = self._rates.take(
            context.user, attempt.rate_name, context.card, limit, once=attempt.once
        )
        if use.before:
            raise _Refused("This card was carried out before.")
        if not use.taken:
            again = "" if use.free_at is None else f" Again from {use.free_at:%H:%M:%S} UTC on."
            raise _Refused(f"{attempt.action.name} is allowed {limit} times an hour.{again}")
        return ()


_NEEDED: Final[Mapping[PermissionLevel, str]] = MappingProxyType(
    {
        PermissionLevel.USER: "You are not signed in. Sign in, then confirm again.",
        PermissionLevel.VERIFIED: "This needs your second factor. Enter it, then confirm again.",
        PermissionLevel.ADMIN: "Only an administrator of this installation may do this.",
    }
)
