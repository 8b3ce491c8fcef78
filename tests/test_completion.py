"""The Tab key, in the shells themselves: what they get from the script that the command prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, main
from pipeline.cli.export import FORMATS
from pipeline.languages import available
from pipeline.records import table_schema
from tests.conftest import ROOT
from tests.test_command_line import said_here

SHELLS = ("bash", "zsh", "fish")
# click's own function, called as bash would; what asks bash for its names of files is written down.
BASH = """
source "$1"; shift
compopt() { printf '%s ' compopt "$@"; echo; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_selaras_completion selaras
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a command ``selaras`` that is this checkout, and the scripts of the shells."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "selaras"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline "$@"\n')
    command.chmod(0o755)
    for shell in SHELLS:
        done = said_here("completion", shell)
        assert done.returncode == 0
        (folder / f"{shell}.script").write_text(done.stdout)
    return folder


def environment(program: Path) -> dict[str, str]:
    path = f"{program}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}


def in_bash(program: Path, *words: str | Path) -> list[str]:
    if not shutil.which("bash"):
        pytest.skip("no bash here")
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "-", program / "bash.script", "selaras", *words],
        env=environment(program),
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return [line for line in done.stdout.splitlines() if line]


def offered(*words: str | Path) -> list[str]:
    """What click offers, by the command in this process."""
    said = {
        "_SELARAS_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["selaras", *map(str, words)]),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(main, [], prog_name="selaras", env=said)
    assert done.stderr == ""
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


def test_commands_options_and_ids_in_bash(program: Path, sample_run: Path) -> None:
    assert in_bash(program, "") == list(COMMANDS)
    assert in_bash(program, "sh") == ["show"]
    assert "21-NQ/TW" in in_bash(program, "show", sample_run, "21-nq")
    assert in_bash(program, "show", "--kind", "ref") == ["reference"]
    assert in_bash(program, "evaluate", "cor") == ["compopt -o dirnames "]
    assert in_bash(program, "report", "cor") == in_bash(program, "review", "cor")
    assert in_bash(program, "review", "cor") == ["compopt -o dirnames "]
    assert in_bash(program, "review", sample_run, "--language", "") == list(available())
    assert in_bash(program, "detect", "cor") == ["compopt -o default "]


def test_the_key_itself_in_bash(program: Path) -> None:
    """Not the function but Tab, typed into a bash that the script was read into."""
    pty = pytest.importorskip("pty")
    if not shutil.which("bash"):
        pytest.skip("no bash here")
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment(program))
    try:
        os.write(terminal, f"PS1='> '; source {program}/bash.script; echo rea''dy\n".encode())
        _until(terminal, b"ready\r\n")
        os.write(terminal, b"selaras expo\t--form\tcsv,js\t")
        assert b"selaras export --format csv,jsonl" in _until(terminal, b"csv,jsonl")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def _until(terminal: int, wanted: bytes, seconds: float = 20) -> bytes:
    said, end = b"", time.monotonic() + seconds
    while wanted not in said and time.monotonic() < end:
        said += os.read(terminal, 4096)
    return said


def test_in_zsh(program: Path, sample_run: Path) -> None:
    if not shutil.which("zsh"):
        pytest.skip("no zsh here")
    script = """
    compdef() { :; }; compadd() { shift 4; print -l -- ${(P)1}; }; _describe() { print -l -- ${(P)3}; }
    source "$1"; shift; words=(selaras "$@"); CURRENT=$#words; _selaras_completion
    """
    for words, wanted in (
        (("exp",), "export:Write the results in OUT for other programs."),
        (("explain", sample_run, "21-"), "21-NQ/TW"),
        (("export", sample_run, "--format", "csv,s"), "csv,sqlite"),
    ):
        done = subprocess.run(
            ["zsh", "-f", "-c", script, "-", program / "zsh.script", *words],
            env=environment(program),
            capture_output=True,
            text=True,
        )
        assert done.stderr == ""
        assert wanted in done.stdout.splitlines()


def test_in_fish(program: Path, sample_run: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("no fish here")
    for line, wanted in (
        ("selaras expo", "export"),
        (f"selaras explain {sample_run} 21-", "21-NQ/TW"),
        (f"selaras export {sample_run} --format csv,s", "csv,sqlite"),
    ):
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {program}/fish.script; complete -C '{line}'"],
            env=environment(program) | {"HOME": str(program)},
            capture_output=True,
            text=True,
        )
        assert wanted in [said.split("\t")[0] for said in done.stdout.splitlines()], done.stderr


def test_what_of_the_results_is_offered(sample_run: Path) -> None:
    assert offered("show", sample_run, "nghe-an-council") == [
        "nghe-an-council-science.ms.txt",
        "nghe-an-council-science.nl.txt",
    ]
    assert offered("explain", sample_run, "nghe-an-council") == []
    assert "party-member" in offered("show", sample_run, "--unit", "party")
    assert "party-member" in offered("show", sample_run, "--sheet", "party")
    assert offered("show", sample_run, "--sort", "ment") == ["mentions"]
    assert offered("show", sample_run, "--sheet", "party-member", "--sort", "") == ["body"]
    assert offered("show", sample_run, "--language", "") == ["ms", "nl"]
    assert len(offered("show", sample_run, "")) == 60


def test_lists_joined_by_commas() -> None:
    assert offered("export", "out", "--format", "") == list(FORMATS)
    rest = [f"csv,{name}" for name in FORMATS if name != "csv"]
    assert offered("export", "out", "--format", "csv,") == rest
    assert offered("train", "gold", "--languages", "ms,") == ["ms,nl"]
    assert offered("run", "x", "--language", "n") == ["nl"]


@pytest.mark.parametrize("broken", ["nowhere", "bad", ""])
def test_nothing_is_offered_and_nothing_said_where_there_are_no_results(
    tmp_path: Path, broken: str
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "table.parquet").write_bytes(b"PAR1 no")
    for words in (("",), ("--unit", ""), ("--sort", ""), ("--language", "")):
        assert offered("show", tmp_path / broken, *words) == []


def test_nothing_is_offered_that_a_shell_would_run_or_take_apart(tmp_path: Path) -> None:
    bad = ["x$(reboot)", "x`reboot`", "x;reboot", "x y", "x\x1b[2J", "x\u202ey", "x*", "x'", "-x"]
    rows = [{"canonical_id": i} for i in [*bad, "x/QĐ:37?=4"]]
    pq.write_table(pa.Table.from_pylist(rows, table_schema(["ms"])), tmp_path / "table.parquet")
    assert offered("explain", tmp_path, "") == ["x/QĐ:37?=4"]


def test_many_rows_are_offered_in_no_time(tmp_path: Path) -> None:
    table = pa.table({"canonical_id": [f"body/{i}" for i in range(500_000)]})
    pq.write_table(table, tmp_path / "table.parquet")
    began = time.process_time()
    assert len(offered("explain", tmp_path, "body/4")) == 60
    assert offered("explain", tmp_path, "none") == []
    assert time.process_time() - began < 2


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import os, sys; os.environ |= {'_SELARAS_COMPLETE': 'bash_complete', "
        "'COMP_WORDS': 'selaras show --ki', 'COMP_CWORD': '2'}\n"
        "from pipeline.cli import main\n"
        "try: main(prog_name='selaras')\n"
        "except SystemExit: pass\n"
        "print(*sorted({'pandas', 'pyarrow', 'duckdb', 'spacy', 'rich', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["plain,--kind", ""]


def test_an_unknown_shell_is_misuse() -> None:
    done = said_here("completion", "tcsh")
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_what_help_gives_works_for_a_user_who_has_nothing_yet(
    program: Path, tmp_path: Path
) -> None:
    said = said_here("completion", "--help").stdout
    said = said[said.index("To have it") : said.index("Example")].replace("\\\n", " ")
    commands = re.findall(r"mkdir -p (?:.*?&&\s+)selaras completion .*?> *\S+", said, re.S)
    assert len(commands) == len(SHELLS)
    for shell, command in zip(SHELLS, commands, strict=True):
        subprocess.run(
            ["bash", "--norc", "-c", command],
            env=environment(program) | {"HOME": str(tmp_path)},
            check=True,
        )
        written = tmp_path / command.rpartition("~/")[2]
        assert written.read_text() == (program / f"{shell}.script").read_text()
