"""What a run got wrong, each thing with its place and its surroundings."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.gold import GoldArticle
from pipeline.terminal import printable

if TYPE_CHECKING:
    from pipeline.evaluate.matching import Link, Measured

# The sorts of error, in the order they are shown.
SORTS = (
    "offset",
    "org missed",
    "org extra",
    "ref missed",
    "ref extra",
    "ref date",
    "ref type",
    "ref issuer",
    "ref title",
    "ref session",
    "stat missed",
    "stat extra",
    "stat full",
    "stat unit",
    "figure period",
    "figure body",
    "link split",
    "link merged",
    "stat link",
)
_AROUND = 40


def around(text: str, start: int, end: int) -> str:
    """What stands around a place of ``text``, on one line."""
    return printable(text[max(0, start - _AROUND) : end + _AROUND])


@dataclass(frozen=True, slots=True)
class Error:
    """One error: ``expected`` by the gold, ``found`` by the run, either ``None`` for nothing.

    ``start`` and ``end`` are code points into the article, half-open. ``context`` is the text
    around, on one line.
    """

    sort: str
    path: str
    language: str
    start: int
    end: int
    text: str
    expected: str | None
    found: str | None
    context: str

    @classmethod
    def at(
        cls,
        sort: str,
        article: GoldArticle,
        start: int,
        end: int,
        *,
        expected: str | None = None,
        found: str | None = None,
    ) -> Error:
        """An error at a place of ``article``."""
        text = article.text
        return cls(
            sort=sort,
            path=article.path,
            language=article.language,
            start=start,
            end=end,
            text=text[start:end],
            expected=expected,
            found=found,
            context=around(text, start, end),
        )

    def to_dict(self) -> dict[str, Any]:
        """The error as plain values."""
        return dataclasses.asdict(self)


def of_link(sort: str, link: Link, expected: str | None, found: str | None) -> Error:
    """An error at a mention that both gold and run have."""
    return Error(
        sort=sort,
        path=link.path,
        language=link.language,
        start=link.start,
        end=link.end,
        text=link.text,
        expected=expected,
        found=found,
        context=link.context,
    )


def _strays(
    links: Sequence[Link],
    group: Callable[[Link], object],
    member: Callable[[Link], object],
) -> Iterable[tuple[Link, Link]]:
    """Of the links of each group, those that are not with its largest part, and one that is.

    Of parts of one size the first in order counts as the largest.
    """
    groups: dict[object, list[Link]] = defaultdict(list)
    for link in links:
        groups[group(link)].append(link)
    for together in groups.values():
        largest = Counter(member(link) for link in together).most_common(1)[0][0]
        first = next(link for link in together if member(link) == largest)
        for link in together:
            if member(link) != largest:
                yield link, first


def _of_bodies(links: Sequence[Link]) -> list[Error]:
    """One body under several ids (split), several bodies under one id (merged)."""
    split = _strays(links, lambda link: link.gold, lambda link: link.found)
    known = [link for link in links if link.found is not None]
    merged = _strays(known, lambda link: link.found, lambda link: link.gold)
    return [
        of_link(
            "link split",
            link,
            f"{link.gold[0]}: {first.found or '-'}, as {first.text!r} in {first.path}",
            link.found,
        )
        for link, first in split
    ] + [
        of_link(
            "link merged",
            link,
            str(link.gold[0]),
            f"{link.found}, that is {first.gold[0]}, as {first.text!r} in {first.path}",
        )
        for link, first in merged
    ]


def _of_figures(links: Sequence[Link]) -> list[Error]:
    """Figures that stand once in each translation of a story and are not one thing to the run."""
    found: list[Error] = []
    for pair in unique_pairs(links):
        first, second = pair
        if first.found is None or first.found != second.found:
            expected = f"{first.found or '-'}, as {first.text!r} in {first.path}"
            found.append(of_link("stat link", second, expected, second.found))
    return found


def unique_pairs(links: Iterable[Link]) -> list[tuple[Link, Link]]:
    """Pairs across the languages of a story of figures that stand once in each of the two."""
    by_figure: dict[tuple[object, ...], dict[str, list[Link]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for link in links:
        by_figure[link.story, link.gold][link.language].append(link)
    pairs: list[tuple[Link, Link]] = []
    for by_language in by_figure.values():
        alone = [ls[0] for _, ls in sorted(by_language.items()) if len(ls) == 1]
        pairs += [(a, b) for i, a in enumerate(alone) for b in alone[i + 1 :]]
    return pairs


def errors(measured: Sequence[Measured]) -> dict[str, list[Error]]:
    """All errors of a set of articles by sort, in order of path and place; no empty sort."""
    found = [error for m in measured for error in m.errors]
    found += _of_bodies([link for m in measured for link in m.bodies])
    found += _of_figures([link for m in measured for link in m.figures])
    found.sort(key=lambda e: (e.path, e.start, e.end))
    by_sort = {sort: [e for e in found if e.sort == sort] for sort in SORTS}
    return {sort: these for sort, these in by_sort.items() if these}
