"""The role of the application's sessions, and the policies that hold it to one person's rows.

Migrations, backups and locks are the owner's work; everything else is done by a role that owns
nothing and is neither superuser nor BYPASSRLS. A table with a column `user_name` is guarded when
the migrations that made it have run, without anybody having to remember it. On a server of one's
own whose user may not make roles, the owner itself is held to the policies (FORCE), which works
unless that user is a superuser: then there is a role.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import psycopg
from psycopg import sql

from mfa.store import migrate

ROLE: Final = "magnus_app"
LOCK: Final = "row security"
_READY: Final = """
SELECT pg_has_role(current_user, r.oid, 'MEMBER') AND NOT r.rolsuper AND NOT r.rolbypassrls
   AND (r.rolcanlogin OR NOT %(login)s)
   AND coalesce((SELECT has_schema_privilege(r.oid, n.oid, 'USAGE')
                 FROM pg_namespace n WHERE n.nspname = 'magnus'), false)
FROM pg_roles r WHERE r.rolname = %(role)s
"""
_ROLE = sql.Identifier(ROLE)


def prepare(connection: psycopg.Connection[Any], *, login: bool, changed: bool) -> bool:
    """Have the role and the policies in place; whether there is such a role.

    `changed`: tables came or were replaced. `login`: sessions are opened as the role itself. Leaves
    no transaction open.
    """
    if not changed and _is_ready(connection, login=login):
        return True
    migrate.lock(connection, LOCK)
    try:
        there = _make_role(connection, login=login)
        with connection.transaction():
            connection.execute("SELECT magnus.guard_all_rows()")
            if there:
                _grant(connection)
    finally:
        if not connection.closed:
            connection.rollback()
            migrate.unlock(connection, LOCK)
    return there


@lru_cache(maxsize=256)
def opening(user: str, *, reading: bool = False) -> sql.SQL:
    """The first statement of a transaction: whose it is. One way to the server, no snapshot yet."""
    text = f'SET LOCAL magnus."user" = {_literal(user)}'
    return sql.SQL(f"{text}; SET TRANSACTION READ ONLY" if reading else text)


@lru_cache(maxsize=256)
def for_session(user: str) -> sql.SQL:
    """The same for a session that asks without transactions."""
    return sql.SQL(f'SET magnus."user" = {_literal(user)}')


def _literal(user: str) -> str:
    return sql.Literal(user).as_string(None).strip()


def _is_ready(connection: psycopg.Connection[Any], *, login: bool) -> bool:
    row = connection.execute(_READY, {"role": ROLE, "login": login}).fetchone()
    connection.commit()
    return row is not None and bool(row[0])


def _make_role(connection: psycopg.Connection[Any], *, login: bool) -> bool:
    """Whether the role is there, and ours to take; made or changed if need be."""
    kind = "LOGIN" if login else "NOLOGIN"
    try:
        with connection.transaction():
            there = connection.execute(
                "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s AND NOT rolsuper"
                " AND NOT rolbypassrls",
                [ROLE],
            ).fetchone()
            if there is None:
                connection.execute(sql.SQL("CREATE ROLE {} " + kind).format(_ROLE))
            elif login and not there[0]:
                connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(_ROLE))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # another database of this server was faster
    except psycopg.errors.InsufficientPrivilege:
        return False
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL(
                    "DO $$ BEGIN IF NOT pg_has_role(current_user, {0}, 'MEMBER') THEN "
                    "GRANT {1} TO CURRENT_USER; END IF; END $$"
                ).format(sql.Literal(ROLE), _ROLE)
            )
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def _grant(connection: psycopg.Connection[Any]) -> None:
    """Rows of every table, present and to come, and nothing of their shape."""
    for schema in migrate.SCHEMAS:
        names = {"schema": sql.Identifier(schema), "role": _ROLE}
        for each in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            connection.execute(sql.SQL(each).format(**names))
    for each in (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON magnus.migration FROM {role}",
    ):
        connection.execute(sql.SQL(each).format(role=_ROLE))
