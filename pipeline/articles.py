"""A file or a text to an ``Article`` and its mention rows: what a run does once per input."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from pipeline import extraction
from pipeline.configuration import Configuration
from pipeline.detect import UNDECIDED, Detection, Part, detect, format_parts, read_parts
from pipeline.extract.furniture import date_in_address, furniture
from pipeline.read import Document, Record, Sidecar, Unreadable, parse, printable
from pipeline.records import MENTION_SCHEMA, Article, Mention
from pipeline.stages import stage

_DIGITS_OF_ID = 16
# Of an article in a language without a model, the rest is read if it is this part of it.
_READ_FROM = 0.2
_NOT_LINE_END = re.compile(r"[^\n]")
_EMPTY = dict.fromkeys(MENTION_SCHEMA.names)


def article_id(text: str) -> str:
    """The id of a text, from the text alone: the same wherever it lies."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS_OF_ID]


def failed(path: str, reason: str, digest: str) -> Article:
    """The row of a file that gave no article. Its id comes from the digest of the file, for want of
    a text."""
    return Article(
        article_id=article_id(f"unreadable:{digest}"),
        path=path,
        status="failed",
        reason=printable(reason),
        input_digest=digest,
    )


def open_record(
    record: Record, configuration: Configuration, said: Sidecar, digest: str
) -> Article:
    """The article of one record, its language decided; nothing is extracted yet. ``digest`` stands
    for the record and what is ``said`` of it. Never raises for a bad file: the row says ``failed``
    and why."""
    if record.problem is not None:
        return failed(record.path, record.problem, digest)
    try:
        with stage("parse"):
            document = parse(record)
    except Unreadable as error:
        return failed(record.path, str(error), digest)
    article = from_document(document, record.path, configuration, said)
    return dataclasses.replace(article, input_digest=digest)


def from_document(
    document: Document, path: str, configuration: Configuration, sidecar: Sidecar
) -> Article:
    """The article of a text, with the metadata of page, source line and sidecar (the last wins)."""
    text = document.text
    article = Article(article_id=article_id(text), path=path, text=text, place=sidecar.place)
    if not text.strip():
        return dataclasses.replace(article, status="skipped", reason="empty")
    url = sidecar.source_url or document.source_url or furniture(text).source_url
    article = dataclasses.replace(
        article,
        title=sidecar.title or document.title,
        published=sidecar.published
        or document.published
        or (date_in_address(url) if url else None),
        source_url=url,
    )
    if configuration.language is not None:
        return dataclasses.replace(article, language=configuration.language, language_score=1.0)
    with stage("detect"):
        found = detect(text)
    return _routed(article, found, configuration)


def _routed(article: Article, found: Detection, configuration: Configuration) -> Article:
    """The article with its language and its parts, or the reason why no model is to read it.

    A part that is less sure than the user's bar is ``und``.
    """
    least = configuration.min_language_score
    parts = [
        p if p.score >= least else dataclasses.replace(p, language=UNDECIDED) for p in found.parts
    ]
    article = dataclasses.replace(
        article,
        language=found.language,
        language_score=found.score,
        parts=format_parts(parts),
    )
    if found.language == UNDECIDED:
        return dataclasses.replace(article, status="skipped", reason=found.reason)
    readable = extraction.languages_with_model(configuration.ner)
    if found.language not in readable or found.score < least:
        other = _largest(parts, readable)
        if other is not None:
            return dataclasses.replace(article, language=other.language, language_score=other.score)
    if found.score < least:
        return dataclasses.replace(
            article,
            language=UNDECIDED,
            status="skipped",
            reason=f"unsure of its language ({found.language!r} {found.score:g}, below "
            f"{least:g}); --language names it",
        )
    if found.language not in readable:
        return dataclasses.replace(
            article, status="skipped", reason=f"no model for language {found.language!r}"
        )
    return article


def _largest(parts: Sequence[Part], readable: Sequence[str]) -> Part | None:
    """The part to read of an article that is mostly in a language that cannot be read."""
    sizes: dict[str, int] = {}
    for part in parts:
        sizes[part.language] = sizes.get(part.language, 0) + part.end - part.start
    enough = [
        part
        for part in parts
        if part.language in readable and sizes[part.language] >= _READ_FROM * sum(sizes.values())
    ]
    return max(enough, key=lambda part: sizes[part.language], default=None)


def extract(article: Article, configuration: Configuration) -> extraction.Extraction:
    """What an article says; nothing of one that is not ``ok``. Raises ``recognise.ModelError``.

    The parts of an article in several languages each go to the model of their language; what no
    model reads gives nothing.
    """
    if article.status != "ok":
        return extraction.Extraction((), ())
    parts = read_parts(article.parts)
    if not parts:
        return _extract(article, article.text, article.language, configuration)
    readable = extraction.languages_with_model(configuration.ner)
    found = [
        _extract(article, only(article.text, parts, code), code, configuration)
        for code in sorted({code for code, _, _ in parts} & {*readable})
    ]
    return extraction.Extraction(
        tuple(
            sorted((m for e in found for m in e.mentions), key=lambda m: (m.start, m.end, m.kind))
        ),
        tuple(sorted(s for e in found for s in e.sentences)),
        frozenset(line for e in found for line in e.none_lines),
    )


def only(text: str, parts: Sequence[tuple[str, int, int]], language: str) -> str:
    """``text`` with blanks for all that is not in a part in ``language``; offsets stay."""
    pieces, position = [], 0
    for code, start, end in parts:
        if code == language:
            pieces += [_NOT_LINE_END.sub(" ", text[position:start]), text[start:end]]
            position = end
    return "".join([*pieces, _NOT_LINE_END.sub(" ", text[position:])])


def _extract(
    article: Article, text: str, language: str, configuration: Configuration
) -> extraction.Extraction:
    return extraction.extract(
        text,
        language,
        title=article.title,
        published=article.published,
        place=article.place,
        ner=configuration.ner,
        lexicon=configuration.lexicon,
    )


def mention_rows(article: Article, found: extraction.Extraction) -> list[dict[str, Any]]:
    """The mentions of an article as rows of ``MENTION_SCHEMA``."""
    parts = read_parts(article.parts)
    return [_row(article, parts, mention, found.sentence(mention)) for mention in found.mentions]


def _row(
    article: Article,
    parts: Sequence[tuple[str, int, int]],
    mention: Mention,
    sentence: tuple[int, int],
) -> dict[str, Any]:
    language = next(
        (code for code, start, end in parts if start <= mention.start < end), article.language
    )
    return {
        **_EMPTY,
        **{field.name: getattr(mention, field.name) for field in dataclasses.fields(mention)},
        "article_id": article.article_id,
        "path": article.path,
        "language": language,
        "kind": mention.kind,
        "sentence": article.text[sentence[0] : sentence[1]],
        "sentence_start": sentence[0],
    }
