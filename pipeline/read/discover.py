"""Which files a command line means, each with the path it is known by in the results."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


class InputError(ValueError):
    """The command line names something that cannot be an input; the message says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One file: ``path`` as results know it, ``file`` where it lies.

    ``named`` is whether the user named the file itself; then it is read whatever its ending.
    """

    path: str
    file: Path
    named: bool = False


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


def printable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _shown(paths: Sequence[Path]) -> list[str]:
    """The name of each argument; the path as it was typed for those that share a name."""
    names = [p.name or p.resolve().name for p in paths]
    return [
        name if names.count(name) == 1 else path.as_posix().lstrip("/")
        for path, name in zip(paths, names, strict=True)
    ]


def _same_file(a: Path, b: Path) -> bool:
    try:
        return a.samefile(b)
    except OSError:
        return a == b


def discover(arguments: Sequence[str | os.PathLike[str]], out: Path | None = None) -> list[Source]:
    """The files under ``arguments`` (files and folders), sorted by the path results show.

    Paths are relative to the folder that was named, with ``/``; a file named itself has its file
    name; with several arguments the name of each comes first. Where two arguments have the same
    name, they are told apart by the path as it was typed. Names that begin with a dot are left
    out, and so is ``out``, the folder of results, when it lies inside.

    Raises ``InputError`` when an argument does not exist, or nothing at all was found.
    """
    given = [Path(a) for a in arguments]
    for path in given:
        if not path.exists() and not path.is_symlink():
            raise InputError(f"{path}: no such file or folder; check the spelling and the path")
    skip = out.resolve() if out else None
    found: dict[str, Source] = {}

    def add(shown: str, file: Path, named: bool = False) -> None:
        """Two files that cannot be told apart by their paths as text are numbered."""
        unique, number = printable(shown), 1
        while unique in found and not _same_file(found[unique].file, file):
            number += 1
            unique = f"{printable(shown)} ({number})"
        found.setdefault(unique, Source(unique, file, named))

    for path, name in zip(given, _shown(given), strict=True):
        prefix = f"{name}/" if len(given) > 1 else ""
        if path.is_dir():
            try:
                files = list(_walk(path, skip))
            except OSError as error:
                raise InputError(f"{path}: cannot be listed: {error.strerror}") from error
            for file in files:
                add(prefix + file.relative_to(path).as_posix(), file)
        else:
            add(name if len(given) > 1 else path.name, path, named=True)
    if not found:
        folders = ", ".join(str(p) for p in given)
        raise InputError(
            f"{folders}: no files here; name a folder that holds .txt or .html articles"
        )
    return sorted(found.values())
