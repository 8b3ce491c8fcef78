"""What a user knows better than the program: names, places and units of their own, as data.

``pipeline.user_lexicon.read`` reads the file; here is what is in it, and which lexicon holds while
an article is read. What depends on words (the gazetteer, the lexicon of names, the units) asks
``active`` and is remembered by ``remembered``, apart for every lexicon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_KEPT = 16  # results of a function that are remembered of lexicons, where it has no limit itself

REASON = "your lexicon"  # what decided an identity, as mentions show it


@dataclass(frozen=True, slots=True)
class OwnName:
    """A body's name: ``text`` in ``language`` (``None``: in each) means the body ``id``.

    ``label`` is its English name, ``place`` the id of the place where it is, if the user says them.
    ``line`` is where the file says it, here as in the other kinds.
    """

    text: str
    language: str | None
    id: str
    label: str | None = None
    place: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A spelling of a place: ``text`` means the place ``id``.

    A place that no register has also has its English name ``label`` and, unless it is like a
    province itself, the id ``within`` of the one it lies in.
    """

    text: str
    id: str
    label: str | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A counted thing: ``text`` in ``language`` (``None``: in each) is the unit ``id``."""

    text: str
    language: str | None
    id: str
    label: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document that the user knows: ``id`` is its number as Vietnam's offices write it.

    ``text`` in ``language`` (``None``: in each) tells its subject where an article gives noun and
    number alone; ``None`` when there is no such word. ``label`` is its subject in English, ``date``
    its day of issue (ISO 8601).
    """

    id: str
    text: str | None = None
    language: str | None = None
    label: str | None = None
    date: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NoBody:
    """A wording that is no body: ``text`` in ``language`` (``None``: in each)."""

    text: str
    language: str | None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class UserLexicon:
    """A user's lexicon. Two of the same ``digest`` (of the file's bytes) are the same.

    ``same`` has ids of bodies with the ids that they take, ``labels`` the English names that were
    said with them, by the id taken. ``nones`` are wordings of no body. ``file`` is the name of the
    file without its folder, and ``lines`` how many it has below its first, for messages alone:
    nothing that is found depends on them.
    """

    digest: str
    names: tuple[OwnName, ...] = ()
    places: tuple[OwnPlace, ...] = ()
    units: tuple[OwnUnit, ...] = ()
    same: dict[str, str] = field(default_factory=dict)
    documents: tuple[OwnDocument, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    nones: tuple[NoBody, ...] = ()
    file: str | None = None
    lines: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UserLexicon) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def source(self) -> str:
        """Which extractor a name is from that no model found, as mentions show it."""
        return f"user lexicon {self.digest}"


_ACTIVE: ContextVar[UserLexicon | None] = ContextVar("user_lexicon", default=None)


def active() -> UserLexicon | None:
    """The lexicon that holds now, if any."""
    return _ACTIVE.get()


@contextmanager
def using(lexicon: UserLexicon | None) -> Iterator[None]:
    """Let ``lexicon`` hold inside the ``with`` block, in this thread."""
    token = _ACTIVE.set(lexicon)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def remembered(maxsize: int | None = None) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Decorates a function whose results are kept, as by ``functools.lru_cache``, where they depend
    on the active lexicon too."""

    def decorate(make: Callable[_P, _T]) -> Callable[_P, _T]:
        plain = lru_cache(maxsize)(make)

        @lru_cache(maxsize or _KEPT)
        def of_lexicon(_: UserLexicon, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            return make(*args, **kwargs)

        @wraps(make)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            lexicon = _ACTIVE.get()
            if lexicon is None:
                return plain(*args, **kwargs)  # type: ignore[arg-type]  # a cache asks for hashable
            return of_lexicon(lexicon, *args, **kwargs)  # type: ignore[arg-type]

        return call

    return decorate
