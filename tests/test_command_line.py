"""The command as a user calls it: in a process of its own, good input and bad."""

from __future__ import annotations

import contextlib
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.run import local
from pipeline.run.work import Tally, Work
from tests.conftest import FEW

MALAY = "Jabatan Kesihatan Wilayah Ha Giang mempunyai hampir 1,200 kakitangan dan 35 klinik pada 2024.\n"


def selaras(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)], input=stdin, capture_output=True
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def said_here(*arguments: str | int | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """What ``selaras`` gives, by the command in this process, which has the models already."""
    done = CliRunner().invoke(main, [*map(str, arguments)], input=stdin, prog_name="selaras")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


@contextlib.contextmanager
def one_process() -> Iterator[None]:
    """A run needs no reader and no workers of its own, each of which would load the models anew.

    What isolation does has tests of its own (test_run, test_kills, test_contract).
    """
    real = local.extract

    def here(work: Work, tally: Tally, *, isolated: bool) -> None:
        assert isolated  # as the command has it
        real(work, tally, isolated=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "extract", here)
        yield


def run_here(*arguments: str | int | Path) -> subprocess.CompletedProcess[str]:
    """What ``selaras run`` gives, all in this process."""
    with one_process():
        return said_here("run", *arguments)


@pytest.mark.parametrize(
    "command", ["", "run", "extract", "detect", "table", "explain", "review", "evaluate", "compare"]
)
def test_help(command: str) -> None:
    done = selaras(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    if command:
        assert "Example" in done.stdout


def test_version_names_the_models() -> None:
    said = selaras("--version").stdout
    assert said.startswith("selaras 0.")
    assert "ms" in said
    assert "nl" in said


def test_run_and_table(tmp_path: Path) -> None:
    done = selaras("run", *FEW, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert f"{len(FEW)} ok, 0 skipped, 0 failed" in done.stderr
    table = (tmp_path / "out" / "table.csv").read_bytes()
    again = said_here("table", tmp_path / "out")
    assert again.returncode == 0
    assert (tmp_path / "out" / "table.csv").read_bytes() == table


def test_a_run_says_how_many_in_words_and_what_to_do_next(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ms.txt").write_text(MALAY)
    out = tmp_path / "the results"
    done = run_here(tmp_path / "in", "--out", out, "--progress", "none")
    first, *_, table, last = done.stderr.splitlines()
    assert first == "1 file: 1 ok, 0 skipped, 0 failed (1 ms; 1 story)"
    assert table == f"{out}/table.csv: 1 organisation, 0 references, 2 statistics"
    commands = last.removeprefix("look at it: ").split(", or ")
    assert [shlex.split(c) for c in commands] == [
        ["selaras", "show", str(out)],
        ["selaras", "report", str(out)],
    ]
    assert said_here(*shlex.split(commands[0])[1:]).returncode == 0
    again = run_here(tmp_path / "in", "--out", out, "--progress", "none")
    assert "\n1 article unchanged since the run before\n" in again.stderr
    quiet = run_here(tmp_path / "in", "--out", out, "--quiet")
    assert quiet.stdout + quiet.stderr == ""


def test_a_run_that_read_nothing_has_nothing_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    done = run_here(tmp_path / "empty.txt", "--out", tmp_path / "out")
    assert "0 ok, 1 skipped" in done.stderr
    assert "look at it" not in done.stderr


def test_extract_from_standard_input() -> None:
    done = selaras("extract", "-", stdin=MALAY.encode())
    said = json.loads(done.stdout)
    assert said["language"] == "ms"
    assert said["status"] == "ok"
    values = {
        (m["text"], m["value"], m["qualifier"])
        for m in said["mentions"]
        if m["kind"] == "statistic"
    }
    assert values == {("hampir 1,200", 1200, "almost"), ("35", 35, None)}
    for m in said["mentions"]:
        assert said["text"][m["start"] : m["end"]] == m["text"]


def test_extract_says_why_it_found_nothing() -> None:
    said = json.loads(
        said_here("extract", "-", stdin=b"It is a fine day and all is well here.").stdout
    )
    assert said["status"] == "skipped"
    assert "no model" in said["reason"]
    assert said["mentions"] == []


def test_detect(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(MALAY)
    done = selaras("detect", tmp_path / "a.txt", tmp_path / "missing.txt")
    assert done.stdout.split("\t")[0] == "ms"
    assert "missing.txt: no such file" in done.stderr
    assert done.returncode == 2


def _bad_folder(folder: Path) -> None:
    folder.mkdir()
    (folder / "good.ms.txt").write_text(MALAY)
    (folder / "empty.txt").write_text("")
    (folder / "blank.txt").write_text(" \n\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "western.nl.txt").write_bytes(
        "De afdeling Volksgezondheid van Ha Giang telt één kliniek en vijf artsen – zei men.".encode(
            "cp1252"
        )
    )
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "english.txt").write_text(
        "The department has many people in the province, it is said."
    )
    (folder / "short.txt").write_text("12")
    (folder / "broken.html").write_text("<html><body><script>var x = 1</script")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4")
    (folder / "copy.ms.txt").write_text(MALAY)
    (folder / "huge.txt").write_bytes(b"kata " * 10_000_000)


def test_bad_files_are_rows_with_a_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    _bad_folder(tmp_path / "articles")
    done = said_here("run", tmp_path / "articles", "--out", tmp_path / "out", "--workers", 1)
    assert done.returncode == 0, done.stderr
    articles = pd.read_parquet(tmp_path / "out" / "articles.parquet").set_index("path")
    assert len(articles) == 12
    said = {p: (r.status, r.reason if r.reason == r.reason else "") for p, r in articles.iterrows()}
    expected = {
        "good.ms.txt": ("skipped", "duplicate of copy.ms.txt"),
        "copy.ms.txt": ("ok", ""),
        "western.nl.txt": ("ok", ""),
        "empty.txt": ("skipped", "empty"),
        "blank.txt": ("skipped", "empty"),
        "binary.txt": ("failed", "binary"),
        "gone.txt": ("failed", "cannot be opened"),
        "english.txt": ("skipped", "no model for language 'en'"),
        "short.txt": ("skipped", "too little text"),
        "broken.html": ("failed", "HTML"),
        "scan.pdf": ("failed", ".pdf"),
        "huge.txt": ("failed", "50 MB, over the limit"),
    }
    for path, (status, reason) in expected.items():
        assert said[path][0] == status, (path, said[path])
        assert reason in said[path][1], (path, said[path])
    assert "één kliniek" in articles.loc["western.nl.txt", "text"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere", "--out", "out"], "nowhere: no such file or folder"),
        (["run", "empty", "--out", "out"], "empty: no files here"),
        (["run", "articles", "--out", "a-file"], "a-file: is a file"),
        (["run", "articles", "--out", "other"], "other: already holds other things ('letter.doc')"),
        (["run", "articles", "--out", "a-file/out"], "a-file"),
        (["run", "articles", "--out", "out", "--language", "xx"], "'xx' has no model"),
        (["run", "articles", "--out", "out", "--min-language-score", "7"], "between 0 and 1"),
        (["run", "articles", "--out", "out", "--metadata", "a-file"], "no 'path' column"),
        (["run", "articles", "--out", "out", "--metadata", "missing.csv"], "missing.csv"),
        (["run", "articles"], "--out"),
        (["table", "empty"], "holds no run"),
        (["explain", "empty", "who"], "holds no finished run"),
        (["extract", "articles"], "is a folder"),
        (["extract", "missing.txt"], "no such file"),
        (["extract", "binary.txt"], "binary"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(MALAY)
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.doc").write_text("mine")
    (tmp_path / "a-file").write_text("name\nx\n")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 20)
    done = said_here(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["letter.doc"]


def test_results_beside_results_of_ours_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(MALAY)
    for _ in range(2):
        assert run_here(tmp_path / "a.txt", "--out", tmp_path / "out", "-q").returncode == 0
