"""Articles that were wholly reviewed, as gold articles with tags (the format of ``gold.py``)."""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import gold, languages
from pipeline.explanation import Row
from pipeline.reviewing import forms
from pipeline.reviewing.judgements import Judgement

FOLDER = "gold"
_TAGS = {"organisation": "org", "reference": "ref", "statistic": "stat"}
# The attributes of a tag, each with the column of mentions that has it and the field of a form.
_ATTRIBUTES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "organisation": (("key", "canonical_id", "id"),),
    "reference": (("id", "canonical_id", "id"), ("date", "reference_date", "date")),
    "statistic": (
        ("value", "value", "value"),
        ("of", "of", "of"),
        ("to", "to", "to"),
        ("kind", "value_kind", "value_kind"),
        ("currency", "currency", "currency"),
        ("qualifier", "qualifier", "qualifier"),
        ("change", "change", "change"),
        ("unit", "unit", "unit"),
    ),
}
_DEFAULT = {"statistic": {"value_kind": "count"}}  # of a missed figure
_UNSAFE = re.compile(r"[^\w.-]+")


class NotGold(ValueError):
    """Why an article is not written as gold."""


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where ``words`` stand in ``text`` as whole words, whatever the blanks between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    return [m.span() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)] if pattern else []


def _plain(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def attributes(kind: str, row: Mapping[str, Any], right: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a tag: what was found, with what a correction says in its place.

    Raises ``NotGold`` when the first, which every tag needs, is missing.
    """
    said: dict[str, str] = {}
    for name, column, field in _ATTRIBUTES[kind]:
        found = (right.get(field), row.get(column), _DEFAULT.get(kind, {}).get(column))
        value = next((v for v in found if v is not None and v != ""), None)
        if value is not None and value != forms.NONE:
            said[name] = _plain(value)
    needed = _ATTRIBUTES[kind][0][0]
    if needed not in said:
        raise NotGold(f"a {kind} without {needed}")
    return said


def span_of(judgement: Judgement, row: Mapping[str, Any]) -> gold.GoldSpan | None:
    """The tag that a judged mention becomes, or none for one that is no such thing.

    Raises ``NotGold`` for one that is wrong and not put right.
    """
    if judgement.verdict == forms.WRONG and judgement.sort == forms.NOTHING:
        return None
    start, end = judgement.start or 0, judgement.end or 0
    if judgement.verdict not in (forms.RIGHT, forms.CORRECTED):
        said = "wrong and not corrected" if judgement.verdict == forms.WRONG else "skipped"
        raise NotGold(f"{judgement.kind} {judgement.text!r} at {start} is {said}")
    if judgement.right_start is not None and judgement.right_end is not None:
        start, end = judgement.right_start, judgement.right_end
    said_of = attributes(judgement.kind, row, judgement.right)
    return gold.GoldSpan(_TAGS[judgement.kind], start, end, "", said_of)


def marked(text: str, spans: Iterable[gold.GoldSpan]) -> str:
    """``text`` with its tags, which the reader of gold takes apart into the same again.

    Raises ``NotGold`` when the format cannot say it: tags that overlap, signs no file can hold.
    """
    pieces: list[str] = []
    position = 0
    ordered = sorted(spans, key=lambda s: (s.start, s.end))
    for span in ordered:
        if span.start < position:
            raise NotGold(
                f"{text[span.start : span.end]!r} at {span.start} lies in another tag; "
                "tags do not nest"
            )
        said = "".join(
            f' {name}="{html.escape(value, quote=True)}"' for name, value in span.attributes.items()
        )
        inner = _escaped(text[span.start : span.end])
        pieces += [_escaped(text[position : span.start]), f"<{span.type}{said}>", inner]
        pieces.append(f"</{span.type}>")
        position = span.end
    pieces.append(_escaped(text[position:]))
    raw = "".join(pieces)
    try:
        again, found = gold.parse(raw.encode("utf-8").decode("utf-8-sig"))
    except (gold.GoldError, UnicodeEncodeError) as error:
        raise NotGold(f"its text cannot be written as gold: {error}") from error
    if again != text or [(s.type, s.start, s.end, s.attributes) for s in found] != [
        (s.type, s.start, s.end, s.attributes) for s in ordered
    ]:
        raise NotGold("its text has signs that the format cannot say")
    return raw


def _escaped(text: str) -> str:
    """Text as the format has it: line ends and a mark at the start would else be lost."""
    plain = html.escape(text, quote=False)
    return plain.replace("\r", "&#13;").replace("\ufeff", "&#65279;")


def names(articles: Sequence[Row]) -> dict[str, str]:
    """The file name of every article of a run as gold, by ``article_id``: ``STORY.LANGUAGE.txt``.

    Translations of one story share its name, which is that of its first file; where two would have
    one name, the id of the article tells them apart. ``articles`` are sorted by path.
    """
    stories: dict[str, str] = {}
    for row in articles:
        stories.setdefault(row["story_id"], _stem(row["path"]))
    count = Counter((stories[row["story_id"]], row["language"]) for row in articles)
    found: dict[str, str] = {}
    for row in articles:
        stem, language = stories[row["story_id"]], row["language"]
        if count[stem, language] > 1:
            stem = f"{stem}-{_UNSAFE.sub('-', row['article_id'])[-12:]}"
        found[row["article_id"]] = f"{stem}.{language}.txt"
    return found


def _stem(path: str) -> str:
    """The name of a file without its endings, in signs that every file system takes."""
    name = posixpath.basename(path)
    whole, _, part = name.partition("#")
    stem = posixpath.splitext(whole)[0]
    head, _, tail = stem.rpartition(".")
    if head and tail in languages.available():
        stem = head
    return _UNSAFE.sub("-", f"{stem}-{part}" if part else stem).strip(".-")[:80] or "article"


def lies_in(folder: Path, name: str) -> Path:
    """Where the gold article of this name is written."""
    return folder / FOLDER / name
