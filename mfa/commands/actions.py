"""`magnus actions`: what Magnus can do, who may, and how it is undone."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False)
def actions(name: str | None) -> None:
    """List every action; with NAME, say all about one."""
    # Deferred: imports every action's file.
    from actions.registry import ActionRegistry  # noqa: PLC0415
    from mfa.commands.action_reference import described, in_a_line  # noqa: PLC0415

    registry = ActionRegistry.discover()
    if name is not None:
        click.echo(described(registry.find(name)))
        return
    for action in registry.actions.values():
        click.echo(in_a_line(action))
    for each in registry.failed:
        click.echo(f"{each.name} did not load: {each.reason}", err=True)
