"""What must be shown on two real articles, which are not part of the project.

They are read from the folder that ``SELARAS_REAL_ARTICLES`` names; where it names none these tests
are skipped, and ``test_manner.py`` asserts the same on texts of our own.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from pipeline.read import Sidecar
from pipeline.run import batch
from tests.conftest import Files

FOLDER = os.environ.get("SELARAS_REAL_ARTICLES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="SELARAS_REAL_ARTICLES names no folder")


def check(files: Files, value: float, kind: str) -> str | None:
    found = files.table[(files.table.value == value) & (files.table.value_kind == kind)]
    return found.iloc[0].check


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    out = tmp_path_factory.mktemp("real") / "out"
    batch.run([str(FOLDER)], out, workers=1)
    return Files(out)


def test_languages(files: Files) -> None:
    assert sorted(files.articles.language) == ["ms", "nl"]
    assert set(files.articles.status) == {"ok"}


def test_references(files: Files) -> None:
    table = files.table.set_index("canonical_id")
    shared = table.loc["21-NQ/TW"]
    assert (shared.languages, shared.articles) == ("ms,nl", 2)
    assert isinstance(shared.ms, str)
    assert isinstance(shared.nl, str)
    assert "22-NQ/TW" in table.index
    assert table.loc["05-HD/BTCTU"].reference_date == "2024-05-19"
    mentions = files.mentions[files.mentions.canonical_id == "21-NQ/TW"]
    assert mentions.set_index("language").reference_date["nl"] == "2022-06-16"


def test_statistics(files: Files) -> None:
    ratio = files.named("557/1,461", "statistic")
    assert (ratio.value, ratio.of, ratio.value_kind) == (557, 1461, "ratio")
    assert check(files, 557, "ratio") == "consistent"
    assert check(files, 38.13, "percentage") == "consistent"
    ratio = files.named("257/900", "statistic")
    assert (ratio.value, ratio.of, ratio.value_kind) == (257, 900, "ratio")
    assert check(files, 257, "ratio") == "consistent"
    assert check(files, 30, "percentage") == "consistent"
    nearly = files.named("bijna 30%", "statistic")
    assert (nearly.value, nearly.qualifier) == (30, "almost")
    nearly = files.named("bijna 8.000", "statistic")
    assert (nearly.value, nearly.qualifier, nearly.value_kind) == (8000, "almost", "count")
    assert files.named("3.162", "statistic").value == 3162
    third = files.named("een derde", "statistic")
    assert (third.value, third.of, third.value_kind) == (1, 3, "fraction")
    nearly = files.named("hampir 90%", "statistic")
    assert (nearly.value, nearly.qualifier) == (90, "almost")
    assert files.named("437", "statistic").value == 437


def test_what_is_no_statistic(files: Files) -> None:
    statistics = files.mentions[files.mentions.kind == "statistic"]
    assert not statistics.value.isin([2020, 2022, 2023, 2024, 21, 22, 15, 13, 16, 37, 0]).any()
    assert not statistics.text.isin(["4", "05", "5.0"]).any()
    for label in ("4-sel", "4-organisasi"):
        article = files.articles[files.articles.text.str.contains(label)].iloc[0]
        at = article.text.index(label)
        own = statistics[statistics.article_id == article.article_id]
        assert not ((own.start <= at) & (own.end > at)).any()


def test_organisations(files: Files) -> None:
    table = files.table[files.table.kind == "organisation"].set_index("canonical_id")
    malay = files.named("Jawatankuasa Pusat", "organisation")
    dutch = files.named("13e Centraal Uitvoerend Comité", "organisation")
    assert malay.canonical_id == dutch.canonical_id
    assert table.loc[malay.canonical_id].languages == "ms,nl"
    malay = files.named("Jawatankuasa Parti Jabatan Kesihatan", "organisation")
    dutch = files.named("Partijcomité van het Ministerie van Volksgezondheid", "organisation")
    assert malay.body == dutch.body
    assert malay.parent_id.split("/")[0] == dutch.parent_id.split("/")[0]
    assert pd.isna(malay.place_id)
    assert malay.canonical_id != dutch.canonical_id


def test_a_place_from_the_user_makes_them_one(tmp_path: Path, files: Files) -> None:
    path = files.articles[files.articles.language == "ms"].path.iloc[0]
    batch.run([str(FOLDER)], tmp_path, sidecars={path: Sidecar(place="Quang Ninh")}, workers=1)
    placed = Files(tmp_path)
    malay = placed.named("Jawatankuasa Parti Jabatan Kesihatan", "organisation")
    dutch = placed.named("Partijcomité van het Ministerie van Volksgezondheid", "organisation")
    assert malay.canonical_id == dutch.canonical_id
    assert malay.place == "Quang Ninh"
    row = placed.table[placed.table.canonical_id == malay.canonical_id].iloc[0]
    assert row.languages == "ms,nl"


def test_two_stories_and_nothing_agrees_by_being_read_twice(files: Files) -> None:
    assert files.articles.story_id.nunique() == 2
    statistics = files.table[files.table.kind == "statistic"]
    assert set(statistics.agreement) == {"single"}
