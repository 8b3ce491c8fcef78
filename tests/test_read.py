"""Files to texts: encodings, pages, and everything that cannot be read."""

from __future__ import annotations

import codecs
import datetime
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.read import InputError, Unreadable, discover, formats, read, read_bytes, read_sidecar
from pipeline.user_lexicon.read import LexiconError, read_lexicon

TEXT = "Één café in Hội An telt “drie” tafels – vier euro.\nTweede regel.\n"
WESTERN = "Één café telt “drie” tafels – vier euro, zegt België.\nTweede regel.\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TEXT.encode("utf-8"), TEXT),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), TEXT),
        (TEXT.encode("utf-16"), TEXT),
        (TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-be"), TEXT),
        (WESTERN.encode("cp1252"), WESTERN),
        (TEXT.replace("\n", "\r\n").encode("utf-8"), TEXT),
        (b"", ""),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-bom", "utf-16-le", "utf-16-be", "cp1252", "crlf", "empty"],
)
def test_encodings(data: bytes, expected: str) -> None:
    assert read_bytes(data, ".txt").text == expected


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01" * 5,
        bytes(range(256)) * 8,
        b"\x00\x01\x02\xff\xfe\x81" * 50,
    ],
    ids=["png", "all-bytes", "nulls"],
)
def test_binary_files_say_so(data: bytes) -> None:
    with pytest.raises(Unreadable, match="binary"):
        read_bytes(data, ".txt")


PAGE = """<!doctype html><html lang="nl"><head><title>Titel | Krant</title>
<meta property="og:title" content="Nieuwe brug geopend">
<meta property="article:published_time" content="2024-05-19T08:00:00+07:00">
<link rel="canonical" href="https://www.example.org/nl/nieuwe-brug"></head><body>
<nav><ul><li><a href="/">Menu voorpagina</a></li><li><a href="/sport">Menu sport</a></li></ul></nav>
<article><h1>Nieuwe brug geopend</h1><p>{}</p><p>{}</p></article>
<footer><a href="/contact">Contact met ons</a></footer></body></html>"""


def test_a_page_gives_its_main_text_and_metadata() -> None:
    first = "Het Volkscomité van de provincie heeft de brug over de rivier geopend. " * 4
    second = "Meer dan tweehonderd mensen kwamen kijken naar de plechtigheid. " * 4
    document = read_bytes(PAGE.format(first, second).encode(), ".html")
    assert "Volkscomité van de provincie" in document.text
    assert "tweehonderd mensen" in document.text
    assert "Menu sport" not in document.text
    assert "Contact met ons" not in document.text
    assert document.title == "Nieuwe brug geopend"
    assert document.published == datetime.date(2024, 5, 19)
    assert document.source_url == "https://www.example.org/nl/nieuwe-brug"


def test_a_day_in_the_prose_of_a_page_is_not_its_date() -> None:
    prose = (
        "<p>Op 5 mei 2019 opende het museum zijn deuren voor alle bezoekers van de stad.</p>" * 3
    )
    page = f"<html><head><title>x</title></head><body><article>{prose}</article></body></html>"
    assert read_bytes(page.encode(), ".html").published is None


@pytest.mark.parametrize("page", [b"", b"<html><body></body></html>", b"<<<>><p", b"\xff\xfe\x00"])
def test_a_page_without_text_says_so(page: bytes) -> None:
    with pytest.raises(Unreadable):
        read_bytes(page, ".html")


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_read_or_say_why(data: bytes) -> None:
    for ending in (".txt", ".html"):
        try:
            text = read_bytes(data, ending).text
        except Unreadable:
            continue
        assert "\0" not in text
        assert "\r" not in text


def test_what_is_no_article_gives_a_reason(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"x")
    (tmp_path / "long.txt").write_bytes(b"word " * 100)
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    for name, reason in {
        "picture.png": "not a kind of file",
        "long.txt": "over the limit",
        "pipe.txt": "not a plain file",
        "gone.txt": "cannot be opened",
    }.items():
        with pytest.raises(Unreadable, match=reason):
            read(tmp_path / name, max_bytes=100)
    assert read(tmp_path / "picture.png", named=True).text == "x"


def _tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_a_strange_ending_is_told_all_that_are_read() -> None:
    said = formats.not_read(".xyz")
    endings = [ending for kind in formats.FORMATS for ending in kind.endings]
    for ending in (*endings, *formats.COMPRESSIONS, ".tsv", ".gz", ".bz2", ".xz", ".xml"):
        assert re.search(rf"{re.escape(ending)}\b", said), ending


def test_paths_are_those_of_the_contract(tmp_path: Path) -> None:
    _tree(
        tmp_path, "a/one.txt", "a/deep/two.txt", "a/.hidden/x.txt", "a/.y.txt", "b/one.txt", "c.txt"
    )

    def paths(*names: str) -> list[str]:
        return [s.path for s in discover([tmp_path / n for n in names])]

    assert paths("a") == ["deep/two.txt", "one.txt"]
    assert paths("c.txt") == ["c.txt"]
    assert paths("a", "b", "c.txt") == ["a/deep/two.txt", "a/one.txt", "b/one.txt", "c.txt"]
    assert [s.path for s in discover([f"{tmp_path}/a/"])] == ["deep/two.txt", "one.txt"]


def test_two_folders_of_one_name_stay_apart(tmp_path: Path) -> None:
    _tree(tmp_path, "x/articles/one.txt", "y/articles/one.txt")
    found = discover([tmp_path / "x" / "articles", tmp_path / "y" / "articles"])
    assert len({s.path for s in found}) == 2
    assert all(s.path.endswith("articles/one.txt") for s in found)


def test_names_that_are_no_text_are_two_files(tmp_path: Path) -> None:
    for name in (b"a\xff.txt", b"a\xfe.txt"):
        (tmp_path / os.fsdecode(name)).write_text(repr(name))
    found = discover([tmp_path])
    assert len(found) == len({s.path for s in found}) == 2
    for source in found:
        source.path.encode("utf-8")


def test_a_link_to_itself_is_a_row_and_not_the_end(tmp_path: Path) -> None:
    _tree(tmp_path, "a/one.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a" / "loop")
    assert [s.path for s in discover([tmp_path / "a"])] == ["loop", "one.txt"]


def test_links_that_loop_end(tmp_path: Path) -> None:
    _tree(tmp_path, "a/one.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    assert [s.path for s in discover([tmp_path / "a"])] == ["one.txt"]


def test_results_inside_the_articles_are_no_articles(tmp_path: Path) -> None:
    _tree(tmp_path, "a/one.txt", "a/out/table.csv")
    assert [s.path for s in discover([tmp_path / "a"], tmp_path / "a" / "out")] == ["one.txt"]


def test_inputs_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        discover([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="no files here"):
        discover([tmp_path])


def test_sidecar(tmp_path: Path) -> None:
    file = tmp_path / "about.csv"
    file.write_text("path,place,published,note\na.txt,Quang Ninh,2024-05-19,x\nb.txt,,,\n")
    found = read_sidecar(file)
    assert found["a.txt"].place == "Quang Ninh"
    assert found["a.txt"].published == datetime.date(2024, 5, 19)
    assert found["b.txt"].place is None


@pytest.mark.parametrize(
    "data",
    [
        "path;place\na.txt;Quang Ninh\n".encode("utf-8-sig"),
        "path\tplace\na.txt\tQuang Ninh\n".encode("utf-16"),
        b"path,place\r\na.txt,Quang Ninh,\r\n",
    ],
    ids=["semicolons", "utf-16 tabs", "trailing comma"],
)
def test_sidecars_as_spreadsheets_save_them(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "about.csv"
    file.write_bytes(data)
    assert read_sidecar(file)["a.txt"].place == "Quang Ninh"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,place\na,b\n", "no 'path' column"),
        ("path,published\na.txt,yesterday\n", "2024-05-19"),
        ("path,place\na.txt,x\na.txt,y\n", "line 3"),
        ("", "no 'path' column"),
    ],
)
def test_a_sidecar_that_is_wrong_says_where(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "about.csv"
    file.write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        read_sidecar(file)
    assert str(file) in str(caught.value)


def _archive(name: str, content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content, zipfile.ZIP_STORED)
        archive.writestr("content.xml", "<x/>")
    return file.getvalue()


def test_a_workbook_is_told_to_be_saved_as_csv(tmp_path: Path) -> None:
    book, saved = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["path", "kind", "text", "id"])
    book.save(saved)
    sheet = _archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    for data, kind in (
        (saved.getvalue(), "an Excel workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), "an old Excel workbook"),
        (sheet, "an OpenDocument spreadsheet"),
        (_archive("a.csv", "path,kind,text,id"), "a zip archive"),
    ):
        file = tmp_path / "about.csv"  # whatever it is called
        file.write_bytes(data)
        expected = f"{file}: is {kind}: save the sheet as CSV (UTF-8)"
        with pytest.raises(InputError) as said:
            read_sidecar(file)
        assert str(said.value) == expected
        with pytest.raises(LexiconError) as wrong:
            read_lexicon(file)
        assert str(wrong.value) == expected
