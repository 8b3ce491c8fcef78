"""Sitemaps of saved pages: which of the files around them each address means."""

from __future__ import annotations

import dataclasses
import gzip
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from lxml import etree

from pipeline.read import formats
from pipeline.read.discover import Source, files_below
from pipeline.read.files import Unreadable
from pipeline.read.pieces import Limits, Opening, Overgrown, counted
from pipeline.read.said import Sidecar, day, phrase

# The protocol allows 50,000 addresses in one file.
_MOST = 1_000_000
# A list of sitemaps names sitemaps; by the protocol these name pages.
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """An address in a sitemap, and what stands there about the page."""

    number: int
    address: str
    said: Sidecar


@dataclass(frozen=True, slots=True)
class _Sitemap:
    """A sitemap, or with ``index`` a list of sitemaps."""

    entries: tuple[_Entry, ...]
    index: bool


def _open(file: Path) -> IO[bytes]:
    stream = cast(IO[bytes], file.open("rb"))
    if formats.packed(formats.ending_of(file.name))[1] is None:
        return stream
    opened = Opening(Limits(), file.stat().st_size)
    return counted(cast(IO[bytes], gzip.GzipFile(fileobj=stream)), opened)


def read_sitemap(file: Path) -> _Sitemap | None:
    """The sitemap in an XML file; ``None`` for XML that is something else.

    Nothing outside the file is fetched, and no entity is expanded. Raises ``Unreadable``.
    """
    if not file.is_file():
        return None  # reading it will say why
    entries: list[_Entry] = []
    root = None
    found: dict[str, str] = {}
    try:
        with _open(file) as stream:
            steps: Any = etree.iterparse(
                stream,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for event, element in steps:
                name = etree.QName(element).localname
                if event == "start":
                    if root is None:
                        root = name
                        if root not in ("urlset", "sitemapindex"):
                            return None
                    continue
                if name in ("url", "sitemap"):
                    if address := found.get("loc"):
                        entries.append(_Entry(len(entries) + 1, address, _said(found)))
                    if len(entries) > _MOST:
                        raise Unreadable(f"a sitemap with more than {_MOST:,} addresses")
                    found = {}
                elif text := phrase(element.text):
                    found.setdefault(name, text)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.LxmlError as error:
        if root is None:
            return None
        raise Unreadable(f"a sitemap that cannot be parsed: {error}") from error
    except (OSError, EOFError, Overgrown) as error:
        if root is None and not isinstance(error, Overgrown):
            return None
        raise Unreadable(f"a sitemap that cannot be read: {error}") from error
    return _Sitemap(tuple(entries), root == "sitemapindex")


def _said(found: Mapping[str, str]) -> Sidecar:
    """What a sitemap of news says of a page. ``lastmod`` is when it was changed: no day of it."""
    return Sidecar(
        title=found.get("title"),
        published=day(found.get("publication_date")),
        source_url=found["loc"],
    )


def saved_as(address: str) -> Iterator[str]:
    """The paths under which a page may have been saved, the likeliest first.

    These are the names that wget, HTTrack and browsers give, with and without the host.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # no address
        return
    seen = set()
    for path in dict.fromkeys((parts.path, unquote(parts.path, errors="replace"))):
        bare = path.strip("/")
        names = []
        if parts.query:
            for query in dict.fromkeys((parts.query, unquote(parts.query, errors="replace"))):
                stem = bare if bare and not path.endswith("/") else f"{bare}/index.html".lstrip("/")
                for mark in "?@":
                    whole = f"{stem}{mark}{query.replace('/', '%2F')}"
                    names += [f"{whole}.html", whole]
        else:
            names += [bare] if bare and not path.endswith("/") else []
            names += [f"{bare}/index.html", f"{bare}/index.htm"]
            names += [f"{bare}.html", f"{bare}.htm"] if bare else []
        hosts = [h for h in (parts.netloc, parts.hostname) if h]
        for name in names:
            for folder in (*dict.fromkeys(hosts), ""):
                found = posixpath.normpath(posixpath.join(folder, name.lstrip("/")))
                if found not in seen and ".." not in found.split("/"):
                    seen.add(found)
                    yield found


class _Resolver:
    """The sources of a run, where the addresses of sitemaps are looked for among them."""

    def __init__(self, sources: Mapping[str, Source], several: bool) -> None:
        self.sources = dict(sources)
        self._several = several
        self._paths = {_key(s.file): path for path, s in sources.items()}
        self._around: dict[str, tuple[str, Path]] = {}
        self._done: dict[str, bool] = {}  # whether it was a sitemap

    def sitemap(self, source: Source, bases: tuple[str, ...], depth: int = 0) -> None:
        """Put the pages of a sitemap in its place, looked for in the folders ``bases``."""
        key = _key(source.file)
        if key in self._done:
            if self._done[key]:
                self.sources.pop(source.path, None)
            return
        self._done[key] = False
        try:
            sitemap = read_sitemap(source.file)
        except Unreadable as error:
            self.sources[source.path] = dataclasses.replace(source, problem=str(error))
            return
        if sitemap is None:
            return
        self._done[key] = True
        self.sources.pop(source.path, None)
        for entry in sitemap.entries:
            file = self._file(entry.address, bases)
            if file is None:
                path = f"{source.path}#{entry.number}"
                beside = "sitemap" if sitemap.index else "saved page"
                problem = f"listed in {source.path}, but no {beside} lies beside it: "
                self.sources[path] = Source(
                    path, source.file, said=entry.said, problem=problem + entry.address
                )
            elif not sitemap.index:
                self._page(file, entry.said)
            elif depth < _DEEPEST and file in self._around:
                shown, place = self._around[file]
                self.sitemap(Source(shown, place), (posixpath.dirname(file), *bases), depth + 1)

    def _file(self, address: str, bases: tuple[str, ...]) -> str | None:
        for name in saved_as(address):
            for base in bases:
                key = posixpath.join(base, name)
                if key in self._paths or key in self._around:
                    return key
        return None

    def _page(self, key: str, said: Sidecar) -> None:
        if self._paths.get(key, key) not in self.sources and key in self._paths:
            return  # a sitemap that lists a sitemap
        if key not in self._paths:
            shown, file = self._around[key]
            self.sources[shown] = Source(shown, file)
            self._paths[key] = shown
        path = self._paths[key]
        page = self.sources[path]
        ending = formats.ending_of(page.file.name)
        known = formats.of(formats.packed(ending)[0]) is not None
        self.sources[path] = dataclasses.replace(
            page, said=page.said.or_else(said), ending="" if known else ".html"
        )

    def around(self, source: Source) -> None:
        """Look at the folder of a sitemap that was named itself: its pages were not."""
        prefix = f"{source.path}/" if self._several else ""
        for relative, file in files_below(source.file.parent):
            self._around.setdefault(_key(file), (prefix + relative, file))


def _key(file: Path) -> str:
    return file.absolute().as_posix() if isinstance(file, Path) else str(file)


def resolve(sources: Mapping[str, Source], several: bool) -> dict[str, Source]:
    """The sources with the pages of each sitemap in its place; XML of other kinds stays.

    A page is looked for below the folder of the sitemap and, in a folder that was walked, below
    those around it. ``several`` is whether the paths begin with the names of arguments.
    """
    resolver = _Resolver(sources, several)
    # Those in folders first: what a named one lists may lie in a folder that was named too.
    for path, source in sorted(sources.items(), key=lambda item: (item[1].named, item[0])):
        if formats.ending_of(source.file.name) not in formats.SITEMAPS:
            continue
        folder = posixpath.dirname(_key(source.file))
        if source.named:
            resolver.around(source)
            resolver.sitemap(source, (folder,))
            continue
        bases = [folder]
        for _ in range(path.count("/") - (1 if several else 0)):
            bases.append(posixpath.dirname(bases[-1]))
        resolver.sitemap(source, tuple(bases))
    return resolver.sources
