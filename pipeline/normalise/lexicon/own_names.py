"""The names that the user's lexicon gives bodies: what a name means, and where they stand."""

from __future__ import annotations

from typing import NamedTuple

from pipeline import languages
from pipeline.normalise.lexicon.tokens import Token, phrase_words, tokenise
from pipeline.normalise.places import pieces
from pipeline.user_lexicon import NoBody, OwnName, active, remembered


class _Own(NamedTuple):
    """A name with its words, and whether each must have a capital, or be all capitals."""

    name: OwnName
    words: tuple[str, ...]
    capitals: tuple[bool, ...]
    upper: bool


def own_names(language: str) -> list[tuple[OwnName, tuple[Token, ...]]]:
    """The user's names that hold in ``language`` with their words, without an article before them.

    Where two have the same words the last one counts. A name of each language that is no body in
    this one does not hold in it.
    """
    lexicon = active()
    if lexicon is None:
        return []
    names = [n for n in lexicon.names if n.language in (None, language)]
    names.sort(key=lambda name: name.language is not None)
    none = {bare_words(n.text, language) for n in lexicon.nones if n.language == language}
    found = [(name, tuple(_bare(name.text, language))) for name in names]
    return [
        (name, tokens)
        for name, tokens in found
        if name.language or tuple(t.word for t in tokens) not in none
    ]


def _bare(text: str, language: str) -> list[Token]:
    """The words of a name without an article before them."""
    tokens = tokenise(text)
    known = language in languages.available()
    articles = languages.data(language, "organisations")["articles"] if known else ()
    if len(tokens) > 1 and tokens[0].word in articles:
        del tokens[0]
    return tokens


def bare_words(text: str, language: str) -> tuple[str, ...]:
    """The words by which the user's names are compared: without case, diacritics, dashes, and an
    article of ``language`` before them."""
    return tuple(t.word for t in _bare(text, language))


@remembered()
def _nones(language: str) -> dict[tuple[str, ...], tuple[NoBody, ...]]:
    """What the user says is no body in ``language``, by words, but for names of that language."""
    lexicon = active()
    found: dict[tuple[str, ...], tuple[NoBody, ...]] = {}
    if lexicon is None:
        return found
    names = {bare_words(n.text, language) for n in lexicon.names if n.language == language}
    for none in lexicon.nones:
        words = bare_words(none.text, language)
        if none.language == language or (none.language is None and words not in names):
            found[words] = (*found.get(words, ()), none)
    return found


def no_body(text: str, language: str) -> tuple[NoBody, ...]:
    """The lines of the user's lexicon by which ``text``, as a whole, is no body, whatever its case
    and diacritics; none where it may be one."""
    lexicon = active()
    if lexicon is None or not lexicon.nones:
        return ()
    return _nones(language).get(bare_words(text, language), ())


@remembered()
def _names(language: str) -> dict[str, dict[tuple[str, ...], _Own]]:
    """The user's names that hold in ``language``, by first word and words."""
    found: dict[str, dict[tuple[str, ...], _Own]] = {}
    for name, tokens in own_names(language):
        words = tuple(t.word for t in tokens)
        own = _Own(
            name, words, tuple(t.capital for t in tokens), len(tokens) == 1 and tokens[0].upper
        )
        found.setdefault(words[0], {})[words] = own
    return {
        first: dict(sorted(table.items(), key=lambda pair: -len(pair[0])))
        for first, table in found.items()
    }


def own_name(text: str, language: str) -> OwnName | None:
    """What the user's lexicon says of the name ``text``, whatever its case and diacritics."""
    if active() is None:
        return None
    words = phrase_words(text)
    own = _names(language).get(words[0], {}).get(words) if words else None
    return own.name if own else None


def own_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Where the user's names stand in ``text``, in order; the longest of those that begin at one
    word. Words have capitals where the user wrote them."""
    if active() is None:
        return []
    names = _names(language)
    found: list[tuple[int, int]] = []
    for start, stop in pieces(text):
        while start < stop:
            line = text.find("\n", start, stop) + 1 or stop
            tokens = tokenise(text, start, line)
            i = 0
            while i < len(tokens):
                for own in names.get(tokens[i].word, {}).values():
                    run = tokens[i : i + len(own.words)]
                    after = tokens[i + len(run) : i + len(run) + 1]
                    whole = not (run[0].glued and run[0].dash) and not (
                        after and after[0].glued and after[0].dash and after[0].word.isalpha()
                    )
                    if (
                        whole
                        and tuple(t.word for t in run) == own.words
                        and all(
                            t.capital for t, said in zip(run, own.capitals, strict=True) if said
                        )
                        and (run[0].upper or not own.upper)
                    ):
                        found.append((run[0].start, run[-1].end))
                        i += len(run) - 1
                        break
                i += 1
            start = line
    return found
