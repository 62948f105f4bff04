"""Where one is signed in, with an end to each session; and one's second factor.

What would lock a person out of their account asks for more than their session: the password to
enrol a second factor, a code of it to take it away or to make other backup codes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from mfa.answers.format import format_when
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.kernel.errors import InputError, MagnusError
from mfa.security.second_factor import Enrolment
from mfa.store.second_factors import FactorState
from mfa.store.sessions import Session
from pages.frame import open_assistant
from pages.login import current

_ENROLMENT, _CODES, _SAID = "security_enrolment", "security_codes", "security_said"


def _page() -> None:
    assistant = open_assistant()
    st.title("Security")
    mode_badge(assistant.settings.mode)
    with st.container():
        if said := st.session_state.pop(_SAID, ""):
            st.success(escape(said), icon=":material/check:")
    _sessions(assistant)
    _second_factor(assistant)


def _sessions(assistant: Assistant) -> None:
    st.subheader("Where you are signed in")
    if not assistant.guard.asks_to_sign_in():
        st.caption(
            "On this machine itself nobody signs in. Where the page can be reached from other"
            " machines, everybody does."
        )
    sessions, user, here = assistant.guard.sessions, assistant.user, current(assistant)
    standing = sessions.of_user(user)
    if not standing:
        st.info("You are signed in nowhere.")
    for each in standing:
        with st.container(border=True):
            about, end = st.columns([8, 1.6], vertical_alignment="center")
            is_this = here is not None and each.id == here.id
            with about:
                _told(each, is_this=is_this)
            if not is_this and end.button("End", key=f"end-{each.id}", icon=":material/logout:"):
                sessions.revoke(user, each.id)
                _again("That session has ended.")
    if here is not None and len(standing) > 1 and st.button("End all others"):
        _again(f"{sessions.revoke_others(here)} sessions have ended.")


def _told(session: Session, *, is_this: bool) -> None:
    this = " · **this one**" if is_this else ""
    st.markdown(f"**{escape(session.device or session.door)}** at {escape(session.address)}{this}")
    st.caption(
        f"Signed in {_when(session.created_at)} · last seen {_when(session.seen_at)} · "
        f"ends {_when(session.ends_at)} at the latest"
    )


def _when(at: datetime) -> str:
    return escape(format_when(at))


def _second_factor(assistant: Assistant) -> None:
    st.subheader("Second factor")
    st.caption(
        "Codes of an authenticator. Signing in asks for one, orders with real money ask for one"
        " every 15 minutes, and so does lifting a halt."
    )
    _new_codes()
    state = assistant.guard.factor.state(assistant.user)
    if state is not None and state.confirmed_at is not None:
        _enrolled(assistant, state, state.confirmed_at)
    elif (enrolment := st.session_state.get(_ENROLMENT)) is not None:
        _confirm(assistant, enrolment)
    else:
        _enrol(assistant)


def _enrol(assistant: Assistant) -> None:
    accounts, user, here = assistant.guard.accounts, assistant.user, current(assistant)
    with st.form("enrol", width=420, clear_on_submit=True):
        password = ""
        if here is not None:
            password = st.text_input(
                "Your password", type="password", autocomplete="current-password"
            )
        pressed = st.form_submit_button("Enrol a second factor", type="primary")

    def enrol() -> str:
        if here is not None:
            accounts.confirm_password(user, password)
        st.session_state[_ENROLMENT] = assistant.guard.factor.enrol(user, accounts.login_of(user))
        return ""

    if pressed:
        _done(enrol)


def _confirm(assistant: Assistant, enrolment: Enrolment) -> None:
    """The secret, to be scanned or typed, until a code of it was seen."""
    picture, form = st.columns([1, 2])
    with picture:
        st.html(
            f'<img alt="QR code of the secret" src="{enrolment.picture()}"'
            ' style="width: 100%; max-width: 260px; image-rendering: pixelated">'
        )
    with form:
        st.markdown("Scan this with your authenticator, or type the secret into it:")
        st.code(enrolment.secret, language=None)
        with st.form("confirm-factor", clear_on_submit=True):
            code = st.text_input("The code that it shows now", autocomplete="one-time-code")
            pressed = st.form_submit_button("Confirm", type="primary")
        if st.button("Not now", type="tertiary"):
            st.session_state.pop(_ENROLMENT, None)
            st.rerun()

    def confirm() -> str:
        st.session_state[_CODES] = assistant.guard.factor.confirm(assistant.user, code)
        st.session_state.pop(_ENROLMENT, None)
        return "The second factor is enrolled."

    if pressed:
        _done(confirm)


def _enrolled(assistant: Assistant, state: FactorState, since: datetime) -> None:
    st.markdown(f"Enrolled since {_when(since)}; **{state.codes_left}** backup codes are left.")
    factor, user = assistant.guard.factor, assistant.user
    with st.form("factor", width=420, clear_on_submit=True):
        code = st.text_input("A code of it, or a backup code", autocomplete="one-time-code")
        make, gone = st.columns(2)
        anew = make.form_submit_button("Other backup codes", width="stretch")
        remove = gone.form_submit_button("Remove it", width="stretch")

    def change() -> str:
        if not factor.verify(user, code):
            raise InputError("That code is wrong, or was used before.")
        if remove:
            factor.remove(user)
            st.session_state.pop(_CODES, None)
            return "The second factor is removed."
        st.session_state[_CODES] = factor.new_codes(user)
        return "The earlier backup codes count no more."

    if anew or remove:
        _done(change)


def _new_codes() -> None:
    """Backup codes that were just made: on the screen until the person has kept them."""
    codes: tuple[str, ...] | None = st.session_state.get(_CODES)
    if codes is None:
        return
    with st.container(border=True):
        st.markdown("**Backup codes**, each good for one time. They are not shown again.")
        st.code("\n".join(codes), language=None)
        if st.button("I have kept them"):
            del st.session_state[_CODES]
            st.rerun()


def _done(act: Callable[[], str]) -> None:
    """Do it and draw anew, or say why it was not done."""
    try:
        said = act()
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _again(said)


def _again(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()


_page()
