"""The grammar of document numbers: every type, issuer and noise has its one true form."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.extract.references import references
from pipeline.normalise import lost_letters
from pipeline.normalise.references import (
    completed,
    fold,
    issuer_codes,
    number_at,
    renumbered,
    type_id,
)

LANGUAGES = languages.available()
DOCUMENTS = facts.data("documents")
TYPES = [t["code"] for t in DOCUMENTS["types"] if t.get("in_number", True)]
ISSUERS = {side: list(group) for side, group in DOCUMENTS["issuers"].items()}
# Party bodies and ministries with the same letters: the form of the number tells which.
BOTH = set(ISSUERS["party"]) & set(ISSUERS["state"])
EITHER = ISSUERS["either"]
LEGAL = ("NQ", "QĐ", "NĐ", "TT", "TTLT")


# Canonical numbers by family, each with its type.


def _party() -> Iterator[tuple[str, str]]:
    for number, (code, issuer) in enumerate(
        itertools.product(TYPES, (*ISSUERS["party"], *EITHER)), 1
    ):
        yield f"{number % 300 + 1:02}-{code}/{issuer}", code


def _state() -> Iterator[tuple[str, str]]:
    for number, (code, issuer) in enumerate(
        itertools.product(TYPES, (*ISSUERS["state"], *EITHER)), 1
    ):
        yield f"{number % 4000 + 1:02}/{code}-{issuer}", code


def _dated() -> Iterator[tuple[str, str]]:
    for number, (code, issuer) in enumerate(itertools.product(LEGAL, ISSUERS["state"])):
        yield f"{number % 300 + 1:02}/{2000 + number % 26}/{code}-{issuer}", code


def _assembly() -> Iterator[tuple[str, str]]:
    for term in range(10, 17):
        yield f"{term:02}/{1980 + term * 3}/QH{term}", ""
        yield f"{term + 1000}/{1980 + term * 3}/UBTVQH{term}", ""
        yield f"{term + 1000}/NQ-UBTVQH{term}", "NQ"


def _joint() -> Iterator[tuple[str, str]]:
    issuers = ["BYT", "BNV", "BCA", "VKSNDTC", "TANDTC", "BGDĐT"]
    for number, (first, second) in enumerate(itertools.permutations(issuers, 2), 1):
        yield f"{number:02}/2019/TTLT-{first}-{second}", "TTLT"
        yield f"{number:02}/TTLT-{first}-{second}", "TTLT"


FAMILIES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "party": _party,
    "state": _state,
    "with the year": _dated,
    "National Assembly": _assembly,
    "joint": _joint,
}


# Noise, each as translations, keyboards, scanners and narrow columns leave it.


def _plain(text: str) -> str:
    return text.replace("Đ", "D").replace("đ", "d").replace("Ư", "U")


def _digits_as_letters(text: str) -> str:
    head = "".join(itertools.takewhile(str.isdigit, text))
    letters = head.replace("0", "O").replace("1", "l")
    # All letters would be a word.
    return (letters if any(map(str.isdigit, letters)) else head) + text[len(head) :]


def _year_as_letters(text: str) -> str:
    return re.sub(r"(?<=/)20([0-9]{2})(?=/)", lambda m: "2O" + m[1].replace("1", "l"), text)


NOISE: dict[str, Callable[[str], str]] = {
    "none": lambda t: t,
    "diacritics": _plain,
    "another alphabet's Đ": lambda t: t.replace("Đ", "\u00d0"),
    "blanks": lambda t: t.replace("-", " - ").replace("/", " / "),
    "blank before": lambda t: t.replace("-", " -", 1),
    "blank after the slash": lambda t: t.replace("/", "/ "),
    "no-break blanks": lambda t: t.replace("-", "\u00a0-\u00a0"),
    "en dash": lambda t: t.replace("-", "\u2013"),
    "em dash": lambda t: t.replace("-", "\u2014"),
    "no-break hyphen": lambda t: t.replace("-", "\u2011"),
    "minus": lambda t: t.replace("-", "\u2212"),
    "soft hyphen": lambda t: t.replace("-", "-\u00ad"),
    "other slash": lambda t: t.replace("/", "\u2215"),
    "full width": lambda t: t.replace("/", "\uff0f").replace("-", "\uff0d"),
    "capitals": str.upper,
    "small letters": str.lower,
    "digits as letters": _digits_as_letters,
    "year's digits as letters": _year_as_letters,
    "line ends after the dash": lambda t: t.replace("-", "-\n", 1),
    "line ends after the slash": lambda t: t.replace("/", "/\n", 1),
    "line ends before the slash": lambda t: t.replace("/", "\n/", 1),
    "exchanged separators": lambda t: t.translate(str.maketrans("-/", "/-")),
    "slashes alone": lambda t: t.replace("-", "/"),
    "dashes alone": lambda t: t.replace("/", "-"),
    "plain and spaced": lambda t: _plain(t).replace("-", " \u2013 ").replace("/", "/ "),
    "plain, small and spaced": lambda t: _plain(t).lower().replace("-", " - "),
}
# After these nothing is left that tells a Party number from one of the State.
_FORM_LOST = {"exchanged separators", "slashes alone", "dashes alone"}


def test_every_noise_disturbs_thousands_of_numbers() -> None:
    every = [canonical for family in FAMILIES.values() for canonical, _ in family()]
    disturbed = {name: sum(make(c) != c for c in every) for name, make in NOISE.items()}
    assert disturbed.pop("none") == 0
    assert min(disturbed.values()) > 1_000, disturbed


def _form_tells(canonical: str) -> bool:
    """Whether only the separators say which of two bodies signed, or which of its two forms."""
    issuer = re.split("[-/]", canonical)[-1]
    return issuer in BOTH or issuer in EITHER


def _wrong(noise: str, cases: Iterator[tuple[str, str]]) -> tuple[int, list[tuple[str, ...]]]:
    wrong, number = [], 0
    for canonical, code in cases:
        if noise in _FORM_LOST and _form_tells(canonical):
            continue
        number += 1
        surface = NOISE[noise](canonical)
        # The noun in front says which type; only so is a contract (HĐ) told from a guidance (HD).
        found = number_at(f"{surface}, x", 0, announced=True, types=(code,))
        if found is None or found.canonical != canonical or found.end != len(surface):
            wrong.append((canonical, surface, str(found and found.canonical)))
    return number, wrong


@pytest.mark.parametrize("noise", NOISE)
def test_every_type_and_issuer_has_one_form_in_noise(noise: str) -> None:
    """Undisturbed every number; in each noise a third of them, with every type and issuer."""
    every = list(itertools.chain(*(family() for family in FAMILIES.values())))
    some = every if noise == "none" else random.Random(noise).sample(every, len(every) // 3)
    assert {code for _, code in some} >= set(TYPES)
    ends = {re.split("[-/]", canonical)[-1] for canonical, _ in some}
    assert ends >= {re.split("[-/]", issuer)[-1] for side in ISSUERS.values() for issuer in side}
    number, wrong = _wrong(noise, iter(some))
    assert wrong == []
    assert number > len(every) // 5 > 3_000


def test_there_are_all_families_types_and_issuers() -> None:
    sizes = {name: sum(1 for _ in family()) for name, family in FAMILIES.items()}
    assert sizes["party"] + sizes["state"] > 15_000
    assert all(size > 20 for size in sizes.values()), sizes
    assert len(TYPES) >= 45
    assert sum(map(len, ISSUERS.values())) >= 300


@pytest.mark.parametrize("side", ["party", "state"])
def test_a_lost_separator(side: str) -> None:
    """Type and issuer in one word; only where no other two codes would give the same word."""
    issuers = {fold(i) for group in ISSUERS.values() for i in group}
    kinds = {fold(t) for t in TYPES}
    wrong, ambiguous, number = [], 0, 0
    for canonical, code in FAMILIES[side]():
        if _form_tells(canonical) or len(code) < 2:
            continue
        number += 1
        separator = max(canonical.rfind("-"), canonical.rfind("/"))
        head, issuer = canonical[:separator], canonical[separator + 1 :]
        glued = fold(code + issuer)
        ways = [n for n in range(2, 7) if glued[:n] in kinds and glued[n:] in issuers]
        if len(ways) > 1 or glued in issuers or glued in kinds:
            ambiguous += 1
            continue
        for surface in (head + issuer, _plain(head + issuer)):
            found = number_at(surface, 0, announced=True, types=(code,))
            if found is None or found.canonical != canonical:
                wrong.append((canonical, surface, found and found.canonical))
    assert wrong == []
    assert ambiguous < number / 20
    assert number > 3_500


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("noise", NOISE)
def test_every_type_and_every_issuer_inside_a_sentence(language: str, noise: str) -> None:
    """As an article has them: behind a noun of the language, amid words."""
    data = languages.data(language, "references")
    nouns = {}
    for entry in data["nouns"]:
        for code in entry["types"]:
            nouns.setdefault(code, entry["words"][0])
    marker = data["words"]["marker"][0]
    wrong = []
    cases = [
        *((f"217/{code}-UBND", code) for code in TYPES),
        *((f"218-{code}/TU", code) for code in TYPES),
        *((f"219/QĐ-{issuer}", "QĐ") for issuer in ISSUERS["state"]),
        *((f"220-QĐ/{issuer}", "QĐ") for issuer in ISSUERS["party"]),
        *((f"221/2024/TT-{issuer}", "TT") for issuer in ISSUERS["state"]),
    ]
    for canonical, code in cases:
        if noise in _FORM_LOST and _form_tells(canonical):
            continue
        noun = nouns.get(code, nouns["QĐ"])
        lead = f"{noun.capitalize()} {marker}. {NOISE[noise](canonical)}"
        found = references(f"Xa {lead} yb.", language)
        if [(r.text, r.canonical_id) for r in found] != [(lead, canonical)]:
            wrong.append((lead, [(r.text, r.canonical_id) for r in found]))
    assert wrong == []
    assert len(cases) > 500


def _letters() -> Iterator[str]:
    folded_types = {fold(code) for code in TYPES}
    for number, issuer in enumerate(i for i in ISSUERS["state"] if fold(i) not in folded_types):
        yield f"{number + 1000}/{issuer}-VX"


@pytest.mark.parametrize(
    "noise", ["none", "diacritics", "en dash", "no-break hyphen", "other slash", "blanks"]
)
def test_letters_to_and_from_offices(noise: str) -> None:
    wrong = []
    for canonical in _letters():
        found = number_at(NOISE[noise](canonical), 0, announced=True)
        if found is None or found.canonical != canonical:
            wrong.append((canonical, noise, found and found.canonical))
    assert wrong == []


@pytest.mark.parametrize("code", ["NQ", "QĐ", "CT", "KL", "HD", "CTr", "KH", "TB", "BC"])
@pytest.mark.parametrize("issuer", ["TW", "TU", "HU", "ĐU", "BTCTU", "UBKTTW"])
def test_what_is_left_of_a_separator(code: str, issuer: str) -> None:
    canonical = f"21-{code}/{issuer}"
    for surface in (
        f"21{code}/{issuer}",
        f"21-{code} {issuer}",
        f"21 {code}/{issuer}",
    ):
        found = number_at(surface, 0, announced=True)
        assert found is not None, surface
        assert found.canonical == canonical, surface


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [
        ("1.234/QĐ-UBND", "1234/QĐ-UBND"),
        ("1,234/QD-UBND", "1234/QĐ-UBND"),
        ("41 2/BC-SNNMT", "412/BC-SNNMT"),
        ("5-HD/BTCTU", "05-HD/BTCTU"),
        ("100/2019NĐ-CP", "100/2019/NĐ-CP"),
        ("100/2019/NDCP", "100/2019/NĐ-CP"),
        ("16/2O22/NĐ-CP", "16/2022/NĐ-CP"),
        ("21-NQ/TƯ", "21-NQ/TW"),
        ("21-NQ/T.Ư", "21-NQ/TW"),
        ("21-NQ/T.W", "21-NQ/TW"),
        ("15/2023/QH 15", "15/2023/QH15"),
        ("15/2023/QHl5", "15/2023/QH15"),
        ("12a/QĐ-UBND", "12a/QĐ-UBND"),
        ("33-QyĐ/TU", "33-QyĐ/TU"),
        ("1938-QDNS/TW", "1938-QĐNS/TW"),
        ("77/QĐ-XYZT", "77/QĐ-XYZT"),
        ("11/kh-xyzt", "11/KH-XYZT"),
        ("12/KH-BCĐ389", "12/KH-BCĐ389"),
        ("12/KH-BCD389", "12/KH-BCĐ389"),
        ("07-TB/CQTTBCD", "07-TB/CQTTBCĐ"),
        ("12 KH/TDTN-BTG", "12-KH/TĐTN-BTG"),
        ("08/2024/HS-ST", "08/2024/HS-ST"),
    ],
)
def test_other_noise(surface: str, canonical: str) -> None:
    found = number_at(surface, 0, announced=True)
    assert found is not None
    assert found.canonical == canonical
    assert found.end == len(surface)


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [("64/HDMB-BVXY", "64/HĐMB-BVXY"), ("15/2023/HD-XYZ", "15/2023/HĐ-XYZ")],
)
def test_the_noun_decides_where_letters_leave_it_open(surface: str, canonical: str) -> None:
    found = number_at(surface, 0, announced=True, types=("HĐ",))
    assert found is not None
    assert found.canonical == canonical


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("77/QĐ-XYZT", True),  # letters that only Vietnamese has
        ("12/2024/TT-XYZT", True),  # a year
        ("46/PA-XYZT", True),  # the form of the State, undisturbed
        ("12-KH/XYTU", True),  # a part of a known office
        ("12/TB-PC", False),
        ("64-CT/MRI", False),
        ("12 / KH - XYZT", False),
        ("12/kh-xyzt", False),
    ],
)
def test_an_unknown_office_where_nothing_announces_a_document(text: str, accepted: bool) -> None:
    assert (number_at(text, 0) is not None) == accepted
    if accepted:
        assert number_at(text, 0).known is False  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["2020-2025", "3-1", "7/11", "5/2024", "14A-123.45", "12 TB/PC", "100 GB/x", "24/7", "38-40",
     "21-NQ\n\n/TW", "21\n- NQ/TW", "21-\nabc/TW", "12/2022", "O-CT/TW", "500 kV/ha", "4-sel",
     "2-PN/AB"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert number_at(text, 0) is None


def test_letters_lost_by_an_unknown_code_are_restored_where_the_number_shows_a_loss() -> None:
    def issuer(text: str, plain: bool = False) -> str | None:
        found = number_at(text, 0, announced=True, plain=plain)
        return found.issuer if found else None

    assert issuer("09/QD-DGXY") == "ĐGXY"  # the type lost its letter as well
    assert issuer("09/QĐ-DGXY") == "DGXY"  # it did not
    assert issuer("09/BB-DGXY") == "DGXY"
    assert issuer("09/BB-DGXY", plain=True) == "ĐGXY"  # nor has the article any


def test_lost_letters_are_guessed_better_than_by_the_commoner_one() -> None:
    """Each tenth of the codes by the other nine."""
    known = lost_letters.codes()
    right = barred = number = 0
    for part in range(10):
        contexts = lost_letters.count(c for i, c in enumerate(known) if i % 10 != part)
        for code in known[part::10]:
            for place, char in enumerate(code):
                if char in "DĐ":
                    number += 1
                    guess = lost_letters.likelihood(code.replace("Đ", "D"), place, contexts)
                    right += (guess > 0.5) == (char == "Đ")
                    barred += char == "Đ"
    assert number > 500
    assert right / number > 0.8 > barred / number


def test_number_and_year_complete_only_what_the_law_decides() -> None:
    assert completed("NĐ", "168", "2024") == "168/2024/NĐ-CP"
    assert completed("Luật", "31", "2024") == "31/2024/QH15"
    assert completed("Luật", "31", "2021") is None
    assert completed("TT", "07", "2024") is None


def test_codes_for_the_whole_list() -> None:
    number = number_at("19-NQ/TW", 0)
    assert number is not None
    assert renumbered(number, "8") == "08-NQ/TW"
    dated = number_at("75/2023/NĐ-CP", 0)
    assert dated is not None
    assert renumbered(dated, "146", "2018") == "146/2018/NĐ-CP"


def test_every_type_and_issuer_has_its_names() -> None:
    for entry in DOCUMENTS["types"]:
        assert all(entry[key] for key in ("id", "vi", "en", *LANGUAGES)), entry["code"]
        assert type_id(entry["code"])
    for group in DOCUMENTS["issuers"].values():
        for code, names in group.items():
            assert all(names[key] for key in ("vi", "en", *LANGUAGES)), code
    for language in LANGUAGES:
        assert len(issuer_codes(language)) > 200


@given(
    text=st.text(
        alphabet=st.sampled_from(
            "0123456789OoIl-/\u2011\u2013 \n.,&QĐDNCTPUBHWăưq\u00d0đ\u00a0\u00ad"
        )
    ),
    announced=st.booleans(),
    plain=st.booleans(),
)
def test_no_text_raises_and_a_number_ends_inside(text: str, announced: bool, plain: bool) -> None:
    for start in range(len(text)):
        found = number_at(text, start, announced, ("HĐ", "QĐ"), plain)
        if found:
            assert found.start == start < found.end <= len(text)
            again = number_at(found.canonical, 0, announced=True)
            assert again is not None
            assert again.canonical == found.canonical
            assert not again.repaired
