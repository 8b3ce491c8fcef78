"""``selaras export`` of texts with their mentions, read back with the libraries of each format."""

from __future__ import annotations

import functools
import json
import re
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import conllu
import pyarrow.parquet as pq
import pytest
import spacy
import srsly
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from pipeline import articles, export
from pipeline.components import LABELS, register
from pipeline.export import conll, docbin
from pipeline.export import spans as export_spans
from pipeline.export.results import Results
from pipeline.export.tokens import blank, tokens
from pipeline.extraction import Extraction
from pipeline.records import Article, Mention, Organisation, Reference, Statistic
from pipeline.run import outputs
from pipeline.run.outputs import OutputError
from tests.conftest import FEW
from tests.test_command_line import said_here

FORMATS = ["docbin", "webannotation", "conll"]
Row = dict[str, Any]
Place = tuple[str, str, int, int, str | None]  # article, kind, start, end, canonical_id


@pytest.fixture(scope="module")
def made(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spans") / "made"
    done = said_here("export", sample_run, "--format", ",".join(FORMATS), "--to", folder)
    assert done.returncode == 0, done.stderr
    names = [
        f"selaras.{code}.{rest}" for code in ("ms", "nl") for rest in ("0001.spacy", "conllup")
    ]
    assert sorted(p.name for p in folder.iterdir()) == ["annotations.jsonl", *names]
    return folder


def rows_of(out: Path, name: str) -> list[Row]:
    rows: list[Row] = pq.read_table(out / f"{name}.parquet").to_pylist()
    return rows


def places(out: Path) -> Counter[Place]:
    return Counter(
        (r["article_id"], r["kind"], r["start"], r["end"], r["canonical_id"])
        for r in rows_of(out, "mentions")
    )


@functools.cache
def vocabulary(code: str) -> Vocab:
    vocab: Vocab = blank(code).vocab
    return vocab


def docs(folder: Path) -> list[Doc]:
    register()
    return [
        doc
        for file in sorted(folder.glob("selaras.*.spacy"))
        for doc in DocBin().from_disk(file).get_docs(vocabulary(file.name.split(".")[1]))
    ]


def in_docs(folder: Path, texts: dict[str, str]) -> Counter[Place]:
    """The mentions in DocBin files, whose texts, spans and records are held together."""
    found: Counter[Place] = Counter()
    for doc in docs(folder):
        identity = doc._.selaras.article_id
        assert doc.text == texts[identity]
        for group in doc.spans.values():
            for span in group:
                record = span._.selaras
                assert (span.start_char, span.end_char) == (record.start, record.end)
                assert span.text == record.text == doc.text[record.start : record.end]
                assert span.label_ == LABELS[record.kind]
                place = (span.start_char, span.end_char, span.kb_id_ or None)
                found[(identity, record.kind, *place)] += 1
    return found


def in_columns(folder: Path, texts: dict[str, str]) -> Counter[Place]:
    """The mentions in CoNLL-U Plus files, whose tokens are held to the texts."""
    kinds = {label: kind for kind, label in LABELS.items()}
    found: Counter[Place] = Counter()
    for file in sorted(folder.glob("*.conllup")):
        article = ""
        seen: dict[str, str] = {}
        for sentence in conllu.parse(file.read_text("utf-8")):
            article = sentence.metadata.get("newdoc id") or article
            seen.setdefault(article, "")
            for token in sentence:
                start, end = int(token["start"]), int(token["end"])
                assert texts[article][start:end] == token["form"]
                seen[article] += token["form"]
            for kind, label in ((k, t) for t, k in kinds.items()):
                column = label.lower()
                runs: list[list[int | str]] = []
                for token in sentence:
                    tag = token[column]
                    if tag.startswith("I-"):
                        assert runs[-1][1] <= int(token["start"])
                        runs[-1][1] = int(token["end"])
                    elif tag != "O":
                        assert tag == f"B-{label}"
                        runs.append([int(token["start"]), int(token["end"]), token[f"{column}:id"]])
                for start, end, identity in runs:
                    found[(article, kind, start, end, None if identity == "_" else identity)] += 1
        for identity, said in seen.items():
            assert said == "".join(texts[identity].split())
    above = re.compile(r"# mention = (\w+) (\d+) (\d+) (\S+)")
    for file in sorted(folder.glob("*.conllup")):
        for line in file.read_text("utf-8").split("\n"):
            if line.startswith("# newdoc id = "):
                article = line.removeprefix("# newdoc id = ")
            elif match := above.fullmatch(line):
                identity = None if match[4] == "_" else match[4]
                found[(article, kinds[match[1]], int(match[2]), int(match[3]), identity)] += 1
    return found


def in_annotations(folder: Path, texts: dict[str, str]) -> Counter[Place]:
    """The mentions in Web Annotations, each selector of which finds them."""
    found: Counter[Place] = Counter()
    ids = set()
    lines = (folder / "annotations.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    for line in lines:
        annotation = json.loads(line, parse_constant=pytest.fail)
        assert annotation["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert annotation["type"] == "Annotation"
        ids.add(annotation["id"])
        target, *pages = annotation["target"]
        identity = target["source"]["id"].removeprefix("nih:sha-256-64;")
        position, quoted = target["selector"]
        text, start, end = texts[identity], position["start"], position["end"]
        assert text[start:end] == quoted["exact"]
        around = quoted.get("prefix", "") + quoted["exact"] + quoted.get("suffix", "")
        assert text[max(start - 32, 0) : end + 32] == around
        for page in pages:
            assert re.fullmatch(r"https?://[!-~]+", page["source"])
            assert page["selector"] == quoted
        bodies = {(b["purpose"], b.get("format")): b["value"] for b in annotation["body"]}
        canonical = bodies.get(("identifying", None))
        normal = json.loads(bodies["describing", "application/json"])
        assert normal.get("canonical_id") == canonical
        found[(identity, bodies["classifying", None], start, end, canonical)] += 1
    assert len(ids) == len(lines)
    assert all(identity.startswith("urn:uuid:") for identity in ids)
    return found


READ_BACK = {"docbin": in_docs, "webannotation": in_annotations, "conll": in_columns}


@pytest.mark.parametrize("name", FORMATS)
def test_every_mention_comes_back_where_it_was(sample_run: Path, made: Path, name: str) -> None:
    texts = {r["article_id"]: r["text"] for r in rows_of(sample_run, "articles")}
    wanted = places(sample_run)
    assert len(wanted) > 300
    assert READ_BACK[name](made, texts) == wanted


def test_a_doc_has_what_is_known_of_its_article(sample_run: Path, made: Path) -> None:
    wanted = {r["article_id"]: r for r in rows_of(sample_run, "articles")}
    mentions = rows_of(sample_run, "mentions")
    found = docs(made)
    assert {d._.selaras.article_id for d in found} == set(wanted)
    for doc in found:
        article = doc.user_data["selaras"]["article"]
        row = wanted[article["article_id"]]
        for name in ("path", "story_id", "language", "title", "source_url"):
            assert article.get(name) == row[name]
        assert doc._.selaras.published == row["published"]
        own = [m for m in mentions if m["article_id"] == row["article_id"]]
        for key, kind in (("organisations", "organisation"), ("statistics", "statistic")):
            records = [doc.user_data["selaras"]["mentions"][s.id_] for s in doc.spans[key]]
            assert [
                (r["kind"], r.get("unit_id"), r.get("organisation_id"), r.get("value"))
                for r in records
            ] == [
                (m["kind"], m["unit_id"], m["organisation_id"], m["value"])
                for m in own
                if m["kind"] == kind
            ]
        assert [e.text for e in doc.ents] == [s.text for s in doc.spans["organisations"]]
        assert {e.label_ for e in doc.ents} == {"ORG"}
        starts = {s.start_char for s in doc.sents}
        assert {m["sentence_start"] for m in own} <= starts


def test_a_file_of_spacy_is_msgpack_alone(made: Path) -> None:
    for file in made.glob("*.spacy"):
        message = srsly.msgpack_loads(zlib.decompress(file.read_bytes()))
        assert all(b"\x80\x04\x95" not in said for said in message["user_data"])  # a pickle's start
        assert message["strings"] == sorted(message["strings"])


def test_the_same_results_are_the_same_bytes(sample_run: Path, made: Path, tmp_path: Path) -> None:
    export.export(sample_run, tmp_path / "again", FORMATS[::-1])
    before = {p.name: p.read_bytes() for p in made.iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == before


HOSTILE = (
    "\ufeff  # Kop\t\tmet\u200btabs <script>alert(1)</script>\r\n\n"
    "Bedrag 25.000dong-_ \u202eشركة 12\u202c 👩‍👩‍👧‍👦 7%\x1b[31m rood \u2028 Besluit\n12/QĐ-UBND van 3km. _ #\n"
    "# newdoc id = verzonnen\n1\tX\tO \x00 e\u0301 5\xa06  "
)


def of(kind: type[Mention], words: str, **said: Any) -> Mention:
    start = HOSTILE.index(words)
    return kind(start=start, end=start + len(words), text=words, **said)


HOSTILE_MENTIONS = [
    of(Organisation, "شركة", canonical_id="a b%c\td"),
    of(Organisation, "<script>alert(1)</script>", canonical_id="script"),
    of(Organisation, "ript>al", canonical_id="inside"),
    of(Organisation, " # Kop\t", canonical_id="blanks"),
    of(Reference, "Besluit\n12/QĐ-UBND", canonical_id="12/QĐ-UBND"),
    of(Statistic, "25.000", canonical_id="s1", value=25000.0),
    of(Statistic, "12/", canonical_id=None, value=12.0),
    of(Statistic, "7%", canonical_id="s2", value=7.0, value_kind="percentage"),
    of(Statistic, "\u200btabs", canonical_id="s3", value=float("inf")),
    of(Statistic, "e\u0301 5\xa06", canonical_id="s4", value=56.0),
    of(Statistic, " \x00", canonical_id="s5", value=0.0),
    of(Statistic, "0d", canonical_id="s6", value=0.0),
    of(Statistic, "  ", canonical_id="s7", value=0.0),
]


def run_of(out: Path, given: list[tuple[Article, list[Mention]]]) -> Path:
    """The files of a run whose articles say what we like."""
    article_rows, mention_rows = [], []
    for article, mentions in given:
        found = Extraction(tuple(mentions), ((0, len(article.text)),))
        article_rows.append({f: getattr(article, f) for f in article.__dataclass_fields__})
        mention_rows += articles.mention_rows(article, found)
    codes = ["ms", "nl"]
    outputs.write(out, article_rows, mention_rows, [], codes, {"languages": codes, "counts": {}})
    return out


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_a_text_says_loses_a_mention(tmp_path: Path, name: str) -> None:
    article = Article(
        article_id=articles.article_id(HOSTILE),
        path="a\tb\n# newdoc id = x",
        language="nl",
        title="\x1b[31m\n\n1\tX",
        source_url='https://example.org/a b"<>\n',
        text=HOSTILE,
    )
    plain = Article(article_id="0" * 16, path="b", language="zz", text="Nóg 5 tekst.")
    out = run_of(tmp_path / "out", [(article, HOSTILE_MENTIONS), (plain, [])])
    export.export(out, tmp_path / "made", [name])
    texts = {article.article_id: HOSTILE, plain.article_id: plain.text}
    wanted = places(out)
    assert len(wanted) == len(HOSTILE_MENTIONS)
    if name == "conll":  # its cells have no blanks
        (old,) = [p for p in wanted if p[4] == "a b%c\td"]
        wanted[(*old[:4], "a%20b%25c%09d")] = wanted.pop(old)
    assert READ_BACK[name](tmp_path / "made", texts) == wanted


def test_tokens_are_spacy_s_but_where_a_mention_cuts_them() -> None:
    nlp = spacy.blank("nl")
    text = "Zij kregen 25.000dong van de Ban-Tuyên-giáo."
    (cut,) = [Statistic(start=11, end=17, text="25.000", value=25000.0)]
    plain = [text[s:e] for s, e in tokens(nlp.tokenizer, text, [])]
    assert plain == [t.text for t in nlp(text)]
    assert [text[s:e] for s, e in tokens(nlp.tokenizer, text, [cut])] == [
        piece
        for word in plain
        for piece in (("25.000", "dong") if word == "25.000dong" else (word,))
    ]


def test_words_of_a_part_that_nobody_read_are_no_negatives(tmp_path: Path) -> None:
    text = "Sở Y tế họp.\nDe Volksraad kwam."
    article = Article(
        article_id="a" * 16, path="a", language="nl", text=text, parts="vi:0-12 nl:13-31"
    )
    body = Organisation(start=16, end=25, text="Volksraad", canonical_id="x")
    out = run_of(tmp_path / "out", [(article, [body])])
    export.export(out, tmp_path / "made", ["docbin"])
    (doc,) = docs(tmp_path / "made")
    assert {t.ent_iob_ for t in doc if t.idx < 12} == {""}
    assert {t.ent_iob_ for t in doc if t.idx > 12} == {"O", "B"}


def test_files_have_so_many_articles_and_old_ones_go(
    few_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, out = tmp_path / "at once", tmp_path / "out"
    export.export(few_run, at_once, ["webannotation", "conll"])
    renewed: list[str] = []
    real = conll.blank
    monkeypatch.setattr(conll, "blank", lambda code: renewed.append(code) or real(code))
    monkeypatch.setattr(docbin, "_ARTICLES", 2)
    monkeypatch.setattr(conll, "_RENEWED", 3000)
    monkeypatch.setattr(export_spans, "_TOGETHER", 4)
    out.mkdir()
    (out / "mine.spacy").write_text("mine")
    export.export(few_run, out, FORMATS)
    names = sorted(p.name for p in out.glob("selaras.nl.*.spacy"))
    assert len(FEW) == 6  # three in each language
    assert names == ["selaras.nl.0001.spacy", "selaras.nl.0002.spacy"]
    texts = {r["article_id"]: r["text"] for r in rows_of(few_run, "articles")}
    assert in_docs(out, texts) == places(few_run)
    assert sorted(renewed) == ["ms", "ms", "nl", "nl"]  # one to begin with
    for name in ("annotations.jsonl", "selaras.nl.conllup"):
        assert (out / name).read_bytes() == (at_once / name).read_bytes()
    monkeypatch.setattr(docbin, "_ARTICLES", 100)
    export.export(few_run, out, ["docbin"])
    assert sorted(p.name for p in out.glob("*.spacy")) == [
        "mine.spacy",
        "selaras.ms.0001.spacy",
        "selaras.nl.0001.spacy",
    ]
    assert (out / "selaras.nl.conllup").exists()


def test_a_mention_that_is_not_in_its_text_is_told(tmp_path: Path) -> None:
    article = Article(article_id="b" * 16, path="a.txt", language="nl", text="Vijf mensen")
    wrong = Statistic(start=1, end=5, text="Vijf", value=5.0)
    out = run_of(tmp_path / "out", [(article, [wrong])])
    for name in FORMATS:
        with pytest.raises(OutputError, match=r"a\.txt: a mention at 1 is not in its text"):
            export.export(out, tmp_path / "made", [name])
    assert list((tmp_path / "made").iterdir()) == []


def test_articles_come_in_their_order_with_their_mentions(
    sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_spans, "_TOGETHER", 1)
    found = list(export_spans.marked(Results(sample_run), tmp_path))
    assert [f.article.path for f in found] == [r["path"] for r in rows_of(sample_run, "articles")]
    assert sum(len(f.mentions) for f in found) == len(rows_of(sample_run, "mentions"))
    assert list(tmp_path.iterdir()) == []
