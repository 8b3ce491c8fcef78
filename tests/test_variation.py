"""Articles made by variation: always the same, all different, translations that say the same.

And what ``benchmarks.run`` measures with them.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from benchmarks import history, process_tree, run, variation
from pipeline.detect import detect
from tests.conftest import ROOT

MS = """Jabatan Kesihatan Wilayah Ha Giang melaporkan angka baharu
Pada 26 September 2025, Encik Nguyen Van Hieu berkata 557/1,461 isi rumah (38.13%) telah disambung.
Mesyuarat bermula pukul 7.30 pagi. Resolusi No. 21-NQ/TW memberi VND 1.4 juta kepada 1,461 orang.
Menurut Encik Hieu, pasukan PC06 menanam 8.5 hektar pada tahun 2025 dan 12 km jalan, hujan 60mm.
Sumber: https://news.example/ha-giang/angka-2025.html
"""
NL = """Het departement van Volksgezondheid van de provincie Hà Giang meldt nieuwe cijfers
Op 26 september 2025 zei de heer Nguyen Van Hieu dat 557/1.461 huishoudens (38,13%) zijn aangesloten.
De vergadering begon om 7.30 uur. Resolutie nr. 21-NQ/TW geeft 1.400.000 VND aan 1.461 mensen.
Volgens de heer Hieu plantte PC06 in 2025 8,5 hectare en 12 km weg, met 60 mm regen.
Bron: https://news.example/ha-giang/angka-2025.html
"""
_FIGURE = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*")


def _varied(seed: int) -> dict[str, list[str]]:
    base = variation.analysed({"ms": MS, "nl": NL})
    change = variation.Change(base, random.Random(seed), seed)
    return {code: [change.line(line) for line in lines] for code, lines in base.lines.items()}


def _figures(text: str) -> Counter[str]:
    """Figures without separators and noughts at the end, so that ``1.4`` is ``1.400.000``."""
    found = (re.sub(r"\D", "", m) for m in _FIGURE.findall(re.sub(r"https?:\S+", "", text)))
    return Counter(f.rstrip("0") for f in found)


def _taken(count: int, **choices: int | bool) -> list[tuple[str, str]]:
    return list(variation.articles(count, **choices))


def test_the_same_seed_gives_the_same_articles_whatever_the_number() -> None:
    few, many = _taken(15, mixed=True), _taken(100, mixed=True)
    assert few == many[:15]
    assert _taken(15) != _taken(15, seed=9)
    code = (
        "import hashlib; from benchmarks import variation; "
        "print(hashlib.sha256(repr(list(variation.articles(100, mixed=True))).encode()).hexdigest())"
    )
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == hashlib.sha256(repr(many).encode()).hexdigest()


def test_articles_are_all_different_and_of_about_400_words() -> None:
    made = _taken(1000)
    assert len({name for name, _ in made}) == len({text for _, text in made}) == 1000
    assert 370 < statistics.mean(len(text.split()) for _, text in made) < 430
    assert min(len(text.split()) for _, text in made) > 100
    assert Counter(name.split(".")[1] for name, _ in made) == {"ms": 500, "nl": 500}


def test_twenty_thousand_take_less_than_a_minute() -> None:
    _taken(2)  # reads the gold
    begin = time.process_time()
    assert len(_taken(500)) == 500
    assert time.process_time() - begin < 60 / 20_000 * 500


def test_translations_share_their_new_figures() -> None:
    """As often as those of the gold do, which have some in words in one language alone."""

    def shared(texts: dict[str, str]) -> float:
        one, other = (_figures(text) for text in texts.values())
        return (one & other).total() / max(1, (one | other).total())

    gold = [
        {code: "\n".join(line.text for line in lines) for code, lines in base.lines.items()}
        for base in variation.bases()
    ]
    made = [variation.story(number) for number in range(300)]
    before = statistics.mean(map(shared, gold))
    assert before > 0.8
    assert statistics.mean(map(shared, made)) > before - 0.02
    pairs = [tuple(variation.story(n).values()) for n in (1, 2)]
    assert _figures(pairs[0][0]) != _figures(pairs[1][0])


def test_figures_places_and_persons_change_alike_in_both_languages() -> None:
    places, people, documents, days, years = set(), set(), set(), set(), set()
    for seed in range(200):
        found = _varied(seed)
        ms, nl = ("\n".join(lines) for lines in found.values())
        said = re.search(
            r"^Pada (\d+) September (\d{4}), Encik (\w+ \w+ (\w+)) berkata "
            r"(\d+)/(\d{1,3}(?:,\d{3})*) isi rumah \((\d+\.\d\d)%\)",
            ms,
            re.MULTILINE,
        )
        assert said, ms
        day, year, person, given, part, whole, share = said.groups()
        assert 1 <= int(day) <= 28
        assert f"Op {day} september {year} zei de heer {person} dat" in nl
        assert f"Encik {given}, pasukan PC06" in ms
        assert f"heer {given} plantte PC06 in {year}" in nl
        whole_number = int(whole.replace(",", ""))
        assert 0 < int(part) <= whole_number
        assert float(share) == pytest.approx(100 * int(part) / whole_number, abs=0.006)
        assert f"{part}/{whole.replace(',', '.')} huishoudens ({share.replace('.', ',')}%)" in nl
        assert f"kepada {whole} orang" in ms  # the number of the ratio stands alone too
        number = re.search(r"Resolusi No. (\d+)-NQ/TW memberi VND (\d\.\d) juta", ms)
        assert number, ms
        money = f"{round(float(number[2]) * 1e6):,}".replace(",", ".")
        assert f"Resolutie nr. {number[1]}-NQ/TW geeft {money} VND" in nl
        assert "pukul 7.30 pagi" in ms
        assert "om 7.30 uur" in nl
        area = re.search(r"(\d\.\d) hektar .* (\d+) km jalan, hujan (\d+)mm", ms)
        assert area, ms
        assert f"{area[1].replace('.', ',')} hectare en {area[2]} km weg, met {area[3]} mm" in nl
        place = re.search(r"Wilayah (.+) melaporkan", ms)
        assert place, ms
        assert f"provincie {place[1]} meldt" in nl
        addresses = {lines[-1].split()[-1] for lines in found.values()}
        assert len(addresses) == 1
        assert addresses != {"https://news.example/ha-giang/angka-2025.html"}
        places.add(place[1])
        people.add(person)
        documents.add(number[1])
        days.add(day)
        years.add(year)
    assert len(places) > 40
    assert len(people) > 190
    assert len(documents) > 30
    assert "21" in documents  # some are cited again
    assert len(days) > 10
    assert len(years) > 3


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("1,461", (1461, 0, ",", "")),
        ("1.461", (1461, 0, ".", "")),
        ("38.13", (3813, 2, "", ".")),
        ("38,13", (3813, 2, "", ",")),
        ("1.234,56", (123456, 2, ".", ",")),
        ("1,234,567", (1234567, 0, ",", "")),
        ("0.125", (125, 3, "", ".")),
        ("17", (17, 0, "", "")),
    ],
)
def test_numbers_are_read_with_their_separators(
    digits: str, number: tuple[int, int, str, str]
) -> None:
    assert variation._number(digits) == number


@pytest.mark.parametrize("digits", ["06", "1.2.3", "1,23,4", "12.34.56"])
def test_what_is_no_number_stays(digits: str) -> None:
    assert variation._number(digits) is None


def test_a_mixed_folder_has_what_a_real_one_has(tmp_path: Path) -> None:
    made = _taken(1500, mixed=True)
    assert len({name for name, _ in made}) == len(made)
    again = [(i, text) for i, (name, text) in enumerate(made) if "-again" in name]
    assert 20 < len(again) < 80
    for i, text in again:
        assert any(text == earlier for _, earlier in made[:i])
    assert 3 < sum(not text for _, text in made) < 40
    pages = [text for name, text in made if name.endswith(".html")]
    assert 90 < len(pages) < 220
    assert all(page.startswith("<!DOCTYPE html>") and "<p>" in page for page in pages)
    for code in ("en", "id"):
        others = [text for name, text in made if name.endswith(f".{code}.txt")]
        assert 10 < len(others) < 80
        assert {detect(text).language for text in others[:3]} == {code}
    wrote = variation.write(tmp_path / "mixed", islice(variation.articles(50, mixed=True), 50))
    assert wrote == variation.measured(tmp_path / "mixed")
    assert wrote.articles == 50


def test_the_command_refuses_a_folder_that_is_not_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    assert variation.main([str(folder), "--articles", "3"]) == 0
    assert "3 articles" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        variation.main([str(folder), "--articles", "3"])
    assert "is not empty" in capsys.readouterr().err


# --- what is measured -----------------------------------------------------------------------

_ROW = {"words": 400_000, "bytes": 2_700_000, "results": 9_000_000, "disk": 20_000_000}
_ROW |= {"mentions": 30_000, "driver": 1.0, "worker": 1.0, "stages": {"names": 3.0, "merge": 1.0}}


def _row(articles: int, workers: int, seconds: float, memory: float) -> run.Said:
    cpu = seconds * workers
    said = {"articles": articles, "workers": workers, "seconds": seconds, "cpu": cpu}
    return {**_ROW, **said, "memory": memory, "yardstick": 100.0}


def test_medians_and_what_a_second_worker_brings() -> None:
    runs = [_row(1000, 1, s, 500) for s in (100, 120, 400)]
    runs += [_row(1000, 2, s, 800) for s in (60, 50, 90)]
    one, two = run.medians(runs)
    assert (one["seconds"], two["seconds"]) == (120, 60)
    assert one["articles_per_core_second"] == pytest.approx(1000 / 120, abs=0.01)
    assert two["articles_per_worker_second"] == pytest.approx(1000 / 120, abs=0.01)
    assert one["words_per_second"] == round(400_000 / 120)
    assert one["articles_per_yardstick"] == pytest.approx(1000 / 120 / 100, abs=1e-4)
    assert run.gain([one, two]) == {"2 workers, 1,000 articles": 2.0}


def test_memory_is_carried_along_a_straight_line(tmp_path: Path) -> None:
    rows = run.medians([_row(n, 2, n / 10, 700 + n / 1000) for n in (1000, 5000, 20_000)])
    line = run.memory([*rows, *run.medians([_row(1000, 1, 100, 9)])])
    assert line is not None
    assert line["ratio"] == round(720 / 701, 3)
    assert (line["base"], line["slope"], line["carried"]) == (700.0, 1.0, 800)
    for name in ("a.svg", "b.svg"):
        run.plot(line, tmp_path / name)
    drawn = (tmp_path / "a.svg").read_bytes()
    assert drawn == (tmp_path / "b.svg").read_bytes()
    texts = [e.text or "" for e in ElementTree.fromstring(drawn).iter() if e.tag.endswith("text")]
    assert "articles" in texts
    assert "peak memory of all processes (MB)" in texts
    assert "720" in texts
    assert run.memory(rows[:1]) is None


def test_costs_are_those_of_the_largest_run() -> None:
    rows = run.medians([_row(1000, 2, 50, 700), _row(100, 2, 50, 700)])
    said = run.costs({"sizes": rows, "memory": None}, merge_rate=10_000)
    cells = {
        r[1].strip(): [c.strip() for c in r[2:5]] for r in (t.split("|") for t in said.splitlines())
    }
    assert cells["extraction, hours of one core"] == ["2.8e-05", "28", "27,778"]
    assert cells["merge on one machine, hours"] == ["8.3e-07", "0.83", "833"]
    assert cells["results"] == ["9 kB", "9 GB", "9 TB"]


def test_the_history_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    row = {"commit": "abc1234", "date": "2026-11-22", "version": "1.0", "cores": 2, "other": "x"}
    history.record([row], path)
    history.record([row | {"commit": "def5678"}], path)
    assert [r["commit"] for r in history.read(path)] == ["abc1234", "def5678"]
    assert tuple(history.read(path)[0]) == history.COLUMNS
    assert history.read(tmp_path / "none.csv") == []
    assert history.yardstick(0.05) > 0


def test_a_version_that_is_not_there_is_said() -> None:
    with pytest.raises(history.NoVersion), history.program("no-such-version"):
        pass


_PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
child.wait()
open(sys.argv[2], "wb").write(b"x" * 5000)
"""
_CHILD = """
import time
held = bytearray(b"x") * 120_000_000
begin = time.process_time()
while time.process_time() - begin < 0.8: pass
"""


def test_memory_and_processor_of_all_processes_count(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    command = [sys.executable, "-c", _PARENT, _CHILD, str(place / "x")]
    cost = process_tree.measure(command, tmp_path, place)
    assert 110 < cost.worker < 200
    assert cost.driver < 60
    assert cost.worker < cost.memory <= cost.worker + cost.driver + 1
    assert 0.8 <= cost.cpu < 5
    assert cost.seconds >= 0.8
    assert cost.disk == 5000
    with pytest.raises(process_tree.Failed, match=r"^last line$"):
        process_tree.measure(
            [sys.executable, "-c", "import sys; sys.exit('first\\nlast line')"], tmp_path, place
        )


def test_a_run_is_measured_from_articles_to_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "said.json"
    command = ["--articles", "24", "--workers", "1", "--repetitions", "1", "--engines", "--out"]
    assert run.main([*command, str(out), "--folder", str(tmp_path / "made")]) == 0
    shown = capsys.readouterr().out
    assert "| 24, 1 worker |" in shown
    said = json.loads(out.read_text(encoding="utf-8"))
    (row,) = said["sizes"]
    assert (row["articles"], row["status"]) == (24, {"ok": 24})
    assert 11 <= row["stories"] <= 13
    assert row["mentions"] > 24 * 10
    assert row["words"] == sum(len(text.split()) for _, text in variation.articles(24))
    assert row["articles_per_core_second"] == pytest.approx(24 / row["cpu"], abs=0.01)
    assert row["seconds"] > 1
    assert row["memory"] > 100
    assert row["disk"] >= row["results"] > 10_000
    assert "extraction, hours of one core" in run.costs(said)
    assert not (tmp_path / "made" / "out").exists()
