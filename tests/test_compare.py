"""Two runs side by side: hand-made rows, and the command on folders of runs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluate.compare import COLUMNS, Comparison, Difference, compared
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.run import outputs
from tests.conftest import ROOT, SAMPLES
from tests.test_command_line import said_here as selaras

Row = dict[str, Any]
TEXT = "Kelab Alfa dan Kelab Beta mempunyai 40 pemain. Kelab Gama menang."


def read(path: str = "a.ms.txt", text: str = TEXT, **columns: Any) -> Row:
    said = {"article_id": path, "path": path, "text": text, "language": "ms", "status": "ok"}
    return dict.fromkeys(ARTICLE_SCHEMA.names) | said | {"language_score": 1.0} | columns


def org(surface: str, identity: str | None = "x", path: str = "a.ms.txt", **columns: Any) -> Row:
    start = TEXT.index(surface)
    said = {"article_id": path, "path": path, "language": "ms", "kind": "organisation"}
    said |= {"text": surface, "canonical_id": identity, "sentence": TEXT, "score": 0.5}
    place = {"start": start, "end": start + len(surface), "sentence_start": 0}
    return dict.fromkeys(MENTION_SCHEMA.names) | said | place | columns


def stat(surface: str, value: float, **columns: Any) -> Row:
    return org(surface, None, value=value, value_kind="count") | {"kind": "statistic"} | columns


def against(a: list[Row], b: list[Row]) -> Comparison:
    return compared([read()], a, [read()], b)


def surfaces(found: Any) -> list[str]:
    return [d.text for d in found]


def test_the_same_is_the_same_whatever_its_score_source_and_reason() -> None:
    b = org("Kelab Alfa", score=0.9, source="another", reason="a guess")
    found = against([org("Kelab Alfa")], [b])
    assert found.counts == {
        ("organisation", "ms"): {"same": 1, "changed": 0, "only_a": 0, "only_b": 0}
    }
    assert not found.changed
    assert not found.only_a
    assert not found.only_b


def test_what_is_lost_gained_and_changed() -> None:
    found = against(
        [org("Kelab Alfa", "x"), org("Kelab Beta"), stat("40", 40.0, unit="pemain")],
        [org("Kelab Alfa", "y", label="Alpha"), org("Kelab Gama"), stat("40", 40.0)],
    )
    assert surfaces(found.only_a) == ["Kelab Beta"]
    assert surfaces(found.only_b) == ["Kelab Gama"]
    assert [(d.text, d.changed) for d in found.changed] == [
        ("Kelab Alfa", {"canonical_id": ("x", "y"), "label": (None, "Alpha")}),
        ("40", {"unit": ("pemain", None)}),
    ]
    assert found.counts == {
        ("organisation", "ms"): {"same": 0, "changed": 1, "only_a": 1, "only_b": 1},
        ("statistic", "ms"): {"same": 0, "changed": 1, "only_a": 0, "only_b": 0},
    }
    assert found.columns == {
        ("organisation", "canonical_id"): 1,
        ("organisation", "label"): 1,
        ("statistic", "unit"): 1,
    }


def test_other_borders_are_a_loss_and_a_gain_that_name_each_other() -> None:
    found = against([org("Kelab Alfa")], [org("Kelab Alfa dan Kelab Beta"), org("Kelab Gama")])
    assert [(d.text, d.instead) for d in found.only_a] == [
        ("Kelab Alfa", ("Kelab Alfa dan Kelab Beta",))
    ]
    assert [(d.text, d.instead) for d in found.only_b] == [
        ("Kelab Alfa dan Kelab Beta", ("Kelab Alfa",)),
        ("Kelab Gama", ()),
    ]


def test_one_kind_is_not_another() -> None:
    found = against([org("40")], [stat("40", 40.0)])
    assert (surfaces(found.only_a), surfaces(found.only_b)) == (["40"], ["40"])


def test_a_thing_found_twice_at_one_place_is_counted_through() -> None:
    found = against([org("Kelab Alfa"), org("Kelab Alfa")], [org("Kelab Alfa")])
    assert surfaces(found.only_a) == ["Kelab Alfa"]
    assert found.only_a[0].instead == ()
    assert found.counts["organisation", "ms"]["same"] == 1


@pytest.mark.parametrize(
    ("a", "b", "same"), [(None, None, True), (float("nan"), float("nan"), True), (3.0, None, False)]
)
def test_numbers_that_are_none(a: float | None, b: float | None, same: bool) -> None:
    found = against([stat("40", 40.0, of=a)], [stat("40", 40.0, of=b)])
    assert bool(found.changed) is not same


def test_every_column_of_identity_and_value_is_compared() -> None:
    for column in COLUMNS:
        a, b = ("a", "b") if column not in {"value", "of", "to"} else (1.0, 2.0)
        found = against([stat("40", 40.0) | {column: a}], [stat("40", 40.0) | {column: b}])
        assert dict(found.changed[0].changed) == {column: (a, b)}, column


def test_articles_that_cannot_be_compared_are_listed_and_their_mentions_left_out() -> None:
    found = compared(
        [read(), read("b.ms.txt"), read("d.ms.txt")],
        [org("Kelab Alfa", path=p) for p in ("b.ms.txt", "d.ms.txt")],
        [read(), read("c.ms.txt"), read("d.ms.txt", text=TEXT + " Tamat.")],
        [org("Kelab Beta", path=p) for p in ("c.ms.txt", "d.ms.txt")],
    )
    assert found.common == 1
    assert (found.only_articles_a, found.only_articles_b) == (["b.ms.txt"], ["c.ms.txt"])
    assert found.other_text == ["d.ms.txt"]
    assert found.counts == {}


def test_an_article_that_one_run_did_not_read_is_named_and_its_mentions_are_lost() -> None:
    skipped = read(language="und", status="skipped")
    found = compared([read()], [org("Kelab Alfa")], [skipped], [])
    assert found.articles == {"a.ms.txt": {"status": ("ok", "skipped"), "language": ("ms", "und")}}
    assert surfaces(found.only_a) == ["Kelab Alfa"]


def test_the_order_of_rows_does_not_matter() -> None:
    a = [org("Kelab Alfa"), org("Kelab Beta"), stat("40", 40.0)]
    b = [org("Kelab Beta", "y"), org("Kelab Gama"), stat("40", 41.0), org("dan")]
    expected = against(a, b).to_dict()
    for seed in range(5):
        random.Random(seed).shuffle(a)
        random.Random(seed + 9).shuffle(b)
        assert against(a, b).to_dict() == expected


def test_differences_come_in_order_of_place_with_their_sentence() -> None:
    found = against([], [org("Kelab Gama"), org("Kelab Alfa"), org("Kelab Beta")])
    assert surfaces(found.only_b) == ["Kelab Alfa", "Kelab Beta", "Kelab Gama"]
    for d in found.only_b:
        assert d.sentence[d.start - d.sentence_start : d.end - d.sentence_start] == d.text


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of runs that differ in a loss, a gain, a change and an article."""
    a = [org("Kelab Alfa", "x"), org("Kelab Beta"), stat("40", 40.0)]
    b = [org("Kelab Alfa", "[y]"), org("Kelab Gama"), org("dan"), stat("40", 40.0)]
    for name, articles, mentions in (
        ("before", [read(), read("only.ms.txt")], a),
        ("after", [read()], b),
    ):
        outputs.write(tmp_path / name, articles, mentions, [], ("ms", "nl"), {})
    return tmp_path / "before", tmp_path / "after"


def test_the_command(runs: tuple[Path, Path]) -> None:
    done = selaras("compare", *runs)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "1 article in both runs"
    counts = next(line.split() for line in lines if line.strip().startswith("organisation  "))
    assert counts == ["organisation", "ms", "0", "1", "1", "2"]
    assert "organisation canonical_id: 1 changed" in lines
    assert "canonical_id: x → [y];" in done.stdout
    assert "«[Kelab Alfa] dan Kelab Beta mempunyai 40 pemain." in done.stdout
    assert lines[lines.index("articles only in A: 1") + 1].strip() == "only.ms.txt"
    assert "only in A: 1" in lines
    assert "only in B: 2" in lines


def test_the_command_names_what_the_other_run_has_there(tmp_path: Path) -> None:
    for name, surface in (("a", "Kelab Alfa"), ("b", "Kelab Alfa dan Kelab Beta")):
        outputs.write(tmp_path / name, [read()], [org(surface)], [], ("ms", "nl"), {})
    said = selaras("compare", tmp_path / "a", tmp_path / "b").stdout
    assert "organisation 'Kelab Alfa'  x  B has 'Kelab Alfa dan Kelab Beta'" in said
    assert "organisation 'Kelab Alfa dan Kelab Beta'  x  A has 'Kelab Alfa'" in said


def test_the_command_shows_so_many_of_each(runs: tuple[Path, Path]) -> None:
    lines = selaras("compare", *runs, "--limit", "1").stdout.splitlines()
    assert lines[lines.index("only in B: 2") + 2].strip() == "… and 1 more"
    said = json.loads(selaras("compare", *runs, "--json", "--limit", "1").stdout)
    assert len(said["only_b"]) == 1
    assert said["counts"][0]["only_b"] == 2


def test_the_command_as_json(runs: tuple[Path, Path]) -> None:
    done = selaras("compare", *runs, "--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert said["articles"]["only_a"] == ["only.ms.txt"]
    assert said["changed"][0]["changed"] == {"canonical_id": ["x", "[y]"]}
    assert [d["text"] for d in said["only_b"]] == ["dan", "Kelab Gama"]
    assert set(said["only_a"][0]) == set(Difference.__dataclass_fields__)


def test_a_run_against_itself(sample_run: Path) -> None:
    said = json.loads(selaras("compare", sample_run, sample_run, "--json").stdout)
    assert said["articles"]["in_both"] == SAMPLES
    assert not said["changed"]
    assert not said["only_a"]
    assert not said["only_b"]
    assert sum(c["same"] for c in said["counts"]) == len(outputs.read(sample_run)[1])


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("nowhere", "nowhere: holds no run"),
        ("empty", "empty: holds no run"),
        ("spoilt", "spoilt: its files cannot be read"),
    ],
)
def test_misuse_of_the_command(
    runs: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    second: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "empty").mkdir()
    (tmp_path / "spoilt").mkdir()
    for name in outputs.FILES:
        (tmp_path / "spoilt" / name).write_bytes(b"PAR1 and no more")
    done = selaras("compare", "before", second)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
