"""What ``Review.summary`` says as tables of text, for the terminal and the notebook alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.terminal import counted


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """A title, the names of the columns, and lines with a cell for each; a ``note`` below, or
    none."""

    title: str
    names: tuple[str, ...]
    lines: list[list[str]]
    note: str = ""


def percent(share: float | None) -> str:
    """A share as people read it; a dash for none."""
    return "–" if share is None else f"{share:.1%}"


def within(said: dict[str, Any], prefix: str = "") -> str:
    """The bounds of a share."""
    low, high = said[f"{prefix}low"], said[f"{prefix}high"]
    return "" if low is None else f"{low:.1%} to {high:.1%}"


def summary_tables(said: dict[str, Any]) -> Iterator[SummaryTable]:
    """A table for each draw of rows, then one for the articles that are wholly reviewed."""
    for rows in said["rows"]:
        kinds = rows["kinds"]
        together = [dict(rows["together"], kind="together")] if len(kinds) > 1 else []
        skipped = sum(one["skipped"] for one in kinds)
        yield SummaryTable(
            rows["among"],
            ("kind", "rows", "judged", "right", "precision", "interval"),
            [[one["kind"], f"{one['of']:,}", *_precision(one)] for one in [*kinds, *together]],
            f"{skipped} skipped, which count on neither side" if skipped else "",
        )
    articles = said["articles"]
    if articles["reviewed"]:
        yield SummaryTable(
            f"mentions in {counted(articles['reviewed'], 'article')} wholly reviewed",
            ("kind", "judged", "right", "precision", "interval", "recall", "interval"),
            [
                [one["kind"], *_precision(one), percent(one["recall"]), within(one, "recall_")]
                for one in articles["kinds"]
            ],
        )


def _precision(one: dict[str, Any]) -> list[str]:
    """How many were judged and right, and what that says of precision."""
    return [f"{one['judged']:,}", f"{one['right']:,}", percent(one["precision"]), within(one)]
