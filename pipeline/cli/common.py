"""What the commands share: options, how misuse is said, the choices of a reading."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from pipeline.cli import completing
from pipeline.terminal import is_limited, json_text, printable

STOPPED, MISUSE = 1, 2
LISTED = 20  # of each list that compare and explain show in a terminal
INPUT = click.Path(path_type=Path, readable=False)


class _Folder(click.Path):
    """A path of which the shell offers folders alone."""

    def shell_complete(
        self, _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """The shell's own names of folders."""
        return [CompletionItem(incomplete, type="dir")]


FOLDER = _Folder(path_type=Path, readable=False)


class Place(click.Path):
    """A path here, or the URL of a store (``s3://bucket/folder``) as it was typed."""

    def convert(self, value: Any, param: Any, context: Any) -> Any:
        """The argument as a path, or as a text where it is a URL."""
        if isinstance(value, str) and "://" in value:
            return value
        return super().convert(value, param, context)


class _PlaceOfFolder(Place, _Folder):
    """A folder here, or the URL of one."""


PLACE = Place(path_type=Path, readable=False)
PLACE_OF_FOLDER = _PlaceOfFolder(path_type=Path, readable=False)


def fail(message: object) -> NoReturn:
    """One line to standard error and exit code 2, as for any misuse."""
    click.echo(printable(f"selaras: {message}"), err=True)
    sys.exit(MISUSE)


def guarded(action: Callable[[], Any]) -> Any:
    """Run ``action``; what the user can mend becomes one line and exit code 2."""
    from pipeline.configuration import ConfigurationError
    from pipeline.gold import GoldError
    from pipeline.read import InputError
    from pipeline.recognise import ModelError
    from pipeline.run.outputs import OutputError
    from pipeline.run.work import EngineError
    from pipeline.user_lexicon.read import LexiconError

    mendable = (
        ConfigurationError,
        EngineError,
        GoldError,
        InputError,
        LexiconError,
        ModelError,
        OutputError,
    )
    try:
        return action()
    except mendable as error:
        fail(error)
    except BrokenPipeError:  # `| head` has seen enough
        raise
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror or error}")


LANGUAGE = click.option(
    "--language",
    metavar="CODE",
    shell_complete=completing.languages,
    help="Take every article, and all of it, for this language (ms or nl) instead of detecting it.",
)
MIN_SCORE = click.option(
    "--min-language-score",
    type=float,
    default=0.7,  # configuration.MIN_LANGUAGE_SCORE, whose module is slow to import for a help
    show_default=True,
    metavar="0..1",
    help="Skip an article whose language is less likely right than this.",
)
MEGABYTES = click.option(
    "--max-megabytes",
    type=click.FloatRange(min=0, min_open=True, max=100_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Fail a larger file with a reason; no article is ever cut.",
)
NER = click.option(
    "--ner",
    multiple=True,
    metavar="[LANG=]ENGINE",
    help="What finds the names of bodies, in every language or in LANG (may be given again): "
    "default, selaras:PATH (models of 'selaras train'), spacy:PATH or spacy:PACKAGE, stanza:nl "
    "(Stanza's own models) or stanza:PATH, "
    "transformers:PATH or transformers:HUB-ID. Nothing is fetched.",
)
LEXICON = click.option(
    "--lexicon",
    type=INPUT,
    metavar="FILE.csv",
    help="Your own names of bodies, places and units, documents you know, and what is no body: a "
    "table with the columns kind (name, same, place, unit, document, none), text, id, and "
    "language, label, place, date as known.",
)


def configured(**choices: Any) -> Any:
    """The checked choices; lexicon and engines are loaded, so that a bad one stops at once."""
    from pipeline.configuration import Configuration, chosen_engines
    from pipeline.user_lexicon.read import read_lexicon

    if choices.get("lexicon") is not None:
        choices["lexicon"] = read_lexicon(choices["lexicon"])
    choices["max_bytes"] = int(choices.pop("max_megabytes", 20) * 1_000_000)
    choices["ner"] = chosen_engines(choices.get("ner", ()))
    configuration = Configuration(**choices)
    if configuration.ner:
        from pipeline import extraction

        extraction.load_engines(configuration.ner)
    return configuration


def warn_of_place(place: str) -> None:
    """Say so when a place that the user named is in no register."""
    from pipeline.normalise import places

    if not places.candidates(place):
        said = f"selaras: no place {place!r} in the registers of Vietnam; left out"
        click.echo(printable(said), err=True)


def read_one(file: str, max_bytes: int) -> Any:
    """The document of one file, or of standard input for ``-``."""
    from pipeline.read import InputError, Unreadable, read, read_bytes

    try:
        if file == "-":
            data = sys.stdin.buffer.read(max_bytes + 1)
            if len(data) > max_bytes:
                raise InputError(
                    f"standard input: over {max_bytes / 1e6:g} MB; raise --max-megabytes"
                )
            return read_bytes(data, ".html" if data.lstrip()[:1] == b"<" else ".txt")
        path = Path(file)
        if path.is_dir():
            raise InputError(f"{file}: is a folder; for folders there is: selaras run")
        if not path.exists():
            raise InputError(f"{file}: no such file; check the spelling and the path")
        return read(path, named=True, max_bytes=max_bytes)
    except Unreadable as error:
        raise InputError(f"{'standard input' if file == '-' else file}: {error}") from error


JSON = click.option("--json", "as_json", is_flag=True, help="Print plain JSON.")
LIMIT = click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="Show N of each list; 20 in a terminal and all in JSON by default.",
)


COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto is on a terminal, as NO_COLOR, FORCE_COLOR and TERM say.",
)


def terminal(color: str = "auto") -> Any:
    """A console that shows what is said as it is.

    ``auto`` keeps to https://no-color.org and https://force-color.org, which rich knows, and to the
    older CLICOLOR and CLICOLOR_FORCE (https://bixense.com/clicolors), which it does not. Without
    colours nothing is bold or underlined either: no escape sequence is written.
    """
    from rich.console import Console

    if color == "auto":
        said = os.environ.get
        if said("NO_COLOR") or said("TERM") == "dumb":
            color = "never"
        elif said("FORCE_COLOR") or said("CLICOLOR_FORCE", "0") not in ("", "0"):
            color = "always"
        elif said("CLICOLOR") == "0":
            color = "never"
    if color == "never":
        return Console(highlight=False, color_system=None)
    if color == "always":
        known = Console(highlight=False, force_terminal=True)
        if known.color_system is not None and not known.no_color:
            return known
        # What ``--color always`` says is more than what the environment does.
        return Console(
            highlight=False, force_terminal=True, color_system="standard", no_color=False
        )
    return Console(highlight=False)


def print_json(said: object) -> None:
    """``said`` as JSON on standard output."""
    click.echo(json_text(said, indent=2, ascii_only=is_limited(sys.stdout)))
