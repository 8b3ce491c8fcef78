"""Files to records: archives, tables, compressed files, and what is said of each article."""

from __future__ import annotations

import bz2
import csv
import datetime
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import Limits, Record, Sidecar, Source, Unreadable, formats, parse, read, records

Builder = Callable[[Sequence[str]], bytes]


def zipped(members: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: Sequence[tuple[str, bytes]], mode: str = "w") -> bytes:
    """A tar archive with these members."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def comma_separated(rows: Sequence[Sequence[str]], encoding: str = "utf-8", **kind: str) -> bytes:
    """A CSV table with these rows."""
    file = io.StringIO(newline="")
    csv.writer(file, **kind).writerows(rows)
    return file.getvalue().encode(encoding)


def json_lines(rows: Sequence[object]) -> bytes:
    """A JSON value in each line."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet(**columns: object) -> bytes:
    """A Parquet table with these columns."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=3)
    return file.getvalue()


def members(texts: Sequence[str]) -> list[tuple[str, bytes]]:
    """Each text as a member of an archive."""
    return [(f"map/{n}.txt", text.encode()) for n, text in enumerate(texts)]


def found_in(
    folder: Path, name: str, data: bytes, limits: Limits | None = None, skip: int = 0
) -> list[Record]:
    """The records of a file with this name and content."""
    file = folder / name
    file.write_bytes(data)
    return list(records(Source(name, file), limits, skip))


def problems(found: Sequence[Record]) -> list[tuple[str, str]]:
    """The paths of the records that cannot be read, each with its reason."""
    assert all(r.data == b"" for r in found if r.problem is not None)
    return [(r.path, r.problem) for r in found if r.problem is not None]


CONTAINERS: dict[str, Builder] = {
    "a.zip": lambda texts: zipped(members(texts)),
    "stored.zip": lambda texts: zipped(members(texts), zipfile.ZIP_STORED),
    "a.tar": lambda texts: tarred(members(texts)),
    "a.tar.gz": lambda texts: tarred(members(texts), "w:gz"),
    "a.TGZ": lambda texts: tarred(members(texts), "w:gz"),
    "a.tar.bz2": lambda texts: tarred(members(texts), "w:bz2"),
    "a.tar.xz": lambda texts: tarred(members(texts), "w:xz"),
    "a.jsonl": lambda texts: json_lines([{"title": "x", "text": text} for text in texts]),
    "a.ndjson.gz": lambda texts: gzip.compress(json_lines([{"body": text} for text in texts])),
    "a.jsonl.bz2": lambda texts: bz2.compress(json_lines([{"isi": text} for text in texts])),
    "a.jsonl.xz": lambda texts: lzma.compress(json_lines([{"tekst": text} for text in texts])),
    "a.json": lambda texts: json.dumps([{"content": text} for text in texts]).encode(),
    "a.csv": lambda texts: comma_separated([("title", "text"), *(("x", t) for t in texts)]),
    "semicolon.csv": lambda texts: comma_separated(
        [("title", "text"), *(("x", t) for t in texts)], delimiter=";"
    ),
    "wide.csv": lambda texts: comma_separated(
        [("title", "text"), *(("x", t) for t in texts)], "utf-16"
    ),
    "a.tsv": lambda texts: comma_separated(
        [("title", "text"), *(("x", t) for t in texts)], delimiter="\t"
    ),
    "a.parquet": lambda texts: parquet(text=pa.array(texts, pa.string())),
}
# Text in any script; "<" makes a page of it, and a lone carriage return ends a line of a table.
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), max_size=40), max_size=8)  # fmt: skip


@pytest.mark.parametrize("name", CONTAINERS)
@given(texts=TEXTS, skip=st.integers(0, 9))
def test_what_was_put_in_comes_out_in_order(name: str, texts: list[str], skip: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = found_in(Path(folder), name, CONTAINERS[name](texts))
        if not texts:  # never a file without a row
            assert [(r.path, bool(r.problem)) for r in found] == [(name, True)]
            return
        assert [r.data.decode() for r in found] == texts
        assert [r.path for r in found] == [f"{name}#{n}" for n in range(1, len(texts) + 1)]
        assert {r.ending for r in found} <= {".txt"}
        assert list(records(Source(name, Path(folder, name)), skip=skip)) == found[skip:]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_one_article_that_was_compressed_keeps_its_path(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    name = {gzip.compress: "a.txt.gz", bz2.compress: "a.txt.bz2"}.get(pack, "a.txt.xz")
    (found,) = found_in(tmp_path, name, pack(b"Halo"))
    assert (found.path, found.ending, found.data) == (name, ".txt", b"Halo")
    assert parse(found).text == read(tmp_path / name).text == "Halo"


def test_archives_in_archives_and_the_names_of_what_is_in_them(tmp_path: Path) -> None:
    rows = json_lines([{"text": "rij"}])
    inner = zipped([("b.txt", b"dalam"), ("rijen.jsonl", rows)])
    data = tarred(
        [("map/.x.txt", b""), ("__MACOSX/a.txt", b""), ("map/a.txt", b"luar"), ("in.zip", inner)]
    )
    found = found_in(tmp_path, "a.tar", data)
    assert [(r.path, r.data, r.names) for r in found] == [
        ("a.tar#1", b"luar", ("a.tar#1", "a.tar/map/a.txt")),
        ("a.tar#2#1", b"dalam", ("a.tar#2#1", "a.tar/in.zip/b.txt")),
        ("a.tar#2#2#1", b"rij", ("a.tar#2#2#1", "a.tar/in.zip/rijen.jsonl#1")),
    ]


def test_the_digest_is_of_the_content_wherever_it_lies(tmp_path: Path) -> None:
    (one,) = found_in(tmp_path, "one.txt", b"Sama")
    (two,) = found_in(tmp_path, "two.zip", zipped([("x.txt", b"Sama")]))
    (row,) = found_in(tmp_path, "row.jsonl", json_lines([{"text": "Sama"}]))
    assert one.digest == two.digest == row.digest
    assert len(one.digest) == 32
    others = [
        Record("p", ".txt", b"Sama."),
        Record("p", ".html", b"Sama"),
        Record("p", ".txt", b"Sama", Sidecar(title="")),
        Record("p", ".txt", b"Sama", Sidecar(title="x")),
        Record("p", ".txt", b"Sama", Sidecar(place="x")),
        Record("p", ".txt", b"Sama", Sidecar(published=datetime.date(2024, 5, 19))),
        Record("p", "", b"", problem="x"),
        Record("q", "", b"", problem="x"),
    ]
    assert len({r.digest for r in [one, *others]}) == 9


@given(
    st.tuples(st.text(max_size=3), st.binary(max_size=3), st.none() | st.text(max_size=3)),
    st.tuples(st.text(max_size=3), st.binary(max_size=3), st.none() | st.text(max_size=3)),
)
def test_other_content_has_another_digest(
    a: tuple[str, bytes, str | None], b: tuple[str, bytes, str | None]
) -> None:
    one, two = (Record("p", e, d, Sidecar(title=t)) for e, d, t in (a, b))
    assert (one.digest == two.digest) == (a == b)


def test_columns_say_what_is_known_of_a_row(tmp_path: Path) -> None:
    said = Sidecar("Judul", datetime.date(2024, 5, 19), "https://example.org/a", "Huế")
    row = {"Text": "Isi", "TITLE": " Judul ", "date": "2024-05-19T08:00:00Z", "url": "https://example.org/a", "place": "Huế"}  # fmt: skip
    assert found_in(tmp_path, "a.jsonl", json_lines([row]))[0].said == said
    table = comma_separated([list(row), list(row.values())])
    assert found_in(tmp_path, "a.csv", table)[0].said == said
    of_arrow = {k: [v] for k, v in row.items()} | {"date": [datetime.datetime(2024, 5, 19, 8)]}
    assert found_in(tmp_path, "a.parquet", parquet(**of_arrow))[0].said == said
    bad = json_lines([{"text": "x", "date": "kemarin", "title": 3, "place": " "}])
    assert found_in(tmp_path, "b.jsonl", bad)[0].said == Sidecar()


def test_the_column_with_the_text_is_the_one_that_is_named(tmp_path: Path) -> None:
    data = json_lines([{"text": "nee", "Isi berita": "ya"}])
    assert found_in(tmp_path, "a.jsonl", data, Limits(text_column="isi berita"))[0].data == b"ya"
    assert found_in(tmp_path, "a.jsonl", data)[0].data == b"nee"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", json_lines([{"kop": "x", "bericht": "y"}] * 300)),
        ("a.json", json.dumps([{"kop": "x", "bericht": "y"}] * 3).encode()),
        ("a.csv", comma_separated([("kop", "bericht"), *[("x", "y")] * 300])),
        ("a.parquet", parquet(kop=["x"], bericht=["y"])),
    ],
)
@pytest.mark.parametrize("column", [None, "isi"])
def test_a_table_without_a_text_says_once_what_its_columns_are(
    tmp_path: Path, name: str, data: bytes, column: str | None
) -> None:
    ((path, problem),) = problems(found_in(tmp_path, name, data, Limits(text_column=column)))
    assert path == name
    assert "'kop', 'bericht'" in problem
    assert ("--text-column" in problem) == (column is None)


def test_a_cell_with_a_page_is_read_as_one(tmp_path: Path) -> None:
    sentence = "Dewan Rakyat provinsi membuka jembatan baru di atas sungai pada hari ini. "
    cells = [f"<p>{sentence * 4}</p><p>{sentence * 3}</p>", "<3 dari kami", "1 < 2 dan </p>"]
    found = found_in(tmp_path, "a.jsonl", json_lines([{"text": cell} for cell in cells]))
    assert [r.ending for r in found] == [".html", ".txt", ".txt"]
    text = parse(found[0]).text
    assert "jembatan baru" in text
    assert "<" not in text


def test_bad_rows_of_json_are_rows_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = b'{"text": "a"}\n\n{"text": \n[1]\n{"text": 5}\n{"x": 1}\n{"text": "\\ud800"}\n{"text": null}\n'
    found = found_in(tmp_path, "a.jsonl", data)
    assert [r.path for r in found if r.problem is None] == ["a.jsonl#1", "a.jsonl#6", "a.jsonl#7"]
    assert [r.data for r in found if r.problem is None] == [b"a", b"?", b""]
    reasons = dict(problems(found))
    assert "line 3: not JSON" in reasons["a.jsonl#2"]
    assert "no object" in reasons["a.jsonl#3"]
    assert "holds no text (int)" in reasons["a.jsonl#4"]
    assert "has no 'text'" in reasons["a.jsonl#5"]


def test_bad_rows_of_a_table_are_rows_and_nothing_is_cut(tmp_path: Path) -> None:
    data = (
        b'title,text\na,satu\nb,dua, tiga\nc\n\n\xff\x81,x\nd,\xe9\xe9n\ne,"tak selesai\nf,lima\n'
    )
    found = found_in(tmp_path, "a.csv", data)
    assert [(r.path, r.data) for r in found if not r.problem] == [
        ("a.csv#1", b"satu"),
        ("a.csv#5", "één".encode()),
    ]
    reasons = dict(problems(found))
    assert "3 cells under 2 columns" in reasons["a.csv#2"]
    assert "only 1 cells" in reasons["a.csv#3"]
    assert "not text in UTF-8" in reasons["a.csv#4"]
    assert "line 8: a quotation mark that is never closed" in reasons["a.csv#6"]


def test_a_long_text_in_a_table_is_whole_or_a_reason(tmp_path: Path) -> None:
    long = "kata " * 60_000
    for name, data in {
        "a.csv": comma_separated([("text",), (long,), ("b",)]),
        "a.jsonl": json_lines([{"text": long}, {"text": "b"}]),
        "a.parquet": parquet(text=[long, "b"]),
    }.items():
        assert [r.data for r in found_in(tmp_path, name, data)] == [long.encode(), b"b"]
        first, second = found_in(tmp_path, name, data, Limits(max_bytes=200_000))
        assert "over the limit" in str(first.problem)
        assert second.data == b"b"


def test_lines_too_long_to_hold_are_left_behind(tmp_path: Path) -> None:
    data = b'{"text": "' + b"x" * 5_000 + b'"}\n{"text": "b"}\n'
    first, second = found_in(tmp_path, "a.jsonl", data, Limits(max_bytes=1_000))
    assert "over the limit" in str(first.problem)
    assert (second.path, second.data) == ("a.jsonl#2", b"b")


def test_links_in_archives(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, kind, target in [
            ("d/soft", tarfile.SYMTYPE, "../later.txt"),
            ("d/gone", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard", tarfile.LNKTYPE, "nowhere.txt"),
            ("folder", tarfile.SYMTYPE, "d"),
            ("device", tarfile.CHRTYPE, ""),
            ("pipe", tarfile.FIFOTYPE, ""),
        ]:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        info = tarfile.TarInfo("later.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    found = found_in(tmp_path, "a.tar", file.getvalue())
    assert [(r.path, r.data) for r in found if not r.problem] == [("a.tar#7", b"x")]
    reasons = dict(problems(found))
    assert set(reasons) == {"a.tar#2", "a.tar#3", "a.tar#5", "a.tar#6"}
    assert "'/etc/passwd', which is not in the archive" in reasons["a.tar#2"]
    assert reasons["a.tar#5"] == reasons["a.tar#6"] == "not a plain file"

    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zip_archive:
        zip_archive.writestr(link, "../../etc/passwd")
        zip_archive.writestr("a.txt", "x")
    ((path, reason),) = problems(found_in(tmp_path, "a.zip", file.getvalue()))
    assert path == "a.zip#1"
    assert "a link to" in reason


def test_kinds_that_are_not_read_are_told_from_one_table(tmp_path: Path) -> None:
    for name in ("a.odt", "a.rtf", "a.xml", "a.txt.gz.gz", "a"):
        ((_, problem),) = problems(found_in(tmp_path, name, b"x"))
        assert "not a kind of file" in problem or "packed twice" in problem
        if "packed twice" not in problem:
            assert all(kind.endings[0] in problem for kind in formats.FORMATS)
    for kind in formats.FORMATS:
        assert callable(kind.load())


def test_a_container_is_no_article_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped([("1.txt", b"a"), ("2.txt", b"b")]))
    (tmp_path / "b.zip").write_bytes(zipped([("1.txt", b"a")]))
    with pytest.raises(Unreadable, match="several articles"):
        read(tmp_path / "a.zip")
    assert read(tmp_path / "b.zip").text == "a"


class _Restless(type(Path())):  # type: ignore[misc]
    """A file to which something is written, so many times, each time that it was opened."""

    times = 0

    def open(self, *arguments: object, **more: object) -> io.BytesIO:
        data = self.read_bytes()
        if type(self).times:
            type(self).times -= 1
            Path(self).write_bytes(data + b"!")
        return io.BytesIO(data)

    def read_bytes(self) -> bytes:
        return Path(str(self)).read_bytes()


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, name: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = tmp_path / name
    plain.write_bytes(b'{"text": "a"}\n')
    monkeypatch.setattr(_Restless, "times", times)
    found = list(records(Source(name, _Restless(plain))))
    reasons = [problem for _, problem in problems(found)]
    if times > (1 if name == "a.txt" else 0):
        assert reasons == ["changed while it was read; run again when it is at rest"]
        assert found[-1].path == name
    else:
        assert reasons == []
    if name == "a.txt" and times == 1:
        assert found[0].data.endswith(b"!"), "what is there now"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    ((_, problem),) = problems(list(records(Source("a.txt", tmp_path / "a.txt"))))
    assert "cannot be opened" in problem


def test_reading_plain_text_loads_no_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.jsonl").write_text('{"text": "x"}')
    code = (
        "import sys; from pipeline.read import *\n"
        f"[list(records(s)) for s in discover([{str(tmp_path)!r}])]\n"
        "print([m for m in ('trafilatura', 'lxml', 'pyarrow', 'pypdfium2', 'docx', 'yaml', 'markdown_it',"
        " 'upath', 'fsspec') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
