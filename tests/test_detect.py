"""Which language an article is in; sentences of our own, none of which built a profile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import gold
from pipeline.detect import detect
from tests.conftest import ROOT

SAID = {
    "ms": "Jawatankuasa Rakyat daerah itu bermesyuarat pada petang Isnin kerana bekalan elektrik "
    "terputus selepas ribut, dan beberapa buah sekolah terpaksa ditutup.",
    "id": "Komite rakyat kabupaten itu mengadakan rapat pada Senin sore karena pasokan listrik "
    "terputus setelah badai, dan beberapa sekolah terpaksa ditutup oleh pemerintah.",
    "nl": "Het volkscomité van het district vergaderde maandagmiddag omdat de stroom na de storm "
    "was uitgevallen, en enkele scholen moesten hun deuren sluiten.",
    "af": "Die volkskomitee van die distrik het Maandagmiddag vergader omdat die krag ná die storm "
    "uitgegaan het, en ’n paar skole moes hulle deure sluit.",
    "vi": "Ủy ban nhân dân huyện họp chiều thứ Hai vì mất điện sau cơn bão, một số trường học phải "
    "đóng cửa.",
    "en": "The people's committee of the district met on Monday afternoon because the power had "
    "gone out after the storm, and some schools had to close their doors.",
    "de": "Das Volkskomitee des Bezirks tagte am Montagnachmittag, weil nach dem Sturm der Strom "
    "ausgefallen war und einige Schulen schließen mussten.",
}


@pytest.mark.parametrize("language", SAID)
def test_languages(language: str) -> None:
    found = detect(SAID[language])
    assert found.language == language
    assert 0.5 < found.score <= 1


@pytest.mark.parametrize("part", ["train", "dev", "test"])
def test_gold_without_an_error(part: str) -> None:
    wrong = [
        f"{a.story}.{a.language}"
        for a in gold.read(ROOT / "corpus" / "gold" / part)
        if detect(a.text).language != a.language
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["", "\n\n", "1234 / 5678", "Komen (0)", "Bron\n\nReactie (0)"])
def test_too_little_text_is_undecided_with_a_reason(text: str) -> None:
    found = detect(text)
    assert found.language == "und"
    assert found.reason


def test_furniture_in_another_language_changes_nothing() -> None:
    assert detect(
        SAID["ms"] + "\nBron\nReactie (0)\nhttps://www.voorbeeld.nl/een/lange/weg"
    ) == detect(SAID["ms"])


@given(st.text(max_size=200))
def test_never_raises_and_never_wavers(text: str) -> None:
    found = detect(text)
    assert 0 <= found.score <= 1
    assert detect(text) == found
