"""What `magnus doctor` tells of understanding: the classifier in use, and the language model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa.commands.health import Check, Verdict
from mfa.kernel.outcome import Absent, Found
from mfa.language.model import load_model
from mfa.language.own import load_own, own_file
from mfa.store.corrections import Correction, CorrectionRepository

if TYPE_CHECKING:
    from mfa.assistant import Assistant
    from mfa.kernel.settings import Settings
    from mfa.llm.protocol import LanguageModel

_PATIENCE: Final = 5.0
_NAMED: Final = 5


def of_the_language(assistant: Assistant) -> Iterator[Check]:
    settings = assistant.settings
    corrections = CorrectionRepository(assistant.database).standing(settings.user)
    yield classifier(own_file(settings.home, settings.user), corrections)
    yield language_model(settings, assistant.model)


def classifier(file: Path, corrections: tuple[Correction, ...]) -> Check:
    """Whether a person's own model is in use, and whether there is something to learn."""
    if not file.exists():
        later = len(corrections)
        sentence = "The bundled language is in use."
    elif load_own(file) is load_model():
        sentence = "What you trained is of another version: the bundled language is in use."
        return Check("language", Verdict.CAREFUL, f"{sentence} Train again with: magnus train")
    else:
        trained = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        later = sum(each.at > trained for each in corrections)
        sentence = "The language that you trained is in use."
    if later:
        sentence += f" {later} of your corrections count word for word; to learn: magnus train"
    return Check("language", Verdict.OK, sentence)


def language_model(settings: Settings, model: LanguageModel | None) -> Check:
    """Whether the model of the settings can be asked, and is there."""
    if model is None and settings.language_model == "groq":
        sentence = "Groq is chosen, but no key is connected. Run: magnus connect groq"
        return Check("language model", Verdict.CAREFUL, sentence)
    if model is None:
        sentence = "None is set up: unclear messages are asked back. See the setting language_model"
        return Check("language model", Verdict.OK, f"{sentence}.")
    listed = model.models(_PATIENCE)
    if not isinstance(listed, Found):
        said = listed.reason if isinstance(listed, Absent) else listed.message
        return Check("language model", Verdict.CAREFUL, said)
    wanted = model.name.partition(", ")[2]
    if wanted not in {part for name in listed.value for part in (name, name.partition(":")[0])}:
        offered = ", ".join(listed.value[:_NAMED]) or "none"
        return Check(
            "language model", Verdict.CAREFUL, f"{model.name} is not there. Offered: {offered}."
        )
    return Check("language model", Verdict.OK, f"{model.name} is there.")
