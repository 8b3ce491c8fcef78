"""A worker that does to itself what the words of an article say."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import articles
from pipeline.configuration import Configuration
from pipeline.extraction import Extraction
from pipeline.records import Article, Reference
from pipeline.run import tasks
from pipeline.run.tasks import Outcome, Task


def said_in(article: Article) -> list[dict[str, Any]]:
    """The mention rows of an article: its first word is a document."""
    word = article.text.split()[0]
    found = Reference(
        start=article.text.index(word),
        end=article.text.index(word) + len(word),
        text=word,
        canonical_id=f"{len(article.text)}/QĐ-UBND",
        reference_type="decision",
        source="hostile",
    )
    extraction = Extraction((found,), ((0, len(article.text)),))
    return articles.mention_rows(article, extraction)


def performer(_configuration: Configuration | None = None) -> Callable[[Task], Outcome]:
    """Does tasks without any model: each text is an article that says nothing."""

    def perform(task: Task) -> Outcome:
        text = task.record.data.decode()
        word, _, rest = text.partition(" ")
        if word == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif word == "exit":
            os._exit(3)
        elif word == "hang":
            time.sleep(600)
        elif word == "spin":
            while True:
                pass
        elif word == "nap":
            time.sleep(1.0)
        elif word == "grow":
            held = []
            while True:
                held.append(bytearray(50_000_000))
                time.sleep(0.002)
        elif word == "leap":
            bytearray(50_000_000_000)
        elif word == "raise":
            raise RuntimeError("inside")
        elif word == "once":  # the first time alone: as when a worker is killed for another's sake
            mark = Path(rest.strip())
            if not mark.exists():
                mark.write_text("")
                os.kill(os.getpid(), signal.SIGKILL)
        article = Article(
            article_id=task.digest[:16],
            path="-",
            text=text,
            language="nl",
            input_digest=task.digest,
        )
        return Outcome(task.digest, tasks._row(article), tasks._stream(said_in(article)))

    return perform


class Large:
    """What makes a worker, with more to it than a pipe holds."""

    def __init__(self, what: list[Any]) -> None:
        self.what = what

    def __call__(self) -> Callable[[Task], Outcome]:
        """What ``performer`` makes."""
        return performer()


def killing_records(source: object, limits: object, skip: int = 0) -> object:
    """``read.records``, but a file called crash kills its reader, and hang is never read."""
    from pipeline.read import records

    name = Path(source.file).stem  # type: ignore[attr-defined]
    if name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "hang":
        time.sleep(600)
    return records(source, limits, skip)  # type: ignore[arg-type]
