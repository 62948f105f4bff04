"""What `magnus doctor` tells of signing in: who can reach the page, who can come in, and whether
real money is behind a second factor."""

from __future__ import annotations

from mfa.commands.health import Check, Verdict
from mfa.kernel.mode import Mode
from mfa.security.guard import Guard

SUBJECT = "sign-in"


def of_signing_in(guard: Guard, mode: Mode) -> Check:
    """Of the address and the accounts of this installation."""
    said, verdict = ["The page is this machine's alone; nobody signs in."], Verdict.OK
    if guard.asks_to_sign_in():
        people = sum(each.disabled_at is None for each in guard.accounts.all())
        said = [f"Everybody signs in; {people} may."]
        if not people:
            verdict = Verdict.CAREFUL
            said.append("So the page shows nothing to anybody. Run `magnus user add NAME`.")
    if mode is Mode.LIVE and not guard.factor.is_enrolled(guard.owner):
        verdict = Verdict.CAREFUL
        said.append("Real orders are sent without a second factor. Run `magnus user 2fa`.")
    return Check(SUBJECT, verdict, " ".join(said))
