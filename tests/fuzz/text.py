"""Fuzz what is read out of a text: any article, of the words and signs that our rules look for."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from pipeline import articles, extraction
    from pipeline.configuration import Configuration
    from pipeline.normalise.lexicon import match_spans
    from pipeline.read import Document, Sidecar
    from pipeline.recognise import Name, engines
    from pipeline.run import tasks

# Pieces that rules look for, in both languages, with signs that break them.
PIECES = [
    "1,200",
    "1.200",
    "38.13%",
    "38,13",
    "557/1,461",
    "21-NQ/TW",
    "168/2024/NĐ-CP",
    "1.234.567,89",
    "½",
    "3½",
    "2",
    "1/2",
    "-5",
    "+7",
    "±",
    "10-15",
    "10–15",
    "12/05/2024",
    "2024",
    "tahun",
    "2023-2025",
    "No.",
    "Số",
    "nr.",
    "ke-20",
    "XIII",
    "20e",
    "30%",
    "m²",
    "km²",
    "VND",
    "đồng",
    "dong",
    "USD",
    "bilion",
    "trilion",
    "juta",
    "ribu",
    "ratus",
    "dua",
    "tiga",
    "puluh",
    "setengah",
    "suku",
    "perseratus",
    "peratus",
    "kira-kira",
    "hampir",
    "lebih",
    "daripada",
    "sekurang-kurangnya",
    "meningkat",
    "menurun",
    "kali",
    "ganda",
    "orang",
    "ahli",
    "parti",
    "hektar",
    "miljard",
    "miljoen",
    "duizend",
    "honderd",
    "twee",
    "drieëntwintig",
    "anderhalf",
    "half",
    "procent",
    "ongeveer",
    "bijna",
    "meer",
    "dan",
    "minstens",
    "gestegen",
    "gedaald",
    "keer",
    "mensen",
    "leden",
    "hectare",
    "Resolusi",
    "Keputusan",
    "Dekri",
    "Arahan",
    "Pekeliling",
    "Resolutie",
    "Besluit",
    "Decreet",
    "Richtlijn",
    "Jawatankuasa",
    "Rakyat",
    "Parti",
    "Jabatan",
    "Kesihatan",
    "Wilayah",
    "Daerah",
    "Komune",
    "Volkscomité",
    "Partijcomité",
    "afdeling",
    "Volksgezondheid",
    "provincie",
    "district",
    "gemeente",
    "Ha",
    "Giang",
    "Hà",
    "Nội",
    "Ho",
    "Chi",
    "Minh",
    "City",
    "Tuyen",
    "Quang",
    "(",
    ")",
    "[",
    "]",
    '"',
    "“",
    "”",
    "'",
    ",",
    ".",
    ";",
    ":",
    "!",
    "?",
    "/",
    "\\",
    "-",
    "–",
    "—",
    "…",
    "•",
    "*",
    "|",
    "_",
    "%",
    "‰",
    "€",
    "$",
    "₫",
    "\xad",
    "\u200b",
    "\u2060",
    "\ufeff",
    "́",
    "̣",
    "\u200d",
    "😀",
    "\ud7ff",
    "\ue000",
    "Đ",
    "đ",
    "Ư",
    "ư",
    "ﬁ",
    "İ",
    "ı",
    "ß",
    "ǆ",
    "٣",
    "೩",
    "一",
    "二",
    "①",
    "Ⅷ",
    "²",
    "₂",
    "％",
    "．",
    "，",
    "／",
    "－",
    "＋",
    "and",
    "dan",
    "en",
    "atau",
    "of",
    "tot",
    "hingga",
    "sampai",
]
SEPARATORS = (" ", " ", " ", "", "\n", "\n\n", "\t", ", ", ". ")


class _Lexicon:
    """Names by the lexicon alone: the model is not what is fuzzed here, and slow."""

    source = "lexicon"

    def __init__(self, language: str) -> None:
        self._language = language

    def recognise(self, text: str) -> list[Name]:
        return [
            Name(start, end, 0.9, "lexicon") for start, end, _ in match_spans(text, self._language)
        ]


def article_of(data: bytes) -> str:
    """A text of pieces and of characters as they come."""
    given = atheris.FuzzedDataProvider(data)
    pieces = []
    while given.remaining_bytes() > 1 and len(pieces) < 400:
        kind = given.ConsumeIntInRange(0, 9)
        if kind < 7:
            pieces.append(PIECES[given.ConsumeIntInRange(0, len(PIECES) - 1)])
        elif kind == 7:
            pieces.append(given.ConsumeUnicodeNoSurrogates(6))
        elif kind == 8:
            pieces.append(str(given.ConsumeInt(6)))
        else:
            pieces.append(given.ConsumeUnicodeNoSurrogates(1) * given.ConsumeIntInRange(1, 40))
        pieces.append(SEPARATORS[given.ConsumeIntInRange(0, len(SEPARATORS) - 1)])
    return "".join(pieces)


CHOICES = {code: Configuration(language=code) for code in extraction.languages_with_model()}


def check(text: str, language: str | None) -> int:
    """Read ``text``; gives how many mentions it has."""
    choices = CHOICES[language] if language else Configuration()
    article = articles.from_document(Document(text, title=text[:40]), "-", choices, Sidecar())
    found = articles.extract(article, choices)
    rows = articles.mention_rows(article, found)
    for row in rows:
        assert 0 <= row["start"] < row["end"] <= len(text)
        assert text[row["start"] : row["end"]] == row["text"]
        begin = row["sentence_start"]
        assert text[begin : begin + len(row["sentence"])] == row["sentence"]
        assert begin <= row["start"]
        assert row["end"] <= begin + len(row["sentence"])
        assert 0 <= row["score"] <= 1
    tasks._stream(rows)
    return len(rows)


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say stop."""
    for place in [Path(a) for a in arguments[1:] if not a.startswith("-")][:1]:
        if not place.is_file():
            place.mkdir(parents=True, exist_ok=True)
    engines.recogniser = lambda setting, language: _Lexicon(language)  # type: ignore[assignment]
    languages = [None, *CHOICES]

    def one(data: bytes) -> None:
        if data:
            check(article_of(data[1:]), languages[data[0] % len(languages)])

    # Inputs of any length from the start: an article of eight bytes says little.
    atheris.Setup([arguments[0], "-len_control=0", "-max_len=1500", *arguments[1:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
