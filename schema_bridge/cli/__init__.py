"""The command line: a table of commands, each imported when it runs; every error of ours is one message and status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from schema_bridge.garbage import uncollected

COMMANDS = ("init", "generate", "check", "show", "diff", "validate", "lint", "dump")


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"schema_bridge.cli.{cmd_name}").command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def commands() -> None:
    """Read a PostgreSQL schema and write SQLAlchemy models, Pydantic schemas and validation SQL from it.

    Exit status: 0 done, or the same; 1 differs; 2 could not tell.
    """


@uncollected()
def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process by default) and give its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # A report names the command that mends what it found.
        status = commands.main(args=words, prog_name="schema-bridge", standalone_mode=False, obj=words)
        return status if isinstance(status, int) else 0
    except click.UsageError as error:
        help_line = f"\nTry '{error.ctx.command_path} --help'." if error.ctx else ""
        return _refuse(error.format_message() + help_line)
    except click.ClickException as error:
        return _refuse(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _refuse("interrupted")
    except SystemExit:
        return 2  # click's way out when the reader of our output is gone (`| head`): no complaint, and no verdict
    except OSError as error:
        # What is still buffered goes nowhere, so that the flush at exit does not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _refuse(f"the output cannot be written: {error.strerror or error}")
    except Exception as error:
        from schema_bridge.errors import SchemaBridgeError, SourceStale  # they know the IR, and help needs neither

        if isinstance(error, SchemaBridgeError):
            return _refuse(str(error), 1 if isinstance(error, SourceStale) else 2)
        raise


def _refuse(message: str, status: int = 2) -> int:
    click.echo(f"schema-bridge: {message}", err=True)
    return status
