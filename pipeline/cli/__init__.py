"""The command ``selaras``: a module here per command, imported when it is called."""

from __future__ import annotations

import difflib
import importlib
import json
import sys
from typing import Any

import click

import pipeline
from pipeline.terminal import is_limited, printable

# In the order a user meets them.
COMMANDS = (
    "run",
    "show",
    "extract",
    "detect",
    "table",
    "export",
    "report",
    "explain",
    "review",
    "evaluate",
    "compare",
    "train",
    "completion",
)


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from pipeline import models

    click.echo(f"selaras {pipeline.__version__}")
    for code in (*models.available(), models.NAMES):
        said = json.loads((models.folder(code) / "meta.json").read_text(encoding="utf-8"))
        click.echo(f"  {code}  {said['name']} {said['version']}")
    context.exit()


def _harmless(error: click.ClickException) -> click.ClickException:
    """The error, which may repeat what was typed, without what a terminal obeys."""
    said = error.format_message()
    if said.replace("\n", "").isprintable():
        return error
    return click.UsageError(printable(said), getattr(error, "ctx", None))


class _Manual(click.Group):
    """Commands in the order a user meets them, each from the module of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named. Raises ``click.UsageError`` naming those spelled nearly so."""
        name = arguments[0]
        if name in COMMANDS or name.startswith("-") or context.resilient_parsing:
            return super().resolve_command(context, arguments)
        near = difflib.get_close_matches(name.lower(), COMMANDS, cutoff=0.5)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"No such command {name!r}.{guess}", context)

    def make_context(self, *arguments: Any, **choices: Any) -> click.Context:
        """As any group. What was typed is repeated in a message without what a terminal obeys."""
        try:
            return super().make_context(*arguments, **choices)
        except click.ClickException as error:
            raise _harmless(error) from None

    def invoke(self, context: click.Context) -> Any:
        """As any group; see ``make_context``."""
        try:
            return super().invoke(context)
        except click.ClickException as error:
            raise _harmless(error) from None


@click.group(
    cls=_Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  selaras run corpus/articles --out out
  selaras show out""",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of the program and of its models, and exit.",
)
def main() -> None:
    """Facts out of machine-translated news about Vietnam, side by side across languages.

    Selaras reads folders of articles in Malay and Dutch and gives one table of the bodies, the
    numbered documents and the figures in them, each traceable to its sentence. Everything works
    offline.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows few letters shows the others by number; no command fails for it.
        if hasattr(stream, "reconfigure") and is_limited(stream):
            stream.reconfigure(errors="backslashreplace")
