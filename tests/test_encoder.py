"""The default recogniser: reading in windows, decoding, edges, and what a bad model says."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import gold, models
from pipeline.recognise import ModelError, encoder, engines

MODEL = models.folder("ms")
GOLD = Path(__file__).resolve().parent.parent / "corpus" / "gold"
LABELS = encoder.Labels(("O", "B-ORG", "I-ORG", "B-OPT", "I-OPT"))


@pytest.fixture(scope="module")
def engine() -> encoder.EncoderRecogniser:
    return encoder.EncoderRecogniser(MODEL, "ms")


def test_blocks_hold_the_whole_text_in_order() -> None:
    text = "a b\n" * 60_000 + "x" * 250_000
    found = list(encoder.blocks(text))
    assert "".join(part for _, part in found) == text
    assert [start for start, _ in found] == sorted({start for start, _ in found})
    assert max(len(part) for _, part in found) <= 100_000


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("aBđế .,-()\n0😀\u0301\u200b"), max_size=400),
    st.integers(2, 40),
    st.integers(0, 8),
)
def test_windows_take_every_piece_once(text: str, core: int, context: int) -> None:
    engine = encoder.EncoderRecogniser(MODEL, "ms")
    pieces = engine._reader.read(text)
    taken = []
    for window in encoder.windows(pieces, text, core, context):
        assert window.start <= window.first < window.last <= window.end
        assert window.last - window.first <= core
        taken += range(window.first, window.last)
    assert taken == list(range(len(pieces.ids)))


def test_words_lie_where_their_offsets_say(engine: encoder.EncoderRecogniser) -> None:
    text = "UBND-pejabat (VNA) 2.145 …\n\n  Đồng Tháp\u00a0½ x"
    pieces = engine._reader.read(text)
    words = [text[a:b] for a, b in zip(pieces.starts, pieces.ends, strict=True)]
    assert words[:9] == ["UBND", "-", "pejabat", "(", "VNA", ")", "2", ".", "145"]
    assert "Tháp" in words
    assert sorted(pieces.starts) == pieces.starts


def test_viterbi_never_goes_on_with_what_did_not_begin() -> None:
    scores = np.log(
        np.array(
            [
                [0.1, 0.2, 0.6, 0.05, 0.05],
                [0.15, 0.1, 0.15, 0.1, 0.5],
                [0.1, 0.0001, 0.8, 0.05, 0.05],
            ]
        )
    )
    path = encoder.viterbi(scores, LABELS)
    names = [LABELS.names[i] for i in path]
    assert names[0][0] != "I"
    for before, after in itertools.pairwise(names):
        assert not after.startswith("I") or before[2:] == after[2:]
    every = max(
        (sum(scores[i, k] for i, k in enumerate(p)), p)
        for p in np.ndindex(5, 5, 5)
        if LABELS.names[p[0]][0] != "I"
        and all(
            LABELS.names[b][0] != "I" or LABELS.names[a][2:] == LABELS.names[b][2:]
            for a, b in itertools.pairwise(p)
        )
    )
    assert tuple(path) == every[1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("het Ministerie van Financiën,", "Ministerie van Financiën"),
        ("de Vereniging (VIETRISA)", "Vereniging (VIETRISA)"),
        ("(VNA)", "VNA"),
        ("Hospital Am)", "Hospital Am"),
        ("“Petrovietnam”", "Petrovietnam"),
        ("Publishing Co. Ltd.", "Publishing Co. Ltd"),
        ("de", "de"),
        (" - ", None),
    ],
)
def test_edges(text: str, wanted: str | None) -> None:
    edges = encoder.snap(text, 0, len(text), ("de", "het"))
    assert (None if edges is None else text[slice(*edges)]) == wanted


def test_an_article_reads_the_same_whatever_came_before(engine: encoder.EncoderRecogniser) -> None:
    articles = gold.read(GOLD / "dev", "ms")
    alone = [engine.recognise(a.text) for a in articles]
    assert [engine.recognise(a.text) for a in reversed(articles)] == alone[::-1]
    assert all(alone)


@pytest.mark.parametrize(
    "text", ["", "\n", " \t\n\n", "\u200b", "😀" * 3000, "x" * 20_000, "\x00", "a \ud800 b"]
)
def test_no_text_raises(engine: encoder.EncoderRecogniser, text: str) -> None:
    for name in engine.recognise(text):
        assert 0 <= name.start < name.end <= len(text)


def test_nothing_is_cut_off(engine: encoder.EncoderRecogniser) -> None:
    sentence = "Jawatankuasa Rakyat Wilayah Ha Giang mengadakan mesyuarat. "
    text = sentence * 400  # one line of many windows
    found = [text[n.start : n.end] for n in engine.recognise(text)]
    assert found.count("Jawatankuasa Rakyat Wilayah Ha Giang") > 390


@pytest.mark.parametrize("code", ["ms", "nl"])
def test_finds_most_names_of_the_dev_part(code: str) -> None:
    model = encoder.EncoderRecogniser(models.folder(code), code)
    need = found = hits = 0
    for article in gold.read(GOLD / "dev", code):
        wanted = {(s.start, s.end) for s in article.spans if s.type == "org" and not s.optional}
        maybe = {(s.start, s.end) for s in article.spans if s.type == "org" and s.optional}
        got = {(n.start, n.end) for n in model.recognise(article.text)} - maybe
        need, found, hits = need + len(wanted), found + len(got), hits + len(wanted & got)
    assert 2 * hits / (need + found) > 0.9


def _copy(tmp_path: Path) -> Path:
    target = tmp_path / "model"
    shutil.copytree(MODEL, target)
    meta = json.loads((target / encoder.META).read_text("utf-8"))
    for name, said in meta["files"].items():
        shutil.copy(MODEL / said.pop("path", name), target / name)
    (target / encoder.META).write_text(json.dumps(meta), "utf-8")
    return target


def _says(folder: Path) -> str:
    with pytest.raises(ModelError) as error:
        encoder.EncoderRecogniser(folder, "ms")
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_bad_model_says_so_in_one_line(tmp_path: Path) -> None:
    assert "no model here" in _says(tmp_path / "none")
    folder = _copy(tmp_path)
    encoder.EncoderRecogniser(folder, "ms")
    whole = (folder / encoder.MODEL).read_bytes()
    (folder / encoder.MODEL).write_bytes(whole[:-1000])
    assert "cut short" in _says(folder)
    (folder / encoder.MODEL).write_bytes(whole[:-4] + b"\0\0\0\1")
    assert "not the file" in _says(folder)
    (folder / encoder.MODEL).unlink()
    assert "cannot be read" in _says(folder)
    (folder / encoder.MODEL).write_bytes(whole)
    meta = json.loads((folder / encoder.META).read_text("utf-8"))
    (folder / encoder.META).write_text(json.dumps({**meta, "format": 99}), "utf-8")
    assert "format 99" in _says(folder)
    (folder / encoder.META).write_text(json.dumps({**meta, "languages": {}}), "utf-8")
    assert "'ms'" in _says(folder)
    (folder / encoder.META).write_text("{", "utf-8")
    assert "not the description" in _says(folder)


def test_the_engine_takes_a_folder_of_models_or_one_of_them() -> None:
    article = gold.read(GOLD / "dev", "ms")[0]
    for path in (MODEL.parent, MODEL):
        found = engines.recogniser(f"selaras:{path}", "ms")
        assert found.recognise(article.text) == engines.recogniser("default", "ms").recognise(
            article.text
        )
    with pytest.raises(ModelError, match="no model here"):
        engines.recogniser(f"selaras:{MODEL / 'none'}", "ms")
