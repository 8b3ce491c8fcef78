"""``python -m pipeline.train.detection``: texts in, what tells languages apart out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from langdetect.detector_factory import DetectorFactory

from pipeline import gold, languages
from pipeline.detect.words import compose, read_table, words
from tests.conftest import ROOT, STORIES

pytest.importorskip("wordfreq")

from pipeline.train import detection

GOLD = ROOT / "corpus" / "gold"


def _data(folder: Path) -> Path:
    """Texts in the layout that the recipe reads, out of the examples of the languages."""
    for name in ("langid", "ner/idner-news-2k", "text"):
        (folder / name).mkdir(parents=True)
    sentences = {
        code: said
        for own in languages.available()
        for code, said in languages.examples(own, "close")["sentences"].items()
    } | {"en": ["The meeting was put off because the secretary had fallen ill that day."]}
    for code, name in detection.recipe()["aligned"].items():
        lines = (sentences[code] * 40)[:40]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    (folder / "text" / "ms-news.txt").write_text("\n".join(sentences["ms"]), encoding="utf-8")
    tokens = "\n\n".join("\n".join(f"{w} X O" for w in s.split()) for s in sentences["id"])
    (folder / "ner" / "idner-news-2k" / "train.txt").write_text(tokens, encoding="utf-8")
    return folder


def _gold(folder: Path) -> Path:
    for part, pattern in (("train", "*.txt"), ("dev", "*.txt"), ("detection", "*.txt")):
        (folder / part).mkdir(parents=True)
        for file in sorted((GOLD / part).glob(pattern))[: None if part == "detection" else 12]:
            shutil.copy(file, folder / part)
    return folder


def test_the_command_makes_what_the_program_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(detection.recipe()["wordfreq"], "common", ["en", "vi"])
    monkeypatch.setattr(detection, "FOLDS", 2)
    monkeypatch.setattr(detection, "LENGTHS", (5, 12))
    monkeypatch.setattr(detection, "LEAN_FROM", 5)
    monkeypatch.setattr(detection, "LEAN_EXAMPLES", 3)
    data, gold = _data(tmp_path / "data"), _gold(tmp_path / "gold")
    made = []
    for name in ("first", "second"):
        out = tmp_path / name
        done = CliRunner().invoke(
            detection.main, [str(data), "--gold", str(gold), "--out", str(out)]
        )
        assert done.exit_code == 0, done.output
        files = sorted(p for p in out.rglob("*") if p.is_file())
        made.append([(p.relative_to(out), p.read_bytes()) for p in files])
    assert made[0] == made[1]
    out = tmp_path / "first"
    lexicon = compose(read_table(out / "words.tsv"))
    for code in ("ms", "id", "nl", "af", "en", "vi", "sw"):
        assert code in lexicon.languages
    fitted = json.loads((out / "confidence.json").read_text(encoding="utf-8"))
    assert {"ms", "id", "nl", "af"} <= fitted["leanings"].keys()
    assert len(fitted["close"]) == len(fitted["other"]) == 7
    (profile_file,) = (out / "profiles").glob("*.json")
    assert profile_file.stem == "bjn+id+jv+ms"
    factory = DetectorFactory()
    text = profile_file.read_text(encoding="utf-8")
    factory.load_json_profile([text, text.replace(profile_file.stem, "other")])
    assert factory.get_lang_list() == [profile_file.stem, "other"]


def test_names_are_words_that_mostly_have_a_capital() -> None:
    lines = ["Di sini Hanoi ramai", *["Orang Hanoi gembira"] * 5, "Pasar hanoi besar", "Kota besar"]
    assert detection.names_of(lines) == {"hanoi"}


def test_all_articles_are_read(small_gold: Path) -> None:
    found = detection._articles(small_gold / "train")
    files = list((small_gold / "train").glob("*.nl.txt"))
    assert len(files) == STORIES
    lines = sum(len(gold.parse(f.read_text(encoding="utf-8"))[0].splitlines()) for f in files)
    assert len(found["nl"]) == lines


def test_frequencies_are_shares() -> None:
    found = detection.frequencies_of(["a b a", "c"])
    assert found == {"a": 0.5, "b": 0.25, "c": 0.25}


def test_texts_of_each_length_do_not_overlap() -> None:
    lexicon = compose({})
    lines = ["satu dua tiga", "empat lima enam", "tujuh"]
    found = [e.text for e in detection.fragments(lines, "ms", lexicon)]
    assert found[:2] == ["satu dua tiga", "empat lima enam"]
    assert "satu dua tiga empat lima" in found
    assert not any(len(text.split()) > 6 for text in found)


def test_lists_of_the_commonest_words_can_be_read() -> None:
    for code, listed in detection.recipe()["words"].items():
        assert len(listed) >= 60, code
        assert len(set(listed)) == len(listed)
        assert [w for w in listed if words(w) != [w]] == []
