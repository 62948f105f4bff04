"""A person's own classifier: the bundled utterances and what that person has corrected.

It lies in the home, one file for each person, and never touches the bundled one. It counts only
while it was trained from the utterances that the bundled one was trained from: after an update of
Magnus the bundled model is used until `magnus train` has run again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from mfa.kernel.logs import get_logger
from mfa.language.model import Model, load_model, parse, save

log = get_logger(__name__)


def own_file(home: Path, user: str) -> Path:
    """Where it lies; a person's name may be no file's name."""
    name = hashlib.sha256(user.encode()).hexdigest()[:16]
    return home / "language" / f"intents-{name}.npz"


def load_own(file: Path) -> Model:
    """The person's own model where there is a current one, else the bundled."""
    bundled = load_model()
    try:
        model = parse(file.read_bytes())
    except FileNotFoundError:
        return bundled
    except (OSError, ValueError, KeyError) as error:
        log.warning("language.own_unreadable", file=str(file), error=str(error))
        return bundled
    if (model.fingerprint, model.intents) != (bundled.fingerprint, bundled.intents):
        log.warning("language.own_outdated", file=str(file), remedy="magnus train")
        return bundled
    return model


def keep_own(file: Path, model: Model) -> None:
    """Replace what lies there; whoever reads meanwhile reads the one or the other whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_bytes(save(model))
    beside.replace(file)


def forget_own(file: Path) -> bool:
    """Go back to the bundled model; whether there was another."""
    there = file.exists()
    file.unlink(missing_ok=True)
    return there
