"""Articles by the thousand, made from the stories of ``corpus/`` by seeded variation.

    python -m benchmarks.variation FOLDER --articles 1000 [--seed 1] [--mixed]

Each new story is a story of our gold (``train`` and ``dev``, without tags) or of the sample
articles, about other places and persons and with other figures, documents and days. Both
translations change alike: a figure, whatever its separators, becomes the same other figure in
both, so that they are still one story to the merge. A story keeps a part of its paragraphs, in its
order or in another, and borrows some of a second story, to about 400 words.

The same seed gives the same bytes, and an article does not depend on how many are made.
"""

from __future__ import annotations

import argparse
import html
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple

from pipeline import gold
from pipeline.languages import cldr
from pipeline.normalise import places

ROOT = Path(__file__).resolve().parent.parent
SEED = 8
_FOLDER = 1000  # stories of a folder
_WORDS = (230, 550)  # of a story; an article has about 400 in the mean
_CITED_AGAIN = 0.4  # of stories, whose documents and days stay: much cited ones are in many
_SHARES = {"duplicate": 0.03, "empty": 0.01, "page": 0.1, "other language": 0.05}

# The first is a person too, the second stands for the State.
_STAY = frozenset({"Ho Chi Minh City", "Hanoi"})


class _Number(NamedTuple):
    """A number in digits: its digits as one whole number, how many stand behind the point."""

    digits: int
    decimals: int
    group: str  # the sign between thousands, if any
    point: str


class _Slot(NamedTuple):
    """What changes in a line: ``line[start:end]``; of ``number`` only some kinds."""

    start: int
    end: int
    kind: str
    key: str
    number: _Number | None = None


class Line(NamedTuple):
    """A line (a paragraph) of an article and what changes in it."""

    text: str
    slots: tuple[_Slot, ...]
    words: int


@dataclass
class Base:
    """A story as it is varied: lines of each language side by side, and what they have in all."""

    lines: dict[str, list[Line]]
    days: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    ratios: set[tuple[int, int]] = field(default_factory=set)
    tied: dict[_Number, tuple[int, int]] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)

    @property
    def body(self) -> range:
        """The lines between the title and the source."""
        lines = next(iter(self.lines.values()))
        ends = (i for i, line in enumerate(lines) if any(s.kind == "address" for s in line.slots))
        return range(1, next(ends, len(lines)))

    def words(self, i: int) -> float:
        """Words of line ``i``, in the mean of the languages."""
        return sum(lines[i].words for lines in self.lines.values()) / len(self.lines)


# --- what changes in a text -----------------------------------------------------------------

_DIGITS = re.compile(
    r"(?<!\w)(?<![^\W\d_][-.,])(?<!\d:)\d++(?:[.,]\d++)*+(?!:\d)"
    r"(?:(?!\w)|(?=(?:[ckm]?m[23²³]?|ha|kg|[kMG]Wh?)(?!\w)))"
)
_ADDRESS = re.compile(r"https?://\S+")
_DOCUMENT = re.compile(r"(?:\s?[-–/]\s?\d{4})?\s?[-–/]\s?[A-ZĐ]{2}")
_RATIO = re.compile(r"\s?/\s?$")
_CLOCK = re.compile(r"(?<!\w)(?:pukul|jam|kl\.?)\s$")  # before a time of day
_OCLOCK = re.compile(r"\s?(?:uur|u\b)")  # behind it
_NAME = "[A-Z\u0110][a-z\u00e0-\u1ef9]+"
_WORD_BEFORE = re.compile(rf"({_NAME}) $")
_WORD_BEHIND = re.compile(rf" ({_NAME})")


def _number(digits: str) -> _Number | None:
    """The number that ``digits`` write; ``None`` for what is none, such as ``06`` or ``1.2.3``."""
    parts, signs = re.split("[.,]", digits), re.findall("[.,]", digits)
    if len(parts[0]) > 1 and parts[0][0] == "0":
        return None
    whole, point = parts, ""
    grouped = all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3 and parts[0] != "0"
    if signs and not (grouped and len(set(signs)) == 1):
        whole, point = parts[:-1], signs[-1]
    group = signs[0] if len(whole) > 1 else ""
    if point == group != "" or any(len(p) != 3 for p in whole[1:]):
        return None
    return _Number(int("".join(parts)), len(parts[-1]) if point else 0, group, point)


@cache
def _place_names() -> tuple[dict[str, tuple[str, ...]], dict[str, str], re.Pattern[str]]:
    """Names by level, the level of each name, and what finds them, with diacritics or without."""
    known = [
        p
        for p in places.gazetteer().by_id.values()
        if p.level != "commune" and p.name not in _STAY and " " in p.name and p.name[-1].isalpha()
    ]
    level = {p.name: p.level for p in sorted(known, key=lambda p: p.level)}
    by_level = {
        which: tuple(sorted(name for name, found in level.items() if found == which))
        for which in ("province", "district")
    }
    spelled = set(level)
    for place in known:
        own = " ".join(place.name_vi.split()[-len(place.name.split()) :])
        if places.fold(own) == places.fold(place.name):
            spelled.add(own)
    pattern = "|".join(map(re.escape, sorted(spelled, key=lambda n: (-len(n), n))))
    return by_level, {places.fold(n): n for n in level}, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


@cache
def _person_names() -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str]]:
    """Surnames, syllables for the rest of a name, and what may be a person's name."""
    known = places.gazetteer()
    surnames = tuple(sorted(name.capitalize() for name in known.surnames))
    rest = {w for p in known.by_id.values() for w in p.name.split() if _is_syllable(w)}
    pattern = rf"(?<!\w)(?:{'|'.join(surnames)})(?: {_NAME}){{1,3}}(?!\w)"
    return surnames, tuple(sorted(rest)), re.compile(pattern)


def _is_syllable(word: str) -> bool:
    return word.isalpha() and places.SYLLABLE.fullmatch(places.fold(word)) is not None


def _persons(line: str) -> Iterator[tuple[int, int]]:
    """Where full names of persons stand: a surname and one to three more syllables."""
    for match in _person_names()[2].finditer(line):
        name = match.group().split()
        while name and not _is_syllable(name[-1]):
            name.pop()
        while len(name) > 1:
            if any(places.candidates(" ".join(name[:n])) for n in range(2, len(name) + 1)):
                break  # a place that begins as a surname does
            yield match.start(), match.start() + len(" ".join(name))
            break


def _slots(line: str, language: str, given: frozenset[str]) -> tuple[_Slot, ...]:
    """What changes in ``line``, in order; ``given`` are the given names of the story's persons."""
    found: list[_Slot] = [_Slot(*m.span(), "address", m.group()) for m in _ADDRESS.finditer(line)]
    found += [_Slot(a, b, "person", line[a:b]) for a, b in _persons(line)]
    for match in _place_names()[2].finditer(line):
        found.append(_Slot(*match.span(), "place", places.fold(match.group())))
    if given:
        lone = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(given))})(?!\w)")
        for match in lone.finditer(line):
            beside = (
                _WORD_BEFORE.search(line, 0, match.start()),
                _WORD_BEHIND.match(line, match.end()),
            )
            if not any(b is not None and _is_syllable(b[1]) for b in beside):
                found.append(_Slot(*match.span(), "given", match.group()))
    found += _numbers(line, language)
    kept: list[_Slot] = []  # the first of those that share characters
    taken = bytearray(len(line))
    for slot in found:
        if not any(taken[slot.start : slot.end]):
            taken[slot.start : slot.end] = b"\1" * (slot.end - slot.start)
            kept.append(slot)
    return tuple(sorted(kept))


@cache
def _month(language: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(cldr.months(language), key=len, reverse=True)))
    return re.compile(rf"\s(?:{names})(?!\w)", re.IGNORECASE)


def _numbers(line: str, language: str) -> Iterator[_Slot]:
    """Numbers: ``day`` and ``year`` of a date, ``document``, ``ratio`` and the rest.

    What is ``fixed`` stays as it is, and is not given.
    """
    matches = list(_DIGITS.finditer(line))
    kinds: dict[int, str] = {}
    for i, match in enumerate(matches):
        number = _number(match.group())
        if i in kinds or number is None:
            continue
        start, end = match.span()
        plain = match.group().isdigit()
        near = matches[i : i + 3]
        joined = [line[a.end() : b.start()] for a, b in pairwise(near)]
        if plain and 1900 <= number.digits <= 2100:
            kinds[i] = "year"
        elif plain and _DOCUMENT.match(line, end):
            kinds[i] = "document"
        elif plain and number.digits <= 31 and _month(language).match(line, end):
            kinds[i] = "day"
        elif plain and number.digits <= 31 and joined in (["/", "/"], ["-", "-"]):
            kinds |= {i: "day", i + 1: "fixed", i + 2: "year"}
        elif joined and _RATIO.fullmatch(joined[0]) and number.decimals == 0:
            below = _number(near[1].group())
            if below and below.decimals == 0 and number.digits <= below.digits:
                # 3/10 may be a day or a share: it stays.
                small = below.digits <= 12
                kinds |= {i: "fixed", i + 1: "fixed"} if small else {i: "ratio", i + 1: "of"}
        elif number.decimals == 2 and (_CLOCK.search(line[:start]) or _OCLOCK.match(line, end)):
            kinds[i] = "fixed"  # a time of day stays too
        kinds.setdefault(i, "number")
    for i, kind in kinds.items():
        number = _number(matches[i].group())
        if kind != "fixed" and number is not None:
            yield _Slot(*matches[i].span(), kind, "", number)


def analysed(texts: Mapping[str, str]) -> Base:
    """The translations of one story, by language, with what can be changed in them."""
    given: set[str] = set()
    for text in texts.values():
        for shown in text.split("\n"):
            given |= {shown[a:b].split()[-1] for a, b in _persons(shown)}
    made = Base({})
    percentages: set[_Number] = set()
    for language, text in texts.items():
        lines = [
            Line(shown, _slots(shown, language, frozenset(given)), len(shown.split()))
            for shown in text.rstrip("\n").split("\n")
        ]
        made.lines[language] = lines
        for line in lines:
            for slot, after in zip_longest(line.slots, line.slots[1:]):
                if slot.kind == "place":
                    made.places.add(slot.key)
                elif slot.kind == "person":
                    made.persons.add(slot.key)
                elif slot.number is not None:
                    number = slot.number
                    if slot.kind == "day":
                        made.days.add(number.digits)
                    elif slot.kind == "document":
                        made.documents.add(number.digits)
                    elif slot.kind == "ratio" and after and after.number:
                        made.ratios.add((number.digits, after.number.digits))
                    elif line.text[slot.end : slot.end + 1] == "%":
                        percentages.add(number)
    for number in percentages:
        for part, whole in sorted(made.ratios):
            # Articles round a last digit up or down as they like.
            if abs(100 * part / whole * 10**number.decimals - number.digits) <= 1:
                made.tied.setdefault(_bare(number), (part, whole))
    return made


def _bare(number: _Number) -> _Number:
    return number._replace(group="", point="")


@cache
def bases() -> tuple[Base, ...]:
    """The stories that are varied: those with as many lines in each of their languages."""
    found: dict[str, dict[str, str]] = {}
    for part in ("train", "dev"):
        for article in gold.read(ROOT / "corpus" / "gold" / part):
            found.setdefault(article.story, {})[article.language] = article.text
    for path in sorted((ROOT / "corpus" / "articles").glob("*.txt")):
        story, language, _ = path.name.rsplit(".", 2)
        found.setdefault(f"articles/{story}", {})[language] = path.read_text(encoding="utf-8")
    both = [dict(sorted(texts.items())) for _, texts in sorted(found.items())]
    return tuple(
        analysed(texts)
        for texts in both
        if len(texts) > 1 and len({t.rstrip("\n").count("\n") for t in texts.values()}) == 1
    )


# --- a story about other things -------------------------------------------------------------


class Change:
    """What becomes of the figures and names of one story, alike in all its languages."""

    def __init__(self, base: Base, rng: random.Random, number: int) -> None:
        self._tied = base.tied
        self._address = f"-{number:x}"
        self._scale = rng.uniform(0.35, 0.98)
        self._exact: dict[int, int] = {}
        self._years = 0
        if rng.random() < _CITED_AGAIN:
            self._exact |= {n: n for n in sorted(base.documents | base.days)}
        else:
            self._years = rng.randint(-4, 1)
            days = [n for n in base.days if n]
            least, most = 1 - min(days, default=1), 28 - max(days, default=28)
            shift = rng.randint(least, most) if least <= most else 0
            self._exact |= {n: n + shift for n in days}
            for n in sorted(base.documents):
                self._exact.setdefault(n, int(rng.paretovariate(0.6)) % 5000 + 1)
        self._ratios: dict[tuple[int, int], tuple[int, int]] = {}
        for part, whole in sorted(base.ratios):
            # Parts of one whole stay parts of one whole.
            of = self._figure(whole)
            share = of if part == whole else min(of, max(1, round(part * of / whole)))
            self._ratios[part, whole] = share, of
        for (part, whole), (new_part, new_whole) in self._ratios.items():
            self._exact.setdefault(part, new_part)
            self._exact.setdefault(whole, new_whole)
        by_level, names, _ = _place_names()
        level = {name: which for which, found in by_level.items() for name in found}
        self._places = {key: rng.choice(by_level[level[names[key]]]) for key in sorted(base.places)}
        surnames, rest, _ = _person_names()
        self._persons: dict[str, str] = {}
        self._given: dict[str, str] = {}
        for name in sorted(base.persons):
            words = name.split()
            new = [rng.choice(surnames), *rng.choices(rest, k=len(words) - 1)]
            new[-1] = self._given.setdefault(words[-1], new[-1])
            self._persons[name] = " ".join(new)

    def _figure(self, digits: int) -> int:
        """Another whole number with as many noughts at its end; 1, 10, 100 … stay."""
        mantissa, noughts = digits, 1
        while mantissa and mantissa % 10 == 0:
            mantissa, noughts = mantissa // 10, noughts * 10
        if mantissa < 2:
            return digits
        return max(1, round(mantissa * self._scale)) * noughts

    def _new(self, slot: _Slot, beside: tuple[int, int] | None) -> str:
        if slot.kind == "address":
            stem, dot, ending = slot.key.rpartition(".")
            if dot and ending.isalpha() and "/" in stem.removeprefix("https://"):
                return f"{stem}{self._address}.{ending}"
            return slot.key.rstrip("/") + self._address
        if slot.kind == "place":
            return self._places[slot.key]
        if slot.kind == "person":
            return self._persons[slot.key]
        if slot.kind == "given":
            return self._given.get(slot.key, slot.key)
        assert slot.number is not None
        digits, decimals = slot.number.digits, slot.number.decimals
        if slot.kind == "year":
            return str(digits + self._years)
        if beside is not None:
            digits = self._ratios[beside][slot.kind == "of"]
        elif _bare(slot.number) in self._tied:
            part, whole = self._ratios[self._tied[_bare(slot.number)]]
            digits = round(100 * part / whole * 10**decimals)
        elif decimals == 0 and digits in self._exact:
            digits = self._exact[digits]
        else:
            digits = self._figure(digits)
        shown = str(digits).rjust(decimals + 1, "0")
        whole_part, behind = (shown[:-decimals], shown[-decimals:]) if decimals else (shown, "")
        if slot.number.group:
            whole_part = f"{int(whole_part):,}".replace(",", slot.number.group)
        return whole_part + slot.number.point + behind

    def line(self, line: Line) -> str:
        """``line`` about other things."""
        pieces: list[str] = []
        position = 0
        before: _Slot | None = None
        for slot, after in zip_longest(line.slots, line.slots[1:]):
            beside = None
            if slot.kind == "ratio" and after and after.kind == "of":
                beside = _pair(slot, after)
            elif slot.kind == "of" and before and before.kind == "ratio":
                beside = _pair(before, slot)
            pieces += [line.text[position : slot.start], self._new(slot, beside)]
            position, before = slot.end, slot
        return "".join([*pieces, line.text[position:]])


def _pair(part: _Slot, whole: _Slot) -> tuple[int, int]:
    assert part.number is not None
    assert whole.number is not None
    return part.number.digits, whole.number.digits


def _chosen(base: Base, rng: random.Random, words: float) -> list[int]:
    """Lines of the body, of about ``words`` words together, in order or in another."""
    body = list(base.body)
    rng.shuffle(body)
    kept: list[int] = []
    for i in body:
        if words < base.words(i) / 2:
            break
        kept.append(i)
        words -= base.words(i)
    return kept if rng.random() < 0.25 else sorted(kept)


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted({language for base in bases() for language in base.lines}))


def story(number: int, seed: int = SEED) -> dict[str, str]:
    """The texts of story ``number`` by language: its translations, in the same paragraphs."""
    rng = random.Random(f"{seed} story {number}")
    base, other = rng.sample(bases(), 2)
    change = Change(base, rng, number)
    wanted = rng.uniform(*_WORDS)
    tail = range(base.body.stop, len(next(iter(base.lines.values()))))
    wanted -= base.words(0) + sum(base.words(i) for i in tail)
    own = _chosen(base, rng, wanted * rng.uniform(0.7, 1.0))
    borrowed = _chosen(other, rng, wanted - sum(base.words(i) for i in own))
    borrows = Change(other, rng, number)
    return {
        language: "\n".join(
            [
                change.line(lines[0]),
                *(change.line(lines[i]) for i in own),
                *(borrows.line(other.lines[language][i]) for i in borrowed),
                *(change.line(lines[i]) for i in tail),
                "",
            ]
        )
        for language, lines in base.lines.items()
        if language in other.lines
    }


def articles(count: int, seed: int = SEED, mixed: bool = False) -> Iterator[tuple[str, str]]:
    """``count`` articles as name and text, the translations of a story one after another.

    A name is a path with ``/`` (``000/story-000007.ms.txt``). ``mixed`` puts in the place of some
    what else a real folder has: the text of an earlier article again, an empty file, a saved page
    (``.html``) and articles in languages without a model.
    """
    languages = _languages()
    texts: dict[str, str] = {}
    for k in range(count):
        number, which = divmod(k, len(languages))
        if which == 0:
            texts = story(number, seed)
        name, text = _name(number, languages[which]), texts[languages[which]]
        kind, rng = _kind(k, seed) if mixed else ("", None)
        if rng is not None:
            name, text = _instead(kind, rng, k, seed, name, text)
        yield name, text


def _name(number: int, language: str) -> str:
    return f"{number // _FOLDER:03}/story-{number:06}.{language}.txt"


def _kind(k: int, seed: int) -> tuple[str, random.Random]:
    """What stands in the place of article ``k`` in a mixed folder, if anything."""
    rng = random.Random(f"{seed} mixed {k}")
    drawn = rng.random()
    for kind, share in _SHARES.items():
        drawn -= share
        if drawn < 0:
            return kind, rng
    return "", rng


def _instead(
    kind: str, rng: random.Random, k: int, seed: int, name: str, text: str
) -> tuple[str, str]:
    stem = name.removesuffix(".txt")
    if kind == "empty":
        return name, ""
    if kind == "page":
        return f"{stem}.html", page(text, stem.rsplit(".", 1)[1])
    if kind == "other language":
        code = rng.choice(sorted(_OTHERS))
        sentences = rng.choices(_OTHERS[code], k=rng.randint(10, 25))
        said = (s.format(rng.randint(2, 9000), rng.randint(2, 90)) for s in sentences)
        return f"{stem}.{code}.txt", "\n".join(said) + "\n"
    earlier = rng.randrange(k) if k else 0
    while earlier and _kind(earlier, seed)[0]:
        earlier -= 1
    if kind == "duplicate" and earlier < k:
        number, which = divmod(earlier, len(_languages()))
        return f"{stem}-again.txt", story(number, seed)[_languages()[which]]
    return name, text


def page(text: str, language: str) -> str:
    """``text`` as a saved page: its first line the title, a menu before and links behind it."""
    title, *body = (html.escape(line) for line in text.rstrip("\n").split("\n"))
    menu = "".join(f'<li><a href="/{i}">Menu {i}</a></li>' for i in range(1, 6))
    paragraphs = "\n".join(f"<p>{line}</p>" for line in body if line.strip())
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<script>var page = 1;</script>\n</head>\n<body>\n"
        f"<nav><ul>{menu}</ul></nav>\n<main><article>\n<h1>{title}</h1>\n{paragraphs}\n"
        "</article></main>\n<footer><p>2026</p></footer>\n</body>\n</html>\n"
    )


_OTHERS = {
    "en": (
        "The harbour authority counted {0} boats in the morning and {1} after the storm had gone.",
        "Nobody at the meeting could say why the bridge would take another {1} months to build.",
        "About {0} households will be connected to the new water pipe before the dry season.",
        "She opened the small library with {0} books, most of them given by her old pupils.",
        "The price of coffee fell by {1} percent, although the harvest was smaller than last year.",
        "Engineers have been asked to look at the dam again because the water rose too quickly.",
    ),
    "id": (
        "Pemerintah kota mengatakan bahwa {0} rumah akan mendapatkan air bersih karena pipa baru.",
        "Para petani berharap harga kopi bisa naik {1} persen ketika musim hujan selesai.",
        "Dia membuka perpustakaan kecil dengan {0} buku yang diberikan oleh mantan muridnya.",
        "Sekitar {0} mahasiswa sudah mendaftar untuk membersihkan pantai pada hari Minggu.",
        "Jembatan itu baru akan selesai {1} bulan lagi karena uangnya belum cukup.",
        "Kantor pos menyebutkan kiriman paket meningkat {1} kali lipat sejak bulan lalu.",
    ),
}


class Made(NamedTuple):
    """What was written: files, words between spaces, bytes."""

    articles: int
    words: int
    bytes: int


def write(folder: Path, made: Iterable[tuple[str, str]]) -> Made:
    """Write articles as UTF-8 files below ``folder``, which must be empty or new."""
    count = words = size = 0
    for name, text in made:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        path.write_bytes(data)
        count, words, size = count + 1, words + len(text.split()), size + len(data)
    return Made(count, words, size)


def measured(folder: Path) -> Made:
    """What ``write`` says of a folder that was made before."""
    count = words = size = 0
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            count, words, size = count + 1, words + len(data.decode().split()), size + len(data)
    return Made(count, words, size)


def in_language(language: str, count: int, seed: int = SEED) -> list[tuple[str, str]]:
    """``count`` articles of one language, each of another story."""
    every = articles(count * len(_languages()), seed)
    return list(islice((a for a in every if f".{language}." in a[0]), count))


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, write the articles."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.variation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="new or empty")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--mixed", action="store_true", help="with what else a real folder has")
    options = parser.parse_args(arguments)
    if options.articles < 1:
        parser.error("--articles must be at least 1")
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} is not empty; name a new folder")
    begin = time.perf_counter()
    made = write(options.folder, articles(options.articles, options.seed, options.mixed))
    seconds = time.perf_counter() - begin
    print(
        f"{made.articles:,} articles, {made.words:,} words, {made.bytes:,} bytes, {seconds:.1f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
