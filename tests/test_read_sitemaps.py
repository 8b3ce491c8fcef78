"""Sitemaps of saved pages, files in stores, and what is left out."""

from __future__ import annotations

import datetime
import gzip
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from upath import UPath

from pipeline.read import InputError, Sidecar, Source, discover, records
from pipeline.read.discover import shown_argument

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{}</urlset>"""
URL = "<url><loc>{}</loc><lastmod>2020-01-01</lastmod>{}</url>"
SAID = """<news:news><news:publication><news:name>Krant</news:name></news:publication>
<news:publication_date>2024-05-19T08:00+07:00</news:publication_date><news:title>Nieuwe
 brug</news:title></news:news><image:image><image:loc>https://example.org/x.jpg</image:loc></image:image>"""


def _save(root: Path, **files: str) -> None:
    for name, text in files.items():
        _write(root / name, text)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _sitemap(*addresses: str, said: str = "") -> str:
    return NEWS.format("".join(URL.format(address, said) for address in addresses))


@pytest.mark.parametrize(
    ("address", "saved"),
    [
        ("https://www.example.org/nl/brug", "www.example.org/nl/brug"),
        ("https://www.example.org/nl/brug", "www.example.org/nl/brug.html"),
        ("https://www.example.org/nl/brug", "www.example.org/nl/brug/index.html"),
        ("https://www.example.org/nl/brug/", "www.example.org/nl/brug/index.html"),
        ("https://www.example.org/nl/brug.html", "nl/brug.html"),
        ("https://www.example.org/", "www.example.org/index.html"),
        ("https://www.example.org/", "index.html"),
        ("https://www.example.org/br%C3%BCcke", "brücke.html"),
        ("https://www.example.org/br%C3%BCcke", "br%C3%BCcke.html"),
        ("https://www.example.org/a?id=3&amp;x=1", "www.example.org/a?id=3&x=1.html"),
        ("https://www.example.org/a?id=3", "www.example.org/a@id=3.html"),
        ("https://www.example.org/?p=12", "www.example.org/index.html?p=12"),
        ("http://example.org:8080/a", "example.org:8080/a.htm"),
        ("https://www.example.org/a.php", "a.php"),
    ],
)
def test_a_saved_page_is_found_by_its_address(tmp_path: Path, address: str, saved: str) -> None:
    _write(tmp_path / "sitemap.xml", _sitemap(address, said=SAID))
    _write(tmp_path / saved, "<p>x</p>")
    for argument in (tmp_path, tmp_path / "sitemap.xml"):
        (source,) = discover([argument])
        assert source.path == saved
        assert source.said == Sidecar(
            "Nieuwe brug", datetime.date(2024, 5, 19), address.replace("&amp;", "&")
        )
        (record,) = records(source)
        assert (record.ending, record.data) in {(".html", b"<p>x</p>"), (".htm", b"<p>x</p>")}
        assert record.said == source.said


def test_a_page_of_a_sitemap_is_one_article_and_what_is_not_saved_a_reason(tmp_path: Path) -> None:
    _write(tmp_path / "m" / "maps" / "a.xml", _sitemap("https://x.org/1", "https://x.org/2"))
    _write(tmp_path / "m" / "1.html", "x")
    _write(tmp_path / "m" / "other.txt", "x")
    expected = ["1.html", "maps/a.xml#2", "other.txt"]
    assert [s.path for s in discover([tmp_path / "m"])] == expected
    two = discover([tmp_path / "m" / "maps" / "a.xml", tmp_path / "m"])
    assert [s.path for s in two] == [f"m/{path}" for path in expected]
    (missing,) = records(discover([tmp_path / "m"])[1])
    assert missing.path == "maps/a.xml#2"
    assert missing.problem == (
        "listed in maps/a.xml, but no saved page lies beside it: https://x.org/2"
    )
    assert two[0].said.published is None, "the day of the last change is not that of the article"


def test_a_list_of_sitemaps(tmp_path: Path) -> None:
    _write(
        tmp_path / "index.xml",
        "<sitemapindex><sitemap><loc>https://x.org/maps/1.xml.gz</loc></sitemap>"
        "<sitemap><loc>https://x.org/maps/2.xml</loc></sitemap>"
        "<sitemap><loc>https://x.org/index.xml</loc></sitemap></sitemapindex>",
    )
    _write(tmp_path / "page.html", "x")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "1.xml.gz").write_bytes(
        gzip.compress(_sitemap("https://x.org/page").encode())
    )
    for argument in (tmp_path, tmp_path / "index.xml"):
        found = discover([argument])
        assert [s.path for s in found] == ["index.xml#2", "page.html"]
        assert "no sitemap lies beside it" in str(found[0].problem)
        assert found[1].said.source_url == "https://x.org/page"


def test_no_address_leads_out_of_the_folder(tmp_path: Path) -> None:
    _write(tmp_path / "secret.html", "x")
    addresses = (
        "https://x.org/../secret.html",
        "https://x.org/%2e%2e/secret",
        "file:///etc/passwd",
    )
    _write(tmp_path / "m" / "sitemap.xml", _sitemap(*addresses, "http://[broken"))
    for argument in (tmp_path / "m", tmp_path / "m" / "sitemap.xml"):
        found = discover([argument])
        assert [s.path for s in found] == [f"sitemap.xml#{n}" for n in range(1, 5)]
        assert all(s.problem for s in found)


def test_xml_that_is_no_sitemap_and_sitemaps_that_are_broken(tmp_path: Path) -> None:
    entities = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb = (
        f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}<!ENTITY s SYSTEM "file:///etc/passwd">]>'
    )
    for name, text in {
        "feed.xml": "<rss/>",
        "nothing.xml": "",
        "cut.xml": _sitemap("https://x.org/1")[:-20],
        "bomb.xml": f"{bomb}<urlset><url><loc>https://x.org/&i;&s;</loc></url></urlset>",
        "deep.xml": "<urlset>" + "<a>" * 100_000,
    }.items():
        _write(tmp_path / name, text)
    (tmp_path / "bad.xml.gz").write_bytes(b"\x1f\x8b nonsense")
    found = {s.path: [r.problem or "" for r in records(s)] for s in discover([tmp_path])}
    assert set(found) == {
        "feed.xml",
        "nothing.xml",
        "bad.xml.gz",
        "cut.xml",
        "deep.xml",
        "bomb.xml",
    }
    for name in ("feed.xml", "nothing.xml", "bad.xml.gz"):
        assert "not a kind of file that is read" in found[name][0]
    for name in ("cut.xml", "deep.xml", "bomb.xml"):
        assert "a sitemap that cannot be parsed" in found[name][0]
    small = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
    _write(
        tmp_path / "s" / "s.xml", f"{small}<urlset><url><loc>https://x.org/&s;</loc></url></urlset>"
    )
    (source,) = discover([tmp_path / "s"])
    assert source.said.source_url == "https://x.org/", "nothing outside the file is read"


def test_what_is_excluded_is_no_article(tmp_path: Path) -> None:
    for name in ("a.txt", "about.csv", "b/about.csv"):
        _write(tmp_path / name, "text\nx\n")
    found = discover([tmp_path], exclude=[tmp_path / "b" / ".." / "about.csv"])
    assert [s.path for s in found] == ["a.txt", "b/about.csv"]


@pytest.fixture
def store() -> UPath:
    """A folder of its own in a store of objects."""
    return UPath(f"memory://{uuid.uuid4().hex}/articles")


def _read(arguments: Sequence[str | Path], out: Path | None = None) -> list[tuple[str, bytes]]:
    return [(r.path, r.data) for s in discover(arguments, out) for r in records(s)]


def test_files_in_a_store(store: UPath, tmp_path: Path) -> None:
    for name in ("één 1.txt", "deep/two.txt", ".hidden/x.txt", "deep/.x.txt", "out/articles.txt"):
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text(name)
    (store / "rows.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    expected = [
        ("deep/two.txt", b"deep/two.txt"),
        ("rows.jsonl#1", b"a"),
        ("rows.jsonl#2", b"b"),
        ("één 1.txt", "één 1.txt".encode()),
    ]
    assert _read([str(store)], store / "out") == expected
    assert _read([f"{store}/"], store / "out") == expected
    assert _read([f"{store}/deep/two.txt"]) == [("two.txt", b"deep/two.txt")]
    _write(tmp_path / "articles" / "x.txt", "x")
    mixed = [path for path, _ in _read([str(store / "deep"), str(tmp_path / "articles")])]
    assert mixed == ["articles/x.txt", "deep/two.txt"]
    same = [path for path, _ in _read([str(store), str(tmp_path / "articles")], store / "out")]
    assert str(store).removeprefix("memory://") + "/deep/two.txt" in same


def test_an_address_of_a_file_here(tmp_path: Path) -> None:
    _write(tmp_path / "a b" / "one.txt", "x")
    (source,) = discover([f"file://{tmp_path}/a b"])
    assert source == Source("one.txt", tmp_path / "a b" / "one.txt")


def test_a_sitemap_in_a_store(store: UPath) -> None:
    store.mkdir(parents=True)
    (store / "sitemap.xml").write_text(_sitemap("https://x.org/1", "https://x.org/2"))
    (store / "1.html").write_text("x")
    for argument in (str(store), f"{store}/sitemap.xml"):
        found = discover([argument])
        assert [s.path for s in found] == ["1.html", "sitemap.xml#2"]
        assert found[0].said.source_url == "https://x.org/1"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("nope://a/b", "nope://a/b: "),
        ("memory://nowhere-at-all/b", "memory://nowhere-at-all/b: no such file"),
        ("nope://user:secret@host/b", "nope://host/b: "),
        ("nope://host/b?X-Signature=secret", "nope://host/b: "),
    ],
)
def test_addresses_that_cannot_be_opened_are_told_without_secrets(
    argument: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        discover([argument])
    assert str(caught.value).startswith(message)
    assert "secret" not in str(caught.value)


def test_arguments_are_shown_without_secrets() -> None:
    assert shown_argument("s3://key:secret@bucket/a") == "s3://bucket/a"
    assert shown_argument("https://host/a.zip?X-Amz-Signature=1") == "https://host/a.zip"
    assert shown_argument("a?b@c/d") == "a?b@c/d"
