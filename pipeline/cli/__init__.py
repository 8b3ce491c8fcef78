"""The command ``selaras``: a module here per command, imported when it is called."""

from __future__ import annotations

import importlib
import json

import click

import pipeline

# In the order a user meets them.
COMMANDS = (
    "run",
    "extract",
    "detect",
    "table",
    "export",
    "explain",
    "review",
    "evaluate",
    "compare",
    "train",
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


class _Manual(click.Group):
    """Commands in the order a user meets them, each from the module of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return command


@click.group(
    cls=_Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with:  selaras run corpus/articles --out out",
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
