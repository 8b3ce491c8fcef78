"""An electronic book (.epub): each chapter in reading order is an article."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO, Any
from urllib.parse import unquote

from lxml import etree

from pipeline.read.files import Unreadable
from pipeline.read.pieces import Opening, Piece, counted, read_at_most
from pipeline.read.said import Sidecar, day

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_NO_CHAPTER = frozenset({"cover", "nav", "toc", "title-page", "titlepage", "copyright-page"})


def unpack(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The chapters of a book in reading order, without cover and contents.

    What the book says of its date and source holds for each.
    """
    with zipfile.ZipFile(stream) as archive:
        names = {info.filename: info for info in archive.infolist()}
        if len(names) > opening.limits.max_members:
            raise Unreadable(f"more than {opening.limits.max_members:,} files")
        package_path = _package_path(archive, names, opening)
        package = _xml(archive, names, package_path, opening)
        protected = _protected(archive, names, opening)
        said = _said(package)
        for number, href in enumerate(_chapters(package), start=1):
            name = posixpath.normpath(
                posixpath.join(posixpath.dirname(package_path), unquote(_path(href)))
            )
            if name not in names:
                problem = "a chapter that is not in the book"
            elif name in protected or names[name].flag_bits & 0x1:
                problem = "protected against copying; get it without protection"
            else:
                chapter = partial(_chapter, archive, names[name], opening)
                yield Piece(number, ".html", name, open=chapter, said=said)
                continue
            yield Piece(number, name=name, said=said, problem=problem)


def _chapter(archive: zipfile.ZipFile, info: zipfile.ZipInfo, opening: Opening) -> IO[bytes]:
    return counted(archive.open(info), opening, info.file_size)


def _xml(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], name: str, opening: Opening
) -> Any:
    """A part of the book as XML: no entity expanded, nothing fetched. Raises ``Unreadable``."""
    if name not in names:
        raise Unreadable(f"no electronic book: it has no {name}")
    with counted(archive.open(names[name]), opening) as stream:
        data = read_at_most(stream, opening.limits.max_bytes)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable(f"no electronic book that can be read: {name}: {error}") from error


def _package_path(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], opening: Opening
) -> str:
    container = _xml(archive, names, _CONTAINER, opening)
    paths = container.xpath("//*[local-name()='rootfile']/@full-path")
    if not paths:
        raise Unreadable(f"no electronic book: {_CONTAINER} names no package")
    return str(paths[0])


def _protected(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], opening: Opening
) -> frozenset[str]:
    """The parts that are encrypted; fonts often are, and nobody minds."""
    if _RIGHTS not in names:
        return frozenset()
    rights = _xml(archive, names, _RIGHTS, opening)
    paths = rights.xpath("//*[local-name()='CipherReference']/@URI")
    return frozenset(posixpath.normpath(unquote(str(path))) for path in paths)


def _chapters(package: Any) -> Iterator[str]:
    """The pages of the spine, without cover and table of contents."""
    items = {
        item.get("id"): item
        for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")
    }
    guide = {
        _path(reference.get("href", ""))
        for reference in package.xpath("//*[local-name()='guide']/*[local-name()='reference']")
        if reference.get("type") in _NO_CHAPTER
    }
    for reference in package.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES or not item.get("href"):
            continue
        properties = (item.get("properties") or "").split()
        marks = {(item.get("id") or "").lower(), *properties}
        if not marks & _NO_CHAPTER and _path(item.get("href")) not in guide:
            yield item.get("href")


def _path(href: str) -> str:
    """A reference without what follows the path."""
    return href.partition("#")[0].partition("?")[0]


def _said(package: Any) -> Sidecar:
    """The date and the address in the metadata. Its title is that of the book, not of a chapter."""
    dates = package.xpath("//*[local-name()='metadata']/*[local-name()='date']")
    event = "{http://www.idpf.org/2007/opf}event"
    # In old books a date says which; of making and changing the file nothing follows.
    dates.sort(key=lambda d: d.get(event) != "publication")
    published = next(
        (found for d in dates if d.get(event) in (None, "publication") and (found := day(d.text))),
        None,
    )
    sources = package.xpath("//*[local-name()='metadata']/*[local-name()='source']/text()")
    address = next((s.strip() for s in map(str, sources) if s.strip().startswith("http")), None)
    return Sidecar(published=published, source_url=address)
