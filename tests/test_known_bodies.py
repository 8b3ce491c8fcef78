"""Bodies known by parts of their names, abbreviations, branches, formations, national bodies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline import facts, languages
from pipeline.normalise.organisations.known import names_by_parts
from tests.marked import identified, ids

Told = dict[str, tuple[str, Sequence[str | None]]]

# By rule: an article whose subject is Ben Tre unless the rule says otherwise, and what its names
# are. Each has a name for which the rule holds and one for which it does not.
HERE: dict[str, Told] = {
    "a branch of the state bank is one of the province, the bank is not": {
        "ms": (
            "[Bank Negara Cawangan Ben Tre] sama dengan [Cawangan Bank Negara], bukan"
            " [Bank Negara Vietnam].",
            ["state-bank/ben-tre", "state-bank/ben-tre", "state-bank"],
        ),
        "nl": (
            "[Staatsbank afdeling Ben Tre] is [afdeling van de Staatsbank] en niet de"
            " [Staatsbank van Vietnam].",
            ["state-bank/ben-tre", "state-bank/ben-tre", "state-bank"],
        ),
    },
    "a branch of a bank with a name of its own": {
        "ms": (
            "[Agribank Cawangan Ben Tre] dan [Agribank].",
            BRANCH := ["bank/agribank/ben-tre", "bank/agribank"],
        ),
        "nl": ("[Agribank filiaal Ben Tre] en [Agribank].", BRANCH),
    },
    "numbered formations, with their command and without, and other numbers": {
        "ms": (
            "[Komando Zon Tentera 9], [Zon Tentera 9], [Zon Tentera 7], [Komando Briged 125],"
            " [Briged 125].",
            FORMATIONS := [
                "military-region/9",
                "military-region/9",
                "military-region/7",
                "brigade/125",
                "brigade/125",
            ],
        ),
        "nl": (
            "[Commando van de Militaire Regio 9], [Militaire Regio 9], [Militaire Regio 7],"
            " [Commando van Brigade 125], [Brigade 125].",
            FORMATIONS,
        ),
    },
    "regions of a force, and the force": {
        "ms": (
            "[Komando Pengawal Pantai Wilayah 4], [Pengawal Pantai Wilayah 4],"
            " [Pengawal Pantai Wilayah 3], [Pengawal Pantai].",
            REGIONS := [
                "coast-guard-region/4",
                "coast-guard-region/4",
                "coast-guard-region/3",
                "coast-guard",
            ],
        ),
        "nl": (
            "[Commando van Regio 4 van de Kustwacht], [Kustwacht van Regio 4],"
            " [Kustwacht van Regio 3], [Kustwacht].",
            REGIONS,
        ),
    },
    "the Party of a body is its party committee, not the body": {
        "ms": (
            "[Parti Jabatan Kesihatan], [Jawatankuasa Parti Jabatan Kesihatan], [Jabatan Kesihatan].",
            PARTY := ["party-committee/health-department/ben-tre"] * 2
            + ["health-department/ben-tre"],
        ),
        "nl": (
            "[Partij van de afdeling Volksgezondheid], [Partijcomité van de afdeling"
            " Volksgezondheid], [afdeling Volksgezondheid].",
            PARTY,
        ),
    },
    "teams and tax offices have numbers, central committees terms": {
        "ms": (
            "[Pasukan Polis Trafik No. 2], [Pasukan Polis Trafik No. 3], [Pejabat Cukai Tempatan No. 2],"
            " [Jawatankuasa Pusat Parti ke-13], [Jawatankuasa Pusat Parti ke-14].",
            TEAMS := [
                "traffic-police/2/ben-tre",
                "traffic-police/3/ben-tre",
                "local-tax-office/2/ben-tre",
                "party-central-committee",
                "party-central-committee",
            ],
        ),
        "nl": (
            "[Verkeerspolitieteam nr. 2], [Verkeerspolitieteam nr. 3], [Lokaal belastingkantoor nr. 2],"
            " [13e Centraal Comité van de Partij], [14e Centraal Comité van de Partij].",
            TEAMS,
        ),
    },
    "a department by some of its fields where the article names all, not one of its own": {
        "ms": (
            "[Jabatan Kebudayaan, Sukan dan Pelancongan], [Jabatan Sukan], [Jabatan Pelancongan].",
            WHOLE := [
                "culture-sports-and-tourism-department/ben-tre",
                "culture-sports-and-tourism-department/ben-tre",
                "tourism-department/ben-tre",
            ],
        ),
        "nl": (
            "[afdeling Cultuur, Sport en Toerisme], [afdeling Sport], [afdeling Toerisme].",
            WHOLE,
        ),
    },
    "a department by some of its fields where the article does not name all": {
        "ms": (
            "[Jabatan Perdagangan] dan [Jabatan Sains dan Teknologi].",
            PARTLY := ["trade-department/ben-tre", "science-and-technology-department/ben-tre"],
        ),
        "nl": ("[afdeling Handel] en [afdeling Wetenschap en Technologie].", PARTLY),
    },
    "the trade union of a province is its federation, that of a body there is not": {
        "ms": (
            "[Kesatuan Sekerja Wilayah Ben Tre], [Kesatuan Sekerja Syarikat Lam Sinh],"
            " [Kesatuan Sekerja Jabatan Kesihatan Wilayah Ben Tre].",
            UNIONS := [
                "labour-federation/ben-tre",
                "trade-union/company/lam-sinh",
                "trade-union/health-department/ben-tre",
            ],
        ),
        "nl": (
            "[Vakbond van de provincie Ben Tre], [Vakbond van het bedrijf Lam Sinh],"
            " [Vakbond van de afdeling Volksgezondheid van de provincie Ben Tre].",
            UNIONS,
        ),
    },
    "parts of a body of the State are nowhere, those of the province's are there": {
        "ms": (
            "[Pusat Teknologi Kerajaan], [Jawatankuasa Parti Dewan Negara] dan"
            " [Pejabat Jawatankuasa Rakyat].",
            PARTS := [
                "technology-centre/government",
                "party-committee/national-assembly",
                "peoples-committee-office/ben-tre",
            ],
        ),
        "nl": (
            "[Technologiecentrum van de regering], [Partijcomité van de Nationale Assemblee] en"
            " [Kantoor van het Volkscomité].",
            PARTS,
        ),
    },
    "a body of Vietnam is the national one, the same without the word the province's": {
        "ms": (
            "[Kesatuan Petani Vietnam] dan [Kesatuan Petani]; [Persatuan Kopi Vietnam] dan"
            " [Persatuan Kopi].",
            VIETNAM := [
                "farmers-union",
                "farmers-union/ben-tre",
                "association/coffee",
                "association/coffee/ben-tre",
            ],
        ),
        "nl": (
            "[Vietnamese Boerenbond] en [Boerenbond]; [Vietnamese Koffievereniging] en"
            " [Koffievereniging].",
            VIETNAM,
        ),
    },
    "friends of a country with us, and ours with it": {
        "ms": (
            "[Persatuan Persahabatan Vietnam-Jepun] dan [Persatuan Persahabatan Jepun-Vietnam].",
            FRIENDS := ["association/friendship/japan", "association/friendship-of-japan/japan"],
        ),
        "nl": (
            "[Vriendschapsvereniging Vietnam-Japan] en [Vriendschapsvereniging Japan-Vietnam].",
            FRIENDS,
        ),
    },
    "a hospital of a field is the province's, an institute is not": {
        "ms": (
            "[Hospital Kanser] dan [Institut Padi].",
            HOSPITALS := ["oncology-hospital/ben-tre", "rice-institute"],
        ),
        "nl": ("[Kankerziekenhuis] en [Rijstinstituut].", HOSPITALS),
    },
    "the police after one of the province and one of a district were named": {
        "ms": (
            "[Polis Wilayah Ben Tre] datang. [Polis Daerah Giong Trom] pulang. Kemudian [Polis] tidur.",
            POLICE := ["police/ben-tre", "police/ben-tre/giong-trom", "police/ben-tre"],
        ),
        "nl": (
            "De [Politie van de provincie Ben Tre] kwam. De [Politie van het district Giong Trom]"
            " ging. Later sliep de [Politie].",
            POLICE,
        ),
    },
    "an abbreviation in brackets is the body before it, alone it is the province's": {
        "ms": (
            "Mula-mula [CDC], kemudian [Pusat Kawalan Penyakit Wilayah Tra Vinh] ([CDC]).",
            BRACKETS := [
                "centre-for-disease-control/ben-tre",
                "centre-for-disease-control/tra-vinh",
                "centre-for-disease-control/tra-vinh",
            ],
        ),
        "nl": (
            "Eerst [CDC], dan [Centrum voor Ziektebestrijding van de provincie Tra Vinh] ([CDC]).",
            BRACKETS,
        ),
    },
    "the paper of the province by its initials, not another's": {
        "ms": ("Gambar: [BTO] dan [BDO].", PAPERS := ["media/ben-tre", "bdo"]),
        "nl": ("Foto: [BTO] en [BDO].", PAPERS),
    },
}

# The same in an article about no province.
NOWHERE: dict[str, Told] = {
    "known by the parts of the name in any order, not in small letters nor of a province": {
        "ms": (
            "[Bank Pembangunan dan Pelaburan Vietnam], [bank pembangunan dan pelaburan],"
            " [Bank Pembangunan dan Pelaburan Ben Tre].",
            BANKS := [
                "bank/bidv",
                "bank/development-investment",
                "bank/development-investment/ben-tre",
            ],
        ),
        "nl": (
            "[Bank voor Ontwikkeling en Investeringen van Vietnam], [bank voor ontwikkeling en"
            " investeringen], [Bank voor Ontwikkeling en Investeringen Ben Tre].",
            BANKS,
        ),
    },
    "one field is a body of Vietnam's or a group, else nobody": {
        "ms": (
            "[Kumpulan Getah] dan [Syarikat Getah].",
            RUBBER := ["company/vrg", "company/rubber"],
        ),
        "nl": ("[Rubbergroep] en [Rubberbedrijf].", RUBBER),
    },
    "one field and the country, where the body's own name says it": {
        "ms": (
            "[Akademi Penerbangan Vietnam], [Akademi Penerbangan],"
            " [Syarikat Penghantaran Elektrik 1 Vietnam].",
            AVIATION := [
                "academy/vietnam-aviation",
                "academy/aviation",
                "company/1-power-transmission",
            ],
        ),
        "nl": (
            "[Luchtvaartacademie van Vietnam], [Luchtvaartacademie],"
            " [Bedrijf voor Energietransmissie 1 van Vietnam].",
            AVIATION,
        ),
    },
    "numbered companies of one field": {
        "ms": (
            "[Syarikat Penghantaran Kuasa 1], [Syarikat Penghantaran Kuasa 3],"
            " [Syarikat Penghantaran Kuasa 9].",
            POWER := ["company/ptc1", "company/ptc3", "company/9-power-transmission"],
        ),
        "nl": (
            "[Energietransmissiebedrijf 1], [Energietransmissiebedrijf 3],"
            " [Energietransmissiebedrijf 9].",
            POWER,
        ),
    },
    "a national body in an article about no province; in small letters its place is open": {
        "ms": (
            "[Kesatuan Petani] dan [Jabatan Kesihatan].",
            OPEN := ["farmers-union", "health-department"],
        ),
        "nl": ("[Boerenbond] en [afdeling Volksgezondheid].", OPEN),
    },
    "what stands in brackets behind an unread name": {
        "ms": (
            "[Projek Hijau Sungai] ([PHS]) bermula. [PHS] menanam pokok, [PHT] tidak.",
            ["projek-hijau-sungai"] * 3 + ["pht"],
        ),
        "nl": (
            "[Groene Rivier Beweging] ([GRB]) begon. [GRB] plantte bomen, [GRC] niet.",
            ["groene-rivier-beweging"] * 3 + ["grc"],
        ),
    },
    "a known abbreviation behind an unread name is the body": {
        "ms": (
            "[Sahabat Belia Sungai] ([UNICEF]) tiba, [Sahabat Belia Bukit] tidak.",
            ["unicef", "unicef", "sahabat-belia-bukit"],
        ),
        "nl": (
            "[Vrienden Rivier] ([UNICEF]) kwam, [Vrienden Heuvel] niet.",
            ["unicef", "unicef", "vrienden-heuvel"],
        ),
    },
    "a paper's or university's abbreviation behind a name is no name for it": {
        "ms": (
            "[Sahabat Bambu Lam Sinh] ([VOV]) dan [VOV].",
            ["sahabat-bambu-lam-sinh", "media/vov", "media/vov"],
        ),
        "nl": (
            "[Vrienden Bamboe Lam Sinh] ([VOV]) en [VOV].",
            ["vrienden-bamboe-lam-sinh", "media/vov", "media/vov"],
        ),
    },
    "initials of a body of the article, of more than three letters in any order": {
        "ms": (
            "[Institut Padi Lam Sinh Dong Xanh] dan [Kelab Ca Loc]: [LSDXRI], [RILSDX], [LSDXRA],"
            " [CLC], [LCC].",
            INITIALS := [
                "rice-institute/lam-sinh-dong-xanh",
                "club/ca-loc",
                "rice-institute/lam-sinh-dong-xanh",
                "rice-institute/lam-sinh-dong-xanh",
                "lsdxra",
                "club/ca-loc",
                "lcc",
            ],
        ),
        "nl": (
            "[Rijstinstituut Lam Sinh Dong Xanh] en [Club Ca Loc]: [LSDXRI], [RILSDX], [LSDXRA],"
            " [CLC], [LCC].",
            INITIALS,
        ),
    },
    "a name without its kind of body, not in small letters": {
        "ms": (
            "[Kelab Lam Sinh] datang. [Lam Sinh] pulang, [lam sinh] tidur.",
            NAMED := ["club/lam-sinh", "club/lam-sinh", None],
        ),
        "nl": ("[Club Lam Sinh] kwam. [Lam Sinh] ging, [lam sinh] sliep.", NAMED),
    },
    "a name without its kind of body that is also a place's": {
        "ms": (
            "[Kelab Tan Hiep] datang. [Tan Hiep] pulang.",
            COMMUNE := ["club/tan-hiep", "tan-hiep"],
        ),
        "nl": ("[Club Tan Hiep] kwam. [Tan Hiep] ging.", COMMUNE),
    },
}
CASES = [
    (place, rule, code)
    for place, table in (("Ben Tre", HERE), (None, NOWHERE))
    for rule, told in table.items()
    for code in told
]


@pytest.mark.parametrize(("place", "rule", "code"), CASES)
def test_identity(place: str | None, rule: str, code: str) -> None:
    text, known = (NOWHERE if place is None else HERE)[rule][code]
    assert ids(text, code, title="", place=place) == known


def test_every_rule_is_told_in_both_languages() -> None:
    assert all(set(told) == {"ms", "nl"} for told in (HERE | NOWHERE).values())


@pytest.mark.parametrize(
    ("code", "name", "foreign"),
    [
        ("ms", "Bank Industri Vietnam", "bank/ibk"),
        ("ms", "Syarikat Gas Vietnam", "company/kogas"),
        ("ms", "Syarikat Pembinaan Keretapi", "company/china-railway"),
        ("nl", "Bank voor Export en Import van Vietnam", "bank/export-import-korea"),
        ("nl", "Handelsbank van Vietnam", "bank/acb"),
        ("nl", "Bedrijf voor Communicatie en Bouw", "company/cccc"),
    ],
)
def test_a_body_of_vietnam_is_no_foreign_one(code: str, name: str, foreign: str) -> None:
    assert foreign in facts.named()
    assert ids(f"[{name}]", code, title="") != [foreign]


def test_the_address_of_the_paper_of_the_province() -> None:
    assert ids("[Baobentre.vn]", "ms", title="", place="Ben Tre") == ["media/ben-tre"]
    assert ids("[Baobentre.vn]", "ms", title="", place="Tra Vinh") == ["baobentre-vn"]


def test_a_body_is_not_its_office() -> None:
    text = "[Lampionkring Lam Sinh] danst. [Kantoor van de Lampionkring Lam Sinh] is dicht."
    body, office = ids(text, "nl", title="")
    assert (body, office) == ("lampionkring-lam-sinh", "office/lampionkring-lam-sinh")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms", "[Kesatuan Petani], [kesatuan petani] dan [Jabatan Kesihatan]."),
        ("nl", "[Boerenbond], [boerenbond] en [afdeling Volksgezondheid]."),
    ],
)
def test_a_national_body_of_an_article_about_no_province_misses_no_place(
    code: str, text: str
) -> None:
    missing = [o.place_missing for o in identified(text, code, title="")]
    assert missing == [False, True, True]
    there = [o.place_missing for o in identified(text, code, title="", place="Ben Tre")]
    assert there == [False, False, False]


@pytest.mark.parametrize("code", languages.available())
def test_no_name_is_left_unread_that_says_what_is_asked(code: str) -> None:
    names = names_by_parts(code)
    told = {number: key for number in range(len(names)) if (key := names.key(number)) is not None}
    assert len(told) > 100
    missed = [key for number, key in told.items() if number not in set(names.that_may_say(key))]
    assert missed == []
    read = [len(set(names.that_may_say(key))) for key in told.values()]
    assert sum(read) / len(read) < len(names) / 50
