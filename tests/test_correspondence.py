"""Bodies of two translations of a story: which are one, and what must never be."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from pipeline.normalise import coreference
from pipeline.normalise.organisations import identify
from pipeline.records import MENTION_SCHEMA
from pipeline.tabulate import correspondence
from pipeline.tabulate.correspondence import IDENTITY
from pipeline.tabulate.meaning import Meant
from pipeline.tabulate.settle import settle_story
from tests.marked import unmarked

Row = dict[str, Any]

# Sentences of two translations that share what lays them side by side.
MS = "Pada jam 12 sebanyak 340 buku di Lai Chau dan Dien Bien: {}."
NL = "Om 12 uur 340 boeken in Lai Chau en Dien Bien: {}."


def article(name: str, code: str, marked: str, place: str | None = None) -> list[Row]:
    """The mentions of an article, one sentence a line, as the article alone identifies them."""
    text, mentions = unmarked(marked)
    known = identify(mentions, text, code, title="", place=place)
    rows = []
    for found in coreference.resolve(known, code):
        start = text.rfind("\n", 0, found.start) + 1
        rows.append(
            {
                **dict.fromkeys(MENTION_SCHEMA.names),
                "article_id": name,
                "path": name,
                "language": code,
                "kind": "organisation",
                "text": found.text,
                "start": found.start,
                "end": found.end,
                "sentence": text[start:].partition("\n")[0],
                "sentence_start": start,
                "score": 0.9,
                "source": "test",
                **{key: getattr(found, key) for key in IDENTITY},
            }
        )
    return rows


def story(ms: str, nl: str, ms_place: str | None = None, nl_place: str | None = None) -> list[Row]:
    """The mentions of a story in two languages, its names put into the sentences that share."""
    return [
        *article("a", "ms", MS.format(ms), ms_place),
        *article("b", "nl", NL.format(nl), nl_place),
    ]


def ids(rows: list[Row]) -> list[str | None]:
    return [row["canonical_id"] for row in rows]


def settled(rows: list[Row]) -> list[str | None]:
    """What the mentions are after their story is settled."""
    correspondence.settle(rows)
    return ids(rows)


# Pairs of names that are one body with the id at the end, and beside each a pair that is not.
SAME = {
    "an unread name by its proper words": (
        "[Kelab Lampu Lam Sinh]",
        "[Lampionkring Lam Sinh]",
        "club/lampu-lam-sinh",
        "[Kelab Lampu Lam Sinh]",
        "[Lampionkring Dong Xanh]",
    ),
    "a number": (
        "[Kelab Lampu Lam Sinh 2]",
        "[Lampionkring Lam Sinh 2]",
        "club/lampu-lam-sinh-2",
        "[Kelab Lampu Lam Sinh 2]",
        "[Lampionkring Lam Sinh 3]",
    ),
    "a Roman number": (
        "[Kelab Lampu Lam Sinh IV]",
        "[Lampionkring Lam Sinh IV]",
        "club/lampu-lam-sinh-iv",
        "[Kelab Lampu Lam Sinh IV]",
        "[Lampionkring Lam Sinh VI]",
    ),
    "kinds of one class": (
        "[Syarikat Tekstil Lam Sinh]",
        "[Bedrijf Lam Sinh Dong Xanh]",
        "company/lam-sinh-textile",
        "[Balai Pengawal Sempadan Lam Sinh]",
        "[Bedrijf Lam Sinh Dong Xanh]",
    ),
    "a council is no committee": (
        "[Majlis Lampu Wilayah Ben Tre]",
        "[Lampionraad Ben Tre]",
        "council/lampu/ben-tre",
        "[Majlis Rakyat Wilayah Ben Tre]",
        "[Volkscomité van de provincie Ben Tre]",
    ),
    "a school of one stage is none of another": (
        "[Sekolah Rendah Lam Sinh]",
        "[School Lam Sinh]",
        "school/lam-sinh",
        "[Sekolah Rendah Lam Sinh]",
        "[Middelbare school Lam Sinh]",
    ),
    "a part is not its body": (
        "[Pejabat Kelab Lampu Lam Sinh]",
        "[Kantoor van de Lampionkring Lam Sinh]",
        "office/club/lampu-lam-sinh",
        "[Pejabat Syarikat Lam Sinh]",
        "[Bedrijf Lam Sinh]",
    ),
}


@pytest.mark.parametrize("rule", SAME)
def test_one_body_and_two(rule: str) -> None:
    ms, nl, identity, other_ms, other_nl = SAME[rule]
    one = story(ms, nl)
    assert len(set(ids(one))) == 2
    assert settled(one) == [identity, identity]
    two = story(other_ms, other_nl)
    before = ids(two)
    assert len(set(before)) == 2
    assert settled(two) == before
    assert not any(row["article_identity"] for row in two)


def test_each_name_goes_to_the_one_that_is_most_like_it() -> None:
    rows = story(
        "[Kelab Lampu Lam Sinh] dan [Pasukan Layang Dong Xanh]",
        "[Lampionkring Lam Sinh] en [Vliegergroep Dong Xanh]",
    )
    assert settled(rows) == ["club/lampu-lam-sinh", "team/layang-dong-xanh"] * 2


def test_a_name_alone_on_one_side_stays_alone_among_several() -> None:
    alone = story("[Kelab Lampu]", "[Lampionkring]")
    assert settled(alone) == ["club/lampu", "club/lampu"]
    several = story("[Kelab Lampu], [Kelab Tali] dan [Kelab Bola]", "[Lampionkring]")
    before = ids(several)
    assert settled(several) == before


def test_a_word_that_the_other_article_knows_and_leaves_out_speaks_against_it() -> None:
    assert settled(story("[Bank Lampu]", "[Lampionkring Lam Sinh]")) == ["bank/lampu"] * 2
    knows = story("Lam Sinh membaca [Bank Lampu]", "[Lampionkring Lam Sinh]")
    before = ids(knows)
    assert settled(knows) == before


def test_names_of_sentences_that_share_nothing_are_not_compared() -> None:
    beside = "Pada jam 7 sebanyak 91 ekor ayam di Ca Mau dan Tra Vinh: [Kelab Lampu Lam Sinh]."
    one = article("a", "ms", beside) + article("b", "nl", NL.format("[Lampionkring]"))
    before = ids(one)
    assert settled(one) == before
    assert len(set(settled(story("[Kelab Lampu Lam Sinh]", "[Lampionkring]")))) == 1


def test_a_sentence_may_stand_beside_the_two_it_was_split_into() -> None:
    names = "[Kelab Lampu Lam Sinh] dan [Pasukan Layang Dong Xanh]"
    split = (
        "Om 12 uur 340 boeken in Lai Chau: [Lampionkring Lam Sinh].\n"
        "In Dien Bien: [Vliegergroep Dong Xanh]."
    )
    rows = article("a", "ms", MS.format(names)) + article("b", "nl", split)
    assert settled(rows) == ["club/lampu-lam-sinh", "team/layang-dong-xanh"] * 2
    backwards = article("a", "ms", MS.format(names)) + article(
        "b", "nl", "\n".join(reversed(split.split("\n")))
    )
    assert settled(backwards)[2] != "team/layang-dong-xanh"


def test_a_ministry_is_as_the_language_says_that_tells_it_from_a_department() -> None:
    """Dutch words a department as a ministry; Malay does not."""
    department = story("[Jabatan Kesihatan]", "[Ministerie van Volksgezondheid]", "Ben Tre")
    assert ids(department) == ["health-department/ben-tre", "health-ministry"]
    assert settled(department) == ["health-department/ben-tre"] * 2
    ministry = story(
        "[Kementerian Kesihatan]", "[Ministerie van Volksgezondheid]", nl_place="Ben Tre"
    )
    assert ids(ministry) == ["health-ministry", "health-department/ben-tre"]
    assert settled(ministry) == ["health-ministry"] * 2


def test_a_ministry_and_a_department_that_are_said_plainly_are_two() -> None:
    rows = story("[Kementerian Kesihatan]", "[afdeling Volksgezondheid]", nl_place="Ben Tre")
    before = ids(rows)
    assert before == ["health-ministry", "health-department/ben-tre"]
    assert settled(rows) == before


def test_the_translation_that_names_the_place_is_believed() -> None:
    """Of two departments that both articles know, a mention is the one its translation names."""
    both = "\n[{0} Ben Tre] 55.\n[{0} Tra Vinh] 66."
    ms = MS.format("[Jabatan Kesihatan Wilayah Tra Vinh]") + both.format(
        "Jabatan Kesihatan Wilayah"
    )
    nl = NL.format("[afdeling Volksgezondheid]") + both.format(
        "afdeling Volksgezondheid van de provincie"
    )
    rows = article("a", "ms", ms) + article("b", "nl", nl, "Ben Tre")
    tra_vinh, ben_tre = "health-department/tra-vinh", "health-department/ben-tre"
    assert ids(rows) == [tra_vinh, ben_tre, tra_vinh, ben_tre, ben_tre, tra_vinh]
    assert settled(rows) == [tra_vinh, ben_tre, tra_vinh, tra_vinh, ben_tre, tra_vinh]


def test_two_translations_that_name_two_places_are_believed_both() -> None:
    rows = story("[Jabatan Kesihatan Wilayah Ben Tre]", "[Volkscomité van de provincie Tra Vinh]")
    before = ids(rows)
    assert settled(rows) == before


def test_a_body_known_by_name_gives_its_id_to_the_unread_one() -> None:
    for ms, nl in (("[Syarikat Vinamilk]", "[Melkbron]"), ("[Syarikat Susu]", "[Vinamilk]")):
        assert settled(story(ms, nl)) == ["company/vinamilk"] * 2


def test_two_bodies_that_both_articles_know_stay_two() -> None:
    """An id that is the same in both languages is established."""
    ms = "[Hospital Lam Sinh]\n" + MS.format("[Hospital Dong Xanh]")
    nl = "[Ziekenhuis Lam Sinh]\n" + NL.format("[Ziekenhuis Dong Xanh]")
    rows = article("a", "ms", ms) + article("b", "nl", nl)
    before = ids(rows)
    assert before == ["hospital/lam-sinh", "hospital/dong-xanh"] * 2
    assert settled(rows) == before
    assert not any(row["article_identity"] for row in rows)


def test_two_bodies_known_by_name_are_never_a_pair() -> None:
    ms = "[WHO] 55.\n[UNICEF] 66.\n" + MS.format("[WHO]")
    nl = "[WHO] 55.\n[UNICEF] 66.\n" + NL.format("[UNICEF]")
    rows = article("a", "ms", ms) + article("b", "nl", nl)
    pairs = {(x["canonical_id"], y["canonical_id"]) for x, y, _ in correspondence.correspond(rows)}
    assert ("who", "unicef") not in pairs
    before = ids(rows)
    assert settled(rows) == before


def test_a_pair_of_two_bodies_that_both_articles_know_joins_nothing() -> None:
    ms = "[Hospital Lam Sinh] 55.\n[Hospital Lam Loc] 66.\n" + MS.format("[Hospital Lam Sinh]")
    nl = "[Ziekenhuis Lam Sinh] 55.\n[Ziekenhuis Lam Loc] 66.\n"
    rows = article("a", "ms", ms) + article("b", "nl", nl + NL.format("[Ziekenhuis Lam Loc]"))
    pairs = {(x["canonical_id"], y["canonical_id"]) for x, y, _ in correspondence.correspond(rows)}
    assert ("hospital/lam-sinh", "hospital/lam-loc") in pairs
    before = ids(rows)
    assert settled(rows) == before


def test_bodies_that_both_sentences_name_leave_the_others_to_each_other() -> None:
    left = story("[WHO] dan [Kelab Lampu]", "[WHO] en [Lampionkring]")
    assert settled(left) == ["who", "club/lampu"] * 2
    more = story("[Kelab Tali] dan [Kelab Lampu]", "[WHO] en [Lampionkring]")
    assert settled(more)[3] == "lampionkring"


def test_kinds_that_the_lexicon_reads_alike_are_one_without_a_shared_word() -> None:
    rows = story("[Syarikat Lampu] dan [Tali Merah]", "[Bedrijf Lampion] en [Rode Lijn]")
    first, _, second, _ = settled(rows)
    assert first == second
    rows = story("[Balai Pengawal Sempadan] dan [Tali Merah]", "[Bedrijf Lampion] en [Rode Lijn]")
    assert len(set(settled(rows))) == 4


def test_the_likest_goes_first() -> None:
    rows = story(
        "[Kelab Lampu Lam Sinh Dong Xanh]",
        "[Lampionkring Lam Sinh Dong Xanh] en [Groene Hoek Lam Sinh Dong]",
    )
    club, like, less = settled(rows)
    assert club == like != less


def test_a_number_on_one_side_alone_speaks_against_it() -> None:
    assert len(set(settled(story("[Kelab Lampu Lam]", "[Lampionkring Lam]")))) == 1
    assert len(set(settled(story("[Kelab Lampu Lam 2]", "[Lampionkring Lam]")))) == 2


def test_sentences_with_nothing_in_common_are_not_laid_side_by_side() -> None:
    ms = "Pada jam 7 di Ca Mau, Tra Vinh dan Soc Trang 350 ekor ayam dan [Kelab Lampu]."
    nl = NL.format("[Lampionkring]")
    rows = article("a", "ms", ms) + article("b", "nl", nl)
    before = ids(rows)
    assert settled(rows) == before


def test_what_was_noted_before_stays_noted() -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    rows[1]["article_identity"] = "{}"
    assert settled(rows) == ["club/lampu-lam-sinh"] * 2
    assert rows[1]["article_identity"] == "{}"


def test_what_was_settled_goes_to_all_mentions_parts_and_figures() -> None:
    ms = MS.format("[Kelab Lampu Lam Sinh]") + "\n[Jawatankuasa Parti Kelab Lampu Lam Sinh] tidur."
    nl = NL.format("[Lampionkring Lam Sinh]") + "\nEen dag later danst [Lampionkring Lam Sinh]."
    rows = article("a", "ms", ms) + article("b", "nl", nl)
    figure = {
        **rows[-1],
        "kind": "statistic",
        "value": 7.0,
        "canonical_id": None,
        "organisation_id": rows[-1]["canonical_id"],
    }
    part = {
        **rows[-1],
        "text": "Partijcomité van de Lampionkring Lam Sinh",
        "canonical_id": f"party-committee/{rows[-1]['canonical_id']}",
        "parent_id": rows[-1]["canonical_id"],
        "start": rows[-1]["start"] + 1,
    }
    other = {
        **rows[-1],
        "canonical_id": f"party-committee/x{rows[-1]['canonical_id']}",
        "text": "X",
    }
    rows += [figure, part, other]
    first, party, second, third, *_ = settled(rows)
    assert first == second == third == "club/lampu-lam-sinh"
    assert party == "party-committee/club/lampu-lam-sinh"
    assert figure["organisation_id"] == "club/lampu-lam-sinh"
    assert (part["canonical_id"], part["parent_id"]) == (party, "club/lampu-lam-sinh")
    assert json.loads(part["article_identity"])["parent_id"] == "lampionkring-lam-sinh"
    assert other["canonical_id"] == "party-committee/xlampionkring-lam-sinh"


def test_merging_again_changes_nothing_where_a_figure_is_about_a_body_of_another_name() -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    for row in rows:
        row["place_missing"] = True
    figures = [
        {
            **row,
            "kind": "statistic",
            "start": row["end"] + 1,
            "value": 7.0,
            "value_kind": "count",
            "canonical_id": None,
            "place_missing": None,
            "organisation_id": row["canonical_id"],
        }
        for row in rows
    ]
    rows = [rows[0], figures[0], rows[1], figures[1]]
    settle_story(rows, "story-0a", Meant())
    about = "club/lampu-lam-sinh/in-story-0a"
    assert [figure["organisation_id"] for figure in figures] == [about, about]
    once = copy.deepcopy(rows)
    settle_story(rows, "story-0a", Meant())
    assert rows == once


def test_what_the_article_gave_is_kept_and_settling_again_gives_the_same() -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    given = copy.deepcopy(rows)
    correspondence.settle(rows)
    ms, nl = rows
    assert ms == given[0]
    assert json.loads(nl["article_identity"]) == {key: given[1][key] for key in IDENTITY}
    assert {key: nl[key] for key in IDENTITY if key != "reason"} == {
        key: ms[key] for key in IDENTITY if key != "reason"
    }
    why = "corresponds to Kelab Lampu Lam Sinh in a translation"
    assert nl["reason"] == f"{given[1]['reason']}; {why}"
    once = json.dumps(rows, sort_keys=True)
    for row in rows:
        correspondence.restore(row)
    assert rows == given
    correspondence.settle(rows)
    assert json.dumps(rows, sort_keys=True) == once
    backwards = copy.deepcopy(given)[::-1]
    correspondence.settle(backwards)
    assert json.dumps(backwards[::-1], sort_keys=True) == once


def test_what_a_ministry_was_before_can_be_restored_too() -> None:
    rows = story("[Jabatan Kesihatan]", "[Ministerie van Volksgezondheid]", "Ben Tre")
    given = copy.deepcopy(rows)
    correspondence.settle(rows)
    assert rows != given
    for row in rows:
        correspondence.restore(row)
    assert rows == given


@pytest.mark.parametrize("code", ["ms", "nl", "xx"])
def test_two_articles_of_one_language_are_not_compared(code: str) -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    for row in rows:
        row["language"] = code
    before = copy.deepcopy(rows)
    correspondence.settle(rows)
    assert rows == before
    third = article("c", "nl" if code == "ms" else "ms", "Hujan: [WHO].")
    assert correspondence.correspond([*rows, *third]) == []


def test_a_language_without_a_lexicon_is_compared_by_what_is_in_no_language() -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    rows[1]["language"] = "xx"
    assert settled(rows) == ["club/lampu-lam-sinh"] * 2
    other = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Dong Xanh]")
    other[1]["language"] = "xx"
    before = ids(other)
    assert settled(other) == before


def test_only_bodies_with_an_identity_are_compared() -> None:
    rows = story("[Kelab Lampu Lam Sinh]", "[Lampionkring Lam Sinh]")
    rows[1]["canonical_id"] = None
    assert settled(rows) == ["club/lampu-lam-sinh", None]


def test_a_story_without_rows_is_settled() -> None:
    rows: list[Row] = []
    correspondence.settle(rows)
    assert correspondence.correspond(rows) == []


@pytest.mark.parametrize(
    ("ms", "nl"),
    [
        ("[UNICEF]", "[WHO]"),
        ("[Bank Agribank]", "[Vietcombank]"),
        ("[Hospital Lam Sinh]", "[Bedrijf Lam Sinh Dong Xanh]"),
        (
            "[Kelab Lampu Lam Sinh] dan [Pejabat Kelab Lampu Lam Sinh]",
            "[Lampionkring Lam Sinh] en [Lampionkring Lam Sinh]",
        ),
    ],
)
def test_bodies_that_are_never_joined(ms: str, nl: str) -> None:
    rows = story(ms, nl)
    apart = {ids(rows)[0], ids(rows)[1]}
    assert len(apart) == 2
    assert len(set(settled(rows)[:2])) == 2


def test_a_province_that_is_said_goes_before_a_national_body_that_is_guessed() -> None:
    rows = story("[Kesatuan Petani Wilayah Ben Tre]", "[Boerenbond]")
    assert settled(rows) == ["farmers-union/ben-tre"] * 2
