"""Which files a command line means, each with the path it is known by in the results."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipeline.read import formats
from pipeline.read.said import NOTHING, Sidecar

# An argument is a path here or a URL of a store that fsspec knows (s3://bucket/folder). A file of
# such a store is a UPath, which has the methods of a Path that this room uses.
Argument = str | os.PathLike[str]

_USER = re.compile(r"(?<=://)[^/@]*@")
_QUERY = re.compile(r"\?.*")
_HERE = ("file", "local")


class InputError(ValueError):
    """The command line names something that cannot be an input; the message says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One file: ``path`` as results know it, ``file`` where it lies.

    ``named`` is whether the user named the file itself; then it is read whatever its ending.
    ``said`` is what a sitemap says of it, ``ending`` (``.html``) what it is where its name does not
    tell, ``problem`` why it is not there.
    """

    path: str
    file: Path
    named: bool = False
    said: Sidecar = NOTHING
    ending: str = ""
    problem: str | None = None


def _walk(folder: Path, skip: Path | None) -> Iterator[Path]:
    """Every file below ``folder``, links to folders followed once, hidden names left out.

    What cannot be listed or looked at is given as it is: reading it will say why.
    """
    seen: set[tuple[int, int]] = set()
    stack = [folder]
    while stack:
        current = stack.pop()
        try:
            status = current.stat()
            if (status.st_dev, status.st_ino) in seen or (skip and current.resolve() == skip):
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(os.scandir(current), key=lambda e: e.name)
        except OSError:
            if current == folder:
                raise
            yield current
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                is_folder = entry.is_dir()
            except OSError:
                is_folder = False
            if is_folder:
                stack.append(Path(entry.path))
            else:
                yield Path(entry.path)


def _walk_store(folder: Path, skip: Path | None) -> Iterator[Path]:
    """Every file below ``folder`` of a store, hidden names left out."""
    store, root = folder.fs, folder.path.rstrip("/")  # type: ignore[attr-defined]
    left_out = f"{skip.path.rstrip('/')}/" if skip is not None and not is_here(skip) else None  # type: ignore[attr-defined]
    for found in store.find(root):
        relative = found.removeprefix(store._strip_protocol(root)).lstrip("/")
        hidden = any(part.startswith(".") for part in relative.split("/"))
        if relative and not hidden and not (left_out and found.startswith(left_out)):
            yield folder / relative


def printable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def shown_argument(argument: Argument) -> str:
    """An argument as it may be shown: a URL without the user's name, password and signature."""
    text = printable(os.fspath(argument) if isinstance(argument, os.PathLike) else argument)
    if "://" not in text:
        return text
    return _QUERY.sub("", _USER.sub("", text))


def located(argument: Argument) -> Path:
    """Where an argument points: a ``Path`` here, a ``UPath`` for the URL of a store.

    Raises ``InputError`` for a URL of a kind that cannot be opened.
    """
    text = str(argument)
    if "://" not in text:
        return Path(argument)
    from upath import UPath

    try:
        place = UPath(text)
        _ = place.fs  # made when it is first asked for, with all that can go wrong
    except ImportError as error:
        raise InputError(f"{shown_argument(text)}: {error}") from error
    except Exception as error:  # each store raises what it likes
        raise InputError(f"{shown_argument(text)}: {_without_secrets(error, text)}") from error
    return Path(place.path) if place.protocol in _HERE else cast(Path, place)


def _without_secrets(error: Exception, text: str) -> str:
    """What a store says is wrong, without what the user would not show."""
    said = f"{type(error).__name__}: {error}"
    for secret in (*_USER.findall(text), *_QUERY.findall(text)):
        said = said.replace(secret, "").replace(secret.rstrip("@"), "")
    return said


def is_here(path: Path) -> bool:
    """Whether it lies on a disk of this machine, and in no store of objects."""
    return not hasattr(path, "storage_options")


def _name(path: Path) -> str:
    if is_here(path):
        return path.name or path.resolve().name
    return shown_argument(str(path)).rstrip("/").rpartition("/")[2]


def _as_typed(path: Path) -> str:
    """A path to tell apart two arguments with one name."""
    if is_here(path):
        return path.as_posix().lstrip("/")
    return shown_argument(str(path)).partition("://")[2].strip("/")


def _shown(paths: Sequence[Path]) -> list[str]:
    """The name of each argument; the path as it was typed for those that share a name."""
    names = [_name(p) for p in paths]
    return [
        name if names.count(name) == 1 else _as_typed(path)
        for path, name in zip(paths, names, strict=True)
    ]


def _same_file(a: Path, b: Path) -> bool:
    if not (is_here(a) and is_here(b)):
        return a == b
    try:
        return a.samefile(b)
    except OSError:
        return a == b


class _Found:
    """The sources so far, by the path that results show."""

    def __init__(self, exclude: Sequence[Path]) -> None:
        self.sources: dict[str, Source] = {}
        self._exclude = exclude

    def add(self, shown: str, file: Path, named: bool = False) -> None:
        """A file. Two that cannot be told apart by their paths as text are numbered."""
        if any(other.name == file.name and _same_file(other, file) for other in self._exclude):
            return
        unique, number = printable(shown), 1
        while unique in self.sources and not _same_file(self.sources[unique].file, file):
            number += 1
            unique = f"{printable(shown)} ({number})"
        self.sources.setdefault(unique, Source(unique, file, named))


def files_below(folder: Path, skip: Path | None = None) -> list[tuple[str, Path]]:
    """The files below a folder, each with its path from there; hidden names left out.

    Raises what listing the folder raises.
    """
    if is_here(folder):
        skip = skip if skip is not None and is_here(skip) else None
        return [(f.relative_to(folder).as_posix(), f) for f in _walk(folder, skip)]
    begin = str(folder).rstrip("/") + "/"
    return [(str(f).removeprefix(begin), f) for f in _walk_store(folder, skip)]


def discover(
    arguments: Sequence[Argument], out: Path | None = None, *, exclude: Sequence[Argument] = ()
) -> list[Source]:
    """The files under ``arguments`` (files, folders, URLs), sorted by the path results show.

    Paths are relative to the folder that was named, with ``/``; a file named itself has its file
    name; with several arguments the name of each comes first. Where two arguments have the same
    name, they are told apart by the path as it was typed. Names that begin with a dot are left
    out, and so are ``out``, the folder of results, when it lies inside, and the files in
    ``exclude``.

    A sitemap stands for the saved pages that it lists, and says their address, title and date. One
    that is not saved is a source with a ``problem``.

    Raises ``InputError`` when an argument does not exist, or nothing at all was found.
    """
    given = [located(a) for a in arguments]
    for path, argument in zip(given, arguments, strict=True):
        try:
            there = path.exists() or path.is_symlink()
        except Exception as error:  # see located
            raise InputError(
                f"{shown_argument(argument)}: {_without_secrets(error, str(argument))}"
            ) from error
        if not there:
            raise InputError(
                f"{shown_argument(argument)}: no such file or folder; check the spelling and the "
                "path"
            )
    skip = out.resolve() if out is not None and is_here(out) else out
    found = _Found([located(e) for e in exclude])
    for path, name, argument in zip(given, _shown(given), arguments, strict=True):
        prefix = f"{name}/" if len(given) > 1 else ""
        try:
            if path.is_dir():
                for relative, file in files_below(path, skip):
                    found.add(prefix + relative, file)
            else:
                found.add(name if len(given) > 1 else _name(path), path, named=True)
        except Exception as error:  # see located
            reason = getattr(error, "strerror", None) or _without_secrets(error, str(argument))
            raise InputError(f"{shown_argument(argument)}: cannot be listed: {reason}") from error
    sources = found.sources
    if any(formats.ending_of(p) in formats.SITEMAPS for p in sources):
        from pipeline.read import sitemaps

        sources = sitemaps.resolve(sources, several=len(given) > 1)
    if not sources:
        raise InputError(
            f"{', '.join(map(shown_argument, arguments))}: no files here; name a folder that holds "
            f"articles ({formats.listed()})"
        )
    return [sources[path] for path in sorted(sources)]
