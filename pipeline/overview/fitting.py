"""Tables that fit a terminal: which columns it has room for, and how wide each becomes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

GAP = 2  # cells between two columns


@dataclass(slots=True)
class Column:
    """A column of a table, before it is known how wide it may be.

    ``least`` is the width, in cells of the terminal, below which it is of no use; ``None`` for one
    that is never wrapped. ``rank`` says which goes first where there is no room: the highest; of
    one that may stand ``beneath``, each cell is then a line of its own below its row, unbroken, so
    that it can be copied.
    """

    title: str
    cells: list[Text]
    rank: int
    least: int | None = None
    right: bool = False
    beneath: bool = False

    @property
    def natural(self) -> int:
        """Cells that it fills when nothing is wrapped."""
        lines = [line for cell in self.cells for line in cell.plain.split("\n")]
        return max(map(cell_len, (self.title, *lines)))

    @property
    def narrowest(self) -> int:
        """Cells that it needs."""
        return self.natural if self.least is None else min(self.natural, self.least)


def fitted(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """The columns that ``width`` cells have room for, in their order, each with its own width.

    Columns go by rank until the rest have what they need, those of one rank together; the first
    stay in any case. What is left goes, cell by cell, to the column that is most lines high.
    """
    kept: list[Column] = []
    for _, group in itertools.groupby(sorted(columns, key=_rank), key=_rank):
        more = [*kept, *group]
        if not kept or _sum(more) <= width:
            kept = more
    widths = {id(c): min(c.narrowest, width) for c in kept}
    left = width - sum(widths.values()) - GAP * (len(kept) - 1)
    lengths = {id(c): [cell_len(cell.plain) for cell in c.cells] for c in kept}
    while left > 0:
        wanting = [id(c) for c in kept if widths[id(c)] < c.natural]
        if not wanting:
            break
        highest = max(wanting, key=lambda i: sum(-(-n // widths[i]) for n in lengths[i]))
        widths[highest] += 1
        left -= 1
    return [(c, widths[id(c)]) for c in columns if id(c) in widths]


def _rank(column: Column) -> int:
    return column.rank


def _sum(columns: Sequence[Column]) -> int:
    return sum(c.narrowest for c in columns) + GAP * (len(columns) - 1)


def print_table(console: Console, columns: Sequence[Column]) -> list[str]:
    """Print what there is room for. Gives the titles of the columns that were left out."""
    shown = fitted(columns, console.width)
    kept = {id(column) for column, _ in shown}
    others = [column for column in columns if id(column) not in kept]
    below = [column for column in others if column.beneath]
    height = max((len(column.cells) for column in columns), default=0)
    # Every row is then a table of its own, of the same widths: lines come between.
    for some in ([slice(i, i + 1) for i in range(height)] if below else []) or [slice(None)]:
        console.print(_table(shown, some))
        for column in below:
            for cell in column.cells[some]:
                if cell:
                    console.print(Text(" " * GAP).append_text(cell), soft_wrap=True)
    return [column.title for column in others if not column.beneath]


def _table(shown: Sequence[tuple[Column, int]], rows: slice) -> Table:
    """Some rows of a table; the first come with its head."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_header=not rows.start,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    for column, width in shown:
        table.add_column(
            Text(column.title),
            width=width,
            justify="right" if column.right else "left",
            overflow="fold",
        )
    for row in zip(*(column.cells[rows] for column, _ in shown), strict=True):
        table.add_row(*row)
    return table
