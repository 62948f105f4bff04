"""`magnus train`: teach the built-in language what you have corrected.

Opens the database alone. Nothing leaves the machine, and the bundled model stays as it is.
"""

from __future__ import annotations

import click


@click.command()
def train() -> None:
    """Learn from your corrections; takes about a minute.

    The result is yours alone and lies in your home. Magnus uses it from its next start on.
    """
    # Deferred: the database, and what fits the weights.
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.language.own import forget_own, keep_own, own_file  # noqa: PLC0415
    from mfa.store.corrections import CorrectionRepository  # noqa: PLC0415
    from mfa.store.database import Database  # noqa: PLC0415

    settings = settings_for()
    with Database.open(settings) as database:
        corrections = CorrectionRepository(database).standing(settings.user)
    file = own_file(settings.home, settings.user)
    if not corrections:
        click.echo("You have corrected nothing: the bundled language is used as it is.")
        if forget_own(file):
            click.echo("What was trained before is gone.")
        return
    from mfa.language.train import train as fitted  # noqa: PLC0415 - as above

    count = f"{len(corrections)} correction{'s' if len(corrections) > 1 else ''}"
    click.echo(f"Training with {count} ...")
    model, accuracy = fitted([(each.masked, each.intent) for each in corrections])
    keep_own(file, model)
    click.echo(
        f"Learned {count}; {accuracy:.1%} of bundled sentences that were held out are understood. "
        "It counts from the next start on."
    )
