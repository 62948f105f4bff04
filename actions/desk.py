"""The desk of one mode: everything about actions, wired once by the composition root.

Doors ask for this and for nothing below it. Whoever may only propose is handed `cards`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from actions.action import Means, PermissionLevel, Who
from actions.audit import Audit, AuditKind
from actions.audit_head import HeadNote
from actions.cards import Cards
from actions.confirm import Confirmations
from actions.executor import Executor
from actions.gates import Limits, Permissions
from actions.gating import Gates
from actions.halt import Halt, Halted
from actions.registry import ActionRegistry
from actions.undo import Undoing
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError
from mfa.store.audit import AuditRepository
from mfa.store.cards import CardRepository
from mfa.store.rates import RateRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDesk:
    """`repository` keeps receipts true as brokers tell more; `permissions` say who somebody is."""

    registry: ActionRegistry
    cards: Cards
    confirmations: Confirmations
    undoing: Undoing
    executor: Executor
    repository: CardRepository
    audit: Audit
    halted: Halt
    permissions: Permissions

    @classmethod
    def open(
        cls,
        means: Means,
        *,
        home: Path,
        permissions: Permissions,
        limits: Limits,
        registry: ActionRegistry | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """`clock` is the real time, by which cards expire and hours are counted. What an earlier
        process was cut off from gets its receipt."""
        real = clock if clock is not None else RealClock()
        known = registry if registry is not None else ActionRegistry.discover()
        repository = CardRepository(means.database, means.mode, real)
        audit = Audit(AuditRepository(means.database, real), HeadNote(home))
        halt = Halt(home)
        cards = Cards(registry=known, repository=repository, means=means, audit=audit, clock=real)
        gates = Gates(
            permissions=permissions, halt=halt, limits=limits,
            rates=RateRepository(means.database, means.mode, real),
        )  # fmt: skip
        executor = Executor(
            registry=known, repository=repository, means=means, gates=gates, audit=audit,
            clock=real,
        )  # fmt: skip
        executor.settle_cut_off()
        confirmations = Confirmations(
            registry=known, cards=cards, repository=repository, executor=executor, audit=audit
        )
        undoing = Undoing(
            registry=known, cards=cards, repository=repository, executor=executor, audit=audit,
            means=means, clock=real,
        )  # fmt: skip
        return cls(
            registry=known, cards=cards, confirmations=confirmations, undoing=undoing,
            executor=executor, repository=repository, audit=audit, halted=halt,
            permissions=permissions,
        )  # fmt: skip

    def halt(self, reason: str, who: Who) -> Halted:
        """Stop every order, then write down who did. The halt stands also when that fails."""
        standing = self.halted.set(reason, by=who.user)
        self.audit.record(
            AuditKind.HALT, user=who.user, door=who.door, session=who.session,
            reason=standing.reason,
        )  # fmt: skip
        return standing

    def resume(self, who: Who) -> Halted | None:
        """Let orders be sent again; written down first. None when nothing was halted.

        Anybody may set a halt. It is lifted by the installation's own person alone, whose money
        orders move, within 15 minutes of the second factor where one is enrolled; `InputError` for
        everybody else.
        """
        if self.permissions.level(who) < PermissionLevel.ADMIN:
            raise InputError(
                "Only this installation's own person lets orders be sent again.",
                "Say `magnus resume` in a terminal there.",
            )
        standing = self.halted.standing()
        if standing is None:
            return None
        self.audit.record(
            AuditKind.RESUME, user=who.user, door=who.door, session=who.session,
            reason=standing.reason,
        )  # fmt: skip
        return self.halted.lift()
