"""What Robinhood says during a sign-in: tokens, or which proof it wants and how that stands."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr

from connectors.vendors.ground.reading import Wire


def _text_or_nothing(value: Any) -> Any:
    return value if isinstance(value, str) else ""


Text = Annotated[str, BeforeValidator(_text_or_nothing)]
"""A word; nothing where Robinhood writes null, or something that is none."""


class Workflow(Wire):
    id: Text = ""
    workflow_status: Text = ""


class Challenge(Wire):
    id: Text = ""
    type: Text = ""
    status: Text = ""
    remaining_attempts: int | None = None


class Context(Wire):
    sheriff_challenge: Challenge | None = None


class Result(Wire):
    result: Text = ""
    context: Context | None = None


class Answer(Wire):
    """What `/oauth2/token/` and the pathfinder say, whichever of it there is."""

    id: Text = ""
    access_token: SecretStr | None = None
    mfa_required: bool = False
    mfa_type: Text = ""
    detail: Text = ""
    status: Text = ""
    challenge_status: Text = ""
    verification_workflow: Workflow | None = None
    challenge: Challenge | None = None
    context: Context | None = None
    type_context: Result | None = None
