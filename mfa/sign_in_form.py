"""The sign-in page as one HTML document without a script: a name, a password, a code.

Whatever comes from outside stands in it escaped.
"""

from __future__ import annotations

from html import escape
from typing import Final

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Nothing is loaded, nothing runs, nobody frames it."""
NOBODY: Final = (
    "Nobody can sign in here yet. On the machine that runs Magnus, make an account:"
    " magnus user add NAME"
)
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Magnus: sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; font-family: "Source Sans Pro", system-ui, sans-serif }}
body {{ margin: 12vh auto; max-width: 24rem; padding: 0 1rem; line-height: 1.5 }}
h1 {{ font-size: 2.4rem; margin: 0 0 1.2rem }}
label {{ display: block; margin: .9rem 0 .2rem; font-size: .95rem }}
input {{ box-sizing: border-box; width: 100%; padding: .6rem .7rem; font: inherit;
 border: 1px solid #8888; border-radius: .5rem }}
button {{ margin-top: 1.4rem; width: 100%; padding: .65rem; font: inherit; font-weight: 600;
 color: #fff; background: #0f766e; border: 0; border-radius: .5rem; cursor: pointer }}
:focus-visible {{ outline: 3px solid #4c8dff; outline-offset: 1px }}
small {{ opacity: .75 }}
p[role] {{ padding: .7rem .9rem; border-radius: .5rem; background: #c22f2f22 }}
</style></head><body><main><h1>Magnus</h1>
{said}{form}
</main></body></html>
"""
_FORM: Final = """<form method="post" action="/sign-in">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required value="{name}"{first}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<label for="code">Code <small>of your authenticator or a backup code, if you have enrolled one
</small></label>
<input id="code" name="code" autocomplete="one-time-code" maxlength="64"{second}>
<button>Sign in</button></form>"""


def sign_in_page(said: str = "", *, name: str = "", code_wanted: bool = False) -> str:
    """The form, with a sentence above it where there is one."""
    focus = " autofocus"
    form = _FORM.format(
        name=escape(name), first="" if code_wanted else focus, second=focus if code_wanted else ""
    )
    return _PAGE.format(said=_said(said), form=form)


def sentence_page(said: str) -> str:
    """A sentence, and nothing to fill in."""
    return _PAGE.format(said=_said(said), form="")


def _said(sentence: str) -> str:
    return f'<p role="alert">{escape(sentence)}</p>' if sentence else ""
