"""What a user sees while a run goes on, and what ends it cleanly."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import progress
from pipeline.cli.run import Stop
from pipeline.run import local, outputs
from pipeline.run.work import Tally
from tests import hostile
from tests.conftest import ARTICLES, FEW
from tests.test_command_line import run_here
from tests.test_kills import done_in, table_of

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (95, "1 min 35 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (7_380, "2 h 3 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert progress.duration(seconds) == said


def tally(ok: int = 0, kept: int = 0, ahead: int = 0, **more: int) -> Tally:
    found = Tally(ok=ok, kept=kept, ahead=ahead, **more)
    found.present = [("", "")] * (found.done + kept)
    return found


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left_are_of_the_last_two_minutes() -> None:
    clock = Clock()
    pace = progress.Pace(clock)
    assert pace.rate is None
    assert pace.left(tally(ahead=5)) is None
    for clock.now, ok in ((0.0, 0), (99.0, 1000), (100.0, 1010), (220.0, 1250)):
        pace.look(tally(ok=ok, ahead=3000 - ok))
    assert pace.rate == pytest.approx(250 / 121)  # not of the first hundred seconds
    assert pace.left(tally(ok=1250, ahead=1750)) == pytest.approx(1750 / (250 / 121))


def test_articles_done_before_do_not_count_as_speed() -> None:
    clock = Clock()
    pace = progress.Pace(clock)
    pace.look(tally())
    clock.now = 10.0
    pace.look(tally(ok=20, kept=1000))
    assert pace.rate == pytest.approx(2.0)


def test_a_line_says_all_that_matters() -> None:
    clock = Clock()
    pace = progress.Pace(clock)
    pace.look(tally(ahead=100))
    clock.now = 10.0
    seen = tally(ok=40, failed=2, skipped=3, kept=5, ahead=50)
    pace.look(seen)
    assert progress.line(seen, pace) == (
        "50 of 100 articles (40 ok, 3 skipped, 2 failed, 5 done before), 4.5 per second, 10 s left"
    )
    seen.stage = "merging"
    assert progress.line(seen, pace) == "merging 50 articles"


def test_files_with_many_articles_make_the_total_grow() -> None:
    found = Tally()
    found.met("a.zip#1", "1", 1, kept=False)
    assert found.total == 2
    found.met("a.zip#2", "2", 1, kept=False)
    found.met("b.txt", "3", 0, kept=True)
    assert found.total == 3


def test_a_log_has_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE_EVERY", 0.05)
    target = io.StringIO()
    with progress.shown("auto", target) as (changed, say):
        assert changed is not None
        for ok in range(200):
            changed(tally(ok=ok, ahead=200 - ok))
            time.sleep(0.001)
        say("a note")
    lines = target.getvalue().splitlines()
    assert 3 <= len(lines) <= 12
    assert lines[-1] == "a note"
    assert "articles (" in lines[0]
    with progress.shown("none", target) as (changed, say):
        assert changed is None


def command(*arguments: str | Path, module: str = "pipeline") -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def test_a_terminal_has_a_bar(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    run = subprocess.Popen(
        command("run", *FEW, "--out", tmp_path / "out", "--workers", "1"),
        stderr=slave,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "120", "TERM": "xterm"},
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        seen += part
    assert run.wait() == 0
    text = seen.decode(errors="replace")
    assert "reading" in text
    assert "merging" in text
    assert " ok" in text
    assert f"{len(FEW)} files: {len(FEW)} ok" in text


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_keeps_what_is_done(
    sign: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, articles = tmp_path / "out", tmp_path / "articles"
    articles.mkdir()
    for number in range(10):  # a second each
        (articles / f"{number}.txt").write_text(f"nap {number}")

    light = command("light", "run", articles, "--out", out, module="tests.small_parts")
    stopped = subprocess.Popen(
        [*light, "--workers", "2", "--progress", "none"], stderr=subprocess.PIPE, cwd=ROOT
    )
    for _ in range(600):
        time.sleep(0.1)
        if done_in(out):
            break
    stopped.send_signal(sign)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 1
    text = said.decode()
    assert "Traceback" not in text
    assert f"selaras: stopped; what is done is kept in {out}" in text
    kept = done_in(out)
    assert 0 < kept < 10
    # The rest, and all of it for once, without waiting for what naps.
    monkeypatch.setattr(local, "performer", hostile.performer)
    monkeypatch.setattr(hostile, "time", SimpleNamespace(sleep=lambda _: None))
    again = run_here(articles, "--out", out)
    assert again.returncode == 0
    assert f"{kept} articles are done" in again.stderr
    assert run_here(articles, "--out", tmp_path / "whole").returncode == 0
    assert {p.name for p in out.iterdir()} == outputs.FILES
    assert table_of(out) == table_of(tmp_path / "whole")


def test_a_library_that_loses_ctrl_c_does_not_keep_the_run_going() -> None:
    stop = Stop()
    stop.look()
    with contextlib.suppress(KeyboardInterrupt):
        stop.hear(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        stop.look()


def test_quiet_says_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        command("run", ARTICLES / "nghe-an-council-science.nl.txt", "--out", tmp_path / "o", "-q"),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout == done.stderr == b""
