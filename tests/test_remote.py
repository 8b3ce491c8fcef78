"""Results in a store that fsspec knows, here one in memory: killed runs, leases, the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from upath import UPath

from pipeline.run import batch, local, outputs, remote
from tests import hostile
from tests.conftest import ARTICLES

RESULTS = ("table.csv", "table.parquet", "articles.parquet", "mentions.parquet")
FEW = ("nghe-an-council-science.nl.txt", "nghe-an-council-science.ms.txt")


@pytest.fixture
def out() -> Any:
    place = UPath("memory://bucket/results")
    store = place.fs
    if store.exists("/bucket"):
        store.rm("/bucket", recursive=True)
    return place


def names(out: Any) -> set[str]:
    """All that is in the store, by its path from ``out``."""
    begin = out.path.rstrip("/") + "/"
    return {found.removeprefix(begin) for found in out.fs.find(out.path)}


def run(out: Any, *files: str) -> dict[str, Any]:
    manner = batch.Manner(workers=1, isolated=False)
    return batch.run_into([ARTICLES / f for f in files or FEW], out, manner=manner)


def lease(out: Any, **said: Any) -> None:
    mine = psutil.Process()
    found = {"owner": "other", "host": "elsewhere", "process": mine.pid, "at": time.time()}
    found["begun"] = mine.create_time()
    out.fs.pipe_file(f"{out.path}/.selaras-work/lease", json.dumps(found | said).encode())


def test_results_in_a_store_are_those_on_a_disk_and_the_second_run_knows_them(
    out: Any, tmp_path: Path
) -> None:
    run(out, FEW[0])
    run(tmp_path / "out")
    said = run(out)
    assert names(out) == outputs.FILES
    for name in RESULTS:
        assert (out / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name
    assert said["reused"] == 1
    assert said["extracted"] == 1
    assert run(out)["extracted"] == 0
    for name in RESULTS:
        assert (out / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


def test_what_was_done_is_kept_in_the_store(out: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(batch.tabulate, "merge_files", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(out)
    assert {name.split("/")[1] for name in names(out)} == {"parts"}
    said = run(out)
    assert said["resumed"] == 2
    assert said["extracted"] == 0
    assert names(out) == outputs.FILES


@pytest.mark.parametrize("stopped_at", range(11))
def test_a_run_that_dies_while_it_puts_results_in_place_loses_none(
    out: Any, stopped_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was put last, the next run has either the results before or those after."""
    monkeypatch.setattr(local, "performer", hostile.performer)  # whatever articles say
    run(out, FEW[0])

    class Gone(BaseException): ...

    steps = 0

    def counted(method: Any) -> Any:
        def step(*arguments: Any) -> Any:
            nonlocal steps
            if steps == stopped_at:
                raise Gone
            steps += 1
            return method(*arguments)

        return step

    with monkeypatch.context() as patch:
        patch.setattr(remote.RemoteWorkplace, "_store", counted(remote.RemoteWorkplace._store))
        patch.setattr(remote.RemoteWorkplace, "_copy", counted(remote.RemoteWorkplace._copy))
        if stopped_at < 10:
            with pytest.raises(Gone):
                run(out)
        else:
            run(out)
    said = run(out)
    assert said["extracted"] == 0  # all is in the results or in parts
    assert said["reused"] + said["resumed"] >= 2
    assert names(out) == outputs.FILES


def test_another_run_has_the_lease(out: Any) -> None:
    lease(out)
    with pytest.raises(outputs.OutputError, match=r"another run is writing here .* on elsewhere"):
        run(out)
    lease(out, at=time.time() - remote.STALE - 1)
    assert run(out)["extracted"] == 2
    assert names(out) == outputs.FILES


def test_the_lease_of_a_dead_process_of_this_machine_is_free(
    out: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_SETTLED", 0.0)
    here = remote.socket.gethostname()
    lease(out, host=here)
    with pytest.raises(outputs.OutputError, match="another run is writing here"):
        run(out)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lease(out, host=here, process=dead.pid)
    assert run(out)["extracted"] == 2


def test_a_lease_is_renewed_and_a_run_that_lost_it_puts_nothing(
    out: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RENEWED", 0.02)
    file = f"{out.path}/.selaras-work/lease"
    with outputs.workplace(out) as place:
        before = json.loads(out.fs.cat_file(file))
        time.sleep(0.2)
        after = json.loads(out.fs.cat_file(file))
        assert after["owner"] == before["owner"]
        assert after["at"] > before["at"]
        lease(out)
        finished = place.scratch / "finished"
        finished.mkdir()
        with pytest.raises(outputs.OutputError, match="another run"):
            place.put(finished, out)
        time.sleep(0.1)
        assert json.loads(out.fs.cat_file(file))["owner"] == "other"
    assert json.loads(out.fs.cat_file(file))["owner"] == "other"


def test_other_things_in_the_store_are_left_alone(out: Any) -> None:
    (out / "mine.txt").write_text("mine")
    with pytest.raises(outputs.OutputError, match=r"already holds other things \('mine.txt'\)"):
        outputs.check(out)
    with pytest.raises(outputs.OutputError, match="is a file"):
        outputs.check(out / "mine.txt")


def test_what_a_store_raises_is_one_line(out: Any, monkeypatch: pytest.MonkeyPatch) -> None:

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("no access")

    monkeypatch.setattr(type(out.fs), "pipe_file", refuse)
    with pytest.raises(outputs.OutputError, match="cannot be used: PermissionError: no access"):
        run(out)
