"""Markdown, PDF, Word and electronic books to the text of their articles."""

from __future__ import annotations

import contextlib
import datetime
import io
import zipfile
from pathlib import Path

import docx
import fpdf
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import Record, Source, Unreadable, parse, pdf, read_bytes, records
from tests.test_read_records import found_in, problems, zipped

FRONT = """---
title: "Jambatan baharu: dibuka"
date: 2024-05-19 08:00:00
url: https://example.org/ms/jambatan
tags: [berita]
---
"""
BODY = """# Jambatan dibuka

Jawatankuasa Rakyat *wilayah* membuka [jambatan](https://example.org) di
atas sungai.  ![gambar](foto.jpg)\\
Baris baharu &amp; **tebal**.

* satu
* dua

| Tahun | Ahli |
|-------|-----:|
| 2023  | 1.200 |
| 2024  | 1.350 |

<div><p>Dalam kotak</p><script>alert("x")</script><!-- nota --></div>

> Petikan `kod` ~~lama~~.
"""


def test_markdown_without_its_marks() -> None:
    document = read_bytes((FRONT + BODY).encode(), ".md")
    assert document.text == (
        "Jambatan dibuka\n\n"
        "Jawatankuasa Rakyat wilayah membuka jambatan di atas sungai.\nBaris baharu & tebal.\n\n"
        "satu\n\ndua\n\n"
        "Tahun | Ahli\n2023 | 1.200\n2024 | 1.350\n\n"
        "Dalam kotak\n\n"
        "Petikan kod lama.\n"
    )
    assert document.title == "Jambatan baharu: dibuka"
    assert document.published == datetime.date(2024, 5, 19)
    assert document.source_url == "https://example.org/ms/jambatan"
    assert read_bytes(BODY.encode(), ".markdown").title == "Jambatan dibuka"
    assert read_bytes(b"", ".md").text == ""


@pytest.mark.parametrize("sign", ["&#1;", "&#xFFFE;", "\ufffe", "\x01", "&#0;"])
def test_blocks_of_html_may_hold_signs_that_xml_forbids(sign: str) -> None:
    """Found by fuzzing: lxml reads them and refuses to write them back."""
    block = f"<div>satu<script>x()</script>{sign}dua<!-- y -->{sign}<br>tiga{sign}<p>empat</p>{sign}lima</div>"
    text = read_bytes(f"Awal.\n\n{block}\n".encode(), ".md").text
    lines = ["".join(c for c in line if c.isalpha()) for line in text.splitlines()]
    assert [line for line in lines if line] == ["Awal", "satudua", "tigaempat", "lima"]


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\ntitle: T",
        "title: !!python/object/apply:os.system ['true']",
        "title: [not, a, text]\ndate: 31 mei",
        "- a list",
        "title: 'never closed",
        "{" * 3000,
        "title: " + "x" * 70_000,
        "date: 99999999999999999999-01-01",
    ],
)
def test_front_matter_that_says_nothing_leaves_the_text(front: str) -> None:
    document = read_bytes(f"---\n{front}\n---\nIsi berita.\n".encode(), ".md")
    assert (document.text, document.title, document.published) == ("Isi berita.\n", None, None)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_markdown_does_anything_but_read(text: str) -> None:
    if "\0" in text:
        with contextlib.suppress(Unreadable):
            read_bytes(text.encode(), ".md")
        return
    assert isinstance(read_bytes(text.encode(), ".md").text, str)


class _Paper(fpdf.FPDF):
    """Pages with a header and a number, as newspapers have them."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, "De Courant - zaterdag 12 mei")
        self.ln(14)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, f"- {self.page_no()} -")


FIRST = (
    "Het Volkscomite van de provincie heeft de nieuwe brug over de rivier geopend, na een bouw van "
    "drie jaar die ruim twee miljard heeft gekost en waaraan honderden mensen hebben gewerkt."
)
SECOND = (
    "Volgens de voorzitter is de brug van groot belang voor de dorpen aan de overkant, waar nu ook "
    "vrachtwagens kunnen komen. De oude brug blijft open voor fietsers en voetgangers."
)


def _paper(pages: int = 3, **encryption: str) -> bytes:
    paper = _Paper()
    paper.set_title("Nieuwe brug geopend")
    if encryption:
        paper.set_encryption(**encryption)  # type: ignore[arg-type]
    for number in range(pages):
        paper.add_page()
        if number == 0:
            paper.set_font("Helvetica", size=18)
            paper.multi_cell(0, 9, "Nieuwe brug geopend")
            paper.ln(4)
        paper.set_font("Helvetica", size=11)
        paper.multi_cell(0, 6, f"Bladzijde {'abc'[number]}. {FIRST}")
        paper.ln(3)
        paper.multi_cell(0, 6, SECOND)
    return bytes(paper.output())


def test_the_lines_of_a_pdf_are_paragraphs_again() -> None:
    document = read_bytes(_paper(), ".pdf")
    assert document.text.rstrip("\n").split("\n\n") == [
        "Nieuwe brug geopend",
        *(part for n in "abc" for part in (f"Bladzijde {n}. {FIRST}", SECOND)),
    ]
    assert document.title == "Nieuwe brug geopend"
    assert document.published is None, "the day a file was made is not that of the article"


def _lines(*lines: str, title: str | None = None, size: int = 11) -> bytes:
    paper = fpdf.FPDF()
    if title:
        paper.set_title(title)
    paper.add_page()
    paper.set_font("Helvetica", size=size)
    for line in lines:
        paper.cell(0, 6, line)
        paper.ln(6)
    return bytes(paper.output())


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "De voorzitter van het volks-",
            "comite sprak lang over de begroting",
            "het volkscomite sprak",
        ),
        (
            "Di taman itu ramai sekali kanak-",
            "kanak bermain bersama ibu bapanya",
            "kanak-kanak bermain",
        ),
        (
            "Hij woont al heel lang in Noord-",
            "Brabant bij zijn ouders in een huis",
            "in Noord-Brabant bij",
        ),
        (
            "In de jaren die daarop volgden, 2020-",
            "2025, ging het beter met de streek",
            "2020-2025, ging",
        ),
        (
            "Sejak awal tahun ini berturut-",
            "turut hujan lebat turun di wilayah",
            "berturut-turut hujan",
        ),
    ],
)
def test_words_that_a_line_end_divides(first: str, second: str, joined: str) -> None:
    assert joined in read_bytes(_lines(first, second), ".pdf").text


def test_a_hyphen_stays_where_the_article_writes_it_elsewhere() -> None:
    text = read_bytes(
        _lines(
            "De oud-minister kwam. Later kwam nog een oud-", "minister die ook wat te zeggen had."
        ),
        ".pdf",
    ).text
    assert text.count("oud-minister") == 2


@pytest.mark.parametrize(
    "title", ["Microsoft Word - brug.doc", "brug_def2.pdf", "Untitled", "1234"]
)
def test_a_file_name_is_no_title(title: str) -> None:
    assert read_bytes(_lines("Tekst van het artikel", title=title), ".pdf").title is None


def test_pages_that_begin_alike_keep_their_text() -> None:
    paper = fpdf.FPDF()
    for number in range(4):
        paper.add_page()
        paper.set_font("Helvetica", size=11)
        paper.multi_cell(0, 6, f"De raad heeft vandaag vergaderd.\nHet ging over punt {number}.")
    assert read_bytes(bytes(paper.output()), ".pdf").text.count("De raad heeft vandaag") == 4


def test_pdfs_that_give_no_text_say_why() -> None:
    from PIL import Image

    scan = fpdf.FPDF()
    for _ in range(2):
        scan.add_page()
        scan.image(Image.new("RGB", (60, 80), "white"), w=180)
    empty = fpdf.FPDF()
    empty.add_page()
    for data, reason in {
        bytes(scan.output()): "a scan without a text layer; run OCR first",
        bytes(empty.output()): "a PDF without text",
        _paper(owner_password="a", user_password="b"): "protected by a password",
        b"%PDF-1.7 nonsense": "broken or no .pdf",
        b"": "broken or no .pdf",
        _paper()[:700]: "broken or no .pdf",
    }.items():
        with pytest.raises(Unreadable, match=reason):
            read_bytes(data, ".pdf")


def test_a_pdf_of_text_with_a_few_scans_is_read() -> None:
    from PIL import Image

    paper = fpdf.FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    paper.cell(0, 6, "Tekst van het artikel")
    paper.add_page()
    paper.image(Image.new("RGB", (60, 80), "white"), w=180)
    assert read_bytes(bytes(paper.output()), ".pdf").text == "Tekst van het artikel\n"


def _word(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_a_word_file_in_order() -> None:
    document = docx.Document()
    document.core_properties.title = "Jambatan dibuka"
    document.add_heading("Kepala", 1)
    document.add_paragraph("Perenggan ").add_run("satu").bold = True
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), "abcd", strict=True):
        cell.text = text
    table.cell(1, 1).add_table(1, 2).cell(0, 0).text = "dalam"
    body = document.element.body
    for xml in (
        f"<w:p {_W}><w:ins><w:r><w:t>disisipkan</w:t></w:r></w:ins><w:del><w:r><w:delText>x</w:delText>"
        "<w:t>dipadam</w:t></w:r></w:del><w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t>"
        "<w:noBreakHyphen/><w:t>c</w:t></w:r></w:p>",
        f"<w:sdt {_W}><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>kawalan</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>",
        f"<w:p {_W}><w:r><w:t>luar</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>kotak</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r></w:p>",
    ):
        body.insert(len(body) - 1, parse_xml(xml))
    found = read_bytes(_word(document), ".docx")
    assert found.text == (
        "Kepala\n\nPerenggan satu\n\na | b\nc | d dalam |\n\ndisisipkan a\nb-c\n\nkawalan\n\nluar\n\nkotak\n"
    )
    assert found.title == "Jambatan dibuka"
    assert found.published is None


def test_the_title_of_a_word_file_without_properties() -> None:
    document = docx.Document()
    document.core_properties.title = ""
    document.add_heading("Judul rencana", 0)
    assert read_bytes(_word(document), ".docx").title == "Judul rencana"


def test_word_files_that_cannot_be_read_say_why() -> None:
    large = io.BytesIO(_word(docx.Document()))
    with (
        zipfile.ZipFile(large, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/x.xml", "w") as part,
    ):
        for _ in range(101):
            part.write(b" " * 1_000_000)
    for data, reason in {
        b"": "broken or no Word file",
        zipped([("a.txt", b"x")]): "not a Word file",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100: "an old or protected Word file",
        large.getvalue(): "unpacks to more",
    }.items():
        with pytest.raises(Unreadable, match=reason):
            read_bytes(data, ".docx")


def test_a_word_file_fetches_and_expands_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("rahsia")
    bomb = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    source = io.BytesIO(_word(docx.Document()))
    made = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = (
                    f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{bomb}'
                    f'<!ENTITY s SYSTEM "file://{tmp_path}/secret.txt">]>'
                    f"<w:document {_W}><w:body><w:p><w:r><w:t>ada &s; &i;</w:t></w:r></w:p></w:body></w:document>"
                ).encode()
            new.writestr(name, data)
    try:
        text = read_bytes(made.getvalue(), ".docx").text
    except Unreadable:
        return
    assert "rahsia" not in text
    assert len(text) < 100


CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:opf="http://www.idpf.org/2007/opf"><metadata><dc:title>Majalah</dc:title>
<dc:date opf:event="modification">2026-01-01</dc:date><dc:date opf:event="publication">2024-05-19</dc:date>
<dc:source>https://example.org/majalah</dc:source></metadata>
<manifest><item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="g" href="isi.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="x.css" media-type="text/css"/>
<item id="b" href="bab%20dua.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="../satu.xhtml#top" media-type="application/xhtml+xml"/>
<item id="z" href="hilang.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="cover"/><itemref idref="n"/><itemref idref="g"/><itemref idref="a"/><itemref idref="b"/>
<itemref idref="z"/><itemref idref="nowhere"/><itemref idref="css"/></spine>
<guide><reference type="toc" href="isi.xhtml"/></guide></package>"""


def _chapter(word: str) -> bytes:
    sentence = f"Bab {word} menceritakan jambatan baharu di atas sungai yang dibuka semalam. " * 4
    return (
        f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"<title>Bab {word}</title></head><body><h1>Bab {word}</h1><p>{sentence}</p></body></html>"
    ).encode()


def _book(**parts: bytes) -> bytes:
    return zipped(
        [
            ("META-INF/container.xml", CONTAINER.encode()),
            ("OEBPS/book.opf", PACKAGE.encode()),
            ("OEBPS/bab dua.xhtml", _chapter("dua")),
            ("satu.xhtml", _chapter("satu")),
            *((name.replace("__", "/"), data) for name, data in parts.items()),
        ]
    )


def test_a_book_is_its_chapters_in_reading_order(tmp_path: Path) -> None:
    found = found_in(tmp_path, "a.epub", _book())
    assert [(r.path, r.names[1]) for r in found] == [
        ("a.epub#1", "a.epub/satu.xhtml"),
        ("a.epub#2", "a.epub/OEBPS/bab dua.xhtml"),
        ("a.epub#3", "a.epub/OEBPS/hilang.xhtml"),
    ]
    assert problems(found) == [("a.epub#3", "a chapter that is not in the book")]
    first, second = (parse(r) for r in found[:2])
    assert first.title == "Bab satu"
    assert "Bab satu menceritakan" in first.text
    assert "Bab dua menceritakan" in second.text
    assert found[0].said.published == datetime.date(2024, 5, 19)
    assert found[0].said.source_url == "https://example.org/majalah"


def test_books_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    rights = (
        b'<encryption xmlns="x"><EncryptedData><CipherData><CipherReference URI="satu.xhtml"/>'
        b"</CipherData></EncryptedData></encryption>"
    )
    file = io.BytesIO(_book())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("META-INF/encryption.xml", rights)
    found = found_in(tmp_path, "a.epub", file.getvalue())
    assert "protected against copying" in dict(problems(found))["a.epub#1"]
    for data, reason in {
        zipped([("a.txt", b"x")]): "no electronic book",
        zipped([("META-INF/container.xml", b"<container/>")]): "names no package",
        zipped([("META-INF/container.xml", b"<container")]): "no electronic book that can be read",
        b"x": "broken or cut short",
    }.items():
        ((path, problem),) = problems(found_in(tmp_path, "b.epub", data))
        assert path == "b.epub"
        assert reason in problem


@pytest.mark.parametrize("ending", [".pdf", ".docx"])
@given(data=st.data())
def test_no_damage_does_anything_but_read_or_say_why(ending: str, data: st.DataObject) -> None:
    whole = bytearray(_SAMPLES[ending])
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    with contextlib.suppress(Unreadable):
        assert isinstance(parse(Record("a", ending, bytes(whole[:cut]))).text, str)


_SAMPLES = {".pdf": _paper(1), ".docx": _word(docx.Document())}


def test_every_kind_is_read_by_its_file_name(tmp_path: Path) -> None:
    for name, data in {"a.PDF": _paper(1), "a.Docx": _word(docx.Document()), "a.MD": b"x"}.items():
        (tmp_path / name).write_bytes(data)
        (record,) = records(Source(name, tmp_path / name))
        assert record.problem is None
        parse(record)


def test_text_that_ends_left_of_where_it_begins_is_read() -> None:
    """Found by fuzzing: turned text, whose lines lie beside no line, not even themselves."""
    turned = [
        pdf._Line(t, 100.0, 40.0, 700.0 - 12 * i, 10.0, 5.0, False) for i, t in enumerate("ab")
    ]
    assert "".join(pdf._paragraphs([turned], frozenset())).replace(" ", "") == "ab"
