"""The main job on two short articles of our own in the manner of the real ones.

The Malay one names no province, the Dutch one does; they share a document and tell of two stories.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.read import Sidecar
from pipeline.run import batch
from tests.conftest import Files

MALAY = """Jawatankuasa Parti Jabatan Pertanian dan Alam Sekitar kini mempunyai 23 sel dan 614 ahli Parti.
Jawatankuasa Parti Jabatan telah melaksanakan Resolusi No. 21-NQ/TW Persidangan Pusat Ke-5, Sesi XIII "Mengenai organisasi akar umbi" dan Resolusi No. 22-NQ/TW mengikut Kongres Parti Wilayah ke-15.
Ia juga mengikuti Arahan No. 08-HD/BTCTU bertarikh 7 Jun 2024 Jawatankuasa Penganjur Jawatankuasa Parti Wilayah mengenai model 4-sel Parti yang baik, seperti yang ditetapkan oleh Jawatankuasa Pusat.
Pada 2024, Jawatankuasa Parti menerima 47 ahli baharu, menjadikan jumlah ahli Parti kepada 614/1,523 kader dan pekerja (40.32%).
Kadar kepuasan petani mencapai hampir 80%; kadar aduan ialah 2.6%, terendah di 9 wilayah.
Sumber
Komen (0)
"""
DUTCH = """De landbouwsector van Quang Ninh telt momenteel 28 openbare diensten met bijna 6.000 medewerkers.
Het Partijcomité van het Ministerie van Landbouw en Milieu leidt rechtstreeks een derde van de partijorganisaties. Ter uitvoering van Resolutie 21-NQ/TW (16 juni 2022) van het 13e Centraal Uitvoerend Comité en Verordening nr. 37 heeft het plannen gemaakt.
Samen hebben de diensten tussen 2020 en juli 2023 352 partijleden opgenomen, waarmee het totaal op 2.914 komt.
Het aantal partijleden bedraagt slechts bijna 35% van het personeel van het proefstation (214/630 personen).
Bron


Reactie (0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manner")
    (folder / "a.txt").write_text(MALAY, encoding="utf-8")
    (folder / "b.txt").write_text(DUTCH, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    out = tmp_path_factory.mktemp("out")
    batch.run([folder], out, workers=1)
    return Files(out)


def test_languages_and_stories(files: Files) -> None:
    assert files.articles.set_index("path").language.to_dict() == {"a.txt": "ms", "b.txt": "nl"}
    assert files.articles.story_id.nunique() == 2
    assert set(files.table[files.table.kind == "statistic"].agreement) == {"single"}


def test_one_document_in_two_languages_is_one_row(files: Files) -> None:
    table = files.table.set_index("canonical_id")
    row = table.loc["21-NQ/TW"]
    assert (row.languages, row.articles, row.ms, row.nl) == (
        "ms,nl",
        2,
        "Resolusi No. 21-NQ/TW",
        "Resolutie 21-NQ/TW",
    )
    assert table.loc["08-HD/BTCTU"].reference_date == "2024-06-07"
    assert "22-NQ/TW" in table.index
    assert files.named("Verordening nr. 37").canonical_id in {"QĐ:37", "37-QĐ/TW"}
    dated = files.mentions[files.mentions.canonical_id == "21-NQ/TW"].set_index("language")
    assert dated.reference_date["nl"] == "2022-06-16"
    assert pd.isna(dated.reference_date["ms"])


@pytest.mark.parametrize(
    ("text", "value", "of", "kind", "qualifier"),
    [
        ("614/1,523", 614, 1523, "ratio", None),
        ("40.32%", 40.32, None, "percentage", None),
        ("hampir 80%", 80, None, "percentage", "almost"),
        ("2.6%", 2.6, None, "percentage", None),
        ("23", 23, None, "count", None),
        ("bijna 6.000", 6000, None, "count", "almost"),
        ("een derde", 1, 3, "fraction", None),
        ("2.914", 2914, None, "count", None),
        ("352", 352, None, "count", None),
        ("bijna 35%", 35, None, "percentage", "almost"),
        ("214/630", 214, 630, "ratio", None),
    ],
)
def test_figures(
    files: Files, text: str, value: float, of: float | None, kind: str, qualifier: str | None
) -> None:
    found = files.named(text)
    assert found.kind == "statistic"
    assert found.value == value
    assert (found.of == of) or (of is None and pd.isna(found.of))
    assert found.value_kind == kind
    assert (found.qualifier == qualifier) or (qualifier is None and pd.isna(found.qualifier))


def test_what_is_no_figure(files: Files) -> None:
    found = set(files.mentions[files.mentions.kind == "statistic"].value)
    assert found == {23, 614, 47, 40.32, 80, 2.6, 9, 28, 6000, 1, 352, 2914, 35, 214}


def test_ratios_are_checked_against_their_percentages(files: Files) -> None:
    statistics = files.table[files.table.kind == "statistic"]
    checks = statistics.dropna(subset="check").set_index("value").check.to_dict()
    assert checks == dict.fromkeys((614.0, 40.32, 35.0, 214.0), "consistent")


def test_one_body_in_two_languages(files: Files) -> None:
    malay, dutch = files.named("Jawatankuasa Pusat"), files.named("13e Centraal Uitvoerend Comité")
    assert malay.canonical_id == dutch.canonical_id


def test_a_body_without_a_place_joins_nothing_until_the_user_says_where(
    files: Files, folder: Path, tmp_path: Path
) -> None:
    names = (
        "Jawatankuasa Parti Jabatan Pertanian dan Alam Sekitar",
        "Partijcomité van het Ministerie van Landbouw en Milieu",
    )
    malay, dutch = map(files.named, names)
    assert malay.body == dutch.body == "party-committee"
    assert malay.parent_id.split("/")[0] == dutch.parent_id.split("/")[0]
    assert pd.isna(malay.place_id)
    assert dutch.place == "Quang Ninh"
    assert malay.canonical_id != dutch.canonical_id
    batch.run([folder], tmp_path, sidecars={"a.txt": Sidecar(place="Quang Ninh")}, workers=1)
    placed = Files(tmp_path)
    malay, dutch = map(placed.named, names)
    assert malay.canonical_id == dutch.canonical_id
    assert malay.place_id == dutch.place_id
    row = placed.table[placed.table.canonical_id == malay.canonical_id].iloc[0]
    assert (row.languages, row.stories) == ("ms,nl", 2)


def test_bodies_without_a_place_are_not_joined_across_stories(folder: Path, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text(MALAY, encoding="utf-8")
    other = MALAY.replace("614", "733").replace("21-NQ", "25-NQ").replace("23 sel", "31 sel")
    (articles / "c.txt").write_text(other, encoding="utf-8")
    batch.run([articles], tmp_path / "out", workers=1)
    found = Files(tmp_path / "out")
    assert found.articles.story_id.nunique() == 2
    name = "Jawatankuasa Parti Jabatan Pertanian dan Alam Sekitar"
    ids = found.mentions[found.mentions.text == name].groupby("path").canonical_id.unique()
    assert ids["a.txt"][0] != ids["c.txt"][0]
