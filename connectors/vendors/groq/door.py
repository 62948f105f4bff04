"""Groq's door: a key, tested by asking which models there are. It has no market and no account."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from connectors.vendors.ground.door import (
    Conditions,
    CredentialField,
    Secrets,
    VendorDoor,
    VendorSource,
    entered,
)
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.terms import Terms
from mfa.llm.choosing import DEFAULTS
from mfa.llm.groq_model import REMEDY, GroqModel

TERMS: Final = Terms(vendor="groq", title="Groq", per_minute=30, burst=10, remedy=REMEDY)
"""The free tier is of the order of 30 requests a minute (not confirmed by Groq's documents)."""


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:
    key = SecretStr(entered(DOOR, secrets)["key"])
    model = GroqModel(key, DEFAULTS["groq"], base_url=conditions.origin)
    gate = Gate(TERMS, clock=conditions.clock, metrics=conditions.metrics)

    def check() -> SourceHealth:
        gate.ask("models", lambda _call: model.models(conditions.deadline))
        return gate.health()

    return VendorSource(check=check, health=gate.health, close=model.close)


DOOR: Final = VendorDoor(
    vendor="groq",
    title="Groq",
    provides=frozenset({"language"}),
    fields=(CredentialField(name="key", label="API key", help="console.groq.com, API keys"),),
    open=_open,
    note=(
        "Messages that the built-in language is not sure of are then sent to Groq, once you set "
        "language_model to groq. Figures, positions and credentials never are."
    ),
)
