"""What all turns of an engine work with, and what of it a planner may ask."""

from __future__ import annotations

from dataclasses import dataclass

from mfa.data.service import DataIntegrationService
from mfa.kernel.clock import Clock
from mfa.language.language import Language
from mfa.language.model_plans import ModelPlanner
from mfa.language.second_opinion import SecondOpinion
from mfa.store.corrections import CorrectionRepository
from mfa.store.turns import TurnStore
from mfa.turns.proposing import ACTIONS, Proposer


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`patience`: seconds to wait for a lost database."""

    store: TurnStore
    data: DataIntegrationService
    language: Language
    clock: Clock
    owner: int
    deadline: float
    patience: float
    corrections: CorrectionRepository
    second_opinion: SecondOpinion | None = None
    proposer: Proposer | None = None
    model_planner: ModelPlanner | None = None


class Available:
    """The data service's registry as the planner asks it, and the actions that can be proposed."""

    def __init__(self, means: Means) -> None:
        self._data, self._proposer = means.data, means.proposer

    def available(self, feature: str, query: str) -> bool:
        if feature == ACTIONS:
            return self._proposer is not None and self._proposer.available(query)
        connector = self._data.registry.connectors.get(feature)
        return connector is not None and query in connector.queries
