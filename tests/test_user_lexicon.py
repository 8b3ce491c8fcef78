"""A user's own names, places and units: what they change, what they leave, what is refused."""

from __future__ import annotations

import itertools
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import articles, extraction, languages
from pipeline.articles import from_document
from pipeline.configuration import Configuration
from pipeline.detect import read_parts
from pipeline.normalise import places
from pipeline.normalise.lexicon import own_name
from pipeline.normalise.units import unit_id, unit_label
from pipeline.read import Document, Record, Sidecar
from pipeline.recognise import Name, Recogniser
from pipeline.recognise.own_names import with_own_names, without_nones
from pipeline.records import Organisation
from pipeline.run.parts import Parts, none_lines
from pipeline.run.tasks import Task, given_up, performer
from pipeline.user_lexicon import REASON, OwnName, UserLexicon, using
from pipeline.user_lexicon.read import LexiconError, read_lexicon
from pipeline.user_lexicon.unused import said as said_of_lines
from pipeline.user_lexicon.unused import unused
from tests.conftest import ROOT, Files
from tests.test_command_line import one_process, run_here
from tests.test_command_line import said_here as selaras

MALAY = """Tabung Harapan Hijau membantu 120 keluarga di Ha Giang

Jabatan Kesihatan Wilayah Ha Giang dan Tabung Harapan Hijau (THH) mengumumkan program baharu pada 2024. THH mempunyai 45 sukarelawan kampung. Jawatankuasa Parti Tabung Harapan Hijau mempunyai 12 ahli Parti.

Jawatankuasa Rakyat Wilayah Kota Kabut menyokong program itu. Kelab Alfa menanam 3,000 anak benih sagu.
"""
DUTCH = """Groene Hoop Fonds helpt 120 gezinnen in Ha Giang

De afdeling Volksgezondheid van de provincie Ha Giang en het Groene Hoop Fonds (GHF) kondigden in 2024 een nieuw programma aan. GHF heeft 45 dorpsvrijwilligers. Het Partijcomité van het Groene Hoop Fonds telt 12 partijleden.

Het Volkscomité van de provincie Mistige Stad steunt het programma. Club Alfa plantte 3.000 sagozaailingen.
"""
LEXICON = """kind,language,text,id,label,place
name,ms,Tabung Harapan Hijau,fund/green-hope,Green Hope Fund,Ha Giang
name,nl,groene hoop fonds,fund/green-hope,,
name,,GHF,fund/green-hope,,
same,,club/alfa,club/beta,,
place,,Kota Kabut,misty-town,Misty Town,
place,,Mistige Stad,misty-town,Misty Town,
unit,ms,anak benih sagu,sago-seedling,sago seedlings,
unit,nl,sagozaailingen,sago-seedling,,
unit,ms,sukarelawan kampung,village-volunteer,village volunteers,
unit,nl,dorpsvrijwilligers,village-volunteer,,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two translations of one article, ``my.csv``, and runs ``without`` and ``with`` it."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "articles").mkdir()
    (folder / "articles" / "hope.ms.txt").write_text(MALAY)
    (folder / "articles" / "hope.nl.txt").write_text(DUTCH)
    (folder / "my.csv").write_text(LEXICON)
    for name, options in (("without", ()), ("with", ("--lexicon", folder / "my.csv"))):
        done = run_here(folder / "articles", "--out", folder / name, *options)
        assert done.returncode == 0, done.stderr
    return folder


def lexicon(tmp_path: Path, *lines: str) -> UserLexicon:
    file = tmp_path / "lexicon.csv"
    file.write_text("\n".join(["kind,language,text,id,label,place", *lines]) + "\n")
    return read_lexicon(file)


def bodies(text: str, own: UserLexicon | None, language: str = "ms") -> dict[str, Organisation]:
    found = pipeline.load(lexicon=own, language=language)(text)
    return {o.text: o for o in found.organisations}


def test_two_languages_have_one_row_by_the_users_names(folder: Path) -> None:
    before, after = Files(folder / "without").table, Files(folder / "with").table
    assert "fund/green-hope" not in set(before.canonical_id)
    table = after.set_index("canonical_id")
    row = table.loc["fund/green-hope"]
    assert (row.label, row.languages, row.place) == ("Green Hope Fund", "ms,nl", "Ha Giang")
    assert row.reason.endswith(REASON)
    # The articles themselves say what these abbreviate, and whose committee it is.
    mentions = Files(folder / "with").mentions.set_index("text")
    assert set(mentions.loc["THH"].canonical_id) == {"fund/green-hope"}
    committee = table.loc["party-committee/fund/green-hope"]
    assert committee.label == "Party Committee of the Green Hope Fund"
    assert committee.parent_id == "fund/green-hope"
    assert committee.languages == "ms,nl"
    assert after[after.kind == "statistic"].languages.tolist() == ["ms,nl"] * 4


def test_two_ids_are_one_body_everywhere(folder: Path) -> None:
    before, after = Files(folder / "without"), Files(folder / "with")
    assert before.named("Kelab Alfa").canonical_id == "club/alfa"
    assert after.named("Kelab Alfa").canonical_id == "club/beta"
    assert after.named("Kelab Alfa").label == "Beta Club"
    assert after.named("3.000").organisation_id == "club/beta"
    assert not after.table.canonical_id.str.contains("club/alfa").any()


def test_a_place_of_ones_own_in_two_spellings(folder: Path) -> None:
    row = Files(folder / "with").table.set_index("canonical_id").loc["peoples-committee/misty-town"]
    assert (row.place_id, row.place, row.languages) == ("misty-town", "Misty Town", "ms,nl")
    assert row.label == "People's Committee of Misty Town"


def test_units_of_ones_own(folder: Path) -> None:
    files = Files(folder / "with")
    assert files.named("3,000").unit_id == files.named("3.000").unit_id == "sago-seedling"
    assert files.named("3.000").label == "sago seedlings"
    assert set(files.mentions[files.mentions.text == "45"].unit_id) == {"village-volunteer"}


def test_what_the_lexicon_does_not_name_stays_as_it_was(folder: Path) -> None:
    before, after = Files(folder / "without"), Files(folder / "with")
    for text in ("Jabatan Kesihatan Wilayah Ha Giang", "120", "12"):
        # The order of articles is that of their stories, which depend on the names in them.
        a, b = (
            files.mentions[files.mentions.text == text].sort_values("path").iloc[0]
            for files in (before, after)
        )
        assert (a.start, a.unit_id, a.value) == (b.start, b.unit_id, b.value) or a.value != a.value
        if a.kind == "organisation":
            assert a.canonical_id == b.canonical_id


def test_a_run_knows_its_lexicon_by_its_content(folder: Path, tmp_path: Path) -> None:
    out, file, moved = tmp_path / "out", tmp_path / "my.csv", tmp_path / "moved.csv"
    file.write_text(LEXICON)

    def run(*options: object) -> dict[str, object]:
        done = run_here(folder / "articles", "--out", out, *map(str, options))
        assert done.returncode == 0, done.stderr
        said: dict[str, object] = json.loads((out / "run.json").read_text())
        return said

    first = run("--lexicon", file)
    assert first["configuration"]["lexicon"] == read_lexicon(file).digest  # type: ignore[index]
    table = (out / "table.csv").read_bytes()
    assert table == (folder / "with" / "table.csv").read_bytes()
    assert selaras("table", out).returncode == 0
    assert (out / "table.csv").read_bytes() == table
    file.rename(moved)
    assert run("--lexicon", moved)["extracted"] == 0
    moved.write_text(LEXICON.replace("green-hope", "greenhope"))
    assert run("--lexicon", moved)["extracted"] == 2
    assert b"fund/greenhope" in (out / "table.csv").read_bytes()
    assert run()["extracted"] == 2
    assert (out / "table.csv").read_bytes() == (folder / "without" / "table.csv").read_bytes()


def test_what_changed_is_said_by_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.ms.txt").write_text(MALAY)
    mine, other, out = tmp_path / "mine.csv", tmp_path / "other.csv", tmp_path / "out"
    mine.write_text(LEXICON)

    def said(*options: object) -> str:
        done = run_here(tmp_path / "a.ms.txt", "--out", out, *options)
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stderr.splitlines() if "other choices" in line]
        return lines[0].partition("choices ")[2] if lines else ""

    assert said() == ""
    assert said("--lexicon", mine) == "(lexicon none, now mine.csv): all is read anew"
    mine.rename(other)
    assert said("--lexicon", other) == ""  # the same content
    mine.write_text(LEXICON.replace("green-hope", "greenhope"))
    assert said("--lexicon", mine) == "(lexicon other.csv, now mine.csv): all is read anew"
    mine.write_text(LEXICON)
    assert said("--lexicon", mine) == "(lexicon mine.csv, changed since): all is read anew"
    run = json.loads((out / "run.json").read_text())
    assert run["configuration"]["lexicon"] == read_lexicon(mine).digest
    run["lexicon_file"] = None  # as results have it that Python made of a lexicon without a file
    (out / "run.json").write_text(json.dumps(run))
    assert said() == f"(lexicon '{read_lexicon(mine).digest}', now none): all is read anew"


def test_lines_that_found_nothing_are_named(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    lines = [
        *LEXICON.splitlines(),
        "name,,General Hospital of Nowhere XX,x/y,,",  # line 12
        "name,nl,Tabung Harapan Hijau,fund/green-hope,,",  # Malay words in no Dutch article
        "unit,ms,anak benih sagoo,sago-seedling,,",
        "document,,,4711/QĐ-UBND,,",
    ]
    file.write_text("\n".join(lines) + "\n")
    out = tmp_path / "out"
    for _ in range(2):  # and of results that are there already
        done = run_here(folder / "articles", "--out", out, "--lexicon", file)
        assert (
            "mine.csv: 14 lines, of 11 names, units and documents 4 found nothing: line 12 "
            "'General Hospital of Nowhere XX', line 13 'Tabung Harapan Hijau', line 14 "
            "'anak benih sagoo', line 15 '4711/QĐ-UBND'\n"
        ) in done.stderr
    own = read_lexicon(file)
    assert [entry.line for entry in unused(own, out)] == [12, 13, 14, 15]
    file.write_text("kind,text,id\nname,THH,thh\n")
    assert said_of_lines(read_lexicon(file), out) == "mine.csv: 1 line, and each found something"
    file.write_text("kind,text,id\n" + "".join(f"name,Nowhere {i}x,x/y{i}\n" for i in range(7)))
    told = said_of_lines(read_lexicon(file), out)
    assert told.startswith("mine.csv: 7 lines, of which 7 found nothing: line 2 'Nowhere 0x', ")
    assert told.endswith("line 6 'Nowhere 4x' and 2 more")
    file.write_text("kind,text,id\nsame,club/alfa,club/beta\n")
    assert said_of_lines(read_lexicon(file), out) == ""
    quiet = run_here(folder / "articles", "--out", out, "--lexicon", file, "--quiet")
    assert quiet.stderr == ""


def test_any_number_of_workers_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for n in range(8):
        text = MALAY.replace("120", str(200 + n)).replace("45", str(50 + n))
        (tmp_path / "articles" / f"{n}.ms.txt").write_text(text)
    for workers in ("1", "2"):
        done = selaras(
            *("run", tmp_path / "articles", "--out", tmp_path / workers, "--workers", workers),
            *("--lexicon", folder / "my.csv", "--language", "ms", "-q"),
        )
        assert done.returncode == 0, done.stderr
    one, two = ((tmp_path / w / "table.csv").read_bytes() for w in ("1", "2"))
    assert one == two
    assert b"fund/green-hope" in one


def test_extract_takes_it(folder: Path) -> None:
    done = selaras("extract", folder / "articles" / "hope.nl.txt", "--lexicon", folder / "my.csv")
    found = {m["text"]: m for m in json.loads(done.stdout)["mentions"]}
    assert found["Groene Hoop Fonds"]["canonical_id"] == "fund/green-hope"
    assert found["Groene Hoop Fonds"]["reason"] == REASON


def test_the_place_of_an_article_may_be_ones_own(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ms.txt").write_text("Jawatankuasa Rakyat Wilayah menyokong program baharu itu.")
    (tmp_path / "about.csv").write_text("path,place\na.ms.txt,Kota Kabut\n")
    done = run_here(
        *(tmp_path / "a.ms.txt", "--out", tmp_path / "out", "--language", "ms"),
        *("--metadata", tmp_path / "about.csv", "--lexicon", folder / "my.csv"),
    )
    assert "no place" not in done.stderr
    assert Files(tmp_path / "out").table.canonical_id[0] == "peoples-committee/misty-town"
    options = ("--place", "Kota Kabut", "--language", "ms", "--lexicon", folder / "my.csv")
    done = selaras("extract", tmp_path / "a.ms.txt", *options)
    assert done.stderr == ""
    assert json.loads(done.stdout)["mentions"][0]["place_id"] == "misty-town"


def test_evaluate_takes_it(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "gold").mkdir()
    for code, text, name in (
        ("ms", MALAY, "Tabung Harapan Hijau"),
        ("nl", DUTCH, "Groene Hoop Fonds"),
    ):
        marked = text.replace(name, f'<org key="fund/green-hope">{name}</org>')
        (tmp_path / "gold" / f"hope.{code}.txt").write_text(marked)
    with one_process():
        scores = [
            json.loads(selaras("evaluate", tmp_path / "gold", "--json", *options).stdout)
            for options in ((), ("--lexicon", folder / "my.csv"))
        ]
    across = [s["scores"]["all"]["link across"]["hits"] for s in scores]
    assert across[0] == 0
    assert across[1] > 0


def test_from_python_one_lexicon_leaves_no_trace_in_another(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("kind,text,id\nname,THH,fund/one\nunit,keluarga,clan\nplace,Kabut,40\n")
    text = "THH di Kabut membantu 120 keluarga. Jawatankuasa Rakyat Wilayah Kabut memuji THH."
    plain, with_own = pipeline.load(language="ms"), pipeline.load(language="ms", lexicon=own)
    first = plain(text).to_dict()
    reading = with_own(text)
    assert [o.canonical_id for o in reading.organisations] == [
        "fund/one",
        "peoples-committee/nghe-an",
        "fund/one",
    ]
    assert reading.statistics[0].unit_id == "clan"
    assert plain(text).to_dict() == first
    assert unit_id("keluarga", "ms") == "household"
    assert not places.candidates("Kabut")
    with pytest.raises(LexiconError, match=r"missing\.csv: cannot be opened"):
        pipeline.load(lexicon=tmp_path / "missing.csv")


def test_a_name_counts_whatever_its_case_spaces_and_diacritics(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,,Hợp Tác Xã Sông Xanh,cooperative/song-xanh")
    for text in ("Hợp tác xã Sông Xanh", "HOP TAC XA  SONG XANH", "Hop Tac Xa Song-Xanh"):
        found = bodies(f"Menurut laporan, {text} menjual 40 tan beras.", own)
        assert [o.canonical_id for o in found.values()] == ["cooperative/song-xanh"], text


def test_a_name_that_no_model_would_find(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,ms,tunas,youth-group/tunas,Tunas,Nghe An")
    sentence = "Pada pagi itu tunas menanam 40 pokok."
    assert not bodies(sentence, None)
    found = bodies(sentence, own)["tunas"]
    assert (found.canonical_id, found.label, found.place_id) == ("youth-group/tunas", "Tunas", "40")
    assert found.source == own.source == f"user lexicon {own.digest}"
    assert (found.score, found.reason, found.place_missing) == (1.0, REASON, False)


def test_an_article_before_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,nl,het Groene Hoop Fonds,fund/green-hope")
    found = bodies("Volgens het Groene Hoop Fonds zijn er 40 kinderen geholpen.", own, "nl")
    assert found["Groene Hoop Fonds"].canonical_id == "fund/green-hope"


def test_capitals_of_the_lexicon_are_asked_for(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,,TUNAS,x/one", "name,,Daun Muda,x/two")
    text = "Mereka menanam tunas dan daun muda, kata TUNAS dan Daun Muda. Bukan Tunas-tunas."
    assert set(bodies(text, own)) == {"TUNAS", "Daun Muda"}


def test_a_name_holds_in_its_language_and_before_one_of_each(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,nl,THH,x/dutch", "name,,THH,x/each", "name,nl,GHF,x/only")
    assert bodies("Hari ini THH dan GHF bertemu di Hanoi.", own)["THH"].canonical_id == "x/each"
    found = bodies("Vandaag ontmoeten THH en GHF elkaar in Hanoi.", own, "nl")
    assert [found[t].canonical_id for t in ("THH", "GHF")] == ["x/dutch", "x/only"]
    malay = bodies("Hari ini THH dan GHF bertemu di Hanoi.", own)
    assert "GHF" not in malay or malay["GHF"].canonical_id != "x/only"


def test_an_id_of_the_programs_own_brings_all_that_it_says(tmp_path: Path) -> None:
    own = lexicon(
        tmp_path,
        "name,,Pejabat Bukit,peoples-committee/nghe-an",
        "name,,Balai Bukit,party-committee/health-department/thai-binh",
        "name,,Rumah Bukit,who",
        "name,,Pondok Bukit,peoples-committee/vinh-long/tan-thanh-binh",
    )
    found = bodies("Pejabat Bukit, Balai Bukit, Pondok Bukit dan Rumah Bukit bermesyuarat.", own)
    office, hall = found["Pejabat Bukit"], found["Balai Bukit"]
    assert office.label == "People's Committee of Nghe An"
    assert (office.body, office.place_id) == ("peoples-committee", "40")
    assert office.name_vi == "Ủy ban nhân dân tỉnh Nghệ An"
    assert hall.label == "Party Committee of the Health Department of Thai Binh"
    assert hall.parent_id == "health-department/thai-binh"
    assert (hall.place_id, hall.place_successor_id) == ("before-2025/34", "33")
    assert found["Rumah Bukit"].label == "World Health Organization"
    assert found["Pondok Bukit"].place_id == "28921"


def test_below_a_body_that_is_another_everything_moves(tmp_path: Path) -> None:
    text = (
        "Jawatankuasa Parti Jabatan Kesihatan Wilayah Nghe An bermesyuarat. Jabatan Kesihatan "
        "Wilayah Nghe An mempunyai 40 doktor."
    )
    own = lexicon(
        tmp_path,
        "same,,health-department/nghe-an,health-authority/nghe-an",
        "same,,health-authority/nghe-an,health-agency/nghe-an",
    )
    reading = pipeline.load(lexicon=own, language="ms")(text)
    committee, department = reading.organisations
    assert committee.canonical_id == "party-committee/health-agency/nghe-an"
    assert committee.parent_id == "health-agency/nghe-an"
    assert department.canonical_id == "health-agency/nghe-an"
    assert (department.label, department.place_id) == ("Health Agency of Nghe An", "40")
    assert REASON in (department.reason or "")
    assert reading.statistics[0].organisation_id == "health-agency/nghe-an"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("place,,Sai Thanh,79,,", "79"),
        ("place,,Sài Thành,Ho Chi Minh City,,", "79"),
        ("place,,Bukit Teh,Thai Nguyen,,", "19"),
        ("place,,Long An,40,,", "40"),
        ("place,,Kota Kabut,misty-town,Misty Town,Nghe An", "misty-town"),
    ],
)
def test_places(tmp_path: Path, said: str, expected: str) -> None:
    own = lexicon(tmp_path, said)
    name = own.places[0].text
    with using(own):
        (place,) = places.candidates(name)
        assert place.id == expected
        assert places.resolve(name, "commune" if own.places[0].within else "province") == place
        province = places.gazetteer().province(place)
        assert province.id == ("40" if own.places[0].within else expected)
    assert [p.id for p in places.candidates(name)] != [expected]


def test_units_by_their_head_and_instead_of_the_programs(tmp_path: Path) -> None:
    own = lexicon(
        tmp_path,
        "unit,ms,rumah panjang,longhouse,longhouses,",
        "unit,nl,langhuizen,longhouse,,",
        "unit,,keluarga,kin-group,,",
        "unit,nl,école,school,,",
    )
    with using(own):
        assert unit_id("rumah panjang baharu di daerah itu", "ms") == "longhouse"
        assert unit_id("nieuwe langhuizen", "nl") == "longhouse"
        assert unit_id("Langhuizen", "nl") == "longhouse"
        assert unit_label("longhouse") == "longhouses"
        assert unit_id("keluarga", "ms") == "kin-group"
        assert unit_label("kin-group") is None
        assert unit_id("ECOLE", "nl") == "school"
        assert unit_label("school") == "schools"
    assert unit_id("rumah panjang baharu", "ms") != "longhouse"


def test_names_of_model_and_lexicon_side_by_side(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,,Alfa Beta,x/ab", "name,,Gama,x/g", "name,,Delta,x/d")
    text = "Kelab Alfa Beta Gama dan Delta"
    at = {word: text.index(word) for word in text.split()}

    def model(first: str, last: str) -> Name:
        return Name(at[first], at[last] + len(last), 0.5, "model")

    def found(*names: Name) -> list[tuple[str, str]]:
        with using(own):
            return [(text[n.start : n.end], n.reason) for n in with_own_names(names, text, "ms")]

    gama, delta = ("Gama", REASON), ("Delta", REASON)
    assert found() == [("Alfa Beta", REASON), gama, delta]
    # A longer name holds the user's as a part, a shorter or a crossing one gives way.
    assert found(model("Kelab", "Beta")) == [("Kelab Alfa Beta", "model"), gama, delta]
    assert found(model("Beta", "Beta")) == [("Alfa Beta", REASON), gama, delta]
    assert found(model("Kelab", "Alfa")) == [("Alfa Beta", REASON), gama, delta]
    assert found(model("Beta", "Gama")) == [("Alfa Beta", REASON), gama, delta]
    assert found(model("Gama", "Delta"))[1:] == [("Gama dan Delta", "model")]
    assert found(model("Delta", "Delta"))[2:] == [("Delta", "model")]
    assert with_own_names([model("Kelab", "Beta")], text, "ms") == [model("Kelab", "Beta")]


def test_translations_never_join_what_the_user_tells_apart(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    malay = (
        "Koperasi Cahaya Pagi bertambah\n\nPada 2024, Koperasi Cahaya Pagi membantu 1,237 keluarga "
        "dengan VND 845 juta dan 63 sekolah. Jabatan Kesihatan Wilayah Ha Giang berkata 4,519 pelajar "
        "menerima buku."
    )
    dutch = (
        "Coöperatie Ochtendlicht groeit\n\nIn 2024 hielp Coöperatie Ochtendlicht 1.237 gezinnen "
        "met 845 miljoen VND en 63 scholen. De afdeling Volksgezondheid van de provincie Ha Giang zei "
        "dat 4.519 leerlingen boeken kregen."
    )
    (tmp_path / "articles" / "a.ms.txt").write_text(malay)
    (tmp_path / "articles" / "a.nl.txt").write_text(dutch)

    def ids(*lines: str) -> list[str]:
        own = lexicon(tmp_path, *lines) if lines else None
        table = pipeline.load(lexicon=own).run(tmp_path / "articles").table
        found = set(table[table.kind == "organisation"].canonical_id)
        return sorted(found - {"health-department/ha-giang"})

    assert len(ids()) == 1  # the program joins them
    # ... to what the user calls one of them, and not where the user says that they are two.
    assert ids("name,ms,Koperasi Cahaya Pagi,zz/own") == ["zz/own"]
    assert ids("name,ms,Koperasi Cahaya Pagi,x/a", "name,nl,Coöperatie Ochtendlicht,x/b") == [
        "x/a",
        "x/b",
    ]


HEADER = "kind,language,text,id,label,place"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "no column 'kind' and 'text' and 'id'"),
        ("kind,text\n", 1, "no column 'id'"),
        ("kind,text,id,colour\n", 1, "the column 'colour' is not known"),
        ("kind,text,id,text\n", 1, "the column 'text' stands twice"),
        (f"{HEADER}\nword,,a b,c,,\n", 2, "kind 'word'; write name, same, place, unit, document or none"),
        (f"{HEADER}\n,,a b,c,,\n", 2, "kind ''"),
        (f"{HEADER}\n\nname,xx,a b,c,,\n", 3, "no language 'xx'; write ms or nl"),
        (f"{HEADER}\nname,,a b,,,\n", 2, "id is empty"),
        (f"{HEADER}\nname,,,c,,\n", 2, "text is empty"),
        (f"{HEADER}\nname,,a b,Hoa Phat,,\n", 2, "small letters and digits, joined by - and /, as hoa-phat"),
        (f"{HEADER}\nname,,a b,a//b,,\n", 2, "no id of a body"),
        (f"{HEADER}\nname,,a b,21-NQ/TW,,\n", 2, "no id of a body"),
        (f"{HEADER}\nname,,a b,x/in-story-1f,,\n", 2, "is a body of one story"),
        (f"{HEADER}\nname,,2024,c,,\n", 2, "is no name"),
        (f"{HEADER}\nname,,a,c,,\n", 2, "is no name"),
        (f"{HEADER}\nname,,{'a' * 201},c,,\n", 2, "longer than 200"),
        (f"{HEADER}\nname,,a b,c,,Atlantis\n", 2, "no place 'Atlantis'"),
        (f"{HEADER}\nname,,A  B,c,,\nname,,á-b,d,,\n", 3, "has the id 'c' in line 2 and 'd' here"),
        (f"{HEADER}\nname,,a b,c,X,\nname,,d e,c,Y,\n", 3, "has the label 'X' in line 2 and 'Y' here"),
        (f"{HEADER}\nname,,a b,c,,40\nname,,d e,c,,79\n", 3, "has the place '40' in line 2"),
        (f"{HEADER}\nname,,a b, c,d,e,f\n", 2, "more cells than columns"),
        (f"{HEADER}\nsame,,a,b,,\nsame,,a,c,,\n", 3, "has the id 'b' in line 2"),
        (f"{HEADER}\nsame,,a,b,,\nsame,,b,c,,\nsame,,c,a,,\n", 4, "becomes itself again"),
        (f"{HEADER}\nsame,,a,a,,\n", 2, "becomes itself"),
        (f"{HEADER}\nsame,ms,a,b,,\n", 2, "leave language empty"),
        (f"{HEADER}\nsame,,a,b,X,\nsame,,c,b,Y,\n", 3, "'b' has the label 'X' in line 2 and 'Y' here"),
        (f"{HEADER}\nname,,a b,b,X,\nsame,,c,b,Y,\n", 3, "'b' has the label 'X' in line 2 and 'Y' here"),
        (f"{HEADER}\nsame,,c,b,Y,\nname,,a b,b,X,\n", 3, "'b' has the label 'Y' in line 2 and 'X' here"),
        (f"{HEADER}\nsame,,a,b,,40\n", 2, "a same has no place"),
        (f"{HEADER}\nnone,,,,,\n", 2, "text is empty; a none needs it"),
        (f"{HEADER}\nnone,,a b,c,,\n", 2, "a none has no id; leave it empty"),
        (f"{HEADER}\nnone,,a b,,X,\n", 2, "a none has no label; leave it empty"),
        (f"{HEADER}\nnone,,a b,,,40\n", 2, "a none has no place; leave it empty"),
        ("kind,text,id,date\nnone,a b,,2024-12-26\n", 2, "a none has no date; leave it empty"),
        (f"{HEADER}\nnone,xx,a b,,,\n", 2, "no language 'xx'; write ms or nl"),
        (f"{HEADER}\nnone,,(-),,,\n", 2, "text '(-)' is no wording: it needs a letter or a digit"),
        (f"{HEADER}\nnone,,{'a' * 201},,,\n", 2, "longer than 200"),
        (f"{HEADER}\nname,ms,A  B,c,,\nnone,ms,á-b,,,\n", 3, "is a name in line 2 and no body here; keep one"),
        (f"{HEADER}\nnone,,A b,,,\nunit,,b,b,,\nname,,a B,c,,\n", 4, "is no body in line 2 and a name here; keep one"),
        (f"{HEADER}\nname,nl,het Fonds,c,,\nnone,nl,Fonds,,,\n", 3, "is a name in line 2 and no body here"),
        (f"{HEADER}\nnone,,Fonds,,,\nname,,het Fonds,c,,\n", 3, "is no body in line 2 and a name here"),
        (f"{HEADER}\nplace,,Kabut,misty,,\n", 2, "for a place of your own give its English name"),
        (f"{HEADER}\nplace,,Kabut,40,Misty,\n", 2, "which has its name; leave label empty"),
        (f"{HEADER}\nplace,,Kabut,Misty Town,Misty,\n", 2, "no id of a place"),
        (f"{HEADER}\nplace,,Kabut,Tan Phu,,\n", 2, "may be several places; give one code"),
        (f"{HEADER}\nunit,,kati,Kati Unit,,\n", 2, "joined by -, as kati-unit"),
        (f"{HEADER}\nunit,,%,percent,,\n", 2, "is no unit"),
        (f"{HEADER}\nunit,,kati,kati,,40\n", 2, "a unit has no place"),
        (f'{HEADER}\nname,,"a b,c,,\n', 2, "cannot be read as a CSV table"),
        (f"{HEADER}\n", 1, "has no lines"),
    ],
)  # fmt: skip
def test_a_bad_file_says_where_and_what(
    tmp_path: Path, content: str, line: int, message: str
) -> None:
    file = tmp_path / "my.csv"
    file.write_text(content)
    with pytest.raises(LexiconError) as said:
        read_lexicon(file)
    assert str(said.value).startswith(str(file))
    assert message in str(said.value)
    assert "\n" not in str(said.value)
    if "has no lines" not in message and "CSV" not in message:
        assert f"line {line}: " in str(said.value)


@pytest.mark.parametrize("command", ["run", "extract", "evaluate"])
def test_a_bad_file_stops_each_command_at_once(tmp_path: Path, command: str) -> None:
    article, out = tmp_path / "a.ms.txt", tmp_path / "out"
    article.write_text(MALAY)
    (tmp_path / "my.csv").write_text(f"{HEADER}\nname,,a b,,,\n")
    target = tmp_path if command == "evaluate" else article
    more = ("--out", out) if command == "run" else ()
    for file in (tmp_path / "my.csv", tmp_path / "missing.csv"):
        done = selaras(command, target, *more, "--lexicon", file)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"selaras: {file}: ")
        assert done.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    "data",
    [
        "kind,text,id\nname,Hợp tác xã,x/y\n".encode(),
        "\ufeffKind;Text;ID;;\r\nname;Hợp tác xã;x/y;;\r\n;;;;\r\n".encode(),
        "id\ttext\tkind\nx/y\tHợp tác xã\tNAME\n".encode("utf-16"),
    ],
)
def test_what_spreadsheets_write(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "my.csv"
    file.write_bytes(data)
    (name,) = read_lexicon(file).names
    assert (name.text, name.id, name.language) == ("Hợp tác xã", "x/y", None)


def test_a_lexicon_travels_to_workers(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,,a b,c", "same,,c,d", "unit,,e,f", "place,,g,40")
    again = pickle.loads(pickle.dumps(own))
    assert again == own
    assert hash(again) == hash(own)
    assert again.names == own.names
    assert again.same == {"c": "d"}
    assert own != lexicon(tmp_path, "name,,a b,c")


@given(text=st.text(alphabet="Aa bBá.-\n(/12́", max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    own = UserLexicon("x", names=lexicon_names(), same={"c": "d"})
    with using(own):
        found = with_own_names([], text, languages.available()[0])
    assert all(text[n.start : n.end].strip() for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def lexicon_names() -> tuple[OwnName, ...]:
    return tuple(OwnName(text, None, "c") for text in ("a", "a b", "A B a", "B-1"))


def test_the_example_of_the_docs_has_every_kind(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "lexicon.md").read_text(encoding="utf-8")
    (example,) = [p for p in page.split("```") if p.startswith("csv\nkind,language")]
    (tmp_path / "my.csv").write_text(example.removeprefix("csv\n"))
    own = read_lexicon(tmp_path / "my.csv")
    assert own.names
    assert own.places
    assert own.units
    assert own.same


def test_a_body_without_a_label_breaks_no_other_name(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("kind,text,id\nname,PC06,administrative-police/ha-giang\n")
    selaras = pipeline.load(lexicon=tmp_path / "my.csv")
    text = "Hospital Perubatan Tradisional dan Syarikat Insurans Sosial Vietnam bekerjasama dengan PC06."
    found = {o.text: o.canonical_id for o in selaras(text, place="Ha Giang").organisations}
    assert found["PC06"] == "administrative-police/ha-giang"
    assert len(found) > 1


def test_a_folder_is_no_lexicon(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be opened"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize("code", ["ms", "nl"])
def test_a_name_without_a_label_costs_no_article(code: str, tmp_path: Path) -> None:
    own = lexicon(tmp_path, "name,,QX17,administrative-police/ha-giang,,")
    text = {"ms": MALAY, "nl": DUTCH}[code]
    plain, found = pipeline.load()(text), pipeline.load(lexicon=own)(text)
    assert [m.canonical_id for m in found.mentions] == [m.canonical_id for m in plain.mentions]
    assert found.organisations


# What is no body.

CENTRE = """Pusat Konservasi membantu 120 keluarga di Ha Giang

Jabatan Kesihatan Wilayah Ha Giang dan Pusat Konservasi mengumumkan program baharu pada 2024. Pusat Konservasi mempunyai 45 sukarelawan kampung. Pusat itu menanam 30 pokok. Pusat Konservasi Cat Ba mempunyai 12 pekerja. Jawatankuasa Rakyat Wilayah Ha Giang menyokong program itu.
"""
CONSERVATION = "conservation-centre/ha-giang"


class _Without:
    """A recogniser that never gives a name with one of these surfaces."""

    def __init__(self, engine: Recogniser, surfaces: set[str]) -> None:
        self._engine, self._surfaces, self.source = engine, surfaces, engine.source

    def recognise(self, text: str) -> list[Name]:
        found = self._engine.recognise(text)
        return [name for name in found if text[name.start : name.end] not in self._surfaces]


def test_what_is_no_body_is_as_if_it_had_not_been_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = lexicon(tmp_path, "none,,Pusat Konservasi,,,")
    before, found = (extraction.extract(CENTRE, "ms", lexicon=of) for of in (None, own))
    assert [o.text for o in before.organisations].count("Pusat Konservasi") == 3
    assert CONSERVATION in {s.organisation_id for s in before.statistics}
    names = {o.text for o in found.organisations}
    assert names == {o.text for o in before.organisations} - {"Pusat Konservasi", "Pusat"}
    assert "Pusat Konservasi Cat Ba" in names  # a longer name that has the words stays
    assert {s.text for s in found.statistics} == {s.text for s in before.statistics}
    about = {s.text: s.organisation_id for s in found.statistics}
    assert about["45"] is None
    assert about["12"] == "conservation-centre/hai-phong/cat-ba"
    assert (before.none_lines, found.none_lines) == (frozenset(), {2})
    make = extraction.recogniser
    monkeypatch.setattr(
        extraction, "recogniser", lambda *of: _Without(make(*of), {"Pusat Konservasi"})
    )
    assert extraction.extract(CENTRE, "ms").mentions == found.mentions


def test_names_beside_and_inside_what_is_no_body(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "none,,Kelab Alfa Beta,,,", "name,,Beta,x/b")
    text = "Kelab Alfa Beta dan Kelab Alfa Beta Gama"
    whole = Name(0, len("Kelab Alfa Beta"), 0.5, "model")
    longer = Name(text.rindex("Kelab"), len(text), 0.5, "model")
    with using(own):
        kept, lines = without_nones([whole, longer], text, "ms")
        found = with_own_names(kept, text, "ms")
    assert (kept, lines) == ([longer], {2})
    # Inside a name that was found the user's would be a part of it.
    assert [(text[n.start : n.end], n.reason) for n in found] == [
        ("Beta", REASON),
        ("Kelab Alfa Beta Gama", "model"),
    ]
    assert without_nones([whole, longer], text, "ms") == ([whole, longer], frozenset())


@pytest.mark.parametrize(
    ("line", "surface", "language", "taken"),
    [
        ("none,,Hợp Tác Xã Sông Xanh,,,", "HOP TAC XA  SONG-XANH", "ms", True),
        ("none,,hop tac xa song xanh,,,", "Hợp tác xã Sông Xanh", "nl", True),
        ("none,,Hợp Tác Xã Sông Xanh,,,", "Hop Tac Xa Song Xanhs", "ms", False),
        ("none,,Tac Xa Song Xanh,,,", "Hop Tac Xa Song Xanh", "ms", False),
        ("none,nl,Thuismoeder,,,", "Thuismoeder", "nl", True),
        ("none,nl,Thuismoeder,,,", "Thuismoeder", "ms", False),
        ("none,nl,Raad,,,", "De Raad", "nl", True),
        ("none,,De Raad,,,", "Raad", "nl", True),
        ("none,,De Raad,,,", "Raad", "ms", False),
        ("none,,X,,,", "x", "ms", True),
    ],
)
def test_no_body_is_compared_as_names_are(
    tmp_path: Path, line: str, surface: str, language: str, taken: bool
) -> None:
    text = f"« {surface} »"
    name = Name(2, len(text) - 2, 0.9, "model")
    with using(lexicon(tmp_path, line)):
        assert without_nones([name], text, language) == (
            ([], {2}) if taken else ([name], frozenset())
        )


def test_a_line_of_a_language_goes_before_one_of_each(tmp_path: Path) -> None:
    text = "Mesyuarat THH"
    name = Name(10, 13, 0.9, "model")

    def found(language: str, *lines: str) -> list[Name]:
        with using(lexicon(tmp_path, *lines)):
            return with_own_names(without_nones([name], text, language)[0], text, language)

    each, one = ("none,,THH,,,", "name,ms,THH,x/a"), ("name,,THH,x/a", "none,ms,THH,,,")
    assert (found("ms", *each), found("nl", *each)) == ([name], [])
    own = Name(10, 13, 1.0, REASON)
    assert (found("ms", *one), found("nl", *one)) == ([], [name])
    with using(lexicon(tmp_path, *one)):
        assert with_own_names([], text, "ms") == []
        assert with_own_names([], text, "nl") == [own]
        assert own_name("THH", "ms") is None
    both = lexicon(tmp_path, "none,,THH,,,", "none,ms,thh,,,")
    with using(both):
        assert without_nones([name], text, "ms")[1] == {2, 3}
        assert without_nones([name], text, "nl")[1] == {2}


def test_a_run_says_what_is_no_body_and_which_lines_took_nothing(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.ms.txt").write_text(CENTRE)
    (tmp_path / "articles" / "b.ms.txt").write_text(MALAY)
    file, out = tmp_path / "my.csv", tmp_path / "out"
    lines = ["none,ms,pusat konservasi,,,", "none,nl,Pusat Konservasi,,,", "none,,Cat Ba,,,"]
    file.write_text("\n".join([HEADER, *lines, "name,ms,Tabung Harapan Hijau,x/y"]) + "\n")

    def run(*options: object) -> str:
        done = run_here(tmp_path / "articles", "--out", out, *options)
        assert done.returncode == 0, done.stderr
        return done.stderr

    run()
    before = Files(out).table
    plain = json.loads((out / "run.json").read_text())
    assert "none_lines" not in plain
    told = "my.csv: 4 lines, of which 2 found nothing: line 3 'Pusat Konservasi', line 4 'Cat Ba'\n"
    # Of its digest is what makes a run anew; the second time nothing is read again.
    for again in ("all is read anew", "2 articles unchanged"):
        said = run("--lexicon", file)
        assert again in said
        assert told in said
        assert json.loads((out / "run.json").read_text())["none_lines"] == [2]
    after = Files(out).table
    assert CONSERVATION in set(before.canonical_id)
    assert not after.canonical_id.str.contains(CONSERVATION).any()
    own = read_lexicon(file)
    assert [entry.line for entry in unused(own, out)] == [3, 4]
    # An article more: what the lines did in those that are not read again is kept.
    (tmp_path / "articles" / "c.ms.txt").write_text(MALAY.replace("120", "130"))
    assert told in run("--lexicon", file)
    # Of a lexicon that the results were not made with, nobody can tell what its lines did.
    other = tmp_path / "other.csv"
    other.write_text("kind,text,id\nnone,Pusat Konservasi,\nname,Tabung Harapan Hijau,x/z\n")
    assert said_of_lines(read_lexicon(other), out) == (
        "other.csv: 2 lines, and each of 1 names, units and documents found something"
    )


def test_what_lines_did_is_kept_by_a_run_that_was_stopped(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "none,,Pusat Konservasi,,,", "none,,Nowhere,,,")
    perform = performer(Configuration(lexicon=own, language="ms"))
    record = Record("a.ms.txt", ".txt", CENTRE.encode())
    outcome = perform(Task(record, Sidecar(), "d1"))
    assert outcome.none_lines == (2,)
    parts = Parts(tmp_path / "parts", {"made": "by"})
    name = parts.commit([outcome, given_up(Task(record, Sidecar(), "d2"), "hung")])
    assert none_lines([tmp_path / "parts" / name]) == {2}


def test_every_command_takes_what_is_no_body(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("kind,text,id\nnone,Pusat Konservasi,\n")
    (tmp_path / "a.ms.txt").write_text(CENTRE)
    done = selaras("extract", tmp_path / "a.ms.txt", "--lexicon", tmp_path / "my.csv")
    texts = [m["text"] for m in json.loads(done.stdout)["mentions"]]
    assert "Pusat Konservasi" not in texts
    assert "Pusat Konservasi Cat Ba" in texts
    (tmp_path / "gold").mkdir()
    bodies_ = ("Jabatan Kesihatan Wilayah Ha Giang", "Jawatankuasa Rakyat Wilayah Ha Giang")
    marked = CENTRE
    for name in bodies_:
        marked = marked.replace(name, f'<org key="x">{name}</org>')
    (tmp_path / "gold" / "a.ms.txt").write_text(marked)
    wrong = [
        json.loads(selaras("evaluate", tmp_path / "gold", "--json", *options).stdout)["scores"][
            "all"
        ]["org exact"]
        for options in ((), ("--lexicon", tmp_path / "my.csv"))
    ]
    assert wrong[0]["hits"] == wrong[1]["hits"] == 2
    assert wrong[0]["predicted"] == wrong[1]["predicted"] + 3
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("xx")
    choices = {"lexicon": str(tmp_path / "my.csv"), "language": "ms"}
    nlp.add_pipe("selaras_organisations", config=choices)
    doc = nlp(CENTRE)
    spans = [span.text for span in doc.spans["organisations"]]
    assert spans
    assert "Pusat Konservasi" not in spans


@pytest.mark.parametrize("others", [(), ("name,,Kelab Gama,club/gamma-house",)])
def test_a_label_of_what_two_ids_are(tmp_path: Path, others: tuple[str, ...]) -> None:
    text = "Kelab Alfa menanam 3,000 pokok bersama Kelab Gama."

    def found(*lines: str) -> dict[str, tuple[str | None, str | None]]:
        read = bodies(text, lexicon(tmp_path, *lines, *others))
        return {o.text: (o.canonical_id, o.label) for o in read.values()}

    plain = found("same,,club/alfa,club/gamma-house")
    assert plain["Kelab Alfa"] == ("club/gamma-house", "Gamma House Club")
    told = found("same,,club/alfa,club/gamma-house,House of Gamma")
    assert told["Kelab Alfa"] == ("club/gamma-house", "House of Gamma")
    if others:  # one body has one label, whichever line says it
        assert told["Kelab Gama"] == ("club/gamma-house", "House of Gamma")
    # Over several steps that of the last.
    steps = found("same,,club/alfa,club/b,B", "same,,club/b,club/c,The C", "same,,club/x,club/c")
    assert steps["Kelab Alfa"] == ("club/c", "The C")


def test_no_body_in_an_article_of_two_languages(tmp_path: Path) -> None:
    own = lexicon(tmp_path, "none,nl,Groene Hoop Fonds,,,", "none,ms,Groene Hoop Fonds,,,")
    text = f"{MALAY}\n\n{DUTCH}"
    selaras_ = pipeline.load(lexicon=own)
    article = from_document(Document(text), "a.txt", selaras_.configuration, Sidecar())
    assert {part[0] for part in read_parts(article.parts)} == {"ms", "nl"}
    found = articles.extract(article, selaras_.configuration)
    assert found.none_lines == {2}
    assert "Groene Hoop Fonds" not in {o.text for o in found.organisations}
