"""Files made to do harm: none fills the memory, takes long, writes anything or ends the reading."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import Limits, Record, Source, Unreadable, discover, parse, records
from pipeline.read.formats import FORMATS
from tests.test_read_records import (
    CONTAINERS,
    comma_separated,
    found_in,
    json_lines,
    parquet,
    problems,
    tarred,
    zipped,
)

_MEGABYTE = 1_000_000
ZEROS = bytes(_MEGABYTE)
# What reading hostile files may take here, beside what they are made with.
MOST_MEMORY = 120 * _MEGABYTE
MOST_SECONDS = 60.0


@pytest.fixture(autouse=True)
def little_time_and_memory() -> Iterator[None]:
    """Each of these tests stays below bounds that a bomb would break."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < MOST_SECONDS


class Peak:
    """The memory that Python asked for at once, in ``bytes``, while it is open."""

    bytes = 0

    def __enter__(self) -> Peak:
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def _zip_of_zeros(megabytes: int, name: str = "a.txt", copies: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for copy in range(copies):
            with archive.open(f"{copy}{name}", "w") as member:
                for _ in range(megabytes):
                    member.write(ZEROS)
    return file.getvalue()


def test_one_large_member_is_read_to_the_limit_and_no_further(tmp_path: Path) -> None:
    data = _zip_of_zeros(300)
    with Peak() as peak:
        (found,) = found_in(tmp_path, "a.zip", data)
    assert "over the limit of 20 MB" in str(found.problem)
    assert peak.bytes < MOST_MEMORY


def test_many_large_members_end_the_archive(tmp_path: Path) -> None:
    data = _zip_of_zeros(15, copies=30)
    with Peak() as peak:
        (tmp_path / "a.zip").write_bytes(data)
        *found, last = [(r.path, r.problem) for r in records(Source("a.zip", tmp_path / "a.zip"))]
    assert last[0] == "a.zip"
    assert "more than 200 times its size" in str(last[1])
    assert len(found) < 10
    assert peak.bytes < MOST_MEMORY


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.xz", "a.tar.gz", "a.tar.xz"])
def test_compressed_files_that_grow(tmp_path: Path, name: str) -> None:
    row = json_lines([{"text": "x" * 10_000}]) if "jsonl" in name else b"x" * 10_000 + b"\n"
    data = b"text\n" * ("csv" in name) + row * 25_000
    if "tar" in name:
        data = tarred([(f"{n}.txt", ZEROS) for n in range(250)])
    packed = gzip.compress(data) if name.endswith("gz") else lzma.compress(data, preset=1)
    (tmp_path / name).write_bytes(packed)
    del data, packed, row
    with Peak() as peak:
        last, count = None, 0
        for last in records(Source(name, tmp_path / name)):  # noqa: B007
            count += 1
    assert last is not None
    assert last.path == name
    assert "times its size" in str(last.problem)
    assert count < 12_000
    assert peak.bytes < MOST_MEMORY


def test_a_tight_limit_holds_for_every_archive(tmp_path: Path) -> None:
    limits = Limits(max_ratio=2, judged_from=10_000, max_expanded=50_000)
    texts = ["nol " * 1_000] * 30
    for name in ("a.zip", "a.tar.gz", "a.jsonl.xz"):
        found = found_in(tmp_path, name, CONTAINERS[name](texts), limits)
        assert found[-1].path == name
        assert "unpacks to more than" in str(found[-1].problem)
        assert list(records(Source(name, tmp_path / name), limits, skip=2)) == found[2:]
    limits = Limits(max_expanded=50_000)
    assert "GB" in str(found_in(tmp_path, "a.zip", CONTAINERS["a.zip"](texts), limits)[-1].problem)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archives_in_archives_end(tmp_path: Path, pack: object) -> None:
    data = b"x"
    name = "a.txt"
    for _ in range(12):
        data, name = pack([(name, data)]), "a.zip" if pack is zipped else "a.tar"  # type: ignore[operator]
    ((path, problem),) = problems(found_in(tmp_path, name, data))
    assert path.count("#") == 3
    assert "more than 3 archives in one another" in problem


def test_a_bomb_of_archives_in_archives(tmp_path: Path) -> None:
    inner = _zip_of_zeros(15, copies=10)
    middle = zipped([(f"{n}.zip", inner) for n in range(16)])
    outer = zipped([(f"{n}.zip", middle) for n in range(16)])
    with Peak() as peak:
        (tmp_path / "a.zip").write_bytes(outer)
        found = [r.problem for r in records(Source("a.zip", tmp_path / "a.zip"))]
    assert "times its size" in str(found[-1])
    assert len(found) < 40
    assert peak.bytes < MOST_MEMORY


def test_nothing_is_written_whatever_a_member_is_called(tmp_path: Path) -> None:
    names = ["../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../evil.txt", "\x1b[2J\n.txt", "x" * 5_000 + ".txt"]  # fmt: skip
    (tmp_path / "in").mkdir()
    before = sorted(tmp_path.parent.rglob("*evil*"))
    for name, data in {
        "a.zip": zipped([(n, b"x") for n in names]),
        "a.tar": tarred([(n, b"x") for n in names]),
    }.items():
        found = found_in(tmp_path / "in", name, data)
        assert [r.data for r in found] == [b"x"] * 6
        assert [r.path for r in found] == [f"{name}#{n}" for n in range(1, 7)]
        (tmp_path / "in" / name).unlink()
    assert sorted(tmp_path.parent.rglob("*evil*")) == before
    assert list((tmp_path / "in").iterdir()) == []


def test_what_is_cut_short_gives_what_there_is_and_a_reason(tmp_path: Path) -> None:
    texts = [random.Random(n).randbytes(6_000).hex() for n in range(6)]
    for name, build in CONTAINERS.items():
        if name.endswith((".csv", ".tsv")):
            continue  # a table that ends inside a cell is a table with a shorter cell
        data = build(texts)
        found = found_in(tmp_path, f"cut {name}", data[: 2 * len(data) // 3 - 7])
        assert any(r.problem for r in found), name
        assert len([r for r in found if r.problem]) <= 2, name
        good = [r.data.decode() for r in found if not r.problem]
        assert good == texts[: len(good)], name
        if name.endswith((".tar", ".gz", ".TGZ", ".jsonl")):
            assert len(good) >= 3, name


def test_a_tar_archive_without_its_end_says_so(tmp_path: Path) -> None:
    whole = tarred([("a.txt", b"x" * 512), ("b.txt", b"y" * 512)])
    for data in (whole[:1024], whole[:1024] + b"garbage " * 64, whole[:1500]):
        found = found_in(tmp_path, "a.tar", data)
        assert found[0].data == b"x" * 512
        assert "broken or cut short" in str(found[-1].problem)
        assert found[-1].path == "a.tar"


def test_sizes_that_headers_only_claim(tmp_path: Path) -> None:
    info = tarfile.TarInfo("large.txt")
    info.size = 2_000_000_000
    found = found_in(tmp_path, "a.tar", info.tobuf() + b"x" * 1024)
    assert all(r.problem for r in found)
    pax = tarfile.TarInfo("././@PaxHeader")
    pax.type, pax.size = tarfile.XHDTYPE, 2_000_000_000
    with Peak() as peak:
        found = found_in(tmp_path, "b.tar", pax.tobuf() + b"x" * 1024)
    assert [r.path for r in found] == ["b.tar"]
    assert peak.bytes < MOST_MEMORY
    sparse = io.BytesIO()
    with tarfile.open(fileobj=sparse, mode="w", format=tarfile.GNU_FORMAT) as archive:
        hole = tarfile.TarInfo("hole.txt")
        hole.type = tarfile.GNUTYPE_SPARSE
        archive.addfile(hole)
    assert all(r.problem for r in found_in(tmp_path, "c.tar", sparse.getvalue()))

    whole = bytearray(zipped([("a.txt", b"x" * 100)], zipfile.ZIP_STORED))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        begin = whole.index(signature) + at
        whole[begin : begin + 4] = struct.pack("<I", 2_000_000_000)
    (record,) = found_in(tmp_path, "a.zip", bytes(whole))
    assert record.problem


def test_members_under_a_password_are_told(tmp_path: Path) -> None:
    data = bytearray(zipped([("a.txt", b"x"), ("b.txt", b"y")]))
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    first, second = found_in(tmp_path, "a.zip", bytes(data))
    assert "protected by a password" in str(first.problem)
    assert second.data == b"y"


def test_too_many_members(tmp_path: Path) -> None:
    members = [(f"{n}.txt", b"x") for n in range(20)]
    for name, data in {"a.zip": zipped(members), "a.tar": tarred(members)}.items():
        *found, last = found_in(tmp_path, name, data, Limits(max_members=10))
        assert len(found) == 10
        assert "more than 10 files" in str(last.problem)


def test_json_that_is_nested_or_numbered_beyond_reason(tmp_path: Path) -> None:
    deep = b'{"text": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    number = b'{"text": ' + b"9" * 100_000 + b"}"
    found = found_in(tmp_path, "a.jsonl", b'{"text": "a"}\n' + deep + b"\n" + number + b"\n")
    assert [r.data for r in found] == [b"a", b"", b""]
    assert "nested too deeply" in str(found[1].problem)
    assert "not JSON" in str(found[2].problem)
    ((_, problem),) = problems(found_in(tmp_path, "a.json", deep))
    assert "nested too deeply" in problem


def test_parquet_that_unpacks_to_far_more_than_its_size(tmp_path: Path) -> None:
    text = "x" * 5 * _MEGABYTE
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array([text]))
    data = parquet(text=column.dictionary_encode())
    before = pa.total_allocated_bytes()
    pool = pa.default_memory_pool()
    (tmp_path / "a.parquet").write_bytes(data)
    count = sum(1 for _ in records(Source("a.parquet", tmp_path / "a.parquet")))
    assert count >= 1
    assert (pool.max_memory() or 0) - before < 1_000 * _MEGABYTE


def test_a_parquet_of_which_any_bit_of_the_footer_is_wrong(tmp_path: Path) -> None:
    """Libraries end the process at some of them, where one looks at what a column says of itself."""
    data = parquet(text=pa.array(["Jawatankuasa Rakyat"] * 3, pa.string()))
    footer = int.from_bytes(data[-8:-4], "little") + 8
    for at in range(len(data) - footer, len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            for record in found_in(tmp_path, "a.parquet", bytes(damaged)):
                assert record.path.startswith("a.parquet")


@given(st.sampled_from([e for kind in FORMATS for e in kind.endings]), st.binary(max_size=300))
def test_no_bytes_do_anything_but_give_records(ending: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for record in found_in(Path(folder), f"a{ending}", data):
            assert record.path.startswith(f"a{ending}")
            assert isinstance(record, Record)


@pytest.mark.parametrize("name", sorted(CONTAINERS))
@given(data=st.data())
def test_no_damage_does_anything_but_give_records(name: str, data: st.DataObject) -> None:
    whole = bytearray(CONTAINERS[name](["satu", "dua", "tiga " * 50]))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        found = found_in(Path(folder), name, bytes(whole))
        assert len(found) < 50
        assert list(records(Source(name, Path(folder, name)))) == found, "the same each time"


def test_a_quotation_that_never_ends_is_left_at_the_limit(tmp_path: Path) -> None:
    rows = comma_separated([("text",), ("a",)]) + b'"b\n' + b"c\n" * 60_000
    first, second, *rest = found_in(tmp_path, "a.csv", rows, Limits(max_bytes=100_000))
    assert first.data == b"a"
    assert "line 3: over the limit of 0.1 MB" in str(second.problem)
    assert {r.data for r in rest} == {b"c"}
    assert 5_000 < len(rest) < 15_000


def test_links_and_pipes_in_a_folder_are_rows(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "again").symlink_to(tmp_path)
    found = {s.path: [r.problem for r in records(s)] for s in discover([tmp_path])}
    assert found == {
        "pipe.zip": ["not a plain file"],
        "a.txt": ["cannot be opened: Too many levels of symbolic links"],
        "b.txt": ["cannot be opened: Too many levels of symbolic links"],
    }


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".html", b"<div>" * 50_000 + b"x"),
        (".md", b"> " * 20_000 + b"x"),
        (".md", b"[" * 20_000),
        (".md", b"*a_ " * 20_000),
        (".md", b"---\na: " + b"[" * 60_000 + b"\n---\nx"),
        (".md", b"---\n" + b"- " * 30_000 + b"\n---\nx"),
    ],
)
def test_markup_that_never_ends_is_read_or_refused(ending: str, data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(parse(Record("a", ending, data)).text, str)
