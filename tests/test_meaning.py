"""Names that no lexicon knows: what must agree, what their vectors say, what is joined."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline import models
from pipeline.normalise.meaning import Vectors, default, differ, joined, similarity, traits
from pipeline.normalise.meaning.joining import Named
from pipeline.normalise.meaning.vectors import FORMAT, Array
from pipeline.recognise import ModelError
from pipeline.recognise.model_files import META, MODEL, TOKENIZER

FOLDER = models.folder(models.NAMES)
CODES = ("ms", "nl")

# Two names, in the first and the second language, and in what they differ.
PAIRS = [
    ("Syarikat Helikopter Selatan", "Zuidelijke Helikopterbedrijf", None),
    ("Pasukan Penyelamat No. 3", "Reddingsteam nr. 3", None),
    ("Pasukan Penyelamat No. 3", "Reddingsteam nr. 4", "number"),
    ("Briged 26", "26e Brigade", None),
    ("Rejimen XII", "12e Regiment", None),
    ("Kilang Kasut Minh Quang", "Schoenfabriek Minh Quang", None),
    ("Kilang Kasut Minh Quang", "Schoenfabriek Minh Quân", "proper name"),
    ("Kilang Kasut Minh Quang", "Schoenfabriek MinhQuang", None),
    ("Pusat Akuakultur VietFish", "Aquacultuurcentrum VietFish", None),
    ("Pusat Akuakultur VietFish", "Aquacultuurcentrum", "proper name"),
    ("Kelab Layang-layang Hue", "Vliegerclub Hue", None),
    ("Kelab Layang-layang Hue", "Vliegerclub Can Tho", "place"),
    ("Persatuan Pencinta Buku Jepun", "Vereniging van Boekenvrienden in Frankrijk", "country"),
    ("Mahkamah Perikanan Daerah", "Visserijrechtbank van de provincie", "level"),
    ("Universiti Perikanan", "Visserijrechtbank", "kind"),
    ("Sel Parti Syarikat Kasut Minh Quang", "Schoenenbedrijf Minh Quang", "part of a body"),
]


@pytest.mark.parametrize(("one", "other", "wanted"), PAIRS)
def test_names_of_one_body_agree_in_what_no_translation_changes(
    one: str, other: str, wanted: str | None
) -> None:
    a, b = traits(one, CODES[0]), traits(other, CODES[1])
    assert differ(a, b) == wanted
    assert differ(b, a) == wanted


def test_a_known_name_is_not_one_that_says_more() -> None:
    known = traits("Hospital Wilayah", CODES[0])
    more = traits("Provinciaal Ziekenhuis Zonnebloesem", CODES[1])
    assert not known.open
    assert more.open
    assert differ(known, more) == "word"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", CODES[0]),
        ("...", CODES[1]),
        ("\ud800 x", CODES[0]),
        ("Đ" * 900, CODES[1]),
        ("ABC", "xx"),
    ],
)
def test_every_name_has_traits(name: str, code: str) -> None:
    found = traits(name, code)
    assert differ(found, found) is None


class _Said(Vectors):
    """Vectors that are told for each name."""

    def __init__(self, told: dict[str, Sequence[float]], threshold: float = 0.9) -> None:
        self.width, self.threshold = 2, threshold
        self._told = {k: np.asarray(v) / np.linalg.norm(v) for k, v in told.items()}

    def of(self, names: Sequence[str]) -> Array:
        return np.stack([self._told[name] for name in names])


CLUB = [
    ("club/melayang", "Kelab Zumbabi Melayang Hue", CODES[0], "club", "46", 4),
    ("zwevende-club", "Zwevende Zumbabiclub Hue", CODES[1], None, None, 2),
    ("vliegende-club", "Vliegende Zumbabiclub Hue", CODES[1], None, None, 1),
]
NEAR = _Said({CLUB[0][1]: (1, 0), CLUB[1][1]: (1, 0.1), CLUB[2][1]: (1, 0.2)})


def test_what_means_the_same_is_joined_with_what_can_be_read() -> None:
    assert joined(CLUB, NEAR) == {
        "zwevende-club": ("club/melayang", 0.995),
        "vliegende-club": ("club/melayang", 0.981),
    }


def test_a_group_is_near_in_every_pair() -> None:
    far = _Said({CLUB[0][1]: (1, 0), CLUB[1][1]: (1, 0.4), CLUB[2][1]: (1, -0.4)})
    assert joined(CLUB, far) == {"zwevende-club": ("club/melayang", 0.928)}
    assert joined(CLUB, far, threshold=0.95) == {}


def test_bodies_that_can_be_read_and_other_places_stay_apart() -> None:
    known: list[Named] = [
        ("general-hospital/hue", "Hospital Am Hue", CODES[0], "general-hospital", "46", 3),
        ("hospital/hue", "Ziekenhuis Hue", CODES[1], "hospital", "46", 3),
    ]
    vectors = _Said({name[1]: (1, 0) for name in known})
    assert joined(known, vectors) == {}
    elsewhere = [CLUB[0], ("zwevende-club/x", CLUB[1][1], CODES[1], "club", "79", 1)]
    assert joined(elsewhere, NEAR) == {}


def test_a_name_that_nothing_holds_is_left_as_it_is() -> None:
    loose: list[Named] = [
        ("melayang", "Kelab Zumbabi Melayang", CODES[0], None, None, 1),
        ("zwevende", "Zwevende Zumbabiclub", CODES[1], None, None, 1),
    ]
    assert joined(loose, _Said({name[1]: (1, 0) for name in loose})) == {}


def test_order_and_repetition_of_wordings_do_not_matter() -> None:
    rng = random.Random(3)
    names = [
        (f"id-{i}", f"Kelab Zumbabi {word} Hue", CODES[i % 2], None, None, i % 5 + 1)
        for i, word in enumerate("abcdefghijklmnop")
    ]
    told = {name[1]: (1, rng.random()) for name in names}
    wanted = joined(names, _Said(told))
    assert wanted
    for _ in range(5):
        rng.shuffle(names)
        assert joined(iter(names), _Said(told)) == wanted
    split = [(*name[:5], 1) for name in names for _ in range(name[5])]
    assert joined(split, _Said(told)) == wanted


# -- the model that comes with the program -------------------------------------------------------


def test_translations_are_nearer_than_other_bodies() -> None:
    translations = [
        ("Kelab Pemancing Sungai", "Riviervissersclub"),
        ("Jabatan Pembedahan Jantung", "afdeling Hartchirurgie"),
        ("Syarikat Pengeluaran Kasut dan Pakaian", "Bedrijf voor Schoenen- en Kledingproductie"),
        ("Lembaga Pengurusan Projek Jambatan", "Raad van Beheer van Brugprojecten"),
        ("Pusat Latihan Pekerja Luar Negara", "Opleidingscentrum voor Arbeiders in het Buitenland"),
        ("Pihak Berkuasa Penerbangan Awam", "Burgerluchtvaartautoriteit"),
    ]
    first, second = zip(*translations, strict=True)
    likeness = default().likeness(first, second)
    assert (likeness.argmax(axis=1) == np.arange(len(first))).mean() > 0.8
    assert likeness.diagonal().mean() > likeness.mean() + 0.3


def test_a_proper_name_survives_its_translation() -> None:
    said: list[Named] = [
        ("company/minh-quang-kasut", "Syarikat Kasut Minh Quang", CODES[0], "company", None, 3),
        ("schoenenbedrijf-minh-quang", "Schoenenbedrijf Minh Quang", CODES[1], None, None, 2),
        ("schoenenbedrijf-minh-long", "Schoenenbedrijf Minh Long", CODES[1], None, None, 2),
    ]
    found = joined(said)
    assert list(found) == ["schoenenbedrijf-minh-quang"]
    assert found["schoenenbedrijf-minh-quang"][0] == "company/minh-quang-kasut"


def test_a_name_has_the_same_numbers_in_any_company() -> None:
    names = ["Hoa Phat Groep", "Kumpulan Hoa Phat", "x", "Trung tâm y tế " * 40, "😀", ""]
    together = Vectors(FOLDER).of(names)
    for name, row in zip(names, together, strict=True):
        alone = Vectors(FOLDER).of([name])[0]
        assert alone.tobytes() == row.tobytes()
        assert abs(float(alone @ alone) - 1) < 1e-3
    assert similarity(names[0], names[1]) == similarity(names[1], names[0])
    assert Vectors(FOLDER).same([names[0], names[0]])
    assert not Vectors(FOLDER).same([names[0], names[3]])
    assert Vectors(FOLDER).of([]).shape == (0, default().width)


def _says(folder: Path) -> str:
    with pytest.raises(ModelError) as error:
        Vectors(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_bad_model_says_so_in_one_line(tmp_path: Path) -> None:
    assert "no model here" in _says(tmp_path / "none")
    folder = tmp_path / "names"
    shutil.copytree(FOLDER, folder)
    Vectors(folder)
    whole = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(whole[:-1000])
    assert "cut short" in _says(folder)
    (folder / MODEL).write_bytes(whole[:-4] + b"\0\0\0\1")
    assert "not the file" in _says(folder)
    (folder / MODEL).write_bytes(whole)
    (folder / TOKENIZER).unlink()
    assert "cannot be read" in _says(folder)
    shutil.copy(FOLDER / TOKENIZER, folder)
    meta = json.loads((folder / META).read_text("utf-8"))
    (folder / META).write_text(json.dumps({**meta, "format": FORMAT + 1}), "utf-8")
    assert f"format {FORMAT + 1}" in _says(folder)
    del meta["threshold"]
    (folder / META).write_text(json.dumps(meta), "utf-8")
    assert "not the description" in _says(folder)


def test_the_model_has_a_card_with_its_curve() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for heading in ("Data", "Terms", "Scores", "Made"):
        assert f"## {heading}" in card
    assert (FOLDER / "threshold.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert (FOLDER / MODEL).stat().st_size < 25_000_000
