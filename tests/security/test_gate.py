"""Nothing behind the gate answers anybody who has not signed in; a sign-in is a cookie that no
script reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from mfa.gate import Gate, cookie_name
from mfa.kernel.errors import StoreError
from mfa.kernel.scope import as_house
from mfa.security.accounts import Accounts
from mfa.security.devices import device_of
from mfa.security.guard import Guard
from tests.security.people import RIGHT, Wall, enrolled

BEHIND = b"what is behind"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = {"accept": "text/html", "host": "magnus.example:8501", "user-agent": FIREFOX}
NAME = cookie_name(Path("/home/of/magnus"))


async def behind(scope: Any, receive: Any, send: Any) -> None:
    """The page, for a test: it answers whatever reaches it."""
    del receive
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": BEHIND})


def gate(guard: Guard | Callable[[], Guard], *, closed: bool = True) -> Gate:
    there = (lambda: guard) if isinstance(guard, Guard) else guard
    return Gate(app=behind, guard=there, closed=closed, cookie=NAME)


def asked(
    at: Gate, path: str = "/", method: str = "GET", *, scheme: str = "http",
    headers: Mapping[str, str] = PAGE, **given: str,
) -> httpx.Response:  # fmt: skip
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=at, client=("192.0.2.7", 4000))
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://here") as client:
            body = urlencode(given).encode() if given else None
            return await client.request(method, path, headers=dict(headers), content=body)

    return asyncio.run(ask())


def signed_in(at: Gate, **more: Any) -> httpx.Response:
    return asked(at, "/sign-in", "POST", name="anna", password=RIGHT, **more)


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].split(";")[0]


def socket(at: Gate, cookie: str = "") -> dict[str, Any]:
    """What the page's socket is answered."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers, "scheme": "ws"}
    asyncio.run(at(scope, receive, send))
    return dict(said[0])


PLACES = ("/", "/orders", "/media/0a1b.csv", "/_stcore/upload_file/x", "/_stcore/host-config")


@pytest.mark.parametrize("path", PLACES)
def test_without_an_account_every_place_says_how_to_make_one(guard: Guard, path: str) -> None:
    told = asked(gate(guard), path)
    assert told.status_code == 403
    assert "magnus user add NAME" in told.text
    assert BEHIND not in told.content
    assert socket(gate(guard)) == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize("path", PLACES)
def test_without_a_sign_in_no_place_answers(guard: Guard, people: Accounts, path: str) -> None:
    told = asked(gate(guard), path)
    assert (told.status_code, told.headers["location"]) == (303, "/sign-in")
    for method in ("POST", "PUT", "DELETE"):
        assert asked(gate(guard), path, method).status_code == 401
    assert asked(gate(guard), path, headers={"cookie": f"{NAME}=guessed"}).status_code == 401
    assert socket(gate(guard), f"{NAME}=guessed")["type"] == "websocket.close"


def test_the_programs_of_the_page_are_anybodys(guard: Guard) -> None:
    for path in ("/static/js/index.js", "/_stcore/health"):
        assert asked(gate(guard), path).content == BEHIND


def test_a_sign_in_is_a_cookie_that_no_script_reads_and_no_other_site_sends(
    guard: Guard, people: Accounts
) -> None:
    at = gate(guard)
    answer = signed_in(at)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{NAME}=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert signed_in(at, scheme="https").headers["set-cookie"].endswith("; Secure")
    again = {**PAGE, "cookie": f'other={{"a":1}}; {cookie_of(answer)}'}
    for _ in range(2):  # a reload
        assert asked(at, headers=again).content == BEHIND
    assert socket(at, cookie_of(answer)) == {"type": "websocket.accept"}
    assert asked(at, "/sign-in", headers=again).headers["location"] == "/"


def test_a_session_knows_where_from_and_with_what_and_ends_when_it_is_revoked(
    guard: Guard, people: Accounts
) -> None:
    at = gate(guard)
    here, there = cookie_of(signed_in(at)), cookie_of(signed_in(at))
    with as_house():
        kept = guard.sessions.of_user("anna")
        assert {(each.door, each.address, each.device) for each in kept} == {
            ("page", "192.0.2.7", "Firefox on Linux")
        }
        session = guard.sessions.find(here.partition("=")[2])
        assert session is not None
        assert guard.sessions.revoke_others(session) == 1
    assert asked(at, headers={**PAGE, "cookie": there}).status_code == 303
    assert asked(at, headers={**PAGE, "cookie": here}).content == BEHIND
    with as_house():
        guard.sessions.revoke("anna")
    assert socket(at, here)["type"] == "websocket.close"


def test_the_cookie_counts_as_long_as_the_session(
    guard: Guard, people: Accounts, wall: Wall
) -> None:
    at = gate(guard)
    cookie = cookie_of(signed_in(at))
    wall.move(hours=7, minutes=59)
    assert asked(at, headers={**PAGE, "cookie": cookie}).content == BEHIND
    wall.move(hours=8)
    assert asked(at, headers={**PAGE, "cookie": cookie}).status_code == 303


def test_a_form_of_another_site_signs_nobody_in(guard: Guard, people: Accounts) -> None:
    at = gate(guard)
    stranger = signed_in(at, headers={**PAGE, "origin": "http://evil.example"})
    assert stranger.status_code == 403
    assert "set-cookie" not in stranger.headers
    assert signed_in(at, headers={**PAGE, "origin": "null"}).status_code == 403
    own = signed_in(at, headers={**PAGE, "origin": "http://magnus.example:8501"})
    assert own.status_code == 303


def test_what_is_wrong_is_said_on_the_form_and_what_was_typed_is_escaped(
    guard: Guard, people: Accounts, wall: Wall
) -> None:
    at = gate(guard)
    wrong = asked(at, "/sign-in", "POST", name='"><script>', password="wrong password")
    assert wrong.status_code == 401
    assert "do not fit" in wrong.text
    assert 'value="&quot;&gt;&lt;script&gt;"' in wrong.text
    assert "wrong password" not in wrong.text
    assert "default-src 'none'" in wrong.headers["content-security-policy"]
    assert asked(at, "/sign-in", "POST", name="a" * 9000).status_code == 401
    totp, _ = enrolled(guard, "anna", wall)
    needed = signed_in(at)
    assert needed.status_code == 401
    assert "Enter the code" in needed.text
    assert signed_in(at, code=totp.at(wall.at)).status_code == 303
    for _ in range(4):
        slowed = asked(at, "/sign-in", "POST", name="olga", password="wrong password")
    assert slowed.status_code == 429
    assert "Try again in" in slowed.text


def test_on_the_own_machine_the_gate_is_open_and_nobody_frames_the_page(guard: Guard) -> None:
    at = gate(guard, closed=False)
    told = asked(at, "/orders")
    assert told.content == BEHIND
    assert told.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert socket(at) == {"type": "websocket.accept"}


def test_what_cannot_be_looked_up_lets_nobody_in() -> None:
    def lost() -> Guard:
        raise StoreError("The disk with /secret/place is gone.")

    told = asked(gate(lost))
    assert told.status_code == 503
    assert "/secret/place" not in told.text
    assert socket(gate(lost))["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (FIREFOX, "Firefox on Linux"),
        (("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
         " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"), "Edge on Windows"),
        (("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
         " Gecko) Version/18.0 Mobile/15E148 Safari/604.1"), "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
         "Chrome on Android"),
        ("curl/8.5.0", "an unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_said_in_words(said: str, told: str) -> None:
    assert device_of(said) == told
