"""The `magnus` command: finds the asked command, and turns every known problem into one sentence.

Starting is cheap: a command's file is imported when it is asked for, and what it needs when it
runs. A `MagnusError` is printed without a traceback and ends with 1; anything else that escapes is
a defect, said so, with its traceback where `MAGNUS_DEBUG` is set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Final

import click

from mfa.kernel.errors import MagnusError

COMMANDS: Final[Mapping[str, str]] = {
    "run": "mfa.commands.page",
    "ask": "mfa.commands.ask",
    "understand": "mfa.commands.understand",
    "plan": "mfa.commands.understand",
    "train": "mfa.commands.train",
    "query": "mfa.commands.query",
    "practice": "mfa.commands.practice",
    "actions": "mfa.commands.actions",
    "confirm": "mfa.commands.cards",
    "cancel-card": "mfa.commands.cards",
    "undo": "mfa.commands.cards",
    "audit": "mfa.commands.audit",
    "halt": "mfa.commands.halt",
    "resume": "mfa.commands.halt",
    "scan": "mfa.commands.scan",
    "import": "mfa.commands.imports",
    "imports": "mfa.commands.imports",
    "settings": "mfa.commands.settings",
    "user": "mfa.commands.user",
    "watchlists": "mfa.commands.watchlists",
    "memory": "mfa.commands.memory",
    "connect": "mfa.commands.connect",
    "disconnect": "mfa.commands.connect",
    "doctor": "mfa.commands.doctor",
    "warmup": "mfa.commands.warmup",
    "backup": "mfa.commands.backup",
    "restore": "mfa.commands.backup",
    "docs": "mfa.commands.docs",
}
INTERRUPTED: Final = 130


class Commands(click.Group):
    """Imports a command's file when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        function = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command = getattr(import_module(COMMANDS[cmd_name]), function)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]}.{cmd_name} is not a command")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(file_okay=False),
    help="Where the data lives, instead of MAGNUS_HOME or the default place.",
)
@click.version_option(package_name="magnus", prog_name="magnus")
def cli(home: str | None) -> None:
    """Magnus, a trading desk one talks to. It starts in PRACTICE: no account, no real money."""
    if home is not None:
        # The environment, so that whatever reads the settings later in this process agrees.
        os.environ["MAGNUS_HOME"] = home


def main() -> None:
    """Run the command line and end the process with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code."""
    try:
        code = cli.main(arguments, prog_name="magnus", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except MagnusError as error:
        click.echo(f"magnus: {error}", err=True)
        return 1
    except BrokenPipeError:
        # Whoever read the output went away, as `head` does. Nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("MAGNUS_DEBUG"):
            raise
        click.echo(
            f"magnus: this is a defect in Magnus: {type(error).__name__}: {error}\n"
            "Set MAGNUS_DEBUG=1 and run it again to see where it happened.",
            err=True,
        )
        return 1
    return code if isinstance(code, int) else 0
