"""Selaras as parts of a spaCy pipeline: found by their entry points, held to ``pipeline.load``."""

from __future__ import annotations

import gc
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

import pipeline
from pipeline import components
from pipeline.components import KEYS, factories, register
from pipeline.components.attributes import plain
from pipeline.records import Mention, Statistic
from tests.conftest import ARTICLES, ROOT

FILES = sorted(ARTICLES.glob("*.txt"))[:4]
NAMES = {f"selaras_{key}": kind for kind, key in KEYS.items()}
LEXICON = "kind,language,text,id\nname,nl,Groene Hoop Fonds,fund/green-hope\n"
DUTCH = "Het Groene Hoop Fonds gaf 25 beurzen aan studenten van de provincie Ha Giang."


def texts() -> list[str]:
    return [file.read_text("utf-8") for file in FILES]


def made(lang: str = "xx", **choices: object) -> Language:
    """A pipeline with all three components."""
    nlp = spacy.blank(lang)
    for name in NAMES:
        nlp.add_pipe(name, config=choices)
    return nlp


def records(doc: Doc) -> list[Mention]:
    found = [span._.selaras for group in doc.spans.values() for span in group]
    return sorted(found, key=lambda m: (m.start, m.end, m.kind))


def test_spacy_finds_them_without_an_import() -> None:
    found = {e.name for e in entry_points(group="spacy_factories")}
    assert found >= set(NAMES)
    code = (
        "import sys, spacy; nlp = spacy.blank('xx');"
        "[nlp.add_pipe(n) for n in sys.argv[1:]];"
        "print(nlp.pipe_names, 'pipeline.train' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *NAMES], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == f"{[*NAMES]} False", done.stderr


@pytest.mark.parametrize("lang", ["xx", "nl", "ms"])
def test_they_find_what_selaras_finds(lang: str) -> None:
    selaras = pipeline.load(language=None if lang == "xx" else lang)
    for text in texts()[:2]:
        doc = made(lang)(text)
        reading = selaras(text)
        assert len(reading.mentions) > 10
        assert records(doc) == list(reading.mentions)
        assert doc._.selaras == reading.article.__class__(
            **{
                name: getattr(reading.article, name)
                for name in reading.article.__dataclass_fields__
                if name != "input_digest"
            }
        )
        for group in doc.spans.values():
            for span in group:
                mention = span._.selaras
                assert span.kb_id_ == (mention.canonical_id or "")
                assert span.start_char <= mention.start < mention.end <= span.end_char
                assert doc.text[mention.start : mention.end] == mention.text


@pytest.mark.parametrize("name", NAMES)
def test_each_stands_alone(name: str) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe(name, config={"spans_key": "mine"})
    doc = nlp(texts()[0])
    wanted = [m for m in pipeline.load()(texts()[0]).mentions if m.kind == NAMES[name]]
    assert set(doc.spans) == {"mine"}
    assert [s._.selaras for s in doc.spans["mine"]] == wanted
    figures = [m for m in wanted if isinstance(m, Statistic)]
    assert not figures or any(m.organisation_id for m in figures)


def test_a_text_is_read_once_for_all_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import articles

    asked: list[str] = []
    extract = articles.extract
    monkeypatch.setattr(
        articles, "extract", lambda *said: (asked.append(said[0].article_id), extract(*said))[1]
    )
    nlp = made()
    nlp.add_pipe(
        "selaras_statistics", name="there", config={"place": "Ha Giang", "spans_key": "there"}
    )
    docs = list(nlp.pipe(texts()[:2], batch_size=2))
    assert len(asked) == 4
    assert len(set(asked)) == 2
    before = len(factories._READ)
    del docs
    gc.collect()
    assert len(factories._READ) <= before - 2


def test_many_processes_bytes_and_files_lose_nothing(tmp_path: Path) -> None:
    wanted = [list(pipeline.load()(text).mentions) for text in texts()]
    nlp = made()
    docs = list(nlp.pipe(texts(), n_process=2, batch_size=1))
    assert [records(d) for d in docs] == wanted
    again = Doc(nlp.vocab).from_bytes(docs[0].to_bytes())
    assert records(again) == wanted[0]
    DocBin(store_user_data=True, docs=docs).to_disk(tmp_path / "docs.spacy")
    read = DocBin().from_disk(tmp_path / "docs.spacy").get_docs(spacy.blank("xx").vocab)
    assert [records(d) for d in read] == wanted
    assert [d._.selaras.language for d in docs] == ["ms", "nl", "ms", "nl"]


def test_a_pipeline_is_saved_with_its_lexicon(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(LEXICON, encoding="utf-8")
    nlp = made("nl", lexicon=str(file))
    wanted = records(nlp(DUTCH))
    assert "fund/green-hope" in {m.canonical_id for m in wanted}
    assert "fund/green-hope" not in {m.canonical_id for m in records(made("nl")(DUTCH))}
    nlp.to_disk(tmp_path / "saved")
    data = nlp.to_bytes()
    file.unlink()
    assert not list((tmp_path / "saved").rglob("*.pkl"))
    assert records(spacy.load(tmp_path / "saved")(DUTCH)) == wanted
    assert records(made("nl", lexicon=str(file)).from_bytes(data)(DUTCH)) == wanted


def test_what_begins_inside_a_token_keeps_its_place() -> None:
    nlp = spacy.blank("nl")
    doc = nlp.make_doc("Zij kregen25.000dong van het Fonds.")
    article = pipeline.load(language="nl")("x").article
    figures = [
        Statistic(start=10, end=16, text="25.000", value=25000.0),
        Statistic(start=16, end=20, text="dong", value=1.0),
        Statistic(start=16, end=20, text="dong", value=2.0),
    ]
    components.mark(doc, article, "statistics", figures)
    assert [s._.selaras for s in doc.spans["statistics"]] == figures
    assert len({s.id_ for s in doc.spans["statistics"]}) == 3
    assert all(s.start_char <= s._.selaras.start for s in doc.spans["statistics"])
    components.mark(doc, article, "statistics", figures[:1])
    assert list(doc.user_data["selaras"]["mentions"].values()) == [plain(figures[0])]
    assert doc[0:1]._.selaras is None


@pytest.mark.parametrize("text", ["", "   \n", "ok", "\u200b👩‍👩‍👧 \x00\x1b[31m " * 20])
def test_what_cannot_be_read_says_why(text: str) -> None:
    doc = made()(text)
    assert records(doc) == []
    assert doc._.selaras.status == "skipped"
    assert doc._.selaras.reason
    assert doc.text == text


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    for said, wanted in (
        ({"language": "qq"}, "language 'qq' has no model; choose from "),
        ({"ner": "nothing:x"}, "no engine for names is called 'nothing'"),
        ({"min_language_score": 2.0}, "lies between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=wanted):
            made(**said)
    missing = made(lexicon=str(tmp_path / "none.csv"))
    with pytest.raises(ValueError, match=r"none\.csv: cannot be opened"):
        missing("Vijf mensen.")


def test_registering_twice_does_nothing() -> None:
    register()
    before = Span.get_extension("selaras"), Doc.get_extension("selaras")
    register()
    assert (Span.get_extension("selaras"), Doc.get_extension("selaras")) == before


def test_a_long_text_is_read_whole() -> None:
    text = "\n".join([texts()[1]] * 20)
    doc = made("nl")(text)
    assert records(doc)[-1].start > len(text) * 0.9
