"""The Web Annotation Data Model of the W3C: one JSON-LD object for each mention.

See https://www.w3.org/TR/annotation-model/. ``annotations.jsonl`` has an annotation a line, each a
whole document by itself, so that a file of any size is made and read line by line; put between
``[`` and ``]``, with commas, they are one JSON-LD document again.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline import __version__
from pipeline.export.results import Results
from pipeline.export.spans import Marked, marked
from pipeline.export.texts import finite
from pipeline.records import KINDS, Article, Mention, own_columns

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_HOME = "https://github.com/selaras/selaras"
# The ids of annotations are made in this namespace (RFC 9562, version 5).
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, _HOME)
_AROUND = 32  # characters before and behind a mention, by which it is found again
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_ALLOWED = "%/:=&?~#+!$,;'@()*[]"
_KEPT = ("canonical_id", "label", "score", "source", "reason")
_NORMAL_FORM = {kind: (*_KEPT, *own_columns(kind)) for kind in KINDS}


def webannotation(results: Results, folder: Path) -> None:
    """``annotations.jsonl``: the mentions, article by article in the order of paths, by place."""
    with (folder / "annotations.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for found in marked(results, folder):
            for annotation in of_article(found):
                file.write(json.dumps(annotation, ensure_ascii=False, allow_nan=False) + "\n")


def of_article(found: Marked) -> Iterator[dict[str, Any]]:
    """The mentions of an article as annotations.

    Targets are the text that Selaras read, named by its digest (RFC 6920), with the place of the
    mention in it, and its page, if the article has an address. ``start`` and ``end`` count Unicode
    code points, as the data model says, not UTF-16 units as JavaScript does. The page has no
    place but the words themselves: its HTML is another text.
    """
    source = _source(found.article)
    address = _address(found.article.source_url)
    times: dict[str, int] = {}
    for mention in found.mentions:
        place = f"{found.article.article_id}/{mention.kind}/{mention.start}-{mention.end}"
        times[place] = times.get(place, 0) + 1
        name = place if times[place] == 1 else f"{place}/{times[place]}"
        words = _quote(found.article.text, mention)
        position = {"type": "TextPositionSelector", "start": mention.start, "end": mention.end}
        targets: list[dict[str, Any]] = [
            {"type": "SpecificResource", "source": source, "selector": [position, words]}
        ]
        if address is not None:
            targets.append({"type": "SpecificResource", "source": address, "selector": words})
        yield {
            "@context": CONTEXT,
            "id": uuid.uuid5(_NAMESPACE, name).urn,
            "type": "Annotation",
            "motivation": ["identifying", "classifying"],
            "generator": {"id": _HOME, "type": "Software", "name": f"Selaras {__version__}"},
            "body": _bodies(mention),
            "target": targets,
        }


def _bodies(mention: Mention) -> list[dict[str, Any]]:
    """What a mention is: its kind, its identity, its English name, and its normal form as JSON."""
    said = {name: getattr(mention, name) for name in _NORMAL_FORM[mention.kind]}
    normal = {name: value for name, value in finite(said).items() if value is not None}
    bodies = [{"type": "TextualBody", "purpose": "classifying", "value": mention.kind}]
    if mention.canonical_id:
        bodies.append(
            {"type": "TextualBody", "purpose": "identifying", "value": mention.canonical_id}
        )
    if mention.label:
        # The labels are English in every language of the articles.
        label = {"type": "TextualBody", "purpose": "describing", "value": mention.label}
        bodies.append({**label, "language": "en"})
    bodies.append(
        {
            "type": "TextualBody",
            "purpose": "describing",
            "format": "application/json",
            "value": json.dumps(normal, ensure_ascii=False, allow_nan=False),
        }
    )
    return bodies


def _quote(text: str, mention: Mention) -> dict[str, str]:
    """The words of a mention with those around it."""
    said = {"type": "TextQuoteSelector", "exact": mention.text}
    before = text[max(mention.start - _AROUND, 0) : mention.start]
    after = text[mention.end : mention.end + _AROUND]
    return said | ({"prefix": before} if before else {}) | ({"suffix": after} if after else {})


def _source(article: Article) -> dict[str, Any]:
    """The text of an article: an ``article_id`` is the first 64 bits of its SHA-256."""
    said: dict[str, Any] = {
        "id": f"nih:sha-256-64;{quote(article.article_id, safe='')}",
        "type": "Text",
        "format": "text/plain",
        "language": article.language,
        "rdfs:label": article.path,
    }
    if article.title:
        said["dc:title"] = article.title
    if article.story_id:
        said["dc:relation"] = article.story_id
    if article.source_url:
        said["dc:source"] = article.source_url
    return said


def _address(url: str | None) -> str | None:
    """An address of the web as an IRI; anything else is none to point at."""
    if url is None or not _ADDRESS.match(url):
        return None
    return quote(url, safe=_ALLOWED)
