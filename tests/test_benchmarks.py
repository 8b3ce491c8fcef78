"""The benchmarks' own arithmetic on made-up data: what they count must be what they say."""

from __future__ import annotations

import json
import random
import shutil
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from benchmarks import engines, figure_tools, figures, load, merge, report, spans, speed
from benchmarks import languages as language_benchmark
from benchmarks import references as reference_benchmark
from benchmarks.figure_tools import Figure
from benchmarks.spans import Chunk
from pipeline import languages
from pipeline.gold import GoldArticle, GoldSpan, parse
from pipeline.recognise.encoder import Reader
from pipeline.train.data import Span, Text
from tests.conftest import ROOT

COLUMNS = """0\tDe\tO
1\tBank\tB-ORG
2\tvan\tI-ORG
3\tHa-Long\tI-ORG
4\t,\tO
5\tLan\tB-PER
6\tMinh\tB-PER

0\tHue\tI-LOC
1\t.\tO
"""


@pytest.fixture
def document(tmp_path: Path) -> spans.Document:
    path = tmp_path / "test.conllu"
    path.write_text(COLUMNS, encoding="utf-8")
    (found,) = spans.documents(path, 12)
    return found


def _conlleval(tags: list[str]) -> set[Chunk]:
    """Chunks by the conditions of the script itself (``startOfChunk``, ``endOfChunk``)."""
    found = []
    first = -1
    before, kind_before = "O", ""
    for i, tag in enumerate([*tags, "O"]):
        part, kind = tag[0], tag[2:]
        ends = (
            (before == "B" and part in "BO")
            or (before == "I" and part in "BO")
            or (before != "O" and kind_before != kind)
        )
        begins = (
            (part == "B")
            or (before == "O" and part == "I")
            or (part != "O" and kind_before != kind)
        )
        if first >= 0 and ends:
            found.append(Chunk(first, i, kind_before))
            first = -1
        if begins:
            first = i
        before, kind_before = part, kind
    return set(found)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-ORG I-ORG O", {(1, 3, "ORG")}),
        ("B-ORG B-ORG", {(0, 1, "ORG"), (1, 2, "ORG")}),
        ("I-ORG I-ORG", {(0, 2, "ORG")}),  # I- at the start begins a name
        ("O I-PER I-LOC", {(1, 2, "PER"), (2, 3, "LOC")}),  # another kind begins one too
        ("B-PER I-ORG I-ORG", {(0, 1, "PER"), (1, 3, "ORG")}),
        ("B-ORG O I-ORG", {(0, 1, "ORG"), (2, 3, "ORG")}),
        ("O O", set()),
    ],
)
def test_chunks_are_those_of_conlleval(tags: str, expected: set[tuple[int, int, str]]) -> None:
    assert spans.chunks(tags.split()) == expected == _conlleval(tags.split())


def test_chunks_agree_with_the_script_on_any_tags() -> None:
    rng = random.Random(1)
    for _ in range(500):
        tags = rng.choices(("O", "B-ORG", "I-ORG", "B-PER", "I-PER"), k=rng.randint(0, 12))
        assert spans.chunks(tags) == _conlleval(tags)


def test_no_chunk_goes_over_the_end_of_a_sentence() -> None:
    tags = ["B-ORG", "I-ORG", "I-ORG"]
    assert spans.chunks(tags, {0, 2}) == {(0, 2, "ORG"), (2, 3, "ORG")}


def test_a_document_keeps_tokens_names_and_sentences(document: spans.Document) -> None:
    text = document.text.text
    assert text == "De Bank van Ha-Long, Lan Minh\nHue."
    assert [text[a:b] for a, b in document.tokens] == [
        line.split("\t")[1] for line in COLUMNS.splitlines() if line
    ]
    assert document.breaks == {0, 7}
    assert [(text[s.start : s.end], s.kind) for s in document.text.spans] == [
        ("Bank van Ha-Long", "ORG"),
        ("Lan", "PER"),
        ("Minh", "PER"),
        ("Hue", "LOC"),
    ]
    assert len(spans.chunks(document.tags, document.breaks)) == len(document.text.spans)


def test_gold_against_itself_is_perfect_by_both_counts(document: spans.Document) -> None:
    for scores in spans.measure([(document, document.text.spans)]).values():
        assert scores["all"]["f1"] == 1
        assert scores["all"]["hits"] == 4


def test_an_edge_inside_a_token_is_wrong_by_characters_alone(document: spans.Document) -> None:
    text = document.text.text
    short = Span(3, text.index("-Long"), "ORG")  # Bank van Ha
    found = spans.measure([(document, [short])])
    assert found["spans"]["ORG"]["hits"] == 0
    assert found["conlleval"]["ORG"] == {
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "hits": 1,
        "found": 1,
        "wanted": 1,
    }


def test_kind_and_both_edges_must_be_right(document: spans.Document) -> None:
    text = document.text.text
    lan, minh = text.index("Lan"), text.index("Minh")
    wrong = [
        Span(0, text.index(","), "ORG"),  # one token too many
        Span(lan, minh + 4, "PER"),  # two names as one
        Span(text.index("Hue"), text.index("Hue") + 3, "ORG"),  # another kind
    ]
    for scores in spans.measure([(document, wrong)]).values():
        assert scores["all"]["hits"] == 0
        assert scores["all"]["found"] == 3
        assert scores["all"]["wanted"] == 4
        assert scores["all"]["f1"] == 0


def test_scores_are_over_all_names_not_the_mean_of_kinds() -> None:
    tally = spans.Tally()
    tally.add(
        {Chunk(0, 1, "ORG"), Chunk(1, 2, "ORG"), Chunk(2, 3, "ORG"), Chunk(4, 5, "LOC")},
        {Chunk(0, 1, "ORG"), Chunk(1, 2, "ORG"), Chunk(4, 5, "PER")},
    )
    scores = tally.scores()
    assert scores["ORG"]["recall"] == 0.6667
    assert scores["LOC"]["f1"] == scores["PER"]["f1"] == 0
    assert (scores["all"]["precision"], scores["all"]["recall"]) == (0.6667, 0.5)
    assert scores["all"]["f1"] == 0.5714


def test_a_token_has_the_tag_of_the_name_over_its_first_character() -> None:
    tokens = [(0, 4), (5, 12), (13, 15)]
    assert spans.tags_of([Span(0, 4, "ORG"), Span(5, 7, "PER")], tokens) == ["B-ORG", "B-PER", "O"]
    assert spans.tags_of([Span(0, 12, "ORG")], tokens) == ["B-ORG", "I-ORG", "O"]
    assert spans.tags_of([Span(8, 15, "ORG")], tokens) == ["O", "O", "B-ORG"]
    assert spans.tags_of([Span(5, 6, "PER"), Span(7, 12, "ORG")], tokens) == ["O", "B-PER", "O"]


def test_names_that_no_model_can_find_are_counted_and_missed(document: spans.Document) -> None:
    vocabulary = {piece: i for i, piece in enumerate(("<s>", "</s>", "<unk>"))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    reader = Reader(tokenizer)
    assert spans.lost([document], reader) == 0
    inside = Text("Vietnambank", [Span(0, 7, "LOC")])
    other = spans.Document(inside, ((0, 11),), ("B-LOC",), frozenset({0}))
    assert spans.lost([document, other], reader) == 1
    assert spans.measure([(other, [Span(0, 11, "LOC")])])["spans"]["all"]["recall"] == 0


def test_columns_of_frog_become_offsets() -> None:
    text = "De Bank  van Hue (NHTM) meldt niets. Minh ook"
    rows = [
        ("De", "O"),
        ("Bank", "B-ORG"),
        ("van", "I-ORG"),
        ("Hue", "I-ORG"),
        ("(", "O"),
        ("NHTM", "B-ORG"),
        (")", "O"),
        ("elders", "I-ORG"),  # is nowhere in the text
        None,
        ("Minh", "B-PER"),
        ("ook", "I-ORG"),
    ]
    lines = [f"1\t{r[0]}\t\t\t\tN()\t1.0\t{r[1]}\t\t\t\t" if r else "" for r in rows]
    found = [text[a:b] for a, b in engines.frog_names(text, lines)]
    assert found == ["Bank  van Hue", "NHTM", "ook"]


def test_the_time_that_frog_says_is_read() -> None:
    said = (
        "frog-:Frogging in total took: 2 minutes, 1 seconds, 116 milliseconds and 750 microseconds"
    )
    (parts,) = engines._TOOK.findall(said)
    assert engines._seconds(parts) == pytest.approx(121.11675)


def _row(name: str, threads: int, **speeds: int) -> dict[str, object]:
    said = {code: {"median": value} for code, value in speeds.items()}
    return {"engine": name, "threads": threads, "words_per_second": said}


def test_ratios_are_of_the_same_threads_and_languages() -> None:
    rows = [
        _row(speed.DEFAULT, 1, ms=3000, nl=6000),
        _row(speed.OTHER, 1, ms=1000, nl=1000),
        _row(speed.OTHER, 2, ms=2000, nl=2000),
        _row(speed.FROG, 1, nl=500),
    ]
    assert speed.ratio(rows, rows[0], speed.OTHER) == 4.0
    assert speed.ratio(rows, rows[0], speed.FROG) == 12.0
    assert speed.ratio(rows, rows[2], speed.FROG) is None


def test_articles_are_chosen_evenly() -> None:
    articles = [GoldArticle(f"s{i}", code, f"{code} {i}", ()) for i in range(9) for code in "ab"]
    assert speed.chosen(articles, 3) == {"a": ["a 0", "a 3", "a 6"], "b": ["b 0", "b 3", "b 6"]}
    assert speed.chosen(articles[:3], 3) == {"a": ["a 0", "a 1"], "b": ["b 0"]}
    assert speed.words(["twee  woorden", "en\ndrie meer hier"]) == 6


def test_names_found_are_counted_as_in_an_evaluation() -> None:
    class Fixed:
        def read(self, texts: speed.Texts) -> dict[str, tuple[float, list[list[engines.Edges]]]]:
            return {
                code: (1.0, [[(3, 7), (8, 11)] for _ in found]) for code, found in texts.items()
            }

    text, tagged = parse('De <org key="a">Bank</org> en <org key="b">NHTM</org>')
    article = GoldArticle("s", "x", text, tagged)
    # One of two names found exactly, and one name that is none.
    assert speed.quality(Fixed(), [article]) == {"exact": 0.5, "overlap": 0.5}  # type: ignore[arg-type]


def test_a_table_is_markdown() -> None:
    lines = report.markdown(["what", "words"], [["default", 12345], ["other", None]]).splitlines()
    assert lines == [
        "| what    |  words |".replace("  words", " words "),
        "| ------- | -----: |",
        "| default | 12,345 |",
        "| other   |      – |",
    ]


def test_memory_that_was_let_go_still_counts() -> None:
    before = load.peak()
    block = bytearray(80_000_000)
    block[::4096] = b"x" * len(block[::4096])
    del block
    assert load.peak() > before + 40 or before > 500


def test_a_transformers_model_gives_the_same_scores(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("onnx")
    from pipeline.train import export, ner

    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁De", "▁Bank", "▁van", "▁Hue", "."]
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": i,
                "content": piece,
                "special": True,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
            }
            for i, piece in enumerate(pieces[:4])
        ],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "always",
            "split": True,
        },
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [[p, -float(i)] for i, p in enumerate(pieces)],
            "byte_fallback": False,
        },
    }
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = transformers.BertConfig(
        **sizes,
        intermediate_size=64,
        vocab_size=len(pieces),
        max_position_embeddings=64,
        pad_token_id=1,
    )
    bert = transformers.BertModel(config, add_pooling_layer=False)
    model = ner.Tagger(bert, 32, 0.1).eval()
    export.to_transformers(model, tokenizer, tmp_path)
    assert (tmp_path / "model.safetensors").is_file()
    assert not list(tmp_path.glob("*.bin"))
    other = transformers.AutoModelForTokenClassification.from_pretrained(tmp_path).eval()
    read = transformers.AutoTokenizer.from_pretrained(tmp_path)("De Bank", return_tensors="pt")
    assert read["input_ids"].tolist() == [[0, 4, 5, 2]]
    assert list(other.config.id2label.values()) == list(model.labels)
    with torch.no_grad():
        ids = read["input_ids"]
        mine, theirs = model(ids, torch.zeros_like(ids)), other(**read).logits
    assert torch.allclose(mine, theirs, atol=1e-5)
    assert json.loads((tmp_path / "config.json").read_text())["architectures"] == [
        "BertForTokenClassification"
    ]
    engine = engines.Transformers(tmp_path, 1, size=6, stride=2, batch=2)
    (found,) = engine.read(["De Bank van Hue De Bank van Hue De Bank van Hue"])[1]
    assert found == sorted(found)


def test_what_the_merge_is_measured_on_is_made_alike_each_time(tmp_path: Path) -> None:
    made = {name: merge.make(tmp_path / name, number) for name, number in (("a", 900), ("b", 900))}
    assert 900 <= made["a"] == made["b"] < 1000
    for name in ("articles.parquet", "mentions.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    said = merge.child(tmp_path / "a")
    assert said["mentions"] == made["a"]
    # nearly every story is found, and most bodies and figures stand in both translations
    assert said["stories"] <= 0.6 * said["articles"]
    assert 0.1 < said["rows"] / said["mentions"] < 0.4


def test_the_memory_of_a_merge_does_not_grow_with_the_mentions(tmp_path: Path) -> None:
    """Mentions as rows of Python would take some four thousand bytes each."""
    found = []
    for number in (30_000, 80_000):
        merge.make(tmp_path / str(number), number)
        found.append(merge.fresh(tmp_path / str(number), memory="100MB"))
    few, many = found
    assert many["mentions"] > 2.5 * few["mentions"]
    assert many["peak"] - few["peak"] < 0.0025 * (many["mentions"] - few["mentions"])


FIGURES = (
    'Er kwamen <stat value="8000" kind="count" unit="gasten">8.000</stat> gasten, '
    '<stat value="40" kind="percentage">40%</stat> vrouw, voor '
    '<stat value="3" to="5" kind="money" currency="VND">3 tot 5 dong</stat>, '
    '<stat value="1" of="4" kind="fraction">een kwart</stat> bleef '
    '<stat value="2" kind="duration" unit="dagen">2 dagen</stat> op '
    '<stat value="12" kind="measure" unit="ha">12 ha</stat>.'
)


def _read(text: str, *found: tuple[str, dict[str, object]]) -> list[dict[str, object]]:
    """Rows as a tool gives them, each at the first place of its surface."""
    rows = []
    for surface, said in found:
        start = text.index(surface)
        row = {"kind": "number", "of": None, "to": None, "unit": None, "currency": None}
        rows.append({**row, "start": start, "end": start + len(surface), **said})
    return rows


def _measured(*found: tuple[str, dict[str, object]]) -> dict[str, dict[str, float]]:
    text, tagged = parse(FIGURES)
    counts = figures.measure(GoldArticle("s", "nl", text, tagged), _read(text, *found))
    return {name: figures.scores(counts, name) for name in ("value", "class", "in words")}


def test_a_figure_needs_its_place_its_value_and_then_its_class() -> None:
    read = _measured(
        ("8.000", {"value": 8}),  # its separator misread
        ("40", {"value": 40}),  # no percentage
        ("3", {"value": 3, "kind": "money", "currency": "USD"}),
        ("een kwart", {"value": 0.25}),  # the quotient
        ("2 dagen", {"value": 2, "kind": "duration", "unit": "day"}),
        ("12 ha", {"value": 12, "kind": "measure", "unit": "ha"}),
        ("vrouw", {"value": 12}),  # right, but elsewhere
    )
    assert read["value"] == {"precision": 0.7143, "recall": 0.8333, "f1": 0.7692}
    assert read["class"] == {"precision": 0.4286, "recall": 0.5, "f1": 0.4615}
    assert read["in words"]["recall"] == 1


def test_the_second_number_of_a_range_counts_on_neither_side() -> None:
    first = ("3", {"value": 3})
    assert _measured(first)["value"]["precision"] == 1
    assert _measured(first, ("5 dong", {"value": 5}))["value"]["precision"] == 1
    assert _measured(first, ("5 dong", {"value": 6}))["value"]["precision"] == 0.5


def test_a_figure_is_found_once() -> None:
    twice = _measured(("40%", {"value": 40}), ("40", {"value": 40}))
    assert twice["value"]["precision"] == 0.5
    # of two readings of one place the one with the right class counts for the class
    found = _measured(("40%", {"value": 40}), ("40", {"value": 40, "kind": "percentage"}))
    assert found["class"]["precision"] == 0.5


def test_of_readings_of_one_place_the_longest_stays_and_dates_take_theirs() -> None:
    age, years = Figure(0, 6, 3, "age"), Figure(0, 6, 3, "duration", unit="year")
    day, year = Figure(10, 21, 0, figure_tools.DATE), Figure(17, 21, 2024)
    hectares, hours = Figure(30, 35, 12, "measure", unit="ha"), Figure(30, 34, 0, figure_tools.DATE)
    found = [year, Figure(0, 1, 3), age, years, hours, day, hectares]
    assert figure_tools.longest(found) == [years, hectares]


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("number", {"value": "0,25"}, ("number", 0.25, None, None)),
        ("percentage", {"value": "40%"}, ("percentage", 40, None, None)),
        (
            "currency",
            {"value": "5", "unit": "Euro", "isoCurrency": "EUR"},
            ("money", 5, None, "EUR"),
        ),
        ("currency", {"value": "5", "unit": "Vietnamese dong"}, ("money", 5, None, "VND")),
        ("dimension", {"value": "2", "unit": "Square kilometer"}, ("measure", 2, "km²", None)),
        (
            "datetimeV2.duration",
            {"values": [{"timex": "PT36H"}]},
            ("duration", 36, "hour", None),
        ),
        ("datetimeV2.date", {"values": [{"timex": "2024-05-19"}]}, ("date", 0, None, None)),
    ],
)
def test_what_recognizers_text_says_is_put_into_our_classes(
    name: str, said: dict[str, object], expected: tuple[object, ...]
) -> None:
    result = SimpleNamespace(start=2, end=5, type_name=name, resolution=said)
    read = figure_tools._recognised(10, result)
    assert read is not None
    assert (read.kind, read.value, read.unit, read.currency) == expected
    assert (read.start, read.end) == (12, 16)


def test_what_recognizers_text_cannot_resolve_is_no_figure() -> None:
    for said in ({"value": None, "unit": "Euro"}, {"value": "nan"}, None):
        result = SimpleNamespace(start=0, end=1, type_name="currency", resolution=said)
        assert figure_tools._recognised(0, result) is None


def test_figures_are_shown_alike() -> None:
    text = "x"
    for said, expected in (
        ({"value": 557.0, "of": 1461.0}, "557 of 1,461"),
        ({"value": 3.4, "to": 5.0, "kind": "percentage"}, "3.4 to 5%"),
        ({"value": 25e9, "kind": "money", "currency": "VND"}, "25,000,000,000 VND"),
        ({"value": 64.0, "kind": "age"}, "age 64"),
        ({"value": 1.5, "kind": "measure", "unit": "ha"}, "1.5 ha"),
    ):
        assert figures.shown(_read(text, ("x", said))[0]) == expected


def test_a_text_of_figures_only_has_all_of_them() -> None:
    text, tagged = parse(FIGURES)
    (found,) = figures.only_figures([GoldArticle("s", "nl", text, tagged)])["nl"]
    assert found == "8.000 gasten, 40%, 3 tot 5 dong, een kwart, 2 dagen, 12 ha."


def test_our_parts_are_what_an_extraction_does() -> None:
    text, tagged = parse(FIGURES.replace("Er kwamen", "Op 19 mei 2024 kwamen er"))
    whole = figures.OurParts(text, "nl", tagged)
    about, units = whole.whole()  # type: ignore[misc]
    assert len(about) == len(units) == len(whole.statistics()) == 6  # type: ignore[arg-type]
    assert len(whole.periods()) == 6  # type: ignore[arg-type]
    assert len(whole.dates()) == 1  # type: ignore[arg-type]


def test_a_missing_tool_is_a_line_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "s.nl.txt").write_text(FIGURES, encoding="utf-8")
    # An environment with nothing in it but Python itself.
    own = tmp_path / "work" / "text2num" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n', encoding="utf-8")
    own.chmod(own.stat().st_mode | stat.S_IXUSR)
    said = tmp_path / "out.json"
    asked = f"--tools=text2num,{figure_tools.ALONE}"
    small = ["--articles=1", "--repetitions=1", f"--work={tmp_path / 'work'}"]
    monkeypatch.setattr(sys, "argv", ["figures", f"--gold={gold}", asked, *small, f"--out={said}"])
    assert figures.main() == 0
    shown = capsys.readouterr()
    assert "left out: text2num: is not installed" in shown.err
    assert f"| {figure_tools.ALONE} " in shown.out
    assert "| text2num" not in shown.out
    read = json.loads(said.read_text(encoding="utf-8"))
    assert read["left_out"].keys() == {"text2num"}
    assert read["scores"][figure_tools.ALONE]["nl"]["class"]["f1"] == 1
    assert read["speed"]["nl"][figure_tools.ALONE]["median"] > 0
    # what stands in a sentence with a trap is written as the table shows it
    mine = [t for t in read["traps"] if t["language"] == "nl"]
    assert [t["read"][figure_tools.ALONE] for t in mine] == [t["is"] for t in mine]


def test_documents_are_counted_under_their_one_number() -> None:
    text = "Besluit 12/QĐ-UBND, plan 13 / KH - UBND en Resolutie 57."
    tags = (
        (8, 18, "12/QĐ-UBND", {}),
        (25, 39, "13/KH-UBND", {}),
        (43, 55, "NQ:57", {"full": "57-NQ/TW"}),
    )
    spans = tuple(
        GoldSpan("ref", start, end, text[start:end], {"id": number, **more})
        for start, end, number, more in tags
    )
    article = GoldArticle("s", "nl", text, spans)
    found = reference_benchmark.quality([article])
    # one is well formed, and Selaras reads all three
    assert found[reference_benchmark.ALONE]["nl"] == 1
    assert found[reference_benchmark.EXPRESSION]["nl"] == 0.5
    counts = reference_benchmark.counted(article, [(0, 5, "12/QĐ-UBND")])
    assert reference_benchmark.f1(counts) == 0


def test_the_benchmark_of_documents_tells_speed_and_quality(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.nl.txt").write_text(
        'Volgens <ref id="12/QĐ-UBND">Besluit 12/QĐ-UBND</ref> is het zo.', encoding="utf-8"
    )
    said = tmp_path / "out.json"
    monkeypatch.setattr(
        sys,
        "argv",
        ["references", f"--gold={tmp_path}", f"--speed-gold={tmp_path}", "--repetitions=1",
         f"--out={said}"],
    )  # fmt: skip
    assert reference_benchmark.main() in (0, 1)  # so short a text says nothing of speed
    read = json.loads(said.read_text(encoding="utf-8"))
    assert read["f1"][reference_benchmark.ALONE]["nl"] == 1
    assert read["words_per_second"]["articles"][reference_benchmark.ALONE]["nl"] > 0
    assert reference_benchmark.EXPRESSION in capsys.readouterr().out


def test_the_benchmark_of_languages_tells_quality_calibration_and_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: dict[str, list[str]] = {}
    for code in languages.available():
        said |= languages.examples(code, "close")["sentences"]
    for name, code in (("zsm", "ms"), ("ind", "id"), ("nld", "nl"), ("afr", "af")):
        file = tmp_path / f"{name}_Latn.txt"
        file.write_text("\n".join(said[code] * 2), encoding="utf-8")
    (tmp_path / "gold").mkdir()
    for file in sorted((ROOT / "corpus/gold/dev").glob("*.txt"))[:8]:
        shutil.copy(file, tmp_path / "gold")
    out = tmp_path / "out.json"
    # Of the others the one that the program itself needs.
    kept = {"langdetect": language_benchmark._OTHERS["langdetect"]}
    monkeypatch.setattr(language_benchmark, "_OTHERS", kept)
    asked = [str(tmp_path), f"--articles={tmp_path / 'gold'}", "--most=2", "--repetitions=1"]
    monkeypatch.setattr(sys, "argv", ["languages", *asked, f"--out={out}"])
    assert language_benchmark.main() in (0, 1)
    read = json.loads(out.read_text(encoding="utf-8"))
    # Of a file whose first half made a profile the second is read.
    assert len(language_benchmark.sentences(tmp_path)["ms"]) == len(said["ms"])
    assert len(language_benchmark.sentences(tmp_path)["nl"]) == 2 * len(said["nl"])
    assert read["accuracy"]["ms"]["sentences"] == 1
    # langdetect has no Malay at all.
    assert read["beside"]["langdetect"]["ms"]["sentences"] == 0
    assert read["articles_per_second"].keys() == {language_benchmark.OURS, "langdetect"}
    assert 0 <= read["calibration"]["error"] <= 1
    assert "expected calibration error" in capsys.readouterr().out
