"""Short names of an article: which are the body that it names in full, and which are another."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.normalise import coreference
from pipeline.records import Organisation
from tests.marked import identified, ids

# By rule and language: an article, and for each of its names the one whose identity it takes,
# counted from 0. Every name has an identity of its own before, else the rule would not be tested.
Case = tuple[str, list[int]]
RULES: dict[str, dict[str, Case]] = {
    "a company by its name, not the one of another name": {
        "ms": (
            "[Syarikat Tekstil Lam Sinh] untung. [Syarikat Lam Sinh] gembira, [Syarikat Dong Xanh]"
            " tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Textielbedrijf Lam Sinh] groeit. [Bedrijf Lam Sinh] is blij, [Bedrijf Dong Xanh]"
            " niet.",
            [0, 0, 2],
        ),
    },
    "a name alone, not another one": {
        "ms": (
            "[Syarikat Tekstil Lam Sinh] untung. [Lam Sinh] gembira, [Dong Xanh] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Textielbedrijf Lam Sinh] groeit. [Lam Sinh] is blij, [Dong Xanh] niet.",
            [0, 0, 2],
        ),
    },
    "two bodies may be meant, then none is": {
        "ms": (
            "[Syarikat Tekstil Lam Sinh] dan [Syarikat Kayu Lam Sinh] untung; [Syarikat Lam Sinh]"
            " gembira.",
            [0, 1, 2],
        ),
        "nl": (
            "[Textielbedrijf Lam Sinh] en [Houtbedrijf Lam Sinh] groeien; [Bedrijf Lam Sinh] is"
            " blij.",
            [0, 1, 2],
        ),
    },
    "the fullest of several that contain one another": {
        "ms": (
            "[Syarikat Tekstil Lam Sinh Dong Xanh] untung. [Syarikat Tekstil Lam Sinh] gembira."
            " [Syarikat Lam Sinh] menari.",
            [0, 0, 0],
        ),
        "nl": (
            "[Textielbedrijf Lam Sinh Dong Xanh] groeit. [Textielbedrijf Lam Sinh] is blij."
            " [Bedrijf Lam Sinh] danst.",
            [0, 0, 0],
        ),
    },
    "the short name may stand first where it is no place's": {
        "ms": (
            "[Hospital Lam Sinh] dibuka. Bangunan [Hospital Besar Lam Sinh] putih.",
            [1, 1],
        ),
        "nl": (
            "[Ziekenhuis Lam Sinh] is open. Het gebouw van [Algemeen Ziekenhuis Lam Sinh] is wit.",
            [1, 1],
        ),
    },
    "a hospital by the name of a district may be another one": {
        "ms": ("[Hospital Besar Tan Hiep] penuh. [Hospital Tan Hiep] kosong.", [0, 1]),
        "nl": ("[Algemeen Ziekenhuis Tan Hiep] is vol. [Ziekenhuis Tan Hiep] is leeg.", [0, 1]),
    },
    "a post of the border guard, not that of another commune": {
        "ms": (
            "[Balai Pengawal Sempadan Son Vi] jauh. [Balai Son Vi] sejuk, [Balai Dong Van] panas.",
            [0, 0, 2],
        ),
        "nl": (
            "[Grenswachtpost Son Vi] ligt ver. [Post Son Vi] is koud, [Post Dong Van] is warm.",
            [0, 0, 2],
        ),
    },
    "what is named after its commune, before the full name too": {
        "ms": ("[Balai Son Vi] sejuk. [Balai Pengawal Sempadan Son Vi] jauh.", [1, 1]),
        "nl": ("[Post Son Vi] is koud. [Grenswachtpost Son Vi] ligt ver.", [1, 1]),
    },
    "what is named after its district comes behind the full name": {
        "ms": ("[Balai Dong Van] sejuk. [Balai Pengawal Sempadan Dong Van] jauh.", [0, 1]),
        "nl": ("[Post Dong Van] is koud. [Grenswachtpost Dong Van] ligt ver.", [0, 1]),
    },
    "a post by the name of its district behind the full name": {
        "ms": ("[Balai Pengawal Sempadan Dong Van] jauh. [Balai Dong Van] sejuk.", [0, 0]),
        "nl": ("[Grenswachtpost Dong Van] ligt ver. [Post Dong Van] is koud.", [0, 0]),
    },
    "universities of a city": {
        "ms": ("[Universiti Perubatan Hue] lama. [Universiti Hue] baharu.", [0, 1]),
        "nl": ("[Medische Universiteit Hue] is oud. [Universiteit Hue] is nieuw.", [0, 1]),
    },
    "a university by its name, not the college": {
        "ms": (
            "[Universiti Perubatan Lam Sinh] lama. [Universiti Lam Sinh] besar, [Kolej Lam Sinh]"
            " kecil.",
            [0, 0, 2],
        ),
        "nl": (
            "[Medische Universiteit Lam Sinh] is oud. [Universiteit Lam Sinh] is groot,"
            " [Hogeschool Lam Sinh] klein.",
            [0, 0, 2],
        ),
    },
    "schools of two stages": {
        "ms": ("[Sekolah Rendah Lam Sinh] kecil. [Sekolah Menengah Lam Sinh] besar.", [0, 1]),
        "nl": ("[Basisschool Lam Sinh] is klein. [Middelbare school Lam Sinh] is groot.", [0, 1]),
    },
    "the hospital of the level, not of another level": {
        "ms": (
            "[Hospital Besar Wilayah Ben Tre] penuh. [hospital wilayah] membeli katil,"
            " [hospital daerah] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Algemeen Ziekenhuis van de provincie Ben Tre] is vol. Het [provinciaal ziekenhuis]"
            " kocht bedden, het [districtsziekenhuis] niet.",
            [0, 0, 2],
        ),
    },
    "a centre by one of its fields, not by another": {
        "ms": (
            "[Pusat Promosi Pelaburan dan Pelancongan Wilayah Ben Tre] dibuka."
            " [Pusat Promosi Pelancongan] sibuk, [Pusat Promosi Perdagangan] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Centrum voor Investerings- en Toerismebevordering van de provincie Ben Tre] is open."
            " [Centrum voor Toerismebevordering] is druk, [Centrum voor Handelsbevordering] niet.",
            [0, 0, 2],
        ),
    },
    "a centre by one of its fields stands behind the full name": {
        "ms": (
            "[Pusat Promosi Pelancongan] sibuk."
            " [Pusat Promosi Pelaburan dan Pelancongan Wilayah Ben Tre] dibuka.",
            [0, 1],
        ),
        "nl": (
            "[Centrum voor Toerismebevordering] is druk."
            " [Centrum voor Investerings- en Toerismebevordering van de provincie Ben Tre] opent.",
            [0, 1],
        ),
    },
    "a sub-department by one of its fields, not a department of its own": {
        "ms": (
            "[Jabatan Penternakan dan Kesihatan Haiwan Wilayah Ben Tre] datang."
            " [Jabatan Penternakan] pulang, [Jabatan Kesihatan] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[onderafdeling Veeteelt en Diergeneeskunde van de provincie Ben Tre] kwam."
            " [onderafdeling Veeteelt] ging, [afdeling Volksgezondheid] niet.",
            [0, 0, 2],
        ),
    },
    "departments with one field of another's": {
        "ms": (
            "[Jabatan Kebudayaan, Sukan dan Pelancongan Wilayah Ben Tre] datang."
            " [Jabatan Pelancongan] pulang.",
            [0, 1],
        ),
        "nl": (
            "[afdeling Cultuur, Sport en Toerisme van de provincie Ben Tre] kwam."
            " [afdeling Toerisme] ging.",
            [0, 1],
        ),
    },
    "a region of a force by its number, not another number": {
        "ms": (
            "[Pengawal Pantai Wilayah 4] menyelamat nelayan. [Wilayah 4] penat, [Wilayah 3] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "De [Kustwacht van Regio 4] redde vissers. [Regio 4] is moe, [Regio 3] niet.",
            [0, 0, 2],
        ),
    },
    "a numbered company, not the one of another number": {
        "ms": (
            "[Syarikat Tekstil Lam Sinh 2] untung. [Syarikat Lam Sinh 2] gembira,"
            " [Syarikat Lam Sinh 3] tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Textielbedrijf Lam Sinh 2] groeit. [Bedrijf Lam Sinh 2] is blij,"
            " [Bedrijf Lam Sinh 3] niet.",
            [0, 0, 2],
        ),
    },
    "people's committees": {
        "ms": (
            "[Jawatankuasa Rakyat Lam Sinh Dong Xanh] datang. [Jawatankuasa Rakyat Lam Sinh]"
            " pulang.",
            [0, 1],
        ),
        "nl": ("[Volkscomité Lam Sinh Dong Xanh] kwam. [Volkscomité Lam Sinh] ging.", [0, 1]),
    },
    "steering committees": {
        "ms": (
            "[Jawatankuasa Pemandu Banjir Lam Sinh] datang. [Jawatankuasa Pemandu Lam Sinh]"
            " pulang.",
            [0, 1],
        ),
        "nl": (
            "[Stuurcomité voor Overstromingen Lam Sinh] kwam. [Stuurcomité Lam Sinh] ging.",
            [0, 1],
        ),
    },
    "associations": {
        "ms": (
            "[Persatuan Usahawan Muda Lam Sinh] datang. [Persatuan Lam Sinh] pulang.",
            [0, 1],
        ),
        "nl": (
            "[Vereniging van Jonge Ondernemers Lam Sinh] kwam. [Vereniging Lam Sinh] ging.",
            [0, 1],
        ),
    },
    "a management board by its name": {
        "ms": (
            "[Lembaga Pengurusan Hutan Lindung Lam Sinh] datang. [Lembaga Pengurusan Lam Sinh]"
            " pulang.",
            [0, 0],
        ),
        "nl": ("[Beheerraad van het Bos Lam Sinh] kwam. [Beheerraad Lam Sinh] ging.", [0, 0]),
    },
    "two management boards": {
        "ms": (
            "[Lembaga Pengurusan Hutan Lam Sinh] dan [Lembaga Pengurusan Pelabuhan Lam Sinh]"
            " datang. [Lembaga Pengurusan Lam Sinh] pulang.",
            [0, 1, 2],
        ),
        "nl": (
            "[Beheerraad van het Bos Lam Sinh] en [Beheerraad van de Haven Lam Sinh] kwamen."
            " [Beheerraad Lam Sinh] ging.",
            [0, 1, 2],
        ),
    },
    "a body of the centre and one of a province": {
        "ms": (
            "[Kumpulan Kuasa Lam Sinh Pusat] datang. [Kumpulan Lam Sinh Wilayah Ben Tre] pulang.",
            [0, 1],
        ),
        "nl": (
            "[Centrale Energiegroep Lam Sinh] kwam. [Groep Lam Sinh van de provincie Ben Tre]"
            " ging.",
            [0, 1],
        ),
    },
    "a group of the centre without the word": {
        "ms": ("[Kumpulan Kuasa Lam Sinh Pusat] datang. [Kumpulan Lam Sinh] pulang.", [0, 0]),
        "nl": ("[Centrale Energiegroep Lam Sinh] kwam. [Groep Lam Sinh] ging.", [0, 0]),
    },
    "an institute of the centre and one that is not": {
        "ms": (
            "[Institut Penyelidikan Padi Lam Sinh Pusat] datang. [Institut Lam Sinh] pulang.",
            [0, 1],
        ),
        "nl": (
            "[Centraal Instituut voor Rijstonderzoek Lam Sinh] kwam. [Instituut Lam Sinh] ging.",
            [0, 1],
        ),
    },
    "an institute by its name": {
        "ms": ("[Institut Penyelidikan Padi Lam Sinh] datang. [Institut Lam Sinh] pulang.", [0, 0]),
        "nl": (
            "[Instituut voor Rijstonderzoek Lam Sinh] kwam. [Instituut Lam Sinh] ging.",
            [0, 0],
        ),
    },
    "a part and its body": {
        "ms": ("[Pejabat Syarikat Lam Sinh] sejuk. [Syarikat Lam Sinh] besar.", [0, 1]),
        "nl": ("[Kantoor van Bedrijf Lam Sinh] is koud. [Bedrijf Lam Sinh] is groot.", [0, 1]),
    },
    "a body that the facts know under the short name": {
        "ms": ("[Syarikat Makanan Sao Mai] kecil. [Syarikat Sao Mai] besar.", [0, 1]),
        "nl": ("[Voedselbedrijf Sao Mai] is klein. [Bedrijf Sao Mai] is groot.", [0, 1]),
    },
    "a centre of another body": {
        "ms": (
            "[Pusat Promosi Pelaburan dan Pelancongan Jabatan Kewangan Wilayah Ben Tre] dibuka."
            " [Pusat Promosi Pelancongan] sibuk.",
            [0, 1],
        ),
        "nl": (
            "[Centrum voor Investerings- en Toerismebevordering van de afdeling Financiën van de"
            " provincie Ben Tre] is open. [Centrum voor Toerismebevordering] is druk.",
            [0, 1],
        ),
    },
    "a numbered hospital and one without a number": {
        "ms": ("[Hospital Kanser No. 2 Lam Sinh] penuh. [Hospital Lam Sinh] kosong.", [0, 1]),
        "nl": ("[Kankerziekenhuis nr. 2 Lam Sinh] is vol. [Ziekenhuis Lam Sinh] is leeg.", [0, 1]),
    },
    "a sort of school is no school's name": {
        "ms": ("[Sekolah Perubatan Lam Sinh] besar. [Sekolah Perubatan] kecil.", [0, 1]),
        "nl": ("[Medische School Lam Sinh] is groot. [Medische School] is klein.", [0, 1]),
    },
    "a sort of institute is the one before it": {
        "ms": ("[Institut Padi Lam Sinh] besar. [Institut Padi] kecil.", [0, 0]),
        "nl": ("[Rijstinstituut Lam Sinh] is groot. [Rijstinstituut] is klein.", [0, 0]),
    },
    "an institute and one that says it is the centre's": {
        "ms": ("[Institut Padi Lam Sinh] datang. [Institut Lam Sinh Pusat] pulang.", [0, 1]),
        "nl": ("[Rijstinstituut Lam Sinh] kwam. [Centraal Instituut Lam Sinh] ging.", [0, 1]),
    },
    "a school of a stage without its stage, not the other way about": {
        "ms": ("[Sekolah Rendah Lam Sinh] kecil. [Sekolah Lam Sinh] putih.", [0, 0]),
        "nl": ("[Basisschool Lam Sinh] is klein. [School Lam Sinh] is wit.", [0, 0]),
    },
    "a company by the name of a commune": {
        "ms": ("[Syarikat Tekstil Ha Phong] untung. [Syarikat Ha Phong] gembira.", [0, 0]),
        "nl": ("[Textielbedrijf Ha Phong] groeit. [Bedrijf Ha Phong] is blij.", [0, 0]),
    },
    "names that no lexicon reads": {
        "ms": (
            "[Sahabat Sungai Lam Sinh] datang. [Sahabat Lam Sinh] menyanyi, [Sahabat Dong Xanh]"
            " tidak.",
            [0, 0, 2],
        ),
        "nl": (
            "[Vrienden Rivier Lam Sinh] kwam. [Vrienden Lam Sinh] zong, [Vrienden Dong Xanh] niet.",
            [0, 0, 2],
        ),
    },
}
CASES = [(rule, code) for rule, told in RULES.items() for code in told]


@pytest.mark.parametrize(("rule", "code"), CASES)
def test_short_names(rule: str, code: str) -> None:
    text, meant = RULES[rule][code]
    before = identified(text, code, title="")
    own = [o.canonical_id for o in before]
    assert None not in own
    assert len(set(own)) == len(own)
    after = coreference.resolve(before, code)
    assert [o.canonical_id for o in after] == [own[i] for i in meant]


def test_every_rule_is_told_in_both_languages() -> None:
    assert all(set(told) == {"ms", "nl"} for told in RULES.values())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms", "[Hospital Besar Wilayah Ben Tre] penuh. [hospital wilayah] sibuk."),
        (
            "nl",
            "[Algemeen Ziekenhuis van de provincie Ben Tre] is vol. [provinciaal ziekenhuis] ook.",
        ),
    ],
)
def test_bodies_of_two_provinces_are_two(code: str, text: str) -> None:
    here = identified(text, code, title="", place="Ben Tre")
    full, short = coreference.resolve(here, code)
    assert full.canonical_id == short.canonical_id
    there = identified(text, code, title="", place="Tra Vinh")
    assert coreference.resolve(there, code) == there


def test_a_short_name_takes_the_whole_identity_and_keeps_what_it_is_itself() -> None:
    text = "Wilayah Ben Tre. [Hospital Besar Wilayah Ben Tre] penuh. [hospital wilayah] sibuk."
    before = identified(text, "ms", title="")
    full, short = coreference.resolve(before, "ms")
    taken = ("label", "body", "parent_id", "place_id", "place", "place_missing", "name_vi")
    assert full == before[0]
    assert before[1].label != full.label
    assert {n: getattr(short, n) for n in taken} == {n: getattr(full, n) for n in taken}
    own = {f.name for f in dataclasses.fields(Organisation)} - {*taken, "canonical_id", "reason"}
    own.discard("place_successor_id")
    assert {n: getattr(short, n) for n in own} == {n: getattr(before[1], n) for n in own}
    assert short.reason == f"{before[1].reason}; short for Hospital Besar Wilayah Ben Tre"


def test_a_name_without_identity_stays_without() -> None:
    text = "[Textielbedrijf Lam Sinh] groeit. De [lam sinh] groeit ook."
    assert ids(text, "nl")[1] is None
    assert coreference.resolve(identified(text, "nl"), "nl")[1].canonical_id is None


def test_an_article_of_very_many_bodies_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identified("[Textielbedrijf Lam Sinh] groeit. [Bedrijf Lam Sinh] ook.", "nl")
    assert coreference.resolve(before, "nl") != before
    monkeypatch.setattr(coreference, "_MOST", 1)
    assert coreference.resolve(before, "nl") == before


APART: dict[str, dict[str, Case]] = {
    "schools of two stages beside one without": {
        "ms": (
            "[Sekolah Rendah Lam Sinh], [Sekolah Menengah Lam Sinh] dan [Sekolah Lam Sinh].",
            [0, 1, 2],
        ),
        "nl": (
            "[Basisschool Lam Sinh], [Middelbare school Lam Sinh], [School Lam Sinh].",
            [0, 1, 2],
        ),
    },
    "a company and its namesake with a number": {
        "ms": ("[Syarikat Tekstil Lam Sinh] dan [Syarikat Tekstil Lam Sinh 2].", [0, 1]),
        "nl": ("[Textielbedrijf Lam Sinh] en [Textielbedrijf Lam Sinh 2].", [0, 1]),
    },
}


@pytest.mark.parametrize(("rule", "code"), [(rule, code) for rule in APART for code in APART[rule]])
def test_names_that_never_are_short_for_another(rule: str, code: str) -> None:
    text, meant = APART[rule][code]
    before = identified(text, code, title="")
    after = coreference.resolve(before, code)
    assert [o.canonical_id for o in after] == [before[i].canonical_id for i in meant]


def test_a_name_short_for_a_short_name_is_the_full_one() -> None:
    text = "[Textielbedrijf Lam Sinh] groeit. [Bedrijf Lam Sinh] is blij. [Lam Sinh] danst."
    before = identified(text, "nl")
    assert len({o.canonical_id for o in before}) > 1
    after = coreference.resolve(before, "nl")
    assert {o.canonical_id for o in after} == {"company/lam-sinh-textile"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms", "[Syarikat Tekstil Lam Sinh Wilayah Ben Tre] untung. [Syarikat Lam Sinh] gembira."),
        (
            "nl",
            "[Textielbedrijf Lam Sinh van de provincie Ben Tre] groeit. [Bedrijf Lam Sinh] ook.",
        ),
    ],
)
def test_a_short_name_without_place_takes_the_place(code: str, text: str) -> None:
    before = identified(text, code, title="", place="Tra Vinh")
    assert before[1].place_id is None
    full, short = coreference.resolve(before, code)
    assert full.place == short.place == "Ben Tre"
    assert full.place_id == short.place_id
