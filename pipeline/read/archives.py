"""Archives: their members one by one, in memory. Nothing is written anywhere."""

from __future__ import annotations

import io
import posixpath
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from typing import IO

from pipeline.read import formats
from pipeline.read.files import Unreadable
from pipeline.read.pieces import Opening, Piece, counted

# One header of a tar archive with its extensions is never so large, unless to do harm.
_LARGEST_READ = 1 << 24


class _Members:
    """The place of each member, and which names there are: what links point at."""

    def __init__(self, opening: Opening) -> None:
        self.number = 0
        self._count = 0
        self._opening = opening
        self._seen: set[bytes] = set()
        self._links: list[tuple[int, str, str]] = []

    @staticmethod
    def _key(name: str) -> bytes:
        """A name in eight bytes, for a million of them."""
        said = posixpath.normpath(name).lstrip("/").encode("utf-8", "surrogatepass")
        return blake2b(said, digest_size=8).digest()

    def add(self, name: str, folder: bool = False) -> bool:
        """Count a member; gives whether it is a file to read. Raises ``Unreadable`` when too many.

        Folders and hidden files are no members to read, and take no number.
        """
        self._count += 1
        if self._count > self._opening.limits.max_members:
            raise Unreadable(
                f"more than {self._opening.limits.max_members:,} files; split it into smaller ones"
            )
        path = posixpath.normpath(name)
        while path and (key := self._key(path)) not in self._seen:  # with the folders it lies in
            self._seen.add(key)
            path = posixpath.dirname(path)
        parts = name.replace("\\", "/").split("/")
        hidden = any(p.startswith(".") and p not in (".", "..") for p in parts)
        if folder or hidden or "__MACOSX" in parts:
            return False
        self.number += 1
        return True

    def link(self, name: str, target: str) -> None:
        """Remember a link; ``dangling`` judges it when all members are known."""
        self._links.append((self.number, name, target))

    def dangling(self) -> Iterator[Piece]:
        """The links to what is no member. The others are left out: their targets are read."""
        for number, name, target in self._links:
            if self._key(target) not in self._seen:
                yield Piece(
                    number, name=name, problem=f"a link to {target!r}, which is not in the archive"
                )


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, opening: Opening) -> IO[bytes]:
    return counted(archive.open(info), opening, info.file_size)


def unpack_zip(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The files in a zip archive."""
    members = _Members(opening)
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            name = info.filename
            if not members.add(name, info.is_dir()):
                continue
            if info.flag_bits & 0x1:
                yield Piece(
                    members.number,
                    name=name,
                    problem="protected by a password; unpack the archive yourself",
                )
            elif stat.S_ISLNK(info.external_attr >> 16) and info.file_size < 4096:
                target = archive.read(info).decode("utf-8", "replace")
                members.link(name, posixpath.join(posixpath.dirname(name), target))
            else:
                yield Piece(
                    members.number,
                    formats.ending_of(name),
                    name,
                    open=partial(_unzipped, archive, info, opening),
                )
        yield from members.dangling()


class _Forward(io.RawIOBase):
    """A stream that can be read and skipped forward, as ``tarfile`` wants it.

    No single read is larger than what a header of an honest archive needs.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._position = 0
        self.last = b""

    def readable(self) -> bool:
        """Always: it is for reading alone."""
        return True

    def tell(self) -> int:
        """How many bytes were read or skipped."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes. Raises ``Unreadable`` when that is absurdly many."""
        if not 0 <= size <= _LARGEST_READ:
            raise Unreadable("broken (a header of more than 16 MB)")
        data = self._stream.read(size)
        self._position += len(data)
        self.last = data
        return data

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Skip to ``position``, counted from the begin; never back. Ends early at the end."""
        if whence != io.SEEK_SET or position < self._position:
            raise io.UnsupportedOperation("an archive is read from begin to end")
        while self._position < position:
            if not self.read(min(1 << 16, position - self._position)):
                break
        return self._position


def _untarred(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    assert stream is not None, "a plain file has bytes"
    return stream


def unpack_tar(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The files in a tar archive, in one pass."""
    members = _Members(opening)
    forward = _Forward(stream)
    with tarfile.open(fileobj=forward, mode="r:") as archive:
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # it keeps every header it saw
            name = info.name
            if not members.add(name, info.isdir()):
                continue
            if info.islnk():
                members.link(name, info.linkname)
            elif info.issym():
                members.link(name, posixpath.join(posixpath.dirname(name), info.linkname))
            elif not info.isfile() or info.issparse():
                yield Piece(members.number, name=name, problem="not a plain file")
            else:
                yield Piece(
                    members.number,
                    formats.ending_of(name),
                    name,
                    open=partial(_untarred, archive, info),
                )
        # tarfile takes any bad header for the end.
        if forward.last.strip(b"\0") or not forward.last:
            raise Unreadable("broken or cut short (no end mark); copy or download it again")
        yield from members.dangling()
