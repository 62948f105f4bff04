"""`magnus docs`: write the reference pages from the declarations that the code itself obeys."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(hidden=True)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="docs")
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is out of date.")
def docs(folder: Path, check: bool) -> None:  # noqa: FBT001 - click's
    """Write queries.md, intents.md and actions.md into FOLDER."""
    # Deferred: imports every connector, every action and the language's catalogue.
    from mfa.commands.action_reference import actions_page  # noqa: PLC0415
    from mfa.commands.reference import intents_page, queries_page  # noqa: PLC0415

    stale = []
    pages = {"queries.md": queries_page, "intents.md": intents_page, "actions.md": actions_page}
    for name, page in pages.items():
        text = page()
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path))
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if check and stale:
        raise click.ClickException(f"Out of date: {', '.join(stale)}. Run: make docs")
    click.echo(f"Written: {', '.join(stale)}." if stale else "Up to date.")
