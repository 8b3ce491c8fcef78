"""The merge of very many mentions: seconds and peak memory of ``selaras table``.

    python -m benchmarks.merge [--mentions 10000000] [--folder FOLDER] [--out FILE]

Makes up articles and their mentions: stories of two translations with forty mentions each, bodies
that many articles name and bodies of one story, documents that many cite, figures small and
round or of one story. Always the same ones. Then merges them in a process of its own, as ``selaras
table`` does. Memory is the most that the process and its helpers held at any moment, libraries
included. Ends with 1 when it passes the limit of 2 GB (2 * 10^9 bytes).
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import report
from benchmarks.process_tree import Failed, measure
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.tabulate import database

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 2000.0
MENTIONS_OF_ARTICLE = 40
_STORIES_AT_ONCE = 250
_SEED = 4

LANGUAGES = ("ms", "nl")
_KINDS = (
    ("peoples-committee", "Jawatankuasa Rakyat", "Volkscomité"),
    ("peoples-council", "Majlis Rakyat", "Volksraad"),
    ("party-committee", "Jawatankuasa Parti", "Partijcomité"),
    ("health-department", "Jabatan Kesihatan", "afdeling Volksgezondheid"),
    ("police", "Polis", "Politie"),
    ("general-hospital", "Hospital Besar", "Algemeen Ziekenhuis"),
    ("university", "Universiti", "Universiteit"),
    ("military-command", "Komando Tentera", "Militair Commando"),
)
_PLACES = (
    *("Ha Giang", "Cao Bang", "Lao Cai", "Son La", "Dien Bien", "Lai Chau", "Yen Bai", "Hoa Binh"),
    *("Nghe An", "Ha Tinh", "Quang Binh", "Quang Tri", "Quang Nam", "Phu Yen", "Gia Lai"),
    *("Dak Lak", "Lam Dong", "Dong Nai", "Tay Ninh", "Long An", "Ben Tre", "Ca Mau", "Can Tho"),
)
_SYLLABLES = ("An", "Binh", "Duc", "Hai", "Hoa", "Khanh", "Long", "Minh", "Phat", "Son", "Thanh")
_UNITS = (
    ("party-member", "ahli Parti", "partijleden"),
    ("student", "pelajar", "leerlingen"),
    ("household", "isi rumah", "huishoudens"),
    ("hectare", "hektar", "hectare"),
    (None, "model", "modellen"),
)
_WORDS = {
    "ms": ("pada", "masa", "yang", "sama", "telah", "melaksanakan", "dengan", "baik", "tugas"),
    "nl": ("in", "dezelfde", "periode", "heeft", "deze", "taken", "goed", "uitgevoerd", "het"),
}
_RNG = random.Random(_SEED)
_PHRASES = {
    code: [" ".join(_RNG.choices(words, k=8)).capitalize() for _ in range(1000)]
    for code, words in _WORDS.items()
}
_BODIES = [
    (f"{kind}/{place.lower().replace(' ', '-')}", (f"{ms} {place}", f"{nl} {place}"), kind, place)
    for place in _PLACES
    for kind, ms, nl in _KINDS
]
# Some bodies are named by very many articles, most by few (Zipf).
_BODY_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(_BODIES) + 1)))

Row = dict[str, Any]


def _facts(rng: random.Random) -> list[Row]:
    """What both translations of a story say, in order; wordings are by language."""
    own = [rng.choices(_BODIES, cum_weights=_BODY_WEIGHTS)[0] for _ in range(rng.randint(3, 7))]
    for _ in range(2):  # companies that no other story names
        name = " ".join(rng.choices(_SYLLABLES, k=3))
        key = f"company/{name.lower().replace(' ', '-')}-{rng.randrange(10**6)}"
        own.append((key, (f"Syarikat {name}", f"Bedrijf {name}"), "company", ""))
    year = rng.randint(2020, 2026)
    found: list[Row] = []
    for _ in range(MENTIONS_OF_ARTICLE):
        what = rng.random()
        if what < 0.6:
            identity, texts, kind, place = rng.choice(own)
            missing = rng.random() < 0.05
            said = {
                "canonical_id": kind if missing else identity,
                "label": texts[1],
                "body": kind,
                "place": place or None,
                "place_missing": missing,
                "reason": "place in the name",
            }
            found.append({"kind": "organisation", "texts": texts, "said": said})
        elif what < 0.68:
            number = f"{int(rng.paretovariate(0.6)) % 5000}/QĐ-TTg"
            said = {"canonical_id": number, "reference_type": "decision", "reason": "its number"}
            found.append({"kind": "reference", "texts": (number, number), "said": said})
        else:
            found.append(_figure(rng, own[0][0], year))
    return found


def _figure(rng: random.Random, body: str, year: int) -> Row:
    value = float(int(10 ** rng.uniform(0, 5)))
    unit_id, *units = rng.choice(_UNITS)
    share = rng.random() < 0.2
    known = rng.random() < 0.4
    said = {
        "value": value % 100 if share else value,
        "value_kind": "percentage" if share else "count",
        "unit_id": unit_id,
        "label": unit_id,
        "organisation_id": body if rng.random() < 0.5 else None,
        "period_start": f"{year}-01-01" if known else None,
        "period_end": f"{year}-12-31" if known else None,
        "qualifier": rng.choice((None, None, None, "about", "over")),
    }
    return {"kind": "statistic", "texts": (f"{value:g}",) * 2, "said": said, "units": units}


def _story(rng: random.Random, number: int) -> Iterator[tuple[Row, list[Row]]]:
    """The articles of one story, each with its mentions."""
    facts = _facts(rng)
    day = datetime.date(2020, 1, 1) + datetime.timedelta(days=rng.randrange(2400))
    for side, language in enumerate(LANGUAGES):
        article = {
            "article_id": f"{rng.getrandbits(64):016x}",
            "path": f"{number % 1000:03d}/{number:08d}.{language}.txt",
            "language": language,
            "language_score": 1.0,
            "status": "ok",
            "published": day + datetime.timedelta(days=side),
        }
        rows: list[Row] = []
        text = ""
        phrases = _PHRASES[language]
        for i in range(0, len(facts), 2):
            # A translation leaves a sentence out, now and then.
            if side and rng.random() < 0.05:
                continue
            sentence, said = "", []
            for fact in facts[i : i + 2]:
                sentence += rng.choice(phrases) + " "
                said.append((len(sentence), fact))
                sentence += fact["texts"][side] + " "
            sentence += rng.choice(phrases) + "."
            for at, fact in said:
                surface = fact["texts"][side]
                row = {
                    "article_id": article["article_id"],
                    "path": article["path"],
                    "language": language,
                    "kind": fact["kind"],
                    "text": surface,
                    "start": len(text) + at,
                    "end": len(text) + at + len(surface),
                    "sentence": sentence,
                    "sentence_start": len(text),
                    "score": round(0.7 + 0.3 * rng.random(), 3),
                    "source": "benchmark 1.0",
                    **fact["said"],
                }
                if fact["kind"] == "statistic":
                    row["unit"] = fact["units"][side]
                rows.append(row)
            text += sentence + "\n"
        yield article | {"text": text}, rows


def make(folder: Path, mentions: int) -> int:
    """Write articles and at least so many mentions as if a run had found them; gives how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = number = 0
    with (
        pq.ParquetWriter(folder / "articles.parquet", ARTICLE_SCHEMA) as articles,
        pq.ParquetWriter(folder / "mentions.parquet", MENTION_SCHEMA) as found,
    ):
        while count < mentions:
            rng = random.Random(_SEED + number)
            article_rows: list[Row] = []
            mention_rows: list[Row] = []
            while len(article_rows) < 2 * _STORIES_AT_ONCE and count < mentions:
                for article, rows in _story(rng, number):
                    article_rows.append(article)
                    mention_rows += rows
                    count += len(rows)
                number += 1
            rng.shuffle(article_rows)
            articles.write_table(_columns(article_rows, ARTICLE_SCHEMA))
            found.write_table(_columns(mention_rows, MENTION_SCHEMA))
    return count


def _columns(rows: list[Row], schema: pa.Schema) -> pa.Table:
    return pa.table(
        [pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema
    )


def child(folder: Path, memory: str = database.MEMORY) -> Row:
    """Merge the articles in ``folder`` in this process, with ``memory`` for DuckDB."""
    from pipeline.run import batch

    database.MEMORY = memory
    begin = time.perf_counter()
    counts = batch.retabulate(folder)["counts"]
    return {
        "seconds": round(time.perf_counter() - begin, 2),
        "articles": counts["articles"],
        "stories": counts["stories"],
        "mentions": sum(counts["mentions"].values()),
        "rows": sum(counts["rows"].values()),
    }


def fresh(folder: Path, memory: str = database.MEMORY) -> Row:
    """What ``child`` measures in a new process, with its peak. Raises ``process_tree.Failed``."""
    with tempfile.TemporaryDirectory() as temporary:
        said = Path(temporary) / "said.json"
        options = ["--child", str(folder.resolve()), "--memory", memory, "--out", str(said)]
        command = [sys.executable, "-m", "benchmarks.merge", *options]
        cost = measure(command, ROOT, Path(temporary))
        found: Row = json.loads(said.read_text(encoding="utf-8"))
    return found | {"peak": round(cost.memory, 1)}


def main() -> int:
    """Read the command line, make, merge, print the table; 1 when the limit is passed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.merge",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mentions", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="kept, and used again (default: a temporary)")
    parser.add_argument(
        "--memory", default=database.MEMORY, help="DuckDB's part (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, help="JSON file")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        options.out.write_text(json.dumps(child(options.child, options.memory)), encoding="utf-8")
        return 0
    if options.mentions < 1:
        parser.error("--mentions must be at least 1")
    state = report.machine()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "made"
        if not (folder / "mentions.parquet").exists():
            made = make(folder, options.mentions)
            print(f"{made:,} mentions made", file=sys.stderr, flush=True)
        try:
            found = fresh(folder, options.memory)
        except Failed as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    speed = round(found["mentions"] / found["seconds"])
    header = ["mentions", "articles", "stories", "rows", "seconds", "mentions per second", "memory"]
    row = [found[name] for name in ("articles", "stories", "rows")]
    cells = [f"{found['mentions']:,}", *row, found["seconds"], speed, f"{found['peak']:.0f} MB"]
    print(report.markdown(header, [cells]))
    report.write(options.out, {"machine": state, **found, "mentions_per_second": speed})
    over = found["peak"] > MEGABYTES
    print(f"\nlimit: {MEGABYTES:g} MB: {'not kept' if over else 'kept'}")
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
