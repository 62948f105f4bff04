"""Which language model the settings name, if any."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from mfa.kernel.settings import Settings
from mfa.llm.protocol import LanguageModel

DEFAULTS: Final = {"groq": "llama-3.3-70b-versatile", "ollama": "llama3.2"}
"""A model of each house that was there in November 2026; the setting names another."""


def chosen(
    settings: Settings, groq_key: SecretStr | None, *, groq_url: str | None = None
) -> LanguageModel | None:
    """The model of the settings; None when none is wanted or Groq's key is missing."""
    house = settings.language_model
    name = settings.language_model_name or DEFAULTS.get(house, "")
    if house == "ollama":
        from mfa.llm.ollama_model import OllamaModel  # noqa: PLC0415 - only the one that is used

        return OllamaModel(name, host=settings.ollama_host)
    if house == "groq" and groq_key is not None:
        from mfa.llm.groq_model import GroqModel  # noqa: PLC0415 - as above

        return GroqModel(groq_key, name, base_url=groq_url)
    return None
