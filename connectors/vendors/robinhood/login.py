"""Signing in to Robinhood, one step at a time: the library's own way reads a terminal and sleeps.

The password stays in this object until the sign-in is over or ten minutes have passed, and goes
nowhere else. The tokens are handed over and written nowhere. No request is tried twice: a second
one would send a second code. A network that fails leaves the sign-in where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from connectors.vendors.ground.door import ACCOUNT_FIELD, Conditions, Secrets
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.login import Step, Wants
from connectors.vendors.ground.reading import parse
from connectors.vendors.ground.terms import Call
from connectors.vendors.robinhood.access import API, TERMS
from connectors.vendors.robinhood.entered import Entered
from connectors.vendors.robinhood.login_wire import Answer, Challenge, Workflow
from connectors.vendors.robinhood.replies import Reply, refused
from connectors.vendors.robinhood.states import CHALLENGES, OVER, SENTENCES, WANTS, State
from connectors.vendors.robinhood.tokens import DEVICE, TOTP, granted
from connectors.vendors.robinhood.totp import totp
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome

if TYPE_CHECKING:
    from connectors.vendors.robinhood.courier import Courier

USER: Final = "username"
PASSWORD: Final = "password"  # noqa: S105 - a field's name
LIFETIME: Final = timedelta(minutes=10)
SECONDS: Final = 10.0
"""For one step: a sign-in is slower than a quote, and nobody repeats it."""
_APPROVED: Final = "workflow_status_approved"
_PENDING: Final = frozenset({"workflow_status_internal_pending", "workflow_status_pending"})
_WAITING: Final = frozenset({"issued", "pending"})
_MOST_CHALLENGES: Final = 3
_AGAIN_AND_AGAIN: Final = "Robinhood asks for one proof after the other. Try again tomorrow."
_ODD: Final = (
    "Robinhood asks for a kind of proof that Magnus does not know. Sign in with a browser, and "
    "paste an access token instead."
)

log = get_logger(__name__)


class RobinhoodLogin:
    """`Login`. One at a time per object; its methods may be called from any thread."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        terms = TERMS.with_deadline(SECONDS)
        self._terms = terms
        self._gate = Gate(terms, clock=conditions.clock, metrics=conditions.metrics)
        self._lock = Lock()
        self._courier: Courier | None = None
        self._entered: Entered | None = None
        self._state = State.NEW
        self._step = _step(State.NEW)

    @property
    def step(self) -> Step:
        return self._step

    def begin(self, entered: Secrets) -> Step:
        """Name and password. A sign-in under way is given up.

        The machine's name and the authenticator's secret of an earlier sign-in are used again.
        """
        username, password = entered.get(USER), entered.get(PASSWORD)
        if not _text(username).strip() or not _text(password):
            raise InputError("Robinhood needs a user name and a password.", "Enter both.")
        keeping = self._conditions.keeping
        kept = (keeping.read() if keeping is not None else None) or {}
        with self._lock:
            if self._state is State.SIGNED_IN:
                return self._step
            self._entered = Entered(
                username=SecretStr(_text(username).strip()),
                password=password or SecretStr(""),
                totp=_given(entered.get(TOTP)) or _given(kept.get(TOTP)),
                account=_given(entered.get(ACCOUNT_FIELD)),
                device=kept.get(DEVICE) or self._ready().new_device(),
                since=self._conditions.clock.now(),
            )
            self._state = State.NEW
            return self._taken("begin", lambda call, held: self._ask_for_tokens(call, held, None))

    def answer(self, code: SecretStr) -> Step:
        """The code that came by SMS or e-mail, or that the authenticator shows."""
        text = "".join(_text(code).split())
        if not text.isascii() or not text.isalnum() or len(text) > 12:
            raise InputError("That is no code.", "Codes are six digits or so.")
        with self._lock:
            if WANTS[self._state] is not Wants.CODE:
                return self._step
            if self._state is State.TOTP_CODE:
                return self._taken(
                    "code", lambda call, held: self._ask_for_tokens(call, held, text)
                )
            return self._taken("code", lambda call, held: self._respond(call, held, text))

    def poll(self) -> Step:
        """Look whether the person, or Robinhood, has gone on."""
        with self._lock:
            match self._state:
                case State.PREPARING:
                    return self._taken("poll", self._look)
                case State.APPROVAL:
                    return self._taken("poll", self._see_prompt)
                case State.CONFIRMING:
                    return self._taken("poll", self._confirm)
                case _:
                    return self._step

    def close(self) -> None:
        with self._lock:
            self._entered = None
            if self._courier is not None:
                self._courier.close()
                self._courier = None

    # -- one step -------------------------------------------------------------------------------

    def _taken(self, operation: str, work: Callable[[Call, Entered], Step]) -> Step:
        """The step that `work` leads to; where it was, with the trouble, when it did not work."""
        held = self._entered
        if held is None or self._conditions.clock.now() - held.since > LIFETIME:
            return self._arrive(_step(State.EXPIRED, trouble=True))
        self._ready()
        steps: list[Step] = []

        def ask(call: Call) -> Absent:
            steps.append(work(call, held))
            return Absent(steps[0].state)

        outcome: Outcome[str] = self._gate.ask(f"sign_in.{operation}", ask)
        if steps:
            return self._arrive(steps[0])
        if isinstance(outcome, Failed) and outcome.kind is FailureKind.RATE_LIMITED:
            return self._arrive(_step(State.LIMITED, outcome.message, trouble=True))
        message = outcome.reason if isinstance(outcome, Absent) else SENTENCES[self._state]
        if isinstance(outcome, Failed):
            message = outcome.message
        if self._state is State.NEW:
            self._entered = None
        self._step = _step(self._state, message, trouble=True)
        return self._step

    def _arrive(self, step: Step) -> Step:
        state = State(step.state)
        log.info("robinhood.sign_in", before=self._state.value, after=state.value)
        self._state, self._step = state, step
        if state in OVER:
            self._entered = None
        return step

    def _ask_for_tokens(self, call: Call, held: Entered, code: str | None) -> Step:
        if code is None and held.totp is not None:
            code = totp(held.totp, call.now)
        reply = self._ready().post(call, f"{API}/oauth2/token/", form=held.form(code))
        answer = self._read(reply)
        if answer.access_token is not None:
            tokens = granted(self._terms, reply, held.device)
            return _step(State.SIGNED_IN, tokens={**tokens.secrets(), **held.kept()})
        if answer.verification_workflow is not None:
            return self._challenged(call, held, answer.verification_workflow.id)
        if answer.mfa_required:
            wanted = State.SMS_CODE if answer.mfa_type == "sms" else State.TOTP_CODE
            if wanted is State.SMS_CODE:
                return _step(State.TOTP_CODE, SENTENCES[State.SMS_CODE])
            return _step(wanted)
        if reply.status == 400 and self._state is State.TOTP_CODE:
            return _step(State.TOTP_CODE, "That code is not right. Enter the present one.", True)
        if reply.status in {400, 401, 403}:
            said = refused(self._terms, Reply(status=401, headers={}, body=reply.body))
            message = said.failure.message.replace(TERMS.remedy, SENTENCES[State.NEW])
            return _step(State.REFUSED, message, trouble=True)
        raise refused(self._terms, reply)

    def _challenged(self, call: Call, held: Entered, workflow: str) -> Step:
        held.challenges += 1
        if held.challenges > _MOST_CHALLENGES:
            return _step(State.REFUSED, _AGAIN_AND_AGAIN, trouble=True)
        document = {
            "device_id": held.device.get_secret_value(),
            "flow": "suv",
            "input": {"workflow_id": workflow},
        }
        reply = self._ready().post(call, f"{API}/pathfinder/user_machine/", document=document)
        machine = self._read_success(reply).id
        if not machine.replace("-", "").isalnum():
            return _step(State.REFUSED, _ODD, trouble=True)
        held.machine = machine
        return self._look(call, held)

    def _look(self, call: Call, held: Entered) -> Step:
        """How Robinhood wants to be sure."""
        answer = self._read_success(self._ready().get(call, self._view(held), {}, None))
        context = answer.context or (answer.type_context and answer.type_context.context)
        challenge = context.sheriff_challenge if context else None
        if challenge is None or not challenge.id:
            return _step(State.PREPARING)
        if challenge.status == "validated":
            return self._confirm(call, held)
        state = CHALLENGES.get(challenge.type)
        if state is None or not challenge.id.replace("-", "").isalnum():
            return _step(State.REFUSED, _ODD, trouble=True)
        if challenge.status not in _WAITING:
            return _step(State.EXPIRED, trouble=True)
        held.challenge = challenge.id
        return _step(state)

    def _see_prompt(self, call: Call, held: Entered) -> Step:
        url = f"{API}/push/{held.challenge}/get_prompts_status/"
        answer = self._read_success(self._ready().get(call, url, {}, None))
        if answer.challenge_status == "validated":
            return self._confirm(call, held)
        if answer.challenge_status in _WAITING:
            return _step(State.APPROVAL)
        return _step(State.EXPIRED, "The sign-in was not approved on the phone. Start again.", True)

    def _respond(self, call: Call, held: Entered, code: str) -> Step:
        url = f"{API}/challenge/{held.challenge}/respond/"
        reply = self._ready().post(call, url, form={"response": code})
        if reply.status not in {200, 400, 401, 403, 404}:
            raise refused(self._terms, reply)
        answer = self._read(reply)
        challenge = answer.challenge or Challenge()
        if "validated" in {answer.status, challenge.status}:
            return self._confirm(call, held)
        if challenge.status == "issued" and challenge.remaining_attempts != 0:
            left = challenge.remaining_attempts
            tries = "" if left is None else f" {left} tries are left."
            return _step(self._state, f"That code is not right.{tries} Enter it again.", True)
        return _step(State.EXPIRED, trouble=True)

    def _confirm(self, call: Call, held: Entered) -> Step:
        """The person has done their part: let Robinhood go on, then ask for the tokens again.

        From here on, what fails is asked again by `poll`: the code is spent.
        """
        self._state = State.CONFIRMING
        document = {"sequence": 0, "user_input": {"status": "continue"}}
        answer = self._read_success(self._ready().post(call, self._view(held), document=document))
        workflow = answer.verification_workflow or Workflow()
        result = answer.type_context.result if answer.type_context else ""
        if _APPROVED in {result, workflow.workflow_status}:
            return self._ask_for_tokens(call, held, None)
        if {result, workflow.workflow_status} & _PENDING:
            return _step(State.CONFIRMING)
        return _step(State.REFUSED, "Robinhood did not let this sign-in through.", trouble=True)

    # -- parts ----------------------------------------------------------------------------------

    def _view(self, held: Entered) -> str:
        return f"{API}/pathfinder/inquiries/{held.machine}/user_view/"

    def _read(self, reply: Reply) -> Answer:
        """What it says, where it says anything: a refusal may be no document at all."""
        if reply.status == 429 or reply.status >= 500:
            raise refused(self._terms, reply)
        return parse(self._terms, Answer, reply.body)

    def _read_success(self, reply: Reply) -> Answer:
        if reply.status not in {200, 201}:
            raise refused(self._terms, reply)
        return self._read(reply)

    def _ready(self) -> Courier:
        if self._courier is None:
            from connectors.vendors.robinhood.courier import Courier  # noqa: PLC0415 - heavy

            self._courier = Courier(self._terms, origin=self._conditions.origin)
        return self._courier


def _step(
    state: State,
    sentence: str = "",
    trouble: bool = False,  # noqa: FBT001, FBT002 - reads well where it is used
    tokens: Mapping[str, SecretStr] | None = None,
) -> Step:
    return Step(
        state=state.value,
        wants=WANTS[state],
        sentence=sentence or SENTENCES[state],
        trouble=trouble,
        tokens=tokens,
    )


def _text(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


def _given(secret: SecretStr | None) -> SecretStr | None:
    """The field, or None where nothing was entered."""
    return secret if _text(secret).strip() else None
