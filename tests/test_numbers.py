"""Numbers read back: words of each language against writers of them, and digits.

    SELARAS_NUMBERS=all python -m pytest tests/test_numbers.py

reads back every whole number to a million.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import re
from collections.abc import Callable
from decimal import Decimal

import num2words  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.numbers import digits, lexicon, parse, scan

LARGEST = 10**15
# Groups of three digits that hold every kind of word and every joint of two: of the hundreds none,
# "honderd" alone, one that ends as an "en" would begin; of the rest each way that it is made.
TAILS = (0, 1, 2, 3, 8, 10, 11, 12, 14, 18, 20, 21, 22, 33, 48, 80, 81, 99)
GROUPS = [hundreds + tail for hundreds in (0, 100, 200, 800) for tail in TAILS]
MILLION = os.environ.get("SELARAS_NUMBERS") == "all"

# Malay, after Tatabahasa Dewan: "seribu dua ratus", "dua puluh lima".
MALAY = ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "lapan", "sembilan"]
MALAY_SCALES = [(10**12, "trilion"), (10**9, "bilion"), (10**6, "juta"), (1000, "ribu")]
# Dutch, after the Technische Handleiding of the Taalunie, 6.9: one word to a thousand and before
# "duizend", a trema where "en" follows an e, "een" in a compound before "en" only.
DUTCH = ["", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"]
DUTCH += ["elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien"]
DUTCH += ["negentien"]
DUTCH_TENS = ["", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig"]
DUTCH_TENS += ["negentig"]
DUTCH_SCALES = [(10**15, "biljard"), (10**12, "biljoen"), (10**9, "miljard"), (10**6, "miljoen")]


@functools.cache
def malay_group(n: int) -> str:
    """``n`` below a thousand in Malay words, nothing for 0."""
    hundreds, rest = divmod(n, 100)
    words = [] if not hundreds else ["seratus"] if hundreds == 1 else [MALAY[hundreds], "ratus"]
    tens, units = divmod(rest, 10)
    if rest in (10, 11):
        words.append({10: "sepuluh", 11: "sebelas"}[rest])
    elif tens == 1:
        words += [MALAY[units], "belas"]
    else:
        words += ([MALAY[tens], "puluh"] if tens else []) + ([MALAY[units]] if units else [])
    return " ".join(words)


def malay(n: int) -> str:
    """``n`` in Malay words."""
    words = []
    for size, word in MALAY_SCALES:
        if n >= size:
            count, n = divmod(n, size)
            words.append("se" + word if count == 1 and size <= 10**6 else f"{malay(count)} {word}")
    if n or not words:
        words.append(malay_group(n) or "sifar")
    return " ".join(words)


@functools.cache
def dutch_group(n: int) -> tuple[str, ...]:
    """The parts of the Dutch word for ``n`` below a thousand."""
    hundreds, rest = divmod(n, 100)
    parts = [] if not hundreds else ["honderd"] if hundreds == 1 else [DUTCH[hundreds], "honderd"]
    if rest < len(DUTCH):
        parts += [DUTCH[rest]] if rest else []
    else:
        tens, units = divmod(rest, 10)
        unit = "een" if units == 1 else DUTCH[units]
        joiner = "ën" if unit in ("twee", "drie") else "en"
        parts += ([unit, joiner] if units else []) + [DUTCH_TENS[tens]]
    return tuple(parts)


def dutch_parts(n: int) -> list[tuple[str, ...]]:
    """The Dutch words for ``n``, each in its parts."""
    words: list[tuple[str, ...]] = []
    for size, word in DUTCH_SCALES:
        if n >= size:
            count, n = divmod(n, size)
            words += [("een",) if count == 1 else tuple(itertools.chain(*dutch_parts(count)))]
            words += [(word,)]
    thousands, rest = divmod(n, 1000)
    parts: tuple[str, ...] = dutch_group(rest)
    if thousands:
        parts = (*(dutch_group(thousands) if thousands > 1 else ()), "duizend", *parts)
    if parts or not words:
        words.append(parts or ("nul",))
    return words


def dutch(n: int) -> str:
    """``n`` in Dutch words."""
    return " ".join(map("".join, dutch_parts(n)))


def indonesian(n: int) -> str:
    """``n`` in Malay words by num2words, whose Indonesian differs in a few of them."""
    words = f" {num2words.num2words(n, lang='id')} "
    for theirs, ours in [
        ("nol", "sifar"),
        ("delapan", "lapan"),
        ("miliar", "bilion"),
        ("triliun", "trilion"),
    ]:
        words = words.replace(f" {theirs} ", f" {ours} ")
    for scale in ("juta", "ribu"):
        words = re.sub(f"(^|ilion|juta) satu {scale}", rf"\1 se{scale}", words)
    return words.strip()


WRITERS = {"ms": malay, "nl": dutch}
OTHERS: dict[str, Callable[[int], str]] = {
    "ms": indonesian,
    "nl": lambda n: str(num2words.num2words(n, lang="nl")),
}


def some(count: int, seed: int) -> list[int]:
    """Whole numbers to 10^15, as many of each length, many of them round."""
    chance = random.Random(seed)
    numbers = [chance.randrange(10 ** chance.randint(1, 15)) for _ in range(count // 2)]
    for _ in range(count - len(numbers)):
        groups = [chance.choice((0, 0, 1, 10, 100, chance.randrange(1000))) for _ in range(5)]
        numbers.append(int("".join(f"{g:03}" for g in groups)))
    return [*numbers, LARGEST]


def read(text: str, language: str) -> Decimal | None:
    number = parse(text, language)
    return None if number is None else number.value


def misread(language: str, written: dict[str, int]) -> list[tuple[str, int, Decimal | None]]:
    """What of ``written`` has another value, or is no number."""
    readings = ((words, n, read(words, language)) for words, n in written.items())
    return [reading for reading in readings if reading[2] != reading[1]]


@pytest.mark.parametrize("language", WRITERS)
def test_the_writers_write_as_another_does(language: str) -> None:
    ours, theirs = WRITERS[language], OTHERS[language]
    for n in (*range(1200), *some(1200, seed=1)[:-1], *(10**k for k in range(15))):
        assert ours(n) == theirs(n)


@pytest.mark.parametrize("tens", range(10))
@pytest.mark.parametrize("language", WRITERS)
def test_whole_numbers_to_a_million(language: str, tens: int) -> None:
    """Every group of three digits before and behind "thousand", with one of every kind on the
    other side; with ``SELARAS_NUMBERS=all`` every number."""
    write = WRITERS[language]
    every = range(1000) if MILLION else GROUPS
    pairs = {(a, b) for a in range(100 * tens, 100 * tens + 100) for b in every}
    pairs |= {(b, a) for a, b in pairs}
    assert misread(language, {write(1000 * a + b): 1000 * a + b for a, b in pairs}) == []
    assert misread(language, {write(10**6): 10**6}) == []


@pytest.mark.parametrize("language", WRITERS)
def test_whole_numbers_to_ten_to_the_fifteenth(language: str) -> None:
    write = WRITERS[language]
    written = {write(n): n for n in some(6000, seed=2)}
    assert len(written) > 4000
    assert misread(language, written) == []


def spellings(n: int) -> dict[str, str]:
    """Ways to write ``n`` in Dutch that a translator may take, by what is done."""
    parts = dutch_parts(n)
    word = dutch(n)
    ways = {
        "no trema": word.replace("ë", "e"),
        "no accent": word.replace("é", "e"),
        "ASCII": word.replace("ë", "e").replace("é", "e"),
        "letters and their marks apart": word.replace("ë", "e\u0308").replace("é", "e\u0301"),
        "hyphens": " ".join("-".join(p) for p in parts),
        "hyphens around en": word.replace("ën", "-en-").replace("enen", "en-en-"),
        "spaces": " ".join(" ".join(p) for p in parts).replace("ë", "e"),
        "spaces and trema": " ".join(" ".join(p) for p in parts),
        "a space after duizend": word.replace("duizend", "duizend ").strip(),
        "one word": "".join(itertools.chain(*parts)),
        "capitals": word.upper(),
        "a capital": word.capitalize(),
    }
    rest = n % 100
    if n % 1000 > 100 and 0 < rest < 20:
        head = dutch(n - rest)
        ways["en after honderd"] = f"{head}en{DUTCH[rest]}"
        ways["en after honderd, apart"] = f"{head} en {DUTCH[rest]}"
    return {how: words for how, words in ways.items() if words not in ("een", "EEN", "Een")}


@pytest.mark.parametrize("n", [*range(0, 1000, 499), "some"])
def test_dutch_spellings(n: int | str) -> None:
    numbers = some(1500, seed=3) if n == "some" else range(int(n), int(n) + 499)
    for number in numbers:
        for how, words in spellings(number).items():
            assert read(words, "nl") == number, (how, words)


def test_dutch_hundreds_instead_of_thousands() -> None:
    for hundreds in range(11, 100):
        if hundreds % 10:
            word = "".join(dutch_group(hundreds)) + "honderd"
            for rest in (0, 1, 12, 20, 53, 85):
                below = "".join(dutch_group(rest))
                assert read(word + below, "nl") == 100 * hundreds + rest
                assert read(f"{word} {below}", "nl") == 100 * hundreds + rest


def test_malay_spellings() -> None:
    for n in (*range(2000), *some(3000, seed=4)):
        word = malay(n)
        ways = {
            word.replace("lapan", "delapan"),
            f" {word} ".replace(" se", " satu ").replace("satu mbilan", "sembilan").strip(),
            word.replace(" puluh", "puluh").replace(" ratus", "ratus"),
            word.replace(" puluh", "-puluh").replace(" belas", "-belas"),
            word.replace(" ", "-"),
            word.replace(" ", "\u00a0"),
            word.replace(" ", "  "),
            word.replace("bilion", "billion").replace("trilion", "trillion"),
            word.replace("bilion", "miliar").replace("trilion", "triliun"),
            word.title(),
        }
        for written in ways:
            assert read(written, "ms") == n, written


@pytest.mark.parametrize("language", WRITERS)
@given(st.integers(min_value=2, max_value=10**12), st.sampled_from(["upper", "title", "spaced"]))
def test_case_and_white_space_do_not_matter(language: str, n: int, how: str) -> None:
    words = WRITERS[language](n)
    changed = {"upper": words.upper(), "title": words.title(), "spaced": f" {words}\n"}[how]
    assert read(changed, language) == n


@pytest.mark.parametrize("language", WRITERS)
@given(st.integers(min_value=0, max_value=10**15))
def test_digits_grouped_the_way_of_the_language(language: str, n: int) -> None:
    grouped = f"{n:,}".replace(",", lexicon(language).group)
    assert read(grouped, language) == n
    assert read(str(n), language) == n


@pytest.mark.parametrize("language", WRITERS)
@given(
    st.integers(min_value=0, max_value=999_999),
    st.integers(min_value=1, max_value=99),
    st.sampled_from([None, 1000, 10**6, 10**9]),
)
def test_fractions_and_scale_words(language: str, whole: int, part: int, scale: int | None) -> None:
    lex = lexicon(language)
    text = f"{whole}{lex.decimal}{part:02}"
    value = Decimal(f"{whole}.{part:02}")
    if scale is not None:
        word = next(w for w, v in lex.scales.items() if v == scale)
        text, value = f"{text} {word}", value * scale
    assert read(text, language) == value


@pytest.mark.parametrize("language", languages.available())
def test_examples(language: str) -> None:
    data = languages.examples(language, "numbers")
    for example in data["positive"]:
        number = parse(example["text"], language)
        assert number is not None, example["text"]
        assert float(number.value) == example["value"], example["text"]
        of = example.get("of")
        assert (None if number.of is None else float(number.of)) == of, example["text"]
    for example in data["negative"]:
        assert parse(example["text"], language) is None, example["text"]


def test_one_sign_before_three_digits_has_two_readings() -> None:
    read = digits("8.000")
    assert read is not None
    assert read.ambiguous
    assert (read.grouped, read.decimal) == (Decimal(8000), Decimal("8.000"))


@pytest.mark.parametrize(
    ("surface", "value"),
    [("0.125", "0.125"), ("1234.567", "1234.567"), ("38.13", "38.13"), ("1,2345", "1.2345")],
)
def test_digits_that_can_only_be_a_fraction(surface: str, value: str) -> None:
    read = digits(surface)
    assert read is not None
    assert (read.grouped, read.decimal) == (None, Decimal(value))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(languages.UnknownLanguage):
        parse("12", "xx")


def test_scan_gives_offsets() -> None:
    text = "Tiga ratus rumah dan 1.2 juta orang,\ndua pertiga siap."
    found = scan(text, "ms")
    assert [(n.surface, n.value, n.of) for n in found] == [
        ("Tiga ratus", Decimal(300), None),
        ("1.2 juta", Decimal(1_200_000), None),
        ("dua pertiga", Decimal(2), Decimal(3)),
    ]
    assert all(text[n.start : n.end] == n.surface for n in found)


@pytest.mark.parametrize("language", WRITERS)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_raises(language: str, text: str) -> None:
    parse(text, language)
    found = scan(text, language)
    assert all(text[n.start : n.end] == n.surface for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


SURROUNDINGS = {
    "ms": (
        [
            "",
            "Kira-kira ",
            "Menurut laporan, ",
            "(",
            "\u201c",
            "di Ha Giang ",
            "\n",
            "hampir\u00a0",
        ],
        [
            "",
            " orang",
            ".",
            ", dan lain-lain",
            ")",
            "\n",
            " daripada penduduk",
            "\u201d",
            "; rumah",
        ],
    ),
    "nl": (
        [
            "",
            "Ongeveer ",
            "Volgens het rapport ",
            "(",
            "\u201c",
            "in Ha Giang ",
            "\n",
            "bijna\u00a0",
        ],
        ["", " mensen", ".", ", en zo meer", ")", "\n", " van de inwoners", "\u201d", " en huizen"],
    ),
}


@pytest.mark.parametrize("language", WRITERS)
@given(
    st.integers(min_value=0, max_value=LARGEST),
    st.sampled_from(["words", "grouped", "plain"]),
    st.data(),
)
def test_whatever_surrounds_it_a_number_reads_the_same(
    language: str, n: int, how: str, data: st.DataObject
) -> None:
    words = {
        "words": WRITERS[language](n),
        "grouped": f"{n:,}".replace(",", lexicon(language).group),
        "plain": str(n),
    }[how]
    before, after = (data.draw(st.sampled_from(side)) for side in SURROUNDINGS[language])
    (found,) = scan(before + words + after, language)
    assert (found.value, found.surface, found.start) == (n, words, len(before))


@pytest.mark.parametrize("language", languages.available())
def test_numbers_in_their_sentence(language: str) -> None:
    for example in languages.examples(language, "numbers")["sentence"]:
        found = scan(example["text"], language)
        assert [float(n.value) for n in found] == example["values"], example["text"]
        assert all(example["text"][n.start : n.end] == n.surface for n in found)


WORDS = st.sampled_from(
    [
        *("dua", "puluh", "belas", "ratus", "ribu", "juta", "setengah", "pertiga", "perpuluhan"),
        *("twee", "en", "half", "honderd", "duizend", "miljoen", "derde", "komma", "anderhalf"),
        *("1.200", "3,5", "12", "-", "suku", "satu", "een", "één", "nul", "tweeënhalf", "mln."),
        *(
            "½",
            "/",
            "1",
            "2",
            "dan",
            "kedua",
            "per",
            "kwart",
            "deel",
            "van",
            "tussen",
            "acht",
            "in",
        ),
        *("kosong", "duizendste", "honderdtwee", "tweeën", "jt", ".", "daripada", "sejam", "hari"),
    ]
)


@pytest.mark.parametrize("language", WRITERS)
@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_order_of_number_words_is_read_without_error(language: str, text: str) -> None:
    parse(text, language)
    found = scan(text, language)
    assert all(text[n.start : n.end] == n.surface and n.value >= 0 for n in found)
