"""Connections: every vendor with its state, a form that tests what is entered, and the way out.

What is typed lives in the form until it is sent, is tested, and is in the vault or forgotten. A
sign-in that takes several steps is kept in the session until it is over. No secret is ever shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import streamlit as st
from pydantic import SecretStr

from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import CredentialField, VendorDoor
from connectors.vendors.ground.login import Login, Step, Wants
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.connecting.connections import Connection, Connections, Tried, fields_of
from mfa.data.events import DataEvent
from mfa.kernel.errors import MagnusError
from mfa.kernel.mode import Mode
from mfa.security.vault import Vault
from pages.frame import open_assistant

T = TypeVar("T")
FOR = {
    "account": "your account",
    "market": "prices and options",
    "research": "facts about companies",
    "watchlists": "your watchlists",
}


def _page() -> None:
    assistant = open_assistant()
    st.title("Connections")
    mode_badge(assistant.settings.mode)
    if said := st.session_state.pop("connect_said", None):
        st.success(escape(said), icon=":material/check:")
    st.markdown(
        "Who Magnus may ask for prices, and whose account it may read. Credentials are tested as "
        "you enter them and stored encrypted on this machine; nothing is stored when the test "
        "fails."
    )
    if assistant.settings.mode is Mode.PRACTICE:
        st.caption(
            "In PRACTICE nobody is asked. What you connect here serves PAPER and LIVE: change "
            "'mode' under Settings."
        )
    connections = Connections(
        Doors.discover(),
        Vault(assistant.settings.home, clock=assistant.clock if assistant.outside else None),
        origins=assistant.settings.vendor_origins,
    )
    try:
        every = connections.every()
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    for connection in every:
        _vendor(assistant, connections, connection)
    for broken in connections.broken:
        st.error(escape(f"{broken.vendor} could not be loaded: {broken.reason}."))


def _vendor(assistant: Assistant, connections: Connections, connection: Connection) -> None:
    door = connection.door
    trouble = st.session_state.pop(_key(door, "trouble"), "")
    busy = bool(trouble) or any(_session(door, what) is not None for what in ("login", "tried"))
    label = f"**{escape(door.title)}** · {connection.state()}"
    icon = (
        ":material/check_circle:" if connection.connected else ":material/radio_button_unchecked:"
    )
    with st.expander(label, expanded=busy, icon=icon):
        uses = ", ".join(FOR.get(kind, kind) for kind in sorted(door.provides))
        st.caption(escape(f"For {uses}. {door.note}"))
        if connection.needs_no_key:
            return
        if connection.fields:
            labels = {each.name: each.label for each in door.fields}
            kept = [f"{labels.get(n, n)} {value}" for n, value in connection.fields.items()]
            st.caption(escape(" · ".join(kept)))
        if connection.reminder:
            st.warning(escape(connection.reminder), icon=":material/schedule:")
        if trouble:
            st.error(escape(trouble), icon=":material/error:")
        tried: Tried | None = _session(door, "tried")
        if tried is not None:
            _another(assistant, connections, door, tried)
            return
        _enter(assistant, connections, door)
        if connection.connected and st.button(
            "Disconnect", key=f"disconnect-{door.vendor}", icon=":material/link_off:"
        ):
            said = _attempt(door, lambda: connections.disconnect(door.vendor))
            _changed(assistant, door, said)


def _enter(assistant: Assistant, connections: Connections, door: VendorDoor) -> None:
    """The sign-in where there is one, under way or to begin, or the plain form."""
    login: Login | None = _session(door, "login")
    if door.login is None:
        _form(assistant, connections, door)
    elif login is not None:
        _under_way(assistant, connections, door, login)
    else:
        way = st.segmented_control(
            "How", ["Sign in", "Paste tokens"], default="Sign in", key=f"way-{door.vendor}",
            label_visibility="collapsed",
        )  # fmt: skip
        if way == "Paste tokens":
            _form(assistant, connections, door)
        else:
            _sign_in(assistant, connections, door)


def _form(assistant: Assistant, connections: Connections, door: VendorDoor) -> None:
    with st.form(key=f"connect-{door.vendor}", border=False):
        entered = _fields(door, fields_of(door, signing_in=False), "field")
        sent = st.form_submit_button("Test and store", icon=":material/link:")
    if sent:
        with st.spinner(f"Asking {door.title} ..."):
            tried = _attempt(door, lambda: connections.test(door.vendor, entered))
        _judged(assistant, connections, door, tried)


def _sign_in(assistant: Assistant, connections: Connections, door: VendorDoor) -> None:
    """Name and password."""
    with st.form(key=f"sign-in-{door.vendor}", border=False):
        entered = _fields(door, fields_of(door, signing_in=True), "login")
        sent = st.form_submit_button("Sign in", icon=":material/login:")
    if sent:
        login = _attempt(door, lambda: connections.login(door.vendor))
        st.session_state[_key(door, "login")] = login
        with st.spinner(f"Asking {door.title} ..."):
            step = _attempt(door, lambda: login.begin(entered))
        _stepped(assistant, connections, door, step)


def _under_way(
    assistant: Assistant, connections: Connections, door: VendorDoor, login: Login
) -> None:
    """What the sign-in waits for."""
    step = login.step
    (st.error if step.trouble else st.info)(escape(step.sentence))
    if step.wants is Wants.CODE:
        with st.form(key=f"code-{door.vendor}", border=False):
            code = st.text_input("Code", type="password", key=_fresh(f"code-{door.vendor}"))
            sent = st.form_submit_button("Send the code", icon=":material/pin:")
        if sent:
            after = _attempt(door, lambda: login.answer(SecretStr(code)), goes_on=True)
            _stepped(assistant, connections, door, after)
    else:
        label = "I have approved it" if step.wants is Wants.APPROVAL else "Go on"
        if st.button(label, key=f"poll-{door.vendor}", icon=":material/refresh:"):
            _stepped(assistant, connections, door, _attempt(door, login.poll))
    if st.button("Give up", key=f"give-up-{door.vendor}", type="tertiary"):
        _forget(door)
        _again()


def _stepped(
    assistant: Assistant, connections: Connections, door: VendorDoor, step: Step
) -> NoReturn:
    """After a step: the tokens are tested and kept, or the page shows what is wanted next."""
    tokens = step.tokens
    if tokens is not None:
        _forget(door)
        tried = _attempt(door, lambda: connections.test(door.vendor, tokens))
        _judged(assistant, connections, door, tried)
    if step.wants is Wants.CREDENTIALS:
        _forget(door)
        st.session_state[_key(door, "trouble")] = step.sentence
    _again()


def _judged(
    assistant: Assistant, connections: Connections, door: VendorDoor, tried: Tried
) -> NoReturn:
    if not tried.passed:
        st.session_state[_key(door, "trouble")] = f"{tried.sentence} Nothing was stored."
        _again()
    if tried.another:
        st.session_state[_key(door, "tried")] = tried
        _again()
    _attempt(door, lambda: connections.keep(tried))
    _changed(assistant, door, f"{tried.sentence} It is stored.")


def _another(
    assistant: Assistant, connections: Connections, door: VendorDoor, tried: Tried
) -> None:
    """The credentials work and open another account than before: a person has to mean it."""
    st.warning(
        escape(
            f"These credentials open the account {tried.account}. The one connected before is "
            f"{tried.before}."
        ),
        icon=":material/warning:",
    )
    yes, no = st.columns(2)
    if yes.button("Store the other account", key=f"other-{door.vendor}", width="stretch"):
        _forget(door)
        _attempt(door, lambda: connections.keep(tried, another=True))
        _changed(assistant, door, f"{tried.sentence} It is stored.")
    if no.button("Keep what is connected", key=f"same-{door.vendor}", width="stretch"):
        _forget(door)
        _again()


def _fields(
    door: VendorDoor, fields: tuple[CredentialField, ...], kind: str
) -> Mapping[str, SecretStr]:
    entered: dict[str, SecretStr] = {}
    for each in fields:
        label = f"{each.label} (optional)" if each.optional else each.label
        key = _fresh(f"{kind}-{door.vendor}-{each.name}")
        if each.choices:
            text = st.selectbox(label, each.choices, key=key, help=each.help or None)
        else:
            text = st.text_input(
                label,
                type="password" if each.secret else "default",
                key=key,
                help=each.help or None,
                autocomplete="off",
            )
        entered[each.name] = SecretStr(text or "")
    return entered


def _changed(assistant: Assistant, door: VendorDoor, said: str) -> NoReturn:
    """Take it up at once where this house asks vendors, and say so."""
    if assistant.outside is not None:
        assistant.outside.refresh()
        assistant.data.invalidate(DataEvent.SOURCES_CHANGED)
        said += " This counts at once"
        said += "; which account is shown is decided at the start." if _reads(door) else "."
    st.session_state["connect_said"] = said
    _again()


def _reads(door: VendorDoor) -> bool:
    return "account" in door.provides


def _attempt(door: VendorDoor, work: Callable[[], T], *, goes_on: bool = False) -> T:
    """The result; a problem ends this run of the page and is said in the next.

    Without `goes_on` it ends a sign-in, too.
    """
    try:
        return work()
    except MagnusError as error:
        if not goes_on:
            _forget(door)
        st.session_state[_key(door, "trouble")] = str(error)
        _again()


def _again() -> NoReturn:
    """Draw the page anew with fields of new names: what was typed leaves the session with the old.

    Streamlit keeps a field's text for as long as a field of its name is drawn.
    """
    st.session_state["connect_round"] = st.session_state.get("connect_round", 0) + 1
    st.rerun()


def _fresh(name: str) -> str:
    return f"{name}-{st.session_state.get('connect_round', 0)}"


def _key(door: VendorDoor, what: str) -> str:
    return f"connect-{what}-of-{door.vendor}"


def _session(door: VendorDoor, what: str) -> Any:
    return st.session_state.get(_key(door, what))


def _forget(door: VendorDoor) -> None:
    """Nothing of a sign-in or a test stays in the session."""
    login: Login | None = st.session_state.pop(_key(door, "login"), None)
    st.session_state.pop(_key(door, "tried"), None)
    if login is not None:
        login.close()


_page()
