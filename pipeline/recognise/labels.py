"""Labels of words to names, whatever scheme a model was trained with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pipeline import facts

# B-egin, I-nside, E-nd or L-ast, S-ingle or U-nit, M-iddle: BIO, BIOES, BILOU and BMES.
_PREFIXED = re.compile(r"([BIELSUM])[-_](.+)", re.DOTALL)
_PART = re.compile(r"[-_./:]")
_OPENS, _CLOSES = frozenset("BSU"), frozenset("ELSU")


class Label(NamedTuple):
    """A label: where in a name its word stands, and the kind of name.

    ``place`` is one of ``B I E L S U M``; a label without one (IO) counts as ``I``.
    """

    place: str
    kind: str


def parsed(label: str) -> Label:
    """``label`` in its two parts; the kind of ``O`` is ``O``."""
    match = _PREFIXED.fullmatch(label)
    return Label(match[1], match[2]) if match else Label("I", label)


@cache
def is_organisation(kind: str) -> bool:
    """Whether ``kind`` (``ORG``, ``organization-company``) means an organisation."""
    known = facts.data("entity_labels")["organisation"]
    return kind.lower() in known or _PART.split(kind.lower(), maxsplit=1)[0] in known


def organisations(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The names of organisations in the ``labels`` of words in a row, as half-open word indices.

    As the evaluation of CoNLL reads them: a name also begins at an inner label that nothing of its
    kind stands before, and ends where another label follows.
    """
    start: int | None = None
    before = Label("I", "O")
    for i, label in enumerate([*map(parsed, labels), Label("I", "O")]):
        opens = label.kind != before.kind or label.place in _OPENS or before.place in _CLOSES
        if opens:
            if start is not None:
                yield start, i
            start = i if is_organisation(label.kind) else None
        before = label
