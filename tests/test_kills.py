"""A run that is killed at any moment loses nothing: the same command ends with the same bytes.

    SELARAS_KILLS=200 python -m pytest -n 0 -s tests/test_kills.py

kills that many runs, each at another seeded moment between its start and its end, and as many of
another kind, whose workers have no models and spend the time on the rest.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

from pipeline.run import local, outputs
from tests import hostile
from tests.conftest import ARTICLES, FEW
from tests.test_command_line import run_here

LIGHT = "light"
KILLS = int(os.environ.get("SELARAS_KILLS", "2"))
ROOT = Path(__file__).parent.parent


def start(folder: Path, out: Path, workers: str) -> subprocess.Popen[bytes]:
    light = ["light"] if folder.name == LIGHT else []
    command = [sys.executable, "-m", "tests.small_parts", *light, "run", folder, "--out", out]
    return subprocess.Popen(
        [*command, "--workers", workers, "--progress", "none"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(folder: Path, out: Path) -> str:
    """The same command again, in this process: what a killed one left is all that it knows."""
    with pytest.MonkeyPatch.context() as patch:
        if folder.name == LIGHT:
            patch.setattr(local, "performer", hostile.performer)
        run = run_here(folder, "--out", out, "--progress", "none")
    assert run.returncode == 0, run.stderr
    return run.stderr


def table_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in outputs.FILES - {outputs.RUN}}


def part_in(out: Path) -> bool:
    """Whether a run has put its first part in place."""
    return any((out / ".selaras-work" / "parts").glob("*.parquet"))


def done_in(out: Path) -> int:
    """How many articles a stopped run has in its parts; those that failed are tried again."""
    files = (out / ".selaras-work" / "parts").glob("*.parquet")
    columns = [pq.read_table(file, columns=["status"]).column(0).to_pylist() for file in files]
    return sum(status != "failed" for column in columns for status in column)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files, and files inside a file."""
    folder = tmp_path_factory.mktemp("kills") / "articles"
    folder.mkdir()
    page = ARTICLES / "khanh-hoa-police-online-services.nl.html"
    for path in (*FEW[::2], page):
        (folder / path.name).write_bytes(path.read_bytes())
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for path in FEW[1::2]:
            archive.write(path, path.name)
    (folder / "copy.txt").write_bytes(FEW[1].read_bytes())
    (folder / "noise.pdf").write_bytes(b"%PDF-1.4 nothing")
    return folder


class Whole(NamedTuple):
    """A run that nobody killed."""

    seconds: float
    files: dict[str, bytes]


def whole_run(articles: Path, out: Path) -> Whole:
    began = time.monotonic()
    run = start(articles, out, "1")
    _, said = run.communicate(timeout=600)
    assert run.returncode == 0, said.decode()
    return Whole(time.monotonic() - began, table_of(out))


def kill_and_resume(articles: Path, done: Whole, tmp_path: Path) -> None:
    whole, wanted = done
    resumed = killed_after_the_end = 0
    for seed in range(KILLS):
        rng = random.Random(f"kill {seed}")
        out = tmp_path / f"out-{seed}"
        run = start(articles, out, rng.choice("12"))
        if rng.random() < 0.5:
            time.sleep(rng.random() * whole)
        else:  # much of the time is loading: as many kills in what comes after it
            while run.poll() is None and not part_in(out):
                time.sleep(0.002)
            time.sleep(rng.random() ** 2 * whole / 2)
        everyone = rng.random() < 0.5  # the program alone, or its workers too
        if run.poll() is not None:
            killed_after_the_end += 1
        elif everyone:
            os.killpg(run.pid, signal.SIGKILL)
        else:
            run.kill()
        run.communicate()
        parts = done_in(out)
        said = finish(articles, out)
        assert (f"{parts} articles are done" in said) == (parts > 0), f"seed {seed}"
        resumed += parts > 0
        assert table_of(out) == wanted, f"seed {seed}"
        assert {p.name for p in out.iterdir()} == outputs.FILES, f"seed {seed}"
        shutil.rmtree(out)
        if seed % 10 == 9:
            print(
                f"{seed + 1} kills, {resumed} with parts, {killed_after_the_end} too late",
                flush=True,
            )
    print(
        f"{KILLS} kills over {whole:.1f} s: {resumed} with parts, {killed_after_the_end} too late"
    )
    assert killed_after_the_end <= KILLS // 2


def test_killed_at_any_moment_nothing_is_lost(articles: Path, tmp_path: Path) -> None:
    kill_and_resume(articles, whole_run(articles, tmp_path / "whole"), tmp_path)


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles for workers without models."""
    folder = tmp_path_factory.mktemp("kills") / LIGHT
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"{number}/2024 " + "woord " * number)
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}.txt", f"{number}/2025 " + "kata " * number)
    return folder


@pytest.fixture(scope="module")
def light_whole(light: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return whole_run(light, tmp_path_factory.mktemp("kills") / "whole")


def test_killed_at_any_moment_of_a_run_without_models(
    light: Path, light_whole: Whole, tmp_path: Path
) -> None:
    kill_and_resume(light, light_whole, tmp_path)


def test_killed_again_and_again_it_still_ends(
    light: Path, light_whole: Whole, tmp_path: Path
) -> None:
    """Each time a little later: the work goes on from part to part."""
    out = tmp_path / "out"
    seen = 0
    for wait in range(60):
        run = start(light, out, "1")
        try:
            run.communicate(timeout=light_whole.seconds * (0.5 + 0.5 * wait))
            break
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            if (out / outputs.RUN).exists():  # killed when all was done
                break
            now = done_in(out)
            assert now >= seen
            seen = now
    finish(light, out)
    assert table_of(out) == light_whole.files
