"""The engine ray: the bytes of the local engine, whatever dies on the way.

The clusters are Ray's own for tests: nodes of real processes on this machine. Nothing is killed but
what belongs to them.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from pipeline.configuration import Configuration
from pipeline.read import Limits as ReadLimits
from pipeline.read import Source, discover, records
from pipeline.run import batch, on_ray, outputs
from pipeline.run.limits import Limits
from pipeline.run.on_ray import stages, supervision
from pipeline.run.parts import Parts
from pipeline.run.work import EngineError, Tally, Work, task_of
from tests import hostile
from tests.conftest import FEW, ROOT

ray = pytest.importorskip("ray")

RESULTS = ("table.csv", "table.parquet", "articles.parquet", "mentions.parquet")
# The driver is killed by the test with a store of objects too.
KILLS = int(os.environ.get("SELARAS_RAY_KILLS", "2"))
KINDS = ("worker", "node", "driver", "child")
# A machine that is busy with other things takes its time.
PATIENCE = float(os.environ.get("SELARAS_RAY_PATIENCE", "300"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    """Short paths, for Ray's sockets; a dead node is missed within seconds."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp" if Path("/tmp").is_dir() else None)
    (Path(folder) / "ray").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "RAY_TMPDIR": folder,
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_BACKEND_LOG_LEVEL": "fatal",
            "RAY_worker_niceness": "0",  # 15 otherwise: starved where something else works too
            "RAY_health_check_period_ms": "500",
            "RAY_health_check_timeout_ms": "2000",
            "RAY_health_check_failure_threshold": "3",
            "PYTHONPATH": str(ROOT),
            # A store of objects, which is there when a test starts it.
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        patch.delenv("RAY_ADDRESS", raising=False)
        yield patch
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plain files, two of the same content, and files that hold many."""
    folder = tmp_path_factory.mktemp("ray") / "articles"
    folder.mkdir()
    texts = {file.name: file.read_text("utf-8") for file in FEW}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    name, text = next(iter(texts.items()))
    (folder / f"again-{name}").write_text(text, "utf-8")
    (folder / "empty.txt").write_text("")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    with (folder / "halves.jsonl").open("w", encoding="utf-8") as rows:
        for text in texts.values():
            lines = text.splitlines()
            for part in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
                print(json.dumps({"text": "\n".join(part)}), file=rows)
    with zipfile.ZipFile(folder / "turned.zip", "w") as archive:
        for name, text in list(texts.items())[::2]:
            archive.writestr(name, "\n".join(reversed(text.splitlines())))
    return folder


@pytest.fixture(scope="module")
def undisturbed(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the local engine makes of the articles, by file name."""
    out = tmp_path_factory.mktemp("local") / "out"
    batch.run_into([articles], out, manner=batch.Manner(workers=2))
    return bytes_of(out)


def bytes_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in RESULTS}


class Cluster:
    """A head without processors and two nodes with one each.

    What is made on a node lies in its store however small it is, and dies with the node.
    """

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster as Nodes

        head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": 100_000_000}
        self._nodes = Nodes(initialize_head=True, head_node_args=head)
        self.workers = [self._more(), self._more()]
        self._nodes.wait_for_nodes()
        self.address: str = self._nodes.address

    def _more(self) -> Any:
        with pytest.MonkeyPatch.context() as patch:  # for its workers, not for the driver
            patch.setenv("RAY_max_direct_call_object_size", "100")
            return self._nodes.add_node(num_cpus=1, object_store_memory=100_000_000)

    def close(self) -> None:
        self._nodes.shutdown()

    def complete(self) -> None:
        """Put a new node in the place of one that was killed."""
        while len(self.workers) < 2:
            self.workers.append(self._more())
        self._nodes.wait_for_nodes()

    def actors(self) -> list[psutil.Process]:
        """The processes of actors that extract: children of our own nodes, none else."""
        found = []
        for node in self.workers:
            for info in node.all_processes.get("raylet", ()):
                for process in psutil.Process(info.process.pid).children():
                    with contextlib.suppress(psutil.Error):
                        if " ".join(process.cmdline()).startswith("ray::MapWorker"):
                            found.append(process)
        return found

    def kill(self, kind: str, rng: random.Random) -> str:
        """Kill something with SIGKILL; gives what it was, an empty text where there is nothing."""
        if kind == "node":
            node = self.workers.pop(rng.randrange(2))
            self._nodes.remove_node(node, allow_graceful=False)
            return "node"
        found = self.actors()
        if kind == "child":
            found = [
                c for a in found for c in a.children() if "spawn_main" in " ".join(c.cmdline())
            ]
        if not found:
            return ""
        with contextlib.suppress(psutil.Error):
            rng.choice(found).kill()
        return kind


@pytest.fixture(scope="module")
def cluster(environment: pytest.MonkeyPatch) -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.close()


def driver(articles: Any, out: Any, *more: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    """The command, in a process of its own that works in ``cwd``."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", str(articles), "--out", str(out), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=cwd,
    )


def said(process: subprocess.Popen[str], code: int = 0) -> str:
    """All that it printed; it must end with ``code``."""
    try:
        text, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        text, _ = process.communicate()
        pytest.fail(f"not done within {PATIENCE:g} seconds; it said: {text}")
    assert process.returncode == code, text
    return text


def until_parts(process: subprocess.Popen[str], parts: Path, count: int) -> bool:
    """Wait until there are so many parts; whether the run still goes on then."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if len(list(parts.glob("*.parquet"))) >= count:
            return True
        time.sleep(0.02)
    return False


def test_ray_of_its_own_gives_the_bytes_of_the_local_engine_and_keeps_quiet(
    articles: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    before = set(Path(tempfile.gettempdir()).glob("selaras-ray-*"))
    out = tmp_path / "out"
    text = said(driver(articles, out, "--engine", "ray", "--workers", "2", "--progress", "none"))
    assert bytes_of(out) == undisturbed
    assert {p.name for p in out.iterdir()} == outputs.FILES
    run = json.loads((out / "run.json").read_text())
    assert run["engine"] == "ray"
    assert run["workers"] == 2
    assert run["extracted"] == pq.read_metadata(out / "articles.parquet").num_rows - 1
    assert "ray" not in text.replace(str(out), "").lower()
    assert set(Path(tempfile.gettempdir()).glob("selaras-ray-*")) == before


@pytest.mark.parametrize("number", range(KILLS))
def test_a_run_that_loses_something_gives_the_same_bytes(
    number: int, cluster: Cluster, articles: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    rng = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    cluster.complete()
    out = tmp_path / "out"
    command = ("--engine", "ray", "--ray-address", cluster.address, "--progress", "none")
    # Paths that begin where the command is called, which is elsewhere than the cluster was started.
    process = driver(os.path.relpath(articles, tmp_path), "out", *command, cwd=tmp_path)
    at = rng.randrange(1, 5)
    assert until_parts(process, out / ".selaras-work" / "parts", at)
    time.sleep(rng.random() * 0.5)
    if kind == "driver":
        process.kill()
        process.communicate()
        assert not (out / "run.json").exists()
        process = driver(os.path.relpath(articles, tmp_path), "out", *command, cwd=tmp_path)
    else:
        while process.poll() is None and not cluster.kill(kind, rng):
            time.sleep(0.02)  # there is none at the moment
    text = said(process)
    assert bytes_of(out) == undisturbed
    assert {p.name for p in out.iterdir()} == outputs.FILES
    run = json.loads((out / "run.json").read_text())
    if kind == "driver":
        assert f"going on with a run that was stopped: {run['resumed']} articles are done" in text
        assert run["resumed"] >= at
        assert run["resumed"] + run["extracted"] < len(pq.read_table(out / "articles.parquet")) + 9


def test_ctrl_c_stops_a_run_with_what_is_done_kept(
    cluster: Cluster, articles: Path, tmp_path: Path
) -> None:
    cluster.complete()
    out = tmp_path / "out"
    process = driver(articles, out, "--engine", "ray", "--ray-address", cluster.address)
    parts = out / ".selaras-work" / "parts"
    assert until_parts(process, parts, 1)
    process.send_signal(signal.SIGINT)
    assert said(process, code=1).splitlines()[-1] == (
        f"selaras: stopped; what is done is kept in {out}, and the same command goes on there"
    )
    assert list(parts.glob("*.parquet"))
    end = time.monotonic() + 30
    while cluster.actors() and time.monotonic() < end:
        time.sleep(0.05)
    assert not cluster.actors()


def test_results_in_a_store_of_objects_survive_the_driver(
    cluster: Cluster, articles: Path, undisturbed: dict[str, bytes]
) -> None:
    server = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    from upath import UPath

    address, _, port = os.environ["AWS_ENDPOINT_URL"].rpartition(":")
    store = server.ThreadedMotoServer(ip_address=address.rpartition("/")[2], port=int(port))
    store.start()
    try:
        bucket = UPath("s3://bucket")
        bucket.fs.mkdir("bucket")
        bucket.fs.put(f"{articles}/", "bucket/articles/", recursive=True)
        out = bucket / "results"
        cluster.complete()
        command = ("--engine", "ray", "--ray-address", cluster.address, "--progress", "none")
        process = driver(bucket / "articles", out, *command)
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            if len(bucket.fs.find("bucket/results/.selaras-work/parts", refresh=True)) >= 3:
                break
            time.sleep(0.05)
        assert process.poll() is None
        process.kill()
        process.communicate()
        assert "going on with a run" in said(driver(bucket / "articles", out, *command))
        bucket.fs.invalidate_cache()
        found = {p.removeprefix("bucket/results/") for p in bucket.fs.find("bucket/results")}
        assert found == outputs.FILES
        assert {name: (out / name).read_bytes() for name in RESULTS} == undisturbed
        again = said(driver(bucket / "articles", out, "--progress", "none"))
        assert "articles unchanged since the run before" in again
        assert {name: (out / name).read_bytes() for name in RESULTS} == undisturbed
    finally:
        store.stop()


def work(folder: Path, texts: list[str], seconds: float = 600.0, **made_by: Any) -> Work:
    """Texts as the files of ``folder``, and what is to be done with them.

    ``seconds`` is what one of them may take: short only where one is to be given up, as what should
    be done takes long where the machine is busy.
    """
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:03}.txt").write_text(text)
    return Work(
        sources=discover([folder]),
        sidecars={},
        configuration=Configuration(),
        read_limits=ReadLimits(),
        limits=Limits(seconds=seconds, megabytes=600, start=8.0),
        workers=2,
        parts=Parts(folder.with_name("work") / "parts", made_by),
        known=set(),
    )


def test_articles_that_ruin_their_process_are_rows(cluster: Cluster, tmp_path: Path) -> None:
    cluster.complete()
    texts = ["crash", "hang", "grow", *(f"article {i}" for i in range(20))]
    given, tally = work(tmp_path / "in", texts, seconds=5.0), Tally()
    size = on_ray.extract(given, tally, cluster.address, make=hostile.performer)
    assert size == 2
    assert (tally.ok, tally.failed, tally.kept, tally.ahead) == (20, 3, 0, 0)
    rows = [
        row
        for name in given.parts.found
        for row in pq.read_table(given.parts.folder / name).to_pylist()
    ]
    reasons = sorted(row["reason"] for row in rows if row["status"] == "failed")
    assert len(rows) == 23
    assert [reason.split(";")[0] for reason in reasons] == [
        "crashed a worker (SIGSEGV)",
        "not read within 5 seconds",
        "took more than 600 MB of memory, the limit of a worker",
    ]


def test_what_stands_still_is_begun_anew(cluster: Cluster, tmp_path: Path) -> None:
    cluster.complete()
    said: list[str] = []
    given = replace(work(tmp_path / "in", [f"nap {i}" for i in range(16)]), say=said.append)
    tally = Tally()
    stopped: list[psutil.Process] = []

    def stop_all(_: Tally) -> None:
        """Actors that are there and do nothing any more: nobody misses them."""
        if tally.ok and not stopped:
            stopped.extend(cluster.actors())
            for actor in stopped:
                actor.suspend()

    tally.changed = stop_all
    patience = on_ray.Patience(ordinary=6.0)
    on_ray.extract(given, tally, cluster.address, make=hostile.performer, patience=patience)
    assert stopped
    assert said[0] == "Ray stood still: going on with what is left, in a new job of it"
    assert (tally.skipped, tally.failed) == (0, 0)
    assert (tally.ok + tally.kept, tally.ahead, len(tally.present)) == (16, 0, 16)
    assert {digest for _, digest in tally.present} == set(given.parts.digests())
    psutil.wait_procs(stopped, 30)
    assert not any(actor.is_running() for actor in stopped)


def test_what_is_in_place_without_a_word_of_it_is_counted(tmp_path: Path) -> None:
    """As when an actor stands still between the two."""
    given, tally = work(tmp_path / "in", ["one", "two", "three"]), Tally()
    gathered = supervision._Gathered(given, tally)
    perform = hostile.performer()
    done = [perform(task_of(r, {})) for s in given.sources for r in records(s, given.read_limits)]
    met = [(f"{number:03}.txt", outcome.digest) for number, outcome in enumerate(done)]
    given.parts.commit(done[:1])
    told = stages.Done(0, 2, met[1:2], given.parts.commit(done[1:2]), [(done[1].digest, "ok")])
    gathered.take(told)
    assert (tally.ok, tally.kept, len(tally.present)) == (1, 0, 1)
    gathered.look()
    assert gathered.known == {outcome.digest for outcome in done[:2]}
    again = stages.Done(0, 3, met, given.parts.commit(done[2:]), [(done[2].digest, "ok")])
    gathered.take(again)
    assert (tally.ok, tally.kept, tally.ahead) == (2, 1, 0)
    assert tally.done + tally.kept == tally.total == len(tally.present) == 3


def test_patience_grows_with_what_was_seen_and_what_was_in_vain() -> None:
    patience = on_ray.Patience(ordinary=600.0, after_loss=60.0)
    assert (patience.seconds(lost=False), patience.seconds(lost=True)) == (600, 60)
    patience.waited(20.0)
    patience.waited(3.0)
    assert (patience.seconds(lost=False), patience.seconds(lost=True)) == (600, 100)
    patience.doublings += 1
    assert patience.seconds(lost=True) == 200
    patience.waited(3.0)
    assert patience.seconds(lost=True) == 100


def test_a_node_with_another_program_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    cluster.complete()
    given = work(tmp_path / "in", ["article"], versions={"content": "another", "nl": "-"})
    with pytest.raises(EngineError, match="a node of the cluster, has another version of content"):
        on_ray.extract(given, Tally(), cluster.address, make=hostile.performer)
    assert not given.parts.folder.exists()


def test_a_cluster_that_is_not_there_is_misuse(tmp_path: Path, articles: Path) -> None:
    out = tmp_path / "out"
    begin = time.monotonic()
    address = f"127.0.0.1:{free_port()}"
    text = said(driver(articles, out, "--engine", "ray", "--ray-address", address), code=2)
    assert text == (
        f"selaras: {address}: cannot be reached (Connection refused); is the head node of the "
        "cluster up?\n"
    )
    assert time.monotonic() - begin < 60
    assert not out.exists()
    for address in ("ray://127.0.0.1:10001", "127.0.0.1", ":1", "a:123456"):
        with pytest.raises(EngineError, match="no address of a cluster; give HOST:PORT"):
            on_ray.extract(work(tmp_path / address.replace("/", ""), ["a"]), Tally(), address)


def test_no_host_can_be_called_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"a\.\.b:6379: cannot be reached"):
        on_ray.extract(work(tmp_path / "in", ["a"]), Tally(), "a..b:6379")


def test_sources_are_dealt_out_so_that_all_have_some(tmp_path: Path) -> None:
    plain = [Source(f"{i:05}.txt", Path(f"{i:05}.txt")) for i in range(10_000)]
    many = [Source(f"{i:03}.zip", Path(f"{i:03}.zip")) for i in range(20)]
    few = stages.groups(plain[:36], 2)
    assert [len(group.sources) for group in few] == [36]
    assert few[0].bundle == 5  # eight bundles, four for each
    groups = stages.groups([*plain, *many], 2)
    assert sorted(s.path for g in groups for s in g.sources) == sorted(
        s.path for s in (*plain, *many)
    )
    assert [group.number for group in groups] == list(range(len(groups)))
    assert max(len(g.sources) for g in groups if not g.growing) == 256
    assert [len(g.sources) for g in groups if g.growing] == [3] * 6 + [2]
    assert max(group.bundle for group in groups) == 128
