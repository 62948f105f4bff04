"""Who sits at the page: asked for where it can be reached by others, and kept for its session.

The token stays in this browser tab's session on the server; a reload asks again. Every run of a
page and every click begins here, so that nothing is done before it is known for whom.
"""

from __future__ import annotations

import streamlit as st

from mfa.answers.page import escape
from mfa.assistant import Assistant
from mfa.kernel import scope
from mfa.kernel.errors import MagnusError
from mfa.kernel.mode import Mode
from mfa.security.accounts import CodeNeeded

DOOR = "page"
_TOKEN = "sign_in_token"  # noqa: S105 - the place of one
_SESSION = "sign_in_session"


def enter(assistant: Assistant) -> bool:
    """Bind this run to its person; whether there is one."""
    if not assistant.guard.asks_to_sign_in():
        scope.act_as(assistant.settings.user)
        return True
    assistant.database.unbound = None
    scope.act_as(scope.NOBODY)
    session = assistant.guard.sessions.find(st.session_state.get(_TOKEN, ""))
    if session is None:
        _forget()
        return False
    st.session_state[_SESSION] = str(session.id)
    scope.act_as(session.user)
    return True


def session_id() -> str:
    """Of the sign-in; empty where nobody signs in."""
    return str(st.session_state.get(_SESSION, ""))


def ask_to_sign_in(assistant: Assistant) -> None:
    """The form, and the end of this run."""
    st.title("Magnus")
    if not assistant.guard.accounts.there_are_any():
        st.error("Nobody may sign in yet: `magnus user add NAME` on this machine lets somebody.")
        st.stop()
    with st.form("sign-in", width=420):
        name = st.text_input("Name", autocomplete="username")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        code = st.text_input(
            "Code", help="Of your authenticator, or a backup code, where you have enrolled one.",
            autocomplete="one-time-code",
        )  # fmt: skip
        pressed = st.form_submit_button("Sign in", type="primary")
    if pressed:
        _sign_in(assistant, name, password, code)
    st.stop()


def show_second_factor(assistant: Assistant, session: str) -> None:
    """Where a second factor is enrolled and real money is at stake: a place to show it."""
    if assistant.settings.mode is not Mode.LIVE:
        return
    if not assistant.guard.factor.is_enrolled(assistant.user):
        return
    with (
        st.expander("Second factor", icon=":material/key:"),
        st.form("second-factor", clear_on_submit=True, border=False),
    ):
        code = st.text_input("Code", autocomplete="one-time-code", key="second-factor-code")
        if not st.form_submit_button("Verify for 15 minutes"):
            return
        try:
            right = assistant.guard.verify(assistant.user, session, code)
        except MagnusError as error:
            st.error(escape(str(error)))
            return
        if right:
            st.success("Verified for 15 minutes.")
        else:
            st.error("That code is wrong, or was used before.")


def sign_out(assistant: Assistant) -> None:
    """A button that ends the session, where there is one."""
    if not session_id():
        return
    st.caption(f"Signed in as **{escape(assistant.user)}**")
    if st.button("Sign out", icon=":material/logout:", width="stretch"):
        session = assistant.guard.sessions.find(st.session_state.get(_TOKEN, ""))
        if session is not None:
            assistant.guard.sessions.revoke(session.user, session.id)
        for key in list(st.session_state):
            del st.session_state[key]
        st.query_params.clear()  # it names a conversation
        scope.act_as(scope.NOBODY)
        st.rerun()


def _sign_in(assistant: Assistant, name: str, password: str, code: str) -> None:
    try:
        signed = assistant.guard.accounts.sign_in(
            name, password, door=DOOR, address=st.context.ip_address or "this machine", code=code
        )
    except CodeNeeded as needed:
        st.info(escape(str(needed)), icon=":material/key:")
        return
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    st.session_state[_TOKEN] = signed.token
    st.rerun()


def _forget() -> None:
    for key in (_TOKEN, _SESSION):
        st.session_state.pop(key, None)
