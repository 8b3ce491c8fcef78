"""Finding names of organisations by the lexicon, and their identity in no language."""

from __future__ import annotations

import datetime
import itertools
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.extraction import extract
from pipeline.normalise import lexicon
from pipeline.normalise.lexicon import match_spans
from pipeline.normalise.organisations import identify
from pipeline.records import Organisation
from tests import marked

CODES = [c for c in languages.available() if "heads" in languages.data(c, "organisations")]
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")


def examples(code: str) -> dict[str, Any]:
    return languages.examples(code, "organisations")


def mentions(text: str, names: list[str]) -> list[Organisation]:
    """One mention for every occurrence of each name that no longer name covers."""
    taken: list[tuple[int, int]] = []
    for name in sorted(names, key=len, reverse=True):
        for m in re.finditer(re.escape(name), text):
            if all(m.end() <= a or m.start() >= b for a, b in taken):
                taken.append(m.span())
    return [Organisation(start=a, end=b, text=text[a:b]) for a, b in sorted(taken)]


def ids(text: str, code: str, names: list[str], **kw: Any) -> dict[str, str | None]:
    return {o.text: o.canonical_id for o in identify(mentions(text, names), text, code, **kw)}


FINDS = [(c, row["text"], row["names"]) for c in CODES for row in examples(c)["finds"]]
STORIES = [(c, name) for c in CODES for name in examples(c)["stories"]]


@pytest.mark.parametrize(("code", "text", "names"), FINDS)
def test_the_finder_finds_the_names_and_nothing_else(
    code: str, text: str, names: list[str]
) -> None:
    assert [text[a:b] for a, b, _ in match_spans(text, code)] == names


@pytest.mark.parametrize(("code", "story"), STORIES)
def test_identity(code: str, story: str) -> None:
    row = examples(code)["stories"][story]
    assert ids(row["text"], code, list(row["ids"])) == row["ids"]


@pytest.mark.parametrize("story", sorted({s for _, s in STORIES}))
def test_a_story_names_the_same_bodies_in_every_language(story: str) -> None:
    told = [set(examples(c)["stories"][story]["ids"].values()) for c in CODES]
    assert len(told) > 1
    assert all(t == told[0] for t in told)


def test_a_user_who_names_the_place_joins_what_the_article_leaves_open() -> None:
    text = "Jawatankuasa Parti Jabatan Kesihatan mempunyai 12 sel."
    name = ["Jawatankuasa Parti Jabatan Kesihatan"]
    other = "Het Partijcomité van het Ministerie van Volksgezondheid in Quang Ninh telt 12 cellen."
    dutch = ["Partijcomité van het Ministerie van Volksgezondheid"]
    (open_,) = identify(mentions(text, name), text, "ms")
    assert open_.canonical_id == "party-committee/health-department"
    assert (open_.body, open_.parent_id, open_.place) == (
        "party-committee",
        "health-department",
        None,
    )
    (said,) = identify(mentions(text, name), text, "ms", place="Quang Ninh")
    (there,) = identify(mentions(other, dutch), other, "nl")
    assert said.canonical_id == there.canonical_id == "party-committee/health-department/quang-ninh"
    assert said.body == there.body == open_.body
    assert said.place_id == there.place_id == "22"
    assert "metadata" in (said.reason or "")


def test_a_place_of_before_the_merger_keeps_its_name_and_knows_its_successor() -> None:
    text = "Volkscomité van de provincie Ha Giang"
    (o,) = identify(mentions(text, [text]), text, "nl", published=datetime.date(2024, 3, 1))
    assert (o.canonical_id, o.place, o.place_successor_id) == (
        "peoples-committee/ha-giang",
        "Ha Giang",
        "08",
    )
    assert o.name_vi == "Ủy ban nhân dân tỉnh Hà Giang"
    assert o.label == "People's Committee of Ha Giang"


def test_two_provinces_are_never_joined_by_a_level() -> None:
    ha_giang = ids("Ha Giang\nJawatankuasa Rakyat Wilayah", "ms", ["Jawatankuasa Rakyat Wilayah"])
    nghe_an = ids("Nghe An\nProvinciaal Volkscomité", "nl", ["Provinciaal Volkscomité"])
    assert set(ha_giang.values()) == {"peoples-committee/ha-giang"}
    assert set(nghe_an.values()) == {"peoples-committee/nghe-an"}


def test_an_abbreviation_is_learnt_where_it_is_introduced() -> None:
    text = "Syarikat Kuasa Van Phong (VPCL) membina loji. VPCL mengambil 200 pekerja."
    got = ids(text, "ms", ["Syarikat Kuasa Van Phong", "VPCL"])
    assert got["VPCL"] == got["Syarikat Kuasa Van Phong"]
    assert ids("VPCL mengambil 200 pekerja.", "ms", ["VPCL"])["VPCL"] == "vpcl"


def test_a_short_form_points_back_and_stays_open_without_a_body() -> None:
    text = "Hospital Bach Mai merawat 20 orang. hospital membeli katil."
    got = ids(text, "ms", ["Hospital Bach Mai", "hospital"])
    assert got == {"Hospital Bach Mai": "hospital/bach-mai", "hospital": "hospital/bach-mai"}
    assert ids("hospital membeli katil.", "ms", ["hospital"]) == {"hospital": None}


def test_proper_names_survive_translation() -> None:
    pairs = [
        ("Hospital Bach Mai", "Bach Mai-ziekenhuis"),
        ("Universiti Tay Bac", "Tay Bac Universiteit"),
        ("Koperasi Tan Viet", "coöperatie Tan Viet"),
        ("Syarikat Arang Batu Mao Khe", "Mao Khe Coal Company"),
        ("Kolej Vokasional Da Nang", "Da Nang Vocational College"),
    ]
    for malay, dutch in pairs:
        a, b = ids(malay, "ms", [malay])[malay], ids(dutch, "nl", [dutch])[dutch]
        assert a is not None
        assert a == b


def test_words_of_a_field_may_change_their_order() -> None:
    a, b = "Jabatan Sukan, Kebudayaan dan Pelancongan", "afdeling Cultuur, Sport en Toerisme"
    assert ids(a, "ms", [a])[a] == ids(b, "nl", [b])[b] == "culture-sports-and-tourism-department"


def test_mentions_keep_their_order_offsets_and_surface() -> None:
    text = "WHO dan UNICEF"
    given_ = [
        Organisation(start=8, end=14, text="UNICEF", score=0.5, source="x"),
        Organisation(start=0, end=3, text="WHO"),
    ]
    got = identify(given_, text, "ms")
    assert [(o.start, o.end, o.text, o.score, o.source) for o in got] == [
        (o.start, o.end, o.text, o.score, o.source) for o in given_
    ]
    assert [o.canonical_id for o in got] == ["unicef", "who"]


def test_a_language_without_a_lexicon_gives_nothing_and_does_not_raise() -> None:
    assert match_spans("WHO", "xx") == []
    (o,) = identify([Organisation(start=0, end=3, text="WHO")], "WHO", "xx")
    assert o.text == "WHO"


def test_every_body_of_the_languages_is_known_to_the_facts() -> None:
    data = facts.data("organisations")
    for code in CODES:
        own = languages.data(code, "organisations")
        assert set(own["heads"]) <= set(data["kinds"])
        assert set(own["names"]) <= set(facts.named())
        assert set(own["fields"]) == set(languages.data(CODES[0], "organisations")["fields"])
        assert all(
            phrases for table in ("heads", "fields", "names") for phrases in own[table].values()
        )
    for row in data["compositions"]:
        assert row["body"] in data["kinds"]
    assert all(KEY.fullmatch(k) for k in [*data["kinds"], *facts.named()])


def test_a_body_has_one_entry_and_a_known_kind() -> None:
    older, newer = facts.data("organisations"), facts.data("bodies")
    assert not set(older["named"]) & set(newer["named"])
    for key, row in newer["named"].items():
        assert set(row) <= {"kind", "label", "vi", "names", "shared"}, key
        assert row["kind"] in older["kinds"], key
        assert row.get("names") or row.get("shared") or row.get("vi"), key
        if "/" in key:
            assert key.startswith(f"{row['kind']}/"), key


# A sentence around a name, that says nothing about it: what stands before, what behind.
AROUND = {"ms": ("Semalam wakil ", " datang."), "nl": ("Gisteren kwam ", " langs.")}


@pytest.mark.parametrize("code", CODES)
def test_every_name_of_its_own_is_found_and_is_its_body(code: str) -> None:
    before, behind = AROUND[code]
    for key, row in facts.named().items():
        for name in row.get("names", ()):
            text = before + name + behind
            assert [text[a:b] for a, b, _ in match_spans(text, code)] == [name], key
            parsed = lexicon.parse(name, code)
            assert parsed is not None
            assert parsed.parts[0].name_id == key
        if "vi" in row:
            text = before + row["vi"] + behind
            assert [text[a:b] for a, b, _ in match_spans(text, code)] == [row["vi"]], key


@pytest.mark.parametrize("code", CODES)
def test_a_name_that_is_also_another_thing_is_found_beside_a_head_only(code: str) -> None:
    before, behind = AROUND[code]
    heads = languages.data(code, "organisations")["heads"]
    beside = 0
    for key, row in facts.data("bodies")["named"].items():
        for name in row.get("shared", ()):
            text = before + name + behind
            assert match_spans(text, code) == [], name
            assert ids(name, code, [name])[name] == key
            if row["kind"] in ("bank", "company", "club"):
                titled = f"{heads[row['kind']][0].capitalize()} {name}"
                text = before + titled + behind
                found = [text[a:b] for a, b, _ in match_spans(text, code)]
                beside += found == [titled]
    assert beside > 100


@pytest.mark.parametrize("code", CODES)
def test_no_name_of_its_own_is_found_in_small_letters(code: str) -> None:
    own = languages.data(code, "organisations")["names"]
    worded = {phrase for phrases in own.values() for phrase in phrases}
    before, behind = AROUND[code]
    for row in facts.data("bodies")["named"].values():
        for name in row.get("names", ()):
            small = name.lower()
            if small == name or small in worded:
                continue
            text = before + small + behind
            inside = [text[a:b] for a, b, _ in match_spans(text, code)]
            assert small not in inside, small


@pytest.mark.parametrize("code", CODES)
def test_every_head_is_read_as_its_kind(code: str) -> None:
    own = languages.data(code, "organisations")
    for kind, phrases in own["heads"].items():
        for phrase in phrases:
            parsed = lexicon.parse(phrase, code) or lexicon.parse(phrase.upper(), code)
            assert parsed is not None, phrase
            assert parsed.parts, (kind, phrase)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Jawatankuasa",
                "Parti",
                "Rakyat",
                "wilayah",
                "Ha",
                "Giang",
                "van",
                "de",
                "het",
                "provincie",
                "Ministerie",
                "en",
                ",",
                "(",
                ")",
                "-",
                "13e",
                "PC06",
                "Kesihatan",
                "ziekenhuis",
                "Pusat",
                "No.",
                "2",
                "\n",
                "UBND",
                "Bank",
                "Đồng",
                "Sở",
                "Y",
                "tế",
            ]
        ),
        max_size=25,
    ).map(" ".join)
    | st.text(max_size=120)
)
def test_no_text_raises_and_offsets_give_the_surface(text: str) -> None:
    for code in CODES:
        spans = match_spans(text, code)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        orgs = [Organisation(start=a, end=b, text=text[a:b]) for a, b, _ in spans]
        for o in identify(orgs, text, code):
            assert text[o.start : o.end] == o.text
            assert o.text.strip() == o.text
            assert o.canonical_id is None or KEY.fullmatch(o.canonical_id), o.canonical_id
        assert identify(orgs, text, code) == identify(orgs, text, code)
        if text.strip():
            (whole,) = identify([Organisation(start=0, end=len(text), text=text)], text, code)
            assert whole.canonical_id is None or KEY.fullmatch(whole.canonical_id)


@pytest.mark.parametrize("code", CODES)
def test_time_grows_with_the_text_and_not_faster(code: str) -> None:
    text = " ".join(row["text"] for row in examples(code)["stories"].values())
    match_spans(text, code)

    def seconds(times: int) -> float:
        long = (text + " ") * times
        start = time.process_time()
        match_spans(long, code)
        return time.process_time() - start

    assert seconds(80) < 25 * seconds(8) + 1


# Our own wordings of names in English, which a translation into any language may leave standing.
ENGLISH = {
    "Department of Industry and Trade": "department industry trade",
    "Dong Nai Department of Construction": "department construction",
    "Provincial Labor Federation": "labour-federation",
    "Management Board of Urban Railways": "management-board urban-railway",
    "Tran Dai Nghia High School for the Gifted": "high-school gifted",
    "Provincial Party Committee's Inspection Commission": "inspection-commission",
    "Vinh Long Center for Disease Control": "centre-for-disease-control",
    "Irish Embassy": "embassy",
    "Military Region 9 Command": "military-region",
    "Coast Guard Region 3 Command": "coast-guard-region",
    "MOET": "ministry education training",
    "Investment, Trade and Tourism Promotion Center": "centre investment trade tourism promotion",
}


@pytest.mark.parametrize("code", CODES)
def test_english_names_are_read_in_every_language(code: str) -> None:
    for name, wanted in ENGLISH.items():
        parsed = lexicon.parse(name, code)
        assert parsed is not None, name
        assert not parsed.unknown, name
        first = parsed.parts[0]
        assert [first.kind, *first.fields] == wanted.split(" "), name


# Wordings of one body, which must be read into the same parts; beside them another body.
ALIKE = {
    "nl": [
        (["Commando van Militair Gebied 9", "Militaire Regio 9"], "Divisie 9"),
        (
            ["Agentschap voor Civiele Vonnisuitvoering", "Dienst Civiele Vonnishandhaving"],
            "Dienst Justitie",
        ),
        (
            ["Comité voor Volkspetities en Supervisie", "Commissie voor Petities en Toezicht"],
            "Commissie voor Recht",
        ),
        (["Elektriciteit Gia Lai", "Gia Lai Electricity"], "Elektriciteit Kon Tum"),
        (["Nationaal Park Pu Mat", "Beheerraad van Nationaal Park Pu Mat"], "Beheerraad Pu Mat"),
        (["volkscomités van de wijken Le Chan", "Volkscomité van de wijk Le Chan"], "Volksraad"),
        (["Etnische kostschool Nam Tra", "Kostschool Nam Tra"], "Basisschool Nam Tra"),
        (["Regionale Volksrechtbank 3", "Volksrechtbank Regio 3"], "Volksrechtbank Regio 4"),
    ],
    "ms": [
        (["Mahkamah Rakyat Kawasan 3", "Mahkamah Rakyat rantau 3"], "Mahkamah Rakyat Kawasan 4"),
        (["Department of Health Gia Lai", "Jabatan Kesihatan Gia Lai"], "Jabatan Kesihatan Hanoi"),
    ],
}


@pytest.mark.parametrize("code", CODES)
def test_wordings_of_one_body_are_read_alike(code: str) -> None:
    def read(name: str) -> list[object]:
        parsed = lexicon.parse(name, code)
        assert parsed is not None, name
        return [
            (p.kind, p.name_id, sorted(p.fields), {a for _, a in p.areas}, p.proper, p.numbers)
            for p in parsed.parts
        ]

    for names, other in ALIKE[code]:
        assert all(read(name) == read(names[0]) for name in names), [read(n) for n in names]
        assert read(other) != read(names[0]), other


def test_a_plural_names_no_single_body_in_running_text() -> None:
    assert match_spans("Daar kwamen grenswachtposten en volkscomités samen.", "nl") == []


BEFORE = datetime.date(2024, 5, 1)


@pytest.mark.parametrize(
    ("code", "committee"),
    [("ms", "Jawatankuasa Rakyat bandar raya"), ("nl", "Volkscomité van de stad")],
)
def test_the_city_of_a_province_is_the_only_one_that_the_article_names(
    code: str, committee: str
) -> None:
    def of(text: str, place: str) -> str | None:
        marks = text.format(f"[{committee}]")
        return marked.ids(marks, code, title="", place=place, published=BEFORE)[0]

    vinh = {"ms": "{} di bandar raya Vinh.", "nl": "{} in de stad Vinh."}[code]
    assert of(vinh, "Nghe An") == "peoples-committee/nghe-an/vinh"
    assert of("{}.", "Nghe An") == "peoples-committee/nghe-an"
    assert of(vinh, "Da Nang") == "peoples-committee/da-nang"
    thu_duc = vinh.replace("Vinh", "Thu Duc")  # a city of a city
    assert of(thu_duc, "Ho Chi Minh City") == "peoples-committee/ho-chi-minh-city"


@pytest.mark.parametrize(
    ("code", "committee"), [("ms", "Jawatankuasa Rakyat"), ("nl", "Volkscomité")]
)
def test_a_place_inside_the_province_of_the_article_comes_before_one_outside(
    code: str, committee: str
) -> None:
    """Long Thanh is a district of Dong Nai and a commune of Nghe An."""

    def of(place: str | None) -> list[str | None]:
        return marked.ids(
            f"[{committee} Long Thanh].", code, title="", place=place, published=BEFORE
        )

    assert of("Nghe An") == ["peoples-committee/nghe-an/long-thanh"]
    assert of("Dong Nai") == ["peoples-committee/dong-nai/long-thanh"]


@pytest.mark.parametrize(
    ("code", "text", "name"),
    [
        (
            "ms",
            "Pada 12 Mei {}, hujan turun di Ha Giang. Di Ha Giang ramai yang sakit. Jabatan"
            " Kesihatan membantu.",
            "Jabatan Kesihatan",
        ),
        (
            "nl",
            "Op 12 mei {} regende het in Ha Giang. In Ha Giang werden velen ziek. De afdeling"
            " Volksgezondheid hielp.",
            "afdeling Volksgezondheid",
        ),
    ],
)
def test_a_page_without_a_day_is_of_the_day_that_it_tells_of(
    code: str, text: str, name: str
) -> None:
    def of(year: int, day: datetime.date | None = None) -> set[str | None]:
        found = extract(text.format(year), code, title="", published=day).organisations
        return {o.canonical_id for o in found if o.text == name}

    assert of(2026) == {"health-department/tuyen-quang"}
    assert of(2024) == {"health-department/ha-giang"}
    assert of(2026, BEFORE) == {"health-department/ha-giang"}  # the page says its own
    assert of(1998) == {"health-department/ha-giang"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms", "Pada 12 Mei {}, hujan turun di Lam Dong. Jabatan Kesihatan Wilayah Lam Dong kata."),
        (
            "nl",
            "Op 12 mei {} regende het in Lam Dong. De afdeling Volksgezondheid van de provincie"
            " Lam Dong zweeg.",
        ),
    ],
)
def test_a_day_long_ago_is_one_that_the_page_looks_back_to(code: str, text: str) -> None:
    def of(year: int) -> set[str | None]:
        found = extract(text.format(year), code, title="").organisations
        return {o.place_id for o in found if o.body == "department"}

    assert of(2026) == of(1998) == {"68"}
    assert of(2024) == {"before-2025/68"}
