"""What a figure counts, as the article words it.

The rules of ``rules`` find one answer by the words of the language; ``candidates`` are all answers
that the sentence allows, and ``ranking`` weighs them by what gold articles taught it, the answer of
the rules among them. A language without such weights has the answer of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pipeline.extract.amounts import Draft, Sentence
from pipeline.extract.counted import ranking, rules
from pipeline.extract.counted.candidates import Question, question

Watcher = Callable[[Sentence, Draft, Question], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within, ``watcher`` is given each figure that counts something, with its candidates.

    Figures then have the answer of the rules: this is what weights are trained on.
    """
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def add_unit(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """Set what ``draft`` counts; ``found`` are the figures of its sentence before it, in order.

    ``draft.unit`` is its span of tokens where it stands behind the number, ``draft.unit_text`` its
    wording wherever it stands. Money has none, an age neither; a measure and a duration have the
    unit that they are in.
    """
    given = draft.unit is not None  # the number and its unit are one expression
    rules.add_unit(s, draft, found)
    if given or draft.kind not in rules.COUNTING:
        return
    watcher = _watcher.get()
    if watcher is not None:
        watcher(s, draft, question(s, draft, found))
        return
    if rules.is_sure(s, draft):
        return
    weights = ranking.of(s.gram.language)
    if weights is not None:
        chosen = weights.best(question(s, draft, found), draft.unit_text)
        if chosen is not None:
            draft.unit_text = chosen.text
            draft.unit = chosen.span if chosen.behind else None
