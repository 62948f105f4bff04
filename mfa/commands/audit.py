"""`magnus audit`: what was proposed, confirmed, done and undone; and the proof that it is whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from actions.audit import Audit
    from actions.audit_head import HeadNote
    from mfa.store.audit import AuditRepository, AuditRow

_FAILED = 1


@click.group()
def audit() -> None:
    """The record of every action. It has no command that removes anything."""


@audit.command()
def verify() -> None:
    """Prove that no entry was changed, removed, inserted or moved; ends with 1 where one was."""
    from actions.audit_proof import prove  # noqa: PLC0415 - as in every command

    with _audit() as (repository, note):
        proof = prove(repository, note)
    for problem in proof.problems:
        click.echo(problem)
    if not proof.holds:
        click.echo("The audit does not hold. `magnus backup` keeps what is there.", err=True)
        sys.exit(_FAILED)
    click.echo(f"{proof.head.count:,} entries, each following from the one before, none missing.")
    if proof.unnoted:
        click.echo(
            f"The last {proof.unnoted} stand after the last note, as a crash leaves them: "
            "whether more of them were cut off is not known."
        )


@audit.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1))
@click.option("--user", help="Of this user only.")
@click.option("--card", type=click.UUID, help="Everything about this card instead.")
def show(limit: int, user: str | None, card: UUID | None) -> None:
    """The latest entries, the latest last."""
    with _audit() as (repository, _):
        latest = repository.latest(limit, user=user) if card is None else ()
        rows = tuple(reversed(latest)) if card is None else repository.of_card(card)
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("Nothing has been done yet.")


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--csv", "form", flag_value="csv", help="For a spreadsheet.")
@click.option("--json", "form", flag_value="json", default="json", help="Exact; the usual.")
def export(file: Path | None, form: str) -> None:
    """Write every entry to FILE, or to the screen."""
    from actions.audit_export import write_csv, write_json  # noqa: PLC0415 - as above

    write = {"csv": write_csv, "json": write_json}[form]
    with _audit() as (repository, _):
        if file is None:
            write(repository.rows(), sys.stdout)
            return
        with file.open("w", encoding="utf-8", newline="") as target:
            count = write(repository.rows(), target)
    click.echo(f"{file}: {count:,} entries.")


@audit.command()
@click.option("--i-restored-a-backup", "sure", is_flag=True, required=True)
def accept(sure: bool) -> None:  # noqa: ARG001, FBT001 - required, so that it must be said
    """Begin the note anew after a backup was restored. That it was done is an entry itself."""
    from actions.audit import Audit, AuditKind  # noqa: PLC0415 - as above
    from actions.audit_proof import prove  # noqa: PLC0415 - as above
    from mfa.commands.halt import person  # noqa: PLC0415 - as above

    with _audit() as (repository, note):
        proof = prove(repository, note)
        if proof.holds:
            click.echo("The audit holds as it is.")
            return
        head = Audit(repository, note).record(
            AuditKind.ACCEPTED, user=person(), door="shell", problems=proof.problems
        )
        note.accept(head)
        left = prove(repository, note)
    click.echo(f"Noted anew: {head.count:,} entries.")
    for problem in left.problems:
        click.echo(f"Still so: {problem}")


def _line(row: AuditRow) -> str:
    said: dict[str, Any] = json.loads(row.entry)
    words = [
        f"{row.seq:>6}", f"{row.at:%Y-%m-%d %H:%M:%S}", f"{row.kind:12}",
        str(said.get("mode", "")).upper(), row.user, str(said.get("action", "")),
        str(said.get("params", "")), str(said.get("result", said.get("reason", ""))),
    ]  # fmt: skip
    return "  ".join(word for word in words if word)


@contextmanager
def opened() -> Iterator[Audit]:
    """The audit of this home, to write into."""
    from actions.audit import Audit  # noqa: PLC0415 - as above

    with _audit() as (repository, note):
        yield Audit(repository, note)


@contextmanager
def _audit() -> Iterator[tuple[AuditRepository, HeadNote]]:
    """The audit of this home. Deferred: the database's room."""
    from actions.audit_head import HeadNote  # noqa: PLC0415
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.kernel.clock import RealClock  # noqa: PLC0415
    from mfa.store.audit import AuditRepository  # noqa: PLC0415
    from mfa.store.database import Database  # noqa: PLC0415

    settings = settings_for()
    with Database.open(settings) as database:
        yield AuditRepository(database, RealClock()), HeadNote(settings.home)
