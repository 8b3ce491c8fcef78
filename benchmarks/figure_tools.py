"""The tools that read figures, each a call from a text to its figures; one a process.

    python -m benchmarks.figure_tools NAME

reads requests from its standard input, one JSON object a line, ``{"language": ..., "texts":
[...]}``, and answers each with ``{"seconds": ..., "figures": [[...], ...], "failed": ...}``: the
seconds of the processor that the tool itself took, the figures of each text, and how many pieces of
text it raised an error on. The first line that it writes says whether the tool can be used, its
version and the languages that it reads.

Only the standard library is needed to start, so that a tool which cannot live beside the others can
have an environment of its own. A tool is called in the way that is best for it: as its parts are
made to be put together, on whole texts or on single lines, whichever is faster.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import math
import os
import re
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from benchmarks.engines import Missing

NUMBER, PERCENTAGE, MONEY, MEASURE, AGE, DURATION = (
    "number",
    "percentage",
    "money",
    "measure",
    "age",
    "duration",
)
# The package that each of the others is from.
PACKAGES = {
    "text2num": "text2num",
    "quantulum3": "quantulum3",
    "Recognizers-Text": "ms-recognizers-text-suite",
    "Recognizers-Text with dates": "ms-recognizers-text-suite",
    "Recognizers-Text of 2019": "recognizers-text-suite",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at ``[start, end)`` (code points), in the classes that all tools share.

    ``kind`` is ``number`` for counts, ratios and fractions. ``unit`` is the sign of a measure or a
    length of time, ``currency`` an ISO 4217 code. ``to`` is the upper end of a range.
    """

    start: int
    end: int
    value: float
    kind: str = NUMBER
    of: float | None = None
    to: float | None = None
    unit: str | None = None
    currency: str | None = None


class Tool(Protocol):
    """Reads texts of some languages; ``name`` says in which way, for those that have several."""

    languages: Sequence[str]

    def read(self, text: str, language: str) -> list[Any]:
        """What the tool finds, as it gives it: this is what is timed."""
        ...

    def figures(self, found: Sequence[Any], text: str, language: str) -> Iterable[Figure]:
        """What was found in ``text``, in the classes that all share."""
        ...


@cache
def data() -> dict[str, Any]:
    """The tables of ``figures.toml``."""
    return tomllib.loads(Path(__file__).with_name("figures.toml").read_text("utf-8"))


@cache
def _signs() -> dict[str, str]:
    return {name: sign for sign, names in data()["units"].items() for name in names}


def sign(name: str) -> str:
    """The sign of a unit that a tool names in English; the name itself where none is known."""
    plain = name.lower().replace("metre", "meter").replace("litre", "liter")
    return _signs().get(plain, plain)


class Statistics:
    """Our extractor of statistics alone."""

    def __init__(self) -> None:
        """Load the data of every language. Raises ``Missing``."""
        try:
            from pipeline import models
            from pipeline.extract.statistics import statistics
            from pipeline.normalise.units import unit_id
        except ImportError as error:
            raise Missing(f"{error.name} is not installed (pip install .)") from error
        self.languages: Sequence[str] = models.available()
        self._statistics, self._unit_id = statistics, unit_id

    def read(self, text: str, language: str) -> list[Any]:
        """See ``Tool.read``."""
        return self._statistics(text, language)

    def figures(self, found: Sequence[Any], text: str, language: str) -> Iterator[Figure]:
        """See ``Tool.figures``."""
        for s in found:
            timed = s.value_kind in (MEASURE, DURATION)
            yield Figure(
                s.start,
                s.end,
                s.value,
                s.value_kind if s.value_kind in CLASSES else NUMBER,
                s.of,
                s.to,
                (self._unit_id(s.unit, language) or s.unit) if timed and s.unit else None,
                s.currency,
            )


class Extraction(Statistics):
    """The statistics of the whole extraction, which knows the names and documents as well."""

    def __init__(self) -> None:
        """Load the models. Raises ``Missing``."""
        super().__init__()
        from pipeline.extraction import extract, recogniser
        from pipeline.recognise import ModelError

        try:
            for language in self.languages:
                recogniser(language)
        except ModelError as error:
            raise Missing(str(error)) from error
        self._extract = extract

    def read(self, text: str, language: str) -> list[Any]:
        """See ``Tool.read``."""
        return self._extract(text, language).statistics


class Text2Num:
    """text2num: numbers in words to digits. What is in digits is not its business."""

    _TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")

    class _Token:
        """A token of its stream; the methods are its protocol."""

        __slots__ = ("_text",)

        def __init__(self, text: str) -> None:
            self._text = text

        def text(self) -> str:
            return self._text

        def nt_separated(self, _previous: object) -> bool:
            return False

        def not_a_number_part(self) -> bool:
            return False

    def __init__(self) -> None:
        """Raises ``Missing``."""
        try:
            from text_to_num import find_numbers
        except ImportError as error:
            raise Missing("is not installed (pip install '.[benchmarks]')") from error
        self._find: Any = find_numbers
        self._names: dict[str, str] = data()["reads"]["text2num"]
        self.languages: Sequence[str] = tuple(self._names)

    def read(self, text: str, language: str) -> list[Any]:
        """See ``Tool.read``."""
        tokens = list(self._TOKEN.finditer(text))
        stream = [self._Token(t.group()) for t in tokens]
        return [
            (tokens[o.start].start(), tokens[o.end - 1].end(), o)
            for o in self._find(stream, self._names[language])
        ]

    def figures(self, found: Sequence[Any], text: str, language: str) -> Iterator[Figure]:
        """See ``Tool.figures``; ordinals are none."""
        for start, end, o in found:
            if not o.is_ordinal:
                yield Figure(start, end, float(o.value))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of ``text`` that hold anything, each with its start."""
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1


class Quantulum:
    """quantulum3: quantities with English units, without its classifier.

    A line at a time: its time grows faster than its text.
    """

    def __init__(self) -> None:
        """Raises ``Missing``."""
        try:
            from quantulum3 import parser
        except ImportError as error:
            raise Missing("is not installed (pip install '.[benchmarks]')") from error
        self._parse: Any = parser.parse
        self._names: dict[str, str] = data()["reads"]["quantulum3"]
        self.languages: Sequence[str] = tuple(self._names)
        self.failed = 0

    def read(self, text: str, language: str) -> list[Any]:
        """See ``Tool.read``."""
        found = []
        for at, line in _lines(text):
            try:
                found += [(at, q) for q in self._parse(line, lang=self._names[language])]
            except Exception:  # whatever it raises, it is counted and the next line read
                self.failed += 1
        return found

    def figures(self, found: Sequence[Any], text: str, language: str) -> Iterator[Figure]:
        """See ``Tool.figures``; what it reads as "4 ± 1" is a range from 3 to 5."""
        for at, q in found:
            value, spread = float(q.value), q.uncertainty
            entity, name = q.unit.entity.name, q.unit.name
            kind, unit = MEASURE, sign(name)
            if name == "dimensionless":
                kind = NUMBER
            elif name == "percentage":
                kind = PERCENTAGE
            elif entity == "currency":
                kind = MONEY
            elif entity == "time":
                kind = DURATION
            yield Figure(
                at + q.span[0],
                at + q.span[1],
                value - spread if spread else value,
                kind,
                None,
                value + spread if spread else None,
                unit if kind in (MEASURE, DURATION) else None,
                q.unit.currency_code if kind == MONEY else None,
            )


_TIMEX = re.compile(r"P(?:(?P<d>[\d.]+)(?P<day>[YMWD])|T(?P<t>[\d.]+)(?P<time>[HMS]))$")
_PERIODS = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_TIMES = {"H": "hour", "M": "minute", "S": "second"}
DATE = "date"  # what is no figure, and covers the number in it
# Of two readings of one length the first of these is kept.
_ORDER = (PERCENTAGE, MONEY, MEASURE, DURATION, AGE, DATE, NUMBER)


def longest(found: Iterable[Figure]) -> list[Figure]:
    """One reading of each place: the longest, of two as long the one with the clearer class."""
    chosen: list[Figure] = []
    for figure in sorted(
        found, key=lambda f: (f.start - f.end, _ORDER.index(f.kind), f.start, f.value)
    ):
        if all(figure.end <= c.start or c.end <= figure.start for c in chosen):
            chosen.append(figure)
    return sorted((f for f in chosen if f.kind != DATE), key=lambda f: f.start)


class Recognizers:
    """Recognizers-Text: numbers, percentages, and its four kinds of units put together."""

    _PREFIX = "ms_"  # of the modules of its package
    _INSTALL = "pip install '.[benchmarks]'"

    def __init__(self) -> None:
        """Make its models. Raises ``Missing``."""
        self._names: dict[str, str] = data()["reads"]["recognizers"]
        self.languages: Sequence[str] = tuple(self._names)
        self.failed = 0
        try:
            numbers = import_module(f"{self._PREFIX}recognizers_number")
            units = import_module(f"{self._PREFIX}recognizers_number_with_unit")
            self._models = {
                code: self._made(numbers, units, culture) for code, culture in self._names.items()
            }
        except ImportError as error:
            raise Missing(f"cannot be used: {error} ({self._INSTALL})") from error

    def _made(self, numbers: Any, units: Any, culture: str) -> list[tuple[Any, bool]]:
        """The models of a culture, each with whether it reads line by line."""
        number = numbers.NumberRecognizer(culture)
        unit = units.NumberWithUnitRecognizer(culture)
        return [
            (number.get_number_model(), False),
            (number.get_percentage_model(), False),
            (unit.get_currency_model(), False),
            (unit.get_dimension_model(), False),
            (unit.get_temperature_model(), False),
            (unit.get_age_model(), False),
        ]

    def read(self, text: str, language: str) -> list[Any]:
        """See ``Tool.read``."""
        found = []
        for model, by_line in self._models[language]:
            for at, piece in _lines(text) if by_line else ((0, text),):
                try:
                    found += [(at, r) for r in model.parse(piece)]
                except Exception:  # whatever it raises, it is counted and the next piece read
                    self.failed += 1
        return found

    def figures(self, found: Sequence[Any], text: str, language: str) -> list[Figure]:
        """See ``Tool.figures``; of readings that overlap the longest stays."""
        read = (_recognised(at, r) for at, r in found)
        return longest(f for f in read if f is not None)


class RecognizersWithDates(Recognizers):
    """Recognizers-Text with its dates and ordinals, too: no figure is in a date, and durations."""

    def _made(self, numbers: Any, units: Any, culture: str) -> list[tuple[Any, bool]]:
        dates = import_module(f"{self._PREFIX}recognizers_date_time")
        return [
            *super()._made(numbers, units, culture),
            (numbers.NumberRecognizer(culture).get_ordinal_model(), False),
            (dates.DateTimeRecognizer(culture).get_datetime_model(), True),
        ]


class RecognizersOf2019(Recognizers):
    """The package of the original name. It has no Dutch and falls back to English by itself."""

    _PREFIX = ""
    _INSTALL = "see the README of the benchmarks"


def _decimal(text: str) -> float | None:
    """A number as Recognizers-Text resolves it: without groups, the comma that of a fraction."""
    try:
        value = float(text.strip().rstrip("%").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _recognised(at: int, result: Any) -> Figure | None:
    start, end = at + result.start, at + result.end + 1
    said, name = result.resolution or {}, result.type_name
    if name == "ordinal":
        return Figure(start, end, 0, DATE)
    if name.startswith("datetimeV2"):
        first = (said.get("values") or [{}])[0]
        if name != "datetimeV2.duration":
            return Figure(start, end, 0, DATE)
        match = _TIMEX.match(first.get("timex", ""))
        if match is None:
            return None
        long = match["day"] is not None
        unit = _PERIODS[match["day"]] if long else _TIMES[match["time"]]
        return Figure(start, end, float(match["d"] if long else match["t"]), DURATION, unit=unit)
    value = said.get("value")
    number = None if value is None else _decimal(str(value))
    if number is None:
        return None
    kind = {"percentage": PERCENTAGE, "currency": MONEY, "age": AGE, "number": NUMBER}
    chosen = kind.get(name, MEASURE)
    return Figure(
        start,
        end,
        number,
        chosen,
        unit=sign(said["unit"]) if chosen == MEASURE else None,
        currency=_currency(said) if chosen == MONEY else None,
    )


def _currency(said: dict[str, Any]) -> str | None:
    """The code of a currency: its own, or that of the names it has no code for."""
    code: str | None = said.get("isoCurrency") or data()["currencies"].get(said["unit"].lower())
    return code


CLASSES = (NUMBER, PERCENTAGE, MONEY, MEASURE, AGE, DURATION)
SELARAS, ALONE = "Selaras", "Selaras statistics alone"
TOOLS: dict[str, Callable[[], Tool]] = {
    SELARAS: Extraction,
    ALONE: Statistics,
    "text2num": Text2Num,
    "quantulum3": Quantulum,
    "Recognizers-Text": Recognizers,
    "Recognizers-Text with dates": RecognizersWithDates,
    "Recognizers-Text of 2019": RecognizersOf2019,
}


def _version(name: str) -> str | None:
    try:
        return version(PACKAGES[name]) if name in PACKAGES else None
    except PackageNotFoundError:
        return None


def answer(tool: Tool, language: str, texts: Sequence[str]) -> dict[str, Any]:
    """Seconds, figures and failures of ``tool`` on ``texts``; what it finds is changed untimed."""
    before = getattr(tool, "failed", 0)
    gc.collect()
    # The processor's time: what it does for others meanwhile does not count.
    begin = time.process_time()
    found = [tool.read(text, language) for text in texts]
    seconds = time.process_time() - begin
    return {
        "seconds": seconds,
        "figures": [
            [asdict(f) for f in tool.figures(rows, text, language)]
            for rows, text in zip(found, texts, strict=True)
        ],
        "failed": getattr(tool, "failed", 0) - before,
    }


def main() -> int:
    """Answer requests until there are no more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figure_tools")
    parser.add_argument("name", choices=TOOLS)
    name = parser.parse_args().name
    # Whatever a library prints goes elsewhere: the answers have the standard output for themselves.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    warnings.simplefilter("ignore")

    def say(what: dict[str, Any]) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    try:
        tool = TOOLS[name]()
    except Missing as error:
        say({"missing": str(error)})
        return 0
    say({"missing": None, "version": _version(name), "languages": list(tool.languages)})
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        for line in sys.stdin:
            asked = json.loads(line)
            say(answer(tool, asked["language"], asked["texts"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
