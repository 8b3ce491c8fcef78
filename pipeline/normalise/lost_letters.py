"""Which ``D`` of an unknown code was a ``Đ``, where an article lost its Vietnamese letters.

Codes are the first letters of the words of a name, and the words of offices' names keep their
company: what stands around a ``D`` tells which it was in four cases of five. The contexts are
counted over the codes and the Vietnamese names of the facts; the longer a context, the more it
weighs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pipeline import facts

_TOPICS = ("documents", "organisations", "bodies")
_PARTS = re.compile("[;,]")
_WORD = re.compile(r"[^\W\d_]+")
_NAME_KEYS = frozenset({"vi", "name_vi"})
# Each context by how many letters it has before the D and behind it, and what it weighs.
_CONTEXTS = (
    (2, 2, 8.0), (1, 2, 5.0), (2, 1, 5.0), (1, 1, 3.0), (0, 2, 3.0), (2, 0, 3.0), (0, 1, 1.5),
    (1, 0, 1.5), (0, 0, 0.3),
)  # fmt: skip
_ENOUGH = 3  # as often as this a context says all that it can
# A D is left as it stands unless it is this likely to have been another.
_SURE = 0.6

Contexts = dict[str, tuple[int, int]]


def restored(code: str) -> str:
    """``code`` (capitals, no Vietnamese letters) with each ``D`` that was likely a ``Đ`` restored.

    >>> restored("DKT")
    'ĐKT'
    """
    known = _known()
    return "".join(
        "Đ" if char == "D" and likelihood(code, place, known) >= _SURE else char
        for place, char in enumerate(code)
    )


def likelihood(code: str, place: int, contexts: Contexts) -> float:
    """How likely (0 to 1) the ``D`` at ``place`` of ``code`` was a ``Đ``, by counted contexts."""
    said = total = 0.0
    for context, weight in _contexts(code, place):
        plain, barred = contexts.get(context, (0, 0))
        if number := plain + barred:
            weight *= min(number, _ENOUGH)
            said += weight * (barred + 0.3) / (number + 0.6)
            total += weight
    return said / total if total else 0.0


def count(codes: Iterable[str]) -> Contexts:
    """In which contexts a ``D`` and a ``Đ`` stand in ``codes``, and how often."""
    found: dict[str, list[int]] = {}
    for code in codes:
        for place, char in enumerate(code):
            if char in "DĐ":
                for context, _ in _contexts(code.replace("Đ", "D"), place):
                    found.setdefault(context, [0, 0])[char == "Đ"] += 1
    return {context: (plain, barred) for context, (plain, barred) in found.items()}


def codes() -> list[str]:
    """The codes of the facts, and those that the Vietnamese names of the facts would have."""
    data = facts.data("documents")
    found = {entry["code"].upper() for entry in data["types"]} | set(data["units"]["codes"])
    found |= {code.upper() for group in data["issuers"].values() for code in group}
    for topic in _TOPICS:
        for name in _names(facts.data(topic)):
            found.update(map(_initials, _PARTS.split(name)))
    return sorted(code for code in found if len(code) > 1)


@cache
def _known() -> Contexts:
    return count(codes())


def _contexts(code: str, place: int) -> Iterator[tuple[str, float]]:
    padded = f"^^{code}$$"
    for before, behind, weight in _CONTEXTS:
        start, end = place + 2 - before, place + 3 + behind
        yield f"{before}{padded[start:end]}", weight


def _initials(name: str) -> str:
    letters = "".join(word[0].upper() for word in _WORD.findall(name))
    plain = unicodedata.normalize("NFD", letters)
    return "".join(char for char in plain if not unicodedata.combining(char))


def _names(data: Any) -> Iterator[str]:
    """The Vietnamese names in a table of facts, however deep."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in _NAME_KEYS and isinstance(value, str):
                yield value
            yield from _names(value)
    elif isinstance(data, list):
        for value in data:
            yield from _names(value)
