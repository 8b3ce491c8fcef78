"""Fuzz the readers: any bytes as a file of any kind."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline", "zipfile", "tarfile", "docx", "csv"]):
    # All of them now: what is imported later is not looked into.
    from pipeline.read import (  # noqa: F401
        Limits,
        Record,
        Source,
        Unreadable,
        archives,
        epub,
        markdown,
        pages,
        parquet,
        parse,
        pdf,
        records,
        sitemaps,
        tables,
        word,
    )

TEXT = "Jawatankuasa Rakyat wilayah Ha Giang mempunyai 1,200 kakitangan pada 2024.\n"
PAGE = (
    f"<html><head><title>T</title></head><body><article><p>{TEXT * 3}</p></article></body></html>"
)
ENDINGS = (
    ".txt",
    ".html",
    ".md",
    ".pdf",
    ".docx",
    ".epub",
    ".zip",
    ".tar",
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".txt.gz",
    ".jsonl",
    ".jsonl.gz",
    ".json",
    ".csv",
    ".tsv",
    ".parquet",
    ".xml",
)
LIMITS = Limits(
    max_bytes=200_000, max_depth=2, max_members=200, max_expanded=2_000_000, judged_from=500_000
)
_MOST_RECORDS = 5_000


def check(data: bytes, ending: str, folder: Path) -> int:
    """Read ``data`` as a file with this ending; gives how many articles it has."""
    file = folder / f"file{ending}"
    file.write_bytes(data)
    source = Source(file.name, file)
    found = []
    for record in records(source, LIMITS):
        found.append((record.path, record.digest))
        assert len(record.data) <= LIMITS.max_bytes, "a record over the limit"
        assert (record.problem is None) or not record.data
        assert record.path.startswith(file.name)
        if len(found) <= 50:
            text, reason = _parsed(record)
            assert reason is None or reason.strip(), "a reason that says nothing"
            assert "\r" not in text
            text.encode("utf-8")  # what results are written in
        assert len(found) < _MOST_RECORDS
    assert found, "a file without any row"
    if len(found) < 20:
        assert found == [(r.path, r.digest) for r in records(source, LIMITS)], "not the same twice"
    return len(found)


def _parsed(record: Record) -> tuple[str, str | None]:
    """The text of a record, or why there is none."""
    try:
        return parse(record).text, None
    except Unreadable as error:
        return "", str(error)


def seeds() -> dict[str, bytes]:
    """A small valid file of every kind, by ending."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from docx import Document

    def made(write: Callable[[io.BytesIO], object]) -> bytes:
        target = io.BytesIO()
        write(target)
        return target.getvalue()

    def zipped(target: io.BytesIO, members: dict[str, str | bytes]) -> None:
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    def tarred(target: io.BytesIO, mode: str) -> None:
        with tarfile.open(fileobj=target, mode=mode) as archive:
            member = tarfile.TarInfo("a.txt")
            member.size = len(TEXT)
            archive.addfile(member, io.BytesIO(TEXT.encode()))

    def word(target: io.BytesIO) -> None:
        document = Document()
        document.add_paragraph(TEXT)
        document.add_table(2, 2).cell(0, 0).text = "1,200"
        document.save(target)

    rows = [{"text": TEXT, "title": "T", "date": "2024-05-01"}, {"text": TEXT * 2}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    table = "text\ttitle\n" + f'"{TEXT}"\tT\n'
    epub: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
        "c.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>',
        "a.xhtml": PAGE,
    }
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font"
        b"<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"4 0 obj<</Length 44>>stream\nBT /F 12 Tf 20 200 Td (1,200 kakitangan) Tj ET\nendstream "
        b"endobj\ntrailer<</Root 1 0 R>>"
    )
    sitemap = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>https://example.org/a.html</loc></url></urlset>"
    )
    return {
        ".txt": TEXT.encode(),
        ".html": PAGE.encode(),
        ".md": f"---\ntitle: T\ndate: 2024-05-01\n---\n# H\n\n{TEXT}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
        ".pdf": pdf,
        ".docx": made(word),
        ".epub": made(lambda target: zipped(target, epub)),
        ".zip": made(lambda target: zipped(target, {"a.txt": TEXT, "b/c.html": PAGE})),
        ".tar": made(lambda target: tarred(target, "w")),
        ".tar.gz": made(lambda target: tarred(target, "w:gz")),
        ".tar.bz2": made(lambda target: tarred(target, "w:bz2")),
        ".tar.xz": made(lambda target: tarred(target, "w:xz")),
        ".txt.gz": gzip.compress(TEXT.encode()),
        ".jsonl": lines.encode(),
        ".jsonl.gz": gzip.compress(lines.encode()),
        ".json": json.dumps(rows).encode(),
        ".csv": table.replace("\t", ",").encode(),
        ".tsv": table.encode(),
        ".parquet": made(lambda target: pq.write_table(pa.Table.from_pylist(rows), target)),
        ".xml": sitemap.encode(),
        "bz2": bz2.compress(b""),
        "xz": lzma.compress(b""),
    }


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say stop."""
    folder = Path(
        tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    )
    kept = [Path(a) for a in arguments[1:] if not a.startswith("-")]
    for place in kept[:1]:
        if not place.is_file():
            place.mkdir(parents=True, exist_ok=True)
            for ending, data in seeds().items():
                if ending in ENDINGS:
                    (place / f"seed{ending}").write_bytes(bytes([ENDINGS.index(ending)]) + data)

    def one(data: bytes) -> None:
        if data:
            check(data[1:], ENDINGS[data[0] % len(ENDINGS)], folder)

    # Inputs of any length from the start: an article of eight bytes says little.
    atheris.Setup([arguments[0], "-len_control=0", "-max_len=40000", *arguments[1:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
