"""The scores of a set of gold articles, each with its interval.

The rules are those of ``corpus/gold/README.md``; the numbers and their names those of the reference
scorer. A score's ``intervals`` are beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from pipeline.evaluate.bootstrap import Floats, draws, interval, pairs
from pipeline.evaluate.errors import unique_pairs
from pipeline.evaluate.matching import Link, Measured

Score = dict[str, Any]
Totals = dict[str, Floats]

COUNTED = ("org exact", "org overlap", "ref", "ref date", "stat", "stat full")
# What a table beside the articles says of references and of figures, and what is counted of it.
OF_REFERENCES = ("ref type", "ref issuer", "ref title", "ref session")
OF_FIGURES = ("figure period", "figure body")
ABOUT = dict.fromkeys(OF_REFERENCES, "references") | dict.fromkeys(OF_FIGURES, "figures")
LINKED = ("link", "link across")
ACROSS = ("link across", "stat link across")
_PARTS = ("hits", "predicted", "gold")


def _ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _rounded(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _prf(hits: int, predicted: int, gold: int) -> Score:
    p = hits / predicted if predicted else 0.0
    r = hits / gold if gold else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {
        "p": round(p, 4),
        "r": round(r, 4),
        "f1": round(f1, 4),
        "hits": hits,
        "predicted": predicted,
        "gold": gold,
    }


class _Stories:
    """The articles of a set by story, and sums over any draw of the stories."""

    def __init__(self, measured: Sequence[Measured]) -> None:
        names = sorted({m.story for m in measured})
        self.number = len(names)
        self.languages = sorted({m.language for m in measured})
        self._by_story = [[m for m in measured if m.story == name] for name in names]

    def sums(self, drawn: Floats, of: Callable[[Sequence[Measured]], float]) -> Floats:
        """The sum of what each story has."""
        found: Floats = drawn @ np.array([float(of(story)) for story in self._by_story])
        return found

    def counts(self, drawn: Floats, score: str, part: str) -> Floats:
        return self.sums(drawn, lambda story: sum(m.counts[score, part] for m in story))

    def links(
        self,
        drawn: Floats,
        group: Callable[[Link], Hashable | None],
        *,
        across: bool = False,
    ) -> Floats:
        """Pairs of body links in one group; ``across``: in different languages alone."""
        found = pairs(drawn, self._grouped(group))
        for language in self.languages if across else ():
            found -= pairs(drawn, self._grouped(group, language))
        return found

    def _grouped(
        self, group: Callable[[Link], Hashable | None], language: str | None = None
    ) -> list[Counter[Hashable]]:
        return [
            Counter(
                key
                for m in story
                if language in (None, m.language)
                for link in m.bodies
                if (key := group(link)) is not None
            )
            for story in self._by_story
        ]

    def rows_shared(self, drawn: Floats) -> Floats:
        """Pairs of different stories whose figures stand in one row, once for each such row."""
        rows = [
            Counter({link.found for link in _figures(story) if link.found is not None})
            for story in self._by_story
        ]
        return pairs(drawn, rows, inside=False)


def _figures(story: Sequence[Measured]) -> list[Link]:
    return [link for m in story for link in m.figures]


def _crossing(languages_and_groups: Iterable[tuple[str, Hashable]]) -> int:
    """Pairs of one group in different languages."""
    of_language = Counter(languages_and_groups)
    of_group: Counter[Hashable] = Counter()
    for (_, group), n in of_language.items():
        of_group[group] += n
    every = sum(n * (n - 1) // 2 for n in of_group.values())
    return every - sum(n * (n - 1) // 2 for n in of_language.values())


def _joined(story: Sequence[Measured]) -> int:
    """Pairs of figures in two languages of a story that have one id."""
    return _crossing((k.language, k.found) for k in _figures(story) if k.found is not None)


def _joined_wrongly(story: Sequence[Measured]) -> int:
    """Those of ``_joined`` that are different figures."""
    return _joined(story) - _crossing(
        (k.language, (k.found, k.gold)) for k in _figures(story) if k.found is not None
    )


def _asked(story: Sequence[Measured]) -> int:
    """Pairs of a figure that stands once in each of two translations."""
    return len(unique_pairs(_figures(story)))


def _answered(story: Sequence[Measured]) -> int:
    """Those of ``_asked`` with one id."""
    found = unique_pairs(_figures(story))
    return sum(a.found is not None and a.found == b.found for a, b in found)


def _totals(stories: _Stories, drawn: Floats) -> Totals:
    """Everything that is counted, for each row of ``drawn``."""
    counted = {
        f"{score} {part}": stories.counts(drawn, score, part)
        for score in (*COUNTED, "stat unit", "offset mismatches")
        for part in _PARTS
    }
    counted |= {
        f"{score} {part}": stories.counts(drawn, score, part)
        for score, whole in ABOUT.items()
        for part in (*_PARTS, "right", whole)
    }
    for score in LINKED:
        across = score == "link across"
        counted |= {
            f"{score} hits": stories.links(
                drawn,
                lambda k: (k.gold, k.found) if k.found is not None else None,
                across=across,
            ),
            f"{score} predicted": stories.links(drawn, lambda k: k.found, across=across),
            f"{score} gold": stories.links(drawn, lambda k: k.gold, across=across),
        }
    between = stories.rows_shared(drawn)
    return counted | {
        "asked": stories.sums(drawn, _asked),
        "answered": stories.sums(drawn, _answered),
        "joined": stories.sums(drawn, _joined) + between,
        "joined wrongly": stories.sums(drawn, _joined_wrongly) + between,
    }


def scores(measured: Sequence[Measured]) -> dict[str, Any]:
    """Every score of a set of articles, from 0 to 1 and rounded to four digits, and how many
    mentions are not the text at their offsets.

    The period and the body of figures, and what references are, are scored where gold says them of
    any: ``accuracy`` counts right answers, none among them, and the rest the figures or references
    of which gold or run say something. Session and term are asked where either says one.
    Intervals are of ``bootstrap.CONFIDENCE``, stories drawn anew. Pairs of mentions of different
    stories are weighed by how often the two are drawn. Always the same for the same articles.
    """
    stories = _Stories(measured)
    once = {
        name: round(float(sums[0]))
        for name, sums in _totals(stories, np.ones((1, stories.number))).items()
    }
    again = _totals(stories, draws(stories.number))

    def within(values: Floats) -> list[float] | None:
        return interval(values, stories.number)

    def prf(score: str) -> Score:
        hits, predicted, gold = (again[f"{score} {part}"] for part in _PARTS)
        return _prf(*(once[f"{score} {part}"] for part in _PARTS)) | {
            "intervals": {"f1": within(_ratio(2 * hits, predicted + gold))}
        }

    unit = {
        "accuracy": _rounded(once["stat unit hits"], once["stat unit gold"]),
        "gold": once["stat unit gold"],
        "intervals": {"accuracy": within(_ratio(again["stat unit hits"], again["stat unit gold"]))},
    }

    def about(score: str) -> Score:
        whole = ABOUT[score]
        right, of = (again[f"{score} {part}"] for part in ("right", whole))
        said = prf(score)
        said["intervals"]["accuracy"] = within(_ratio(right, of))
        every = once[f"{score} {whole}"]
        return {"accuracy": _rounded(once[f"{score} right"], every), whole: every} | said

    wrong = _ratio(again["joined wrongly"], again["joined"])
    figures = {
        "recall": _rounded(once["answered"], once["asked"]),
        "pairs": once["asked"],
        "precision": round(1 - once["joined wrongly"] / once["joined"], 4)
        if once["joined"]
        else None,
        "made": once["joined"],
        "intervals": {
            "recall": within(_ratio(again["answered"], again["asked"])),
            "precision": within(1 - wrong),
        },
    }
    asked = {score: about(score) for score, whole in ABOUT.items() if once[f"{score} {whole}"]}
    return {
        **{score: prf(score) for score in COUNTED},
        "stat unit": unit,
        **asked,
        **{score: prf(score) for score in LINKED},
        "stat link across": figures,
        "offset mismatches": once["offset mismatches hits"],
    }
