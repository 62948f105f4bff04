"""How to reach a database, and how to say so without its password."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mfa.kernel.errors import StoreError

_SESSION: Final = "-c search_path=magnus,public -c timezone=UTC"


def session_conninfo(conninfo: str) -> str:
    """With what every session of ours has: a name, UTC, and `magnus` first on the search path."""
    given: dict[str, Any] = conninfo_to_dict(conninfo)
    options = f"{given.get('options') or ''} {_SESSION}".strip()
    name = given.get("application_name") or "magnus"
    return make_conninfo(conninfo, options=options, application_name=name)


def external_conninfo(url: str) -> str:
    """From DATABASE_URL, which may carry any option that libpq knows."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise StoreError(
            "DATABASE_URL is not a PostgreSQL address.",
            "It looks like postgresql://user:password@host:5432/name",
        ) from None
    return session_conninfo(make_conninfo(url, connect_timeout=given.get("connect_timeout") or 5))


def owner_conninfo(conninfo: str) -> str:
    """For the work on everybody's rows, on servers too where the owner is held to the policies."""
    return _with_options(conninfo, "-c magnus.user=*")


def role_conninfo(conninfo: str, role: str | None, *, whose: str, signs_in: bool) -> str:
    """From the owner's: as `role`, which `signs_in` itself or is taken on; `whose` rows it sees
    until a transaction says otherwise."""
    if role is None:
        return _with_options(conninfo, f"-c magnus.user={whose}")
    if signs_in:
        return make_conninfo(_with_options(conninfo, f"-c magnus.user={whose}"), user=role)
    return _with_options(conninfo, f"-c magnus.user={whose} -c role={role}")


def _with_options(conninfo: str, options: str) -> str:
    given = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{given} {options}".strip())


def without_password(conninfo: str) -> tuple[str, str]:
    """The conninfo without its password, and the password: one may stand on a command line."""
    given: dict[str, Any] = conninfo_to_dict(conninfo)
    password = given.pop("password", None) or ""
    return make_conninfo("", **given), password


def described(conninfo: str) -> str:
    """`host:port/name`, for a person."""
    given = conninfo_to_dict(conninfo)
    return f"{given.get('host') or 'localhost'}:{given.get('port') or 5432}/{given.get('dbname')}"


def brief(error: Exception) -> str:
    """The first line of a database error, ready to stand inside a sentence."""
    return str(error).strip().split("\n", 1)[0].rstrip(".")
