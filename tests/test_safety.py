"""What a run never does, whatever is in the articles: reach for the network, write elsewhere."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.run import outputs
from tests.conftest import ARTICLES

# Every Python process that finds this on its path tells of any use of the network, and refuses it.
WATCH = """
import os, sys

def _watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        address = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        if isinstance(address, (str, bytes)) and event == "socket.connect":
            return  # a socket of this machine's file system
        with open(os.environ["SELARAS_WATCHED"], "a") as log:
            log.write(f"{event} {address!r}\\n")
        raise OSError("no network here")

sys.addaudithook(_watch)
with open(os.environ["SELARAS_WATCHED"], "a") as log:
    log.write("")
"""


def watched(tmp_path: Path, *command: str | Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run Python with the watch on; gives what it did and what it wanted of the network."""
    (tmp_path / "watch").mkdir(exist_ok=True)
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "watched.log"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, *command],
        env=os.environ
        | {
            "PYTHONPATH": f"{tmp_path / 'watch'}{os.pathsep}{Path(__file__).parent.parent}",
            "SELARAS_WATCHED": str(log),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done, log.read_text()


def test_the_watch_would_see_it(tmp_path: Path) -> None:
    done, seen = watched(
        tmp_path, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    )
    assert done.returncode != 0
    assert "192.0.2.1" in seen
    spawned = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "\"import urllib.request; urllib.request.urlopen('http://example.org')\"])"
    )
    assert "example.org" in watched(tmp_path, "-c", spawned)[1]


PAGE = """<html><head><title>A page</title>
<link rel="stylesheet" href="http://192.0.2.7/style.css"><script src="http://192.0.2.7/x.js"></script>
</head><body><article><p>Het Volkscomité van de provincie Ha Giang telt 31 ambtenaren in 2024.</p>
<img src="http://192.0.2.7/pixel.png"><p>De afdeling Volksgezondheid heeft 12 artsen en 40
verpleegkundigen, 5 meer dan in 2023.</p></article></body></html>"""
XML = """<?xml version="1.0"?>
<!DOCTYPE urlset SYSTEM "http://192.0.2.7/urlset.dtd" [<!ENTITY x SYSTEM "http://192.0.2.7/x">]>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://192.0.2.7/page.html</loc>
</url></urlset>"""


def test_a_run_never_reaches_for_the_network(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for path in sorted(ARTICLES.glob("nghe-an*")):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "sitemap.xml").write_text(XML, encoding="utf-8")
    (folder / "note.md").write_text(
        "![a](http://192.0.2.7/a.png)\n\nHet Volkscomité telt 31 leden."
    )
    done, seen = watched(
        tmp_path, "-m", "pipeline", "run", folder, "--out", tmp_path / "out", "--workers", "2"
    )
    assert done.returncode == 0, done.stderr
    assert seen == ""
    articles = pd.read_parquet(tmp_path / "out" / "articles.parquet")
    assert len(articles) >= 4
    assert (articles.status == "ok").sum() >= 3


def hostile_zip() -> bytes:
    data = io.BytesIO()
    text = (ARTICLES / "nghe-an-council-science.nl.txt").read_bytes()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("../../escaped.txt", text)
        archive.writestr("/tmp/escaped-absolute.txt", text + b"\n")
        archive.writestr("..\\..\\escaped-windows.txt", text + b"\n\n")
    return data.getvalue()


def hostile_tar() -> bytes:
    data = io.BytesIO()
    text = (ARTICLES / "nghe-an-council-science.ms.txt").read_bytes()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo("../../escaped-tar.txt")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return data.getvalue()


def everything_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_archives_write_nothing_anywhere_and_read_nothing_outside(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "articles"
    deep.mkdir(parents=True)
    (deep / "bad.zip").write_bytes(hostile_zip())
    (deep / "bad.tar.gz").write_bytes(hostile_tar())
    before = everything_below(tmp_path)
    done, _ = watched(
        tmp_path, "-m", "pipeline", "run", deep, "--out", tmp_path / "a" / "out", "--workers", "1"
    )
    assert done.returncode == 0, done.stderr
    new = everything_below(tmp_path) - before - {"watched.log", "watch/sitecustomize.py"}
    assert {n for n in new if not n.startswith("watch/")} == {f"a/out/{n}" for n in outputs.FILES}
    assert not Path("/tmp/escaped-absolute.txt").exists()
    articles = pd.read_parquet(tmp_path / "a" / "out" / "articles.parquet")
    assert not articles.text.str.contains("root:").any()
    assert set(articles.path) >= {"bad.zip#1", "bad.zip#2", "bad.zip#3", "bad.tar.gz#1"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_sheet_is_run(sign: str, tmp_path: Path) -> None:
    """Whatever column it stands in; numbers stay numbers."""
    frame = pd.DataFrame({"ms": [f"{sign}HYPERLINK(1)"], "value": [-1.5], "example": [f"{sign}2"]})
    sheet = tmp_path / "table.csv"
    sheet.write_text(outputs.csv_text(frame), encoding="utf-8", newline="")
    read = pd.read_csv(sheet, keep_default_na=False)
    assert read.ms[0][0] == read.example[0][0] == "'"
    assert read.value[0] == -1.5


def test_a_cell_is_one_cell_whatever_line_ends_it_has(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ms": ["a\r=HYPERLINK(1)", "b\r\n=1", "c\n=1", "d\u2028=1"]})
    text = outputs.csv_text(frame)
    assert "\r" not in text
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [
        ["a\n=HYPERLINK(1)"],
        ["b\n=1"],
        ["c\n=1"],
        ["d\u2028=1"],
    ]
