"""What a ``Doc`` of spaCy carries of the mentions that Selaras found in its text.

Each mention is a span of ``doc.spans[KEY]``, and its record is ``span._.selaras``:

    span.label_      ``ORG``, ``REF`` or ``STAT``
    span.kb_id_      the ``canonical_id``, the identity in no language
    span.id_         ``KEY:START:END`` with the offsets of the mention
    span._.selaras   a ``records.Organisation``, ``Reference`` or ``Statistic``: all that is known
    doc._.selaras    a ``records.Article``: its language, and why it was not read, if it was not

Offsets are Unicode code points, those of ``doc.text``. spaCy's spans are whole tokens, and a
mention may begin or end inside one (``25.000dong``): then the span is widened to whole tokens,
while the record keeps ``start``, ``end`` and ``text`` exactly.

The records lie in ``doc.user_data["selaras"]`` as plain values, so that they go with a ``Doc``
through ``to_bytes``, a ``DocBin`` and the processes of ``nlp.pipe``, and can be read without
Selaras: ``doc.user_data["selaras"]["mentions"][span.id_]``; what says nothing is left out.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from spacy.tokens import Doc, Span

from pipeline import records
from pipeline.records import Article, Mention, Organisation, Reference, Statistic

# The name of the attributes of docs and spans, and of what user_data has.
ATTRIBUTE = "selaras"
# By kind of mention, the default name of its group of spans, and their label.
KEYS = {
    Organisation.kind: "organisations",
    Reference.kind: "references",
    Statistic.kind: "statistics",
}
LABELS = {Organisation.kind: "ORG", Reference.kind: "REF", Statistic.kind: "STAT"}

# The text is the Doc's own, and what stands for the file says nothing of the text.
_NOT_KEPT = frozenset({"text", "input_digest"})


def register() -> None:
    """Make ``doc._.selaras`` and ``span._.selaras`` known to spaCy; doing it again does nothing."""
    if not Doc.has_extension(ATTRIBUTE):
        Doc.set_extension(ATTRIBUTE, getter=article_of)
    if not Span.has_extension(ATTRIBUTE):
        Span.set_extension(ATTRIBUTE, getter=mention_of)


def plain(record: Mention | Article) -> dict[str, Any]:
    """A record as values that msgpack takes, days in ISO 8601, without what says nothing; of a
    mention with its ``kind``."""
    said: dict[str, Any] = {"kind": record.kind} if isinstance(record, Mention) else {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if value is not None and not (isinstance(record, Article) and field.name in _NOT_KEPT):
            said[field.name] = value.isoformat() if isinstance(value, datetime.date) else value
    return said


def _kept(doc: Doc, what: str, key: str | None = None) -> Mapping[str, Any] | None:
    """What ``doc.user_data`` has of Selaras, if it is what ``mark`` left there."""
    found = doc.user_data.get(ATTRIBUTE)
    for name in (what, key):
        if name is not None:
            found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def mention_of(span: Span) -> Mention | None:
    """The record of a span, typed; ``None`` for a span that Selaras did not make."""
    said = _kept(span.doc, "mentions", span.id_)
    return None if said is None else records.mention_of(said)


def article_of(doc: Doc) -> Article | None:
    """What is known of the text as a whole, of the component that read it last; ``None`` if none
    did."""
    said = _kept(doc, "article")
    if said is None:
        return None
    given = dict(said)
    if "published" in given:
        given["published"] = datetime.date.fromisoformat(given["published"])
    return records.article_of(given | {"text": doc.text})


def mark(doc: Doc, article: Article, key: str, mentions: Sequence[Mention]) -> None:
    """Put ``mentions`` into ``doc.spans[key]`` and their records into ``doc.user_data``.

    Offsets are those of ``doc.text``. What an earlier call left under ``key`` is replaced. A
    mention that covers no token (of nothing but blanks) has a record and no span.
    """
    register()
    kept = doc.user_data.get(ATTRIBUTE)
    before = kept.get("mentions", {}) if isinstance(kept, Mapping) else {}
    kept_records = {name: said for name, said in before.items() if name.rsplit(":", 2)[0] != key}
    spans = []
    for mention in mentions:
        name = whole = f"{key}:{mention.start}:{mention.end}"
        again = 1
        while name in kept_records:  # two readings of one place, both kept
            again += 1
            name = f"{whole}#{again}"
        kept_records[name] = plain(mention)
        span = doc.char_span(
            mention.start,
            mention.end,
            label=LABELS[mention.kind],
            kb_id=mention.canonical_id or "",
            alignment_mode="expand",
            span_id=name,
        )
        if span is not None and len(span):
            spans.append(span)
    doc.spans[key] = spans
    doc.user_data[ATTRIBUTE] = {"article": plain(article), "mentions": kept_records}
