"""What the shell offers for an argument that is begun: never late, never an error.

Ids, units and languages are those of the results that the command line names. Only Arrow is
imported, and the files are read for a fraction of a second: what was found until then is offered.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

_OFFERED = 60
_SECONDS = 0.2
_AT_ONCE = 32_768
_HARMLESS = re.compile(r"[\w./@%+][\w./@%+,=:?-]*")

Complete = Callable[[click.Context, click.Parameter, str], list[Any]]


def _quietly(complete: Complete) -> Complete:
    """Nothing is offered where something is wrong: a message would stand in the command line."""

    @functools.wraps(complete)
    def offered(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
        try:
            return complete(context, parameter, begun)
        except Exception:
            return []

    return offered


def _beginning(file: Path, column: str, begun: str, most: int, until: float) -> list[str]:
    """The first ``most`` different values of a column that begin so, in any case, as far as there
    is time. Left out is what a shell might run or take apart when it stands in its line."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: dict[str, None] = {}
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(_AT_ONCE, columns=[column], use_threads=False):
            values = batch.column(0)
            fitting = pc.starts_with(values, pattern=begun, ignore_case=True)
            for value in values.filter(fitting).to_pylist():
                if _HARMLESS.fullmatch(value):
                    found[value] = None
                    if len(found) == most:
                        return list(found)
            if time.monotonic() > until:
                break
    return list(found)


def _out(context: click.Context) -> Path:
    """The results that the line names. Behind an option whose value is only begun, click has not
    given the arguments their names yet. Raises ``IndexError`` when there are none."""
    return Path(context.params.get("out") or context.args[0])


def _in_results(
    context: click.Context, begun: str, places: tuple[tuple[str, str], ...]
) -> list[str]:
    """Values of columns of the results in OUT that begin with ``begun``."""
    until = time.monotonic() + _SECONDS
    found: list[str] = []
    for file, column in places:
        most = _OFFERED - len(found)
        if most > 0:
            found += _beginning(_out(context) / file, column, begun, most, until)
    return found


@_quietly
def ids(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Ids of the table, those in most articles first."""
    return _in_results(context, begun, (("table.parquet", "canonical_id"),))


@_quietly
def ids_and_paths(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Ids of the table, and the paths of articles."""
    places = (("table.parquet", "canonical_id"), ("articles.parquet", "path"))
    return _in_results(context, begun, places)


@_quietly
def units(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Units that figures of the table have."""
    return sorted(_in_results(context, begun, (("table.parquet", "unit_id"),)))


def _schema(context: click.Context) -> list[str]:
    import pyarrow.parquet as pq

    names: list[str] = pq.read_schema(_out(context) / "table.parquet").names
    return names


@_quietly
def columns(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Columns of the table; of a sheet what it has besides years."""
    known = ["body"] if context.params.get("sheet") else _schema(context)
    return [name for name in known if name.startswith(begun)]


@_quietly
def languages_of(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Languages that the table has a column for."""
    from pipeline.records import languages_of_table

    codes = languages_of_table(_schema(context))
    return [code for code in codes if code.startswith(begun)]


@_quietly
def languages(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Languages that can be read."""
    from pipeline.languages import available

    return [code for code in available() if code.startswith(begun)]


@_quietly
def language_list(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
    """Languages that can be read, several joined by commas."""
    from pipeline.languages import available

    return joined(available())(context, parameter, begun)


def joined(choices: Any) -> Complete:
    """Completes a list joined by commas: what follows the last of them, and is not there yet."""

    @_quietly
    def offered(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
        before, comma, last = begun.rpartition(",")
        there = set(before.split(","))
        return [
            before + comma + name for name in choices if name.startswith(last) and name not in there
        ]

    return offered


def files(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """The shell's own names of files."""
    return [CompletionItem(begun, type="file")]
