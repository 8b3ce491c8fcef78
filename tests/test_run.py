"""Runs that go wrong: workers and readers that crash, hang and grow; disks that fill; two at once."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.configuration import Configuration
from pipeline.processes import Child, Died
from pipeline.read import Limits as ReadLimits
from pipeline.read import Record, Sidecar, Source
from pipeline.run import assembly, batch, local, outputs, parts, reading
from pipeline.run.limits import Limits
from pipeline.run.parts import Parts
from pipeline.run.pool import Pool
from pipeline.run.tasks import Task
from pipeline.run.work import Committing, Tally, task_of
from tests import hostile
from tests.conftest import ARTICLES, FEW, ROOT

SMALL = Limits(seconds=4.0, megabytes=600, start=10.0)


def task(text: str) -> Task:
    record = Record("a.txt", ".txt", text.encode())
    return Task(record, record.said, record.digest)


def done(texts: list[str], limits: Limits = SMALL, workers: int = 2) -> dict[str, dict[str, Any]]:
    """The article rows of a pool of hostile workers, by text."""
    tasks = [task(text) for text in texts]
    by_digest = {t.digest: t.record.data.decode() for t in tasks}
    with Pool(hostile.performer, limits, workers) as pool:
        found = [(by_digest[o.digest], o.article) for o in pool.outcomes(tasks)]
    assert len(found) == len(texts)  # none is lost, none comes twice
    return dict(found)


PLAIN = [f"article {i}" for i in range(30)]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("crash", "crashed a worker (SIGSEGV)"),
        ("exit", "crashed a worker (exit code 3)"),
        ("hang", "not read within 4 seconds; split the article, or raise --article-seconds"),
        ("spin", "not read within 4 seconds"),
        ("grow", "took more than 600 MB of memory, the limit of a worker; split the article"),
        ("leap", "took more than 600 MB of memory"),
    ],
)
def test_an_article_that_ruins_its_worker_is_a_row_and_the_rest_goes_on(
    word: str, reason: str
) -> None:
    slow = word in {"grow", "leap"}  # as it is to fill memory on a busy machine
    limits = dataclasses.replace(SMALL, seconds=30.0) if slow else SMALL
    found = done([*PLAIN[:15], word, *PLAIN[15:]], limits)
    assert found[word]["status"] == "failed"
    assert found[word]["reason"].startswith(reason)
    assert found[word]["input_digest"] == task(word).digest
    assert all(found[text]["status"] == "ok" for text in PLAIN)


def test_one_worker_after_the_other_may_be_ruined() -> None:
    bad = [f"crash {i}" for i in range(3)]
    found = done([text for pair in zip(bad, PLAIN[:3], strict=True) for text in pair], workers=1)
    assert sorted(t for t, row in found.items() if row["status"] == "failed") == bad
    assert {row["status"] for text, row in found.items() if text in PLAIN} == {"ok"}


def test_an_article_whose_worker_is_killed_from_outside_is_not_lost(tmp_path: Path) -> None:
    text = f"once {tmp_path / 'mark'}"
    found = done([*PLAIN[:10], text, *PLAIN[10:]])
    assert found[text]["status"] == "ok"
    assert (tmp_path / "mark").exists()


def test_a_larger_article_has_more_time() -> None:
    limits = Limits(seconds=2.0)
    assert limits.seconds_for(10) == limits.seconds_for(5_000) == 2.0
    assert limits.seconds_for(1_000_000) == 40.0
    with pytest.raises(ValueError, match="above zero"):
        Limits(seconds=0)


def test_workers_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Also when that is killed: nothing else would ever end them."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\n"
        "from pipeline.processes import Child\n"
        "from tests import hostile\n"
        "if __name__ == '__main__':\n"
        "    child = Child(hostile.performer)\n"
        "    print(child.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = Path(__file__).parent.parent
    parent = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    for _ in range(100):
        time.sleep(0.1)
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "zombie" in status.read_text():
            return
    pytest.fail("the worker outlived its parent by ten seconds")


def test_a_child_passes_on_what_answering_raised() -> None:
    child = Child(hostile.performer)
    try:
        child.ask(task("raise"))
        with pytest.raises(RuntimeError, match="inside"):
            child.answer()
        child.ask(task("fine"))
        assert child.answer().article["status"] == "ok"
        child.ask(task("exit"))
        with pytest.raises(Died, match="exit code 3"):
            child.answer()
    finally:
        child.stop()


def test_an_article_is_read_without_what_makes_tables() -> None:
    code = (
        "import sys, pipeline\n"
        f"found = pipeline.load()({(ARTICLES / 'nghe-an-council-science.nl.txt').read_text()!r})\n"
        "print(len(found.mentions) > 10)\n"
        "print({'duckdb', 'multiprocessing', 'pandas', 'rich'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True\nset()\n", done.stderr


def sources_in(folder: Path, names: list[str]) -> list[Source]:
    for name in names:
        (folder / name).write_text(f"text of {name}")
    return [Source(name, folder / name) for name in sorted(names)]


@pytest.mark.parametrize("bad", ["crash", "hang"])
def test_a_file_that_ruins_its_reader_is_a_row_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    sources = sources_in(tmp_path, [f"{i:02}.txt" for i in range(9)] + [f"{bad}.txt", "z.txt"])
    monkeypatch.setattr(reading, "_reader", hostile_reader)
    limits = Limits(seconds=1.0, start=10.0)
    found = [record for _, record in reading.isolated(sources, ReadLimits(), limits)]
    assert [r.path for r in found] == [s.path for s in sources]
    failed = [r for r in found if r.problem is not None]
    assert [r.path for r in failed] == [f"{bad}.txt"]
    reason = {
        "crash": "crashed a worker (SIGSEGV)",
        "hang": "could not be read in time; is its disk or its server there?",
    }
    assert failed[0].problem == reason[bad]


def hostile_reader(sources: list[Source], limits: ReadLimits) -> Any:
    reading.records = hostile.killing_records  # type: ignore[assignment,attr-defined]
    return reading._Reader(sources, limits)


def test_records_are_the_same_in_a_process_of_their_own(tmp_path: Path) -> None:
    sources = sources_in(tmp_path, [f"{i:03}.txt" for i in range(150)])
    here = list(reading.here(sources, ReadLimits()))
    apart = list(reading.isolated(sources, ReadLimits(), Limits()))
    assert [record for _, record in apart] == [record for _, record in here]
    assert [left for left, _ in here] == list(range(149, -1, -1))
    assert [left for left, _ in apart] == [left for left, _ in here]


MADE_BY = {"versions": {"selaras": "1"}, "configuration": {"language": None}}


def outcomes(texts: list[str]) -> list[Any]:
    perform = hostile.performer()
    return [perform(task(text)) for text in texts]


def test_a_part_is_there_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Parts(tmp_path / "parts", MADE_BY)
    name = store.commit(outcomes(["a", "b"]))
    assert store.commit(outcomes(["b", "a"])) == name  # the same articles are the same part

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            store.commit(outcomes(["c"]))
    assert [p.name for p in (tmp_path / "parts").iterdir()] == [name]
    again = Parts(tmp_path / "parts", MADE_BY)
    again.look()
    assert sorted(again.digests()) == sorted(task(text).digest for text in ("a", "b"))


def test_parts_that_are_half_damaged_or_of_another_program_do_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    store = Parts(folder, MADE_BY)
    good = store.commit(outcomes(["a"]))
    half = folder / "1234.parquet.half"
    half.write_bytes(b"PAR1")
    damaged = folder / store.commit(outcomes(["b"]))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    other = Parts(folder, {**MADE_BY, "versions": {"selaras": "2"}})
    strange = folder / other.commit(outcomes(["c"]))
    again = Parts(folder, MADE_BY)
    again.look()
    assert list(again.digests()) == [task("a").digest]
    assert again.strange == [{**MADE_BY, "versions": {"selaras": "2"}}]
    assert [p.name for p in folder.iterdir()] == [good]
    assert not half.exists()
    assert not damaged.exists()
    assert not strange.exists()


def stop_after(committing: Committing, found: list[Any]) -> None:
    for outcome in found:
        committing.add(outcome)
    raise KeyboardInterrupt


def test_what_is_done_is_in_parts_however_a_run_ends(tmp_path: Path) -> None:
    store = Parts(tmp_path / "parts", MADE_BY)
    committing = Committing(store)
    with pytest.raises(KeyboardInterrupt), committing:
        stop_after(committing, outcomes(["a", "b"]))
    assert len(list(store.digests())) == 2


def test_parts_have_a_most_of_articles_and_of_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.run import work

    monkeypatch.setattr(work, "PART_ARTICLES", 3)
    store = Parts(tmp_path / "parts", MADE_BY)
    with Committing(store) as committing:
        for outcome in outcomes([str(i) for i in range(7)]):
            committing.add(outcome)
        assert sorted(len(d) for d in store.found.values()) == [3, 3]
        monkeypatch.setattr(work, "PART_SECONDS", 0.0)
        time.sleep(0.01)
        committing.add(outcomes(["8"])[0])
        assert sorted(len(d) for d in store.found.values()) == [2, 3, 3]


def test_the_users_word_goes_before_that_of_the_file() -> None:
    record = Record("a.zip#3", ".txt", b"x", Sidecar(title="inner", place="Hanoi"), None, "b/c.txt")
    assert task_of(record, {}).digest == record.digest
    named = task_of(record, {"a.zip/b/c.txt": Sidecar(title="outer")})
    assert (named.said.title, named.said.place) == ("outer", "Hanoi")
    assert named.digest != record.digest
    assert named.digest == task_of(record, {"a.zip#3": Sidecar(title="outer")}).digest


def copies(folder: Path) -> Path:
    folder.mkdir()
    for path in FEW:
        shutil.copy(path, folder)
    return folder


def table_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in outputs.FILES - {outputs.RUN}}


def test_a_second_run_into_one_folder_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    out = tmp_path / "out"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom pathlib import Path\nfrom pipeline.run import outputs\n"
            "with outputs.workplace(Path(sys.argv[1])):\n    print(flush=True)\n    time.sleep(60)",
            out,
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(outputs.OutputError, match="another run is writing here"):
            batch.run([ARTICLES / "nghe-an-council-science.nl.txt"], out, workers=1)
    finally:
        holder.kill()
        holder.wait()
    assert batch.run([ARTICLES / "nghe-an-council-science.nl.txt"], out, workers=1).table
    assert {p.name for p in out.iterdir()} == outputs.FILES


def test_a_full_disk_loses_nothing_that_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.run import work

    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    monkeypatch.setattr(work, "PART_ARTICLES", 4)
    real = parts.put_in_place

    def full(path: Path, data: bytes) -> None:
        if len(list(path.parent.glob("*.parquet"))) == 1:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(path, data)

    monkeypatch.setattr(parts, "put_in_place", full)
    with pytest.raises(outputs.OutputError, match="no room for the results"):
        batch.run([folder], out, workers=1)
    assert not (out / "table.csv").exists()
    monkeypatch.undo()
    said: list[str] = []
    again = batch.run([folder], out, workers=1, say=said.append)
    assert again.run["resumed"] == 4
    assert again.run["extracted"] == len(list(folder.iterdir())) - 4
    assert said == ["going on with a run that was stopped: 4 articles are done"]
    batch.run([folder], tmp_path / "fresh", workers=1)
    assert table_of(out) == table_of(tmp_path / "fresh")


def test_a_run_that_goes_on_sees_what_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.run import work

    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    monkeypatch.setattr(work, "PART_ARTICLES", 2)
    real = Tally.did

    def stop(tally: Tally, outcome: Any) -> None:
        real(tally, outcome)
        if tally.done == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Tally, "did", stop)
    with pytest.raises(KeyboardInterrupt):
        batch.run([folder], out, workers=1)
    monkeypatch.undo()
    first, second, *_ = sorted(folder.iterdir())
    first.unlink()
    second.write_text(second.read_text() + "\nHet volkscomité telt 77 leden.\n")
    again = batch.run([folder], out, workers=1)
    assert again.run["resumed"] == 5
    assert len(again.articles) == len(list(folder.iterdir()))
    batch.run([folder], tmp_path / "fresh", workers=1)
    assert table_of(out) == table_of(tmp_path / "fresh")


def test_other_choices_are_told_and_all_is_done_anew(tmp_path: Path) -> None:
    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    batch.run([folder], out, workers=1)
    said: list[str] = []
    again = batch.run(
        [folder], out, Configuration(min_language_score=0.5), workers=1, say=said.append
    )
    assert again.run["extracted"] == len(list(folder.iterdir()))
    assert len(said) == 1
    assert "min_language_score 0.7, now 0.5" in said[0]
    assert again.run["notes"] == said


def test_duplicates_are_read_once_and_listed(tmp_path: Path) -> None:
    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    one = sorted(folder.iterdir())[0]
    (folder / "same.txt").write_bytes(one.read_bytes())
    (folder / "same text.text").write_bytes(one.read_bytes())  # another kind of file, one text
    first = batch.run([folder], out, workers=1)
    rows = {row["path"]: row for row in first.articles}
    assert rows["same.txt"]["status"] == rows["same text.text"]["status"] == "skipped"
    assert rows["same.txt"]["reason"] == f"duplicate of {one.name}"
    assert first.run["extracted"] == len(rows) - 1
    # The first goes: the next takes its place, and nothing need be read again.
    one.unlink()
    second = batch.run([folder], out, workers=1)
    assert second.run["extracted"] == 0
    assert second.run["changes"] == {"new": 0, "changed": 0, "gone": 1}
    rows = {row["path"]: row for row in second.articles}
    assert rows["same text.text"]["status"] == "ok"
    assert rows["same.txt"]["reason"] == "duplicate of same text.text"
    batch.run([folder], tmp_path / "fresh", workers=1)
    assert table_of(out) == table_of(tmp_path / "fresh")


def test_a_duplicate_of_which_more_is_known_is_read_for_itself(tmp_path: Path) -> None:
    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    text = "Het Partijcomité van de afdeling Volksgezondheid telt 90 leden.\n"
    (folder / "a.nl.txt").write_text(text)
    (folder / "b.nl.txt").write_text(text)
    sidecars = {"b.nl.txt": Sidecar(place="Quang Ninh")}
    batch.run([folder], out, sidecars=sidecars, workers=1)
    (folder / "a.nl.txt").unlink()
    second = batch.run([folder], out, sidecars=sidecars, workers=1)
    assert {m["place"] for m in second.mentions if m["kind"] == "organisation"} == {"Quang Ninh"}


def test_failed_articles_are_tried_again_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("De afdeling Volksgezondheid van Ha Giang heeft 31 artsen.\n")
    (folder / "b.txt").write_text("De afdeling Volksgezondheid van Ha Giang heeft 32 artsen.\n")
    from pipeline import articles

    real = articles.extract

    def breaks(article: Any, configuration: Any) -> Any:
        if "31" in article.text:
            raise RuntimeError("inside")
        return real(article, configuration)

    monkeypatch.setattr(articles, "extract", breaks)
    first = batch.run([folder], out, workers=1)
    assert first.run["counts"]["status"] == {"failed": 1, "ok": 1}
    monkeypatch.undo()
    second = batch.run([folder], out, workers=1)
    assert second.run["counts"]["status"] == {"ok": 2}
    assert (second.run["extracted"], second.run["reused"]) == (1, 1)


def test_a_whole_run_with_ruined_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real reader, pool, parts and merge; only what workers do is hostile."""
    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    for text in (*PLAIN, "crash", "hang", "leap"):
        (folder / f"{text.replace(' ', '-')}.txt").write_text(text)
    monkeypatch.setattr(local, "performer", hostile.performer)
    manner = batch.Manner(workers=2, limits=SMALL)
    said = batch.run_into([folder], out, manner=manner)
    assert said["counts"]["status"] == {"failed": 3, "ok": 30}
    assert [f["path"] for f in said["failures"]] == ["crash.txt", "hang.txt", "leap.txt"]
    assert pq.read_table(out / "articles.parquet").num_rows == 33
    assert json.loads((out / "run.json").read_text())["extracted"] == 33
    assert {p.name for p in out.iterdir()} == outputs.FILES


def test_the_same_articles_whatever_is_in_parts_and_what_in_the_earlier_run(
    tmp_path: Path,
) -> None:
    """Rows come out the same from a part, from earlier results, and from both."""
    folder = copies(tmp_path / "articles")
    batch.run([folder], tmp_path / "whole", workers=1)
    for number, path in enumerate(sorted(folder.iterdir())):
        out = tmp_path / f"out-{number}"
        away = tmp_path / path.name
        shutil.move(path, away)
        batch.run([folder], out, workers=1)
        shutil.move(away, path)
        batch.run([folder], out, workers=1)
        assert table_of(out) == table_of(tmp_path / "whole")
        if number == 2:
            break


def test_articles_without_a_row_are_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"a\.txt: no row of it was kept"):
        assembly.assemble([("a.txt", "digest")], [], None, tmp_path / "a", tmp_path / "m", tmp_path)


def test_stages_are_measured(tmp_path: Path) -> None:
    said = batch.run([ARTICLES / "nghe-an-council-science.nl.txt"], workers=1).run
    stages = said["stages"]
    assert {"parse", "detect", "names", "references", "statistics", "merge"} <= set(stages)
    assert all(seconds >= 0 for seconds in stages.values())
    assert sum(stages.values()) <= said["seconds"] + 0.1


def test_a_run_in_which_nothing_is_new_does_not_merge_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    batch.run([folder], out, workers=1)
    before = table_of(out)

    def merge(*_arguments: Any) -> None:
        raise AssertionError("merged again")

    monkeypatch.setattr(batch, "_merged", merge)
    again = batch.run([folder], out, workers=1)
    assert table_of(out) == before
    assert again.run["changes"] == {"new": 0, "changed": 0, "gone": 0}
    assert again.run["counts"] == json.loads((out / "run.json").read_text())["counts"]
    next(folder.iterdir()).unlink()
    with pytest.raises(AssertionError, match="merged again"):
        batch.run([folder], out, workers=1)


def test_workers_that_do_not_start_end_the_run(tmp_path: Path) -> None:
    """As of a script without the guard that processes need: it would be each article's fault."""
    (tmp_path / "a.txt").write_text("Het Volkscomité telt 31 leden in de provincie Ha Giang.")
    script = tmp_path / "script.py"
    script.write_text(
        "from pipeline.run import batch\n"
        f"batch.run([{str(tmp_path / 'a.txt')!r}], manner=batch.Manner(workers=2))\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
    )
    assert done.returncode != 0
    assert "__main__" in done.stderr


def test_a_large_article_behind_one_that_hangs_does_not_stop_all() -> None:
    """Nothing is sent that its worker may not take: both sides would wait for the other."""
    large = "large " + "x" * 2_000_000
    found = done(["plain", "hang", large, *PLAIN], workers=1)
    assert found["hang"]["status"] == "failed"
    assert found[large]["status"] == "ok"


def test_workers_that_do_not_start_end_the_run_however_much_they_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What they are to make is handed over when they have begun, and not before."""
    from multiprocessing import spawn

    monkeypatch.setattr(spawn, "get_executable", lambda: b"/bin/false")
    sources = [Source(f"{i}" * 40, Path(f"/nowhere/{i}")) for i in range(5000)]
    child = Child(hostile.Large(sources))
    with pytest.raises(Died) as death:
        child.answer()
    assert not death.value.begun
    child.stop()


def test_a_program_that_slept_takes_no_article_for_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by Ctrl-Z, or with its machine: the clock goes on."""
    from pipeline.run import pool as pool_

    real, slept = pool_.ready, []

    def asleep(children: Any, seconds: float) -> Any:
        found = real(children, 0.0)
        if not found and not slept:
            slept.append(True)
            time.sleep(seconds + 3)
            return []
        return found or real(children, seconds)

    monkeypatch.setattr(pool_, "ready", asleep)
    limits = dataclasses.replace(SMALL, start=0.5)
    found = done(["nap", *PLAIN[:3]], limits, workers=1)
    assert slept
    assert {row["status"] for row in found.values()} == {"ok"}


def test_failed_rows_of_a_stopped_run_are_tried_again(tmp_path: Path) -> None:
    store = Parts(tmp_path / "parts", MADE_BY)
    good = outcomes(["a"])[0]
    bad = dataclasses.replace(good, article=good.article | {"status": "failed", "reason": "slow"})
    store.commit([bad])
    again = Parts(tmp_path / "parts", MADE_BY)
    again.look()
    assert list(again.digests()) == []
    again.commit([good, *outcomes(["b"])])
    files = [tmp_path / "parts" / name for name in again.found]
    assert len(files) == 2
    articles, mentions = tmp_path / "a.parquet", tmp_path / "m.parquet"
    present = [("a.txt", good.digest)]
    assembly.assemble(present, files, None, articles, mentions, tmp_path)
    assert pq.read_table(articles).column("status").to_pylist() == ["ok"]


def test_a_path_that_the_database_cannot_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(outputs.OutputError, match="no \\? in a path"):
        batch.run(FEW, tmp_path / "o?", workers=1)


@pytest.mark.parametrize("name", ["o[1]", "o*", "o'1"])
def test_signs_in_a_path_stand_for_nothing_else(name: str, tmp_path: Path) -> None:
    article = ARTICLES / "nghe-an-council-science.nl.txt"
    other = ARTICLES / "nghe-an-council-science.ms.txt"
    batch.run([other], tmp_path / "o1", workers=1)
    first = batch.run([article], tmp_path / name, workers=1)
    again = batch.run([article], tmp_path / name, workers=1)
    assert [r["path"] for r in again.articles] == [article.name]
    assert again.run["extracted"] == 0
    assert again.table == first.table


def test_a_table_that_is_lost_is_made_again(tmp_path: Path) -> None:
    folder, out = copies(tmp_path / "articles"), tmp_path / "out"
    batch.run([folder], out, workers=1)
    before = table_of(out)
    (out / "table.parquet").unlink()
    batch.run([folder], out, workers=1)
    assert table_of(out) == before
