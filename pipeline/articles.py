"""A file or a text to an ``Article`` and its mention rows: what a run does once per input."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from pipeline import extraction
from pipeline.configuration import Configuration
from pipeline.detect import UNDECIDED, detect
from pipeline.extract.furniture import date_in_address, furniture
from pipeline.read import Document, Sidecar, Source, Unreadable, printable, read
from pipeline.records import MENTION_SCHEMA, Article, Mention

_DIGITS_OF_ID = 16
_EMPTY = dict.fromkeys(MENTION_SCHEMA.names)


def article_id(text: str) -> str:
    """The id of a text, from the text alone: the same wherever it lies."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS_OF_ID]


def failed(path: str, reason: str) -> Article:
    """The row of a file that gave no article. Its id comes from its path, for want of a text."""
    return Article(
        article_id=article_id(f"unreadable:{path}"),
        path=path,
        status="failed",
        reason=printable(reason),
    )


def open_article(source: Source, configuration: Configuration, sidecar: Sidecar) -> Article:
    """The article of one file, its language decided; nothing is extracted yet. Never raises for a
    bad file: the row says ``failed`` and why."""
    try:
        document = read(source.file, named=source.named, max_bytes=configuration.max_bytes)
    except Unreadable as error:
        return failed(source.path, str(error))
    return from_document(document, source.path, configuration, sidecar)


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
    found = detect(text)
    article = dataclasses.replace(article, language=found.language, language_score=found.score)
    if found.language == UNDECIDED:
        return dataclasses.replace(article, status="skipped", reason=found.reason)
    if found.language not in extraction.languages_with_model(configuration.ner):
        return dataclasses.replace(
            article, status="skipped", reason=f"no model for language {found.language!r}"
        )
    if found.score < configuration.min_language_score:
        return dataclasses.replace(
            article,
            language=UNDECIDED,
            status="skipped",
            reason=f"unsure of its language ({found.language!r} {found.score:.2f}, below "
            f"{configuration.min_language_score:.2f}); --language names it",
        )
    return article


def extract(article: Article, configuration: Configuration) -> extraction.Extraction:
    """What an article says; nothing of one that is not ``ok``. Raises ``recognise.ModelError``."""
    if article.status != "ok":
        return extraction.Extraction((), ())
    return extraction.extract(
        article.text,
        article.language,
        title=article.title,
        published=article.published,
        place=article.place,
        ner=configuration.ner,
        lexicon=configuration.lexicon,
    )


def mention_rows(article: Article, found: extraction.Extraction) -> list[dict[str, Any]]:
    """The mentions of an article as rows of ``MENTION_SCHEMA``."""
    return [_row(article, mention, found.sentence(mention)) for mention in found.mentions]


def _row(article: Article, mention: Mention, sentence: tuple[int, int]) -> dict[str, Any]:
    return {
        **_EMPTY,
        **dataclasses.asdict(mention),
        "article_id": article.article_id,
        "path": article.path,
        "language": article.language,
        "kind": mention.kind,
        "sentence": article.text[sentence[0] : sentence[1]],
        "sentence_start": sentence[0],
    }
