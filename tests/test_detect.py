"""Which language an article is in, and which of its paragraphs are in another.

The sentences here are our own and made no profile.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import articles, gold, gold_languages, languages, models
from pipeline.configuration import MIN_LANGUAGE_SCORE, Configuration
from pipeline.detect import Detection, Part, detect, format_parts, read_parts
from pipeline.detect.engine import guesses, sample
from pipeline.detect.words import compose, families, lexicon, words
from pipeline.gold_languages import GoldText
from pipeline.normalise import places
from pipeline.run import batch
from tests.conftest import ROOT

GOLD = ROOT / "corpus" / "gold"
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
    "jv": "Komite rakyat kabupaten iku nganakake rapat dina Senin sore amarga listrik mati sawise "
    "ana angin gedhe, lan sawetara sekolahan kudu ditutup.",
    "lo": "ຄະນະກຳມະການປະຊາຊົນເມືອງໄດ້ປະຊຸມໃນຕອນບ່າຍວັນຈັນ ຍ້ອນໄຟຟ້າດັບຫຼັງພາຍຸ",
    "km": "គណៈកម្មាធិការប្រជាជនស្រុកបានប្រជុំនៅរសៀលថ្ងៃច័ន្ទ ដោយសារដាច់ភ្លើងក្រោយព្យុះ",
    "zh": "由于暴风雨后停电，县人民委员会于星期一下午召开会议，一些学校不得不停课关门，居民表示理解。",
    "ja": "暴風雨の後に停電したため、郡の人民委員会は月曜日の午後に会議を開き、いくつかの学校は休校しました。",
    "ko": "폭풍 후 정전이 발생하자 현 인민위원회는 월요일 오후 회의를 열었고 일부 학교는 문을 닫아야 했다.",
    "th": "คณะกรรมการประชาชนอำเภอประชุมบ่ายวันจันทร์เนื่องจากไฟฟ้าดับหลังพายุ โรงเรียนบางแห่งต้องปิด",
    "ru": "Народный комитет уезда заседал в понедельник днём, потому что после бури отключилось "
    "электричество, и несколько школ пришлось закрыть.",
}
UNMARKED = (
    "Uy ban nhan dan huyen hop chieu thu Hai vi mat dien sau con bao, mot so truong hoc phai dong "
    "cua va nguoi dan duoc thong bao khong ra khoi nha trong nhung ngay toi."
)
CHINESE_OF_TAIWAN = (
    "由於暴風雨後停電，縣人民委員會於星期一下午召開會議，一些學校不得不停課關門，居民表示理解。"
)


@pytest.mark.parametrize("language", SAID)
def test_languages(language: str) -> None:
    found = detect(SAID[language])
    assert found.language == language
    assert 0.5 < found.score <= 1
    assert not found.parts


def test_one_language_in_several_writings() -> None:
    assert detect(UNMARKED).language == "vi"
    assert detect(CHINESE_OF_TAIWAN).language == "zh"
    for language, text in SAID.items():
        assert detect(unicodedata.normalize("NFD", text)).language == language
    both = unicodedata.normalize("NFD", f"{SAID['ms']}\n{SAID['ko']}")
    assert [p.language for p in detect(both).parts] == ["ms", "ko"]
    assert detect("越共中央总书记会见老挝总理").language == "zh"


@pytest.mark.parametrize(
    "part", sorted(p.name for p in GOLD.iterdir() if p.is_dir() and "detection" not in p.name)
)
def test_gold_without_an_error(part: str) -> None:
    read = list(gold.read(GOLD / part))
    assert read
    wrong = [
        f"{a.story}.{a.language}"
        for a in read
        if (found := detect(a.text)).language != a.language
        or found.parts
        or found.score < MIN_LANGUAGE_SCORE
    ]
    assert wrong == []


def _wrong(article: GoldText, found: Detection) -> Iterator[str]:
    """What is told otherwise than gold tells it: the article, or single paragraphs."""
    if found.language != article.language:
        yield f"{article.name}: {found.language}"
        return
    for paragraph in article.paragraphs:
        if paragraph.language == gold_languages.NONE:
            continue
        inside = [p for p in found.parts if p.start <= paragraph.start and paragraph.end <= p.end]
        if (inside[0].language if inside else found.language) != paragraph.language:
            yield f"{article.name}: {article.text[paragraph.start : paragraph.end][:40]}"


@pytest.mark.parametrize(("part", "right"), [("detection", 0.97), ("detection-test", 0.95)])
def test_gold_of_many_languages(part: str, right: float) -> None:
    read = list(gold_languages.read(GOLD / part))
    # An article with one wrong paragraph is wrong.
    wrong = [a.name for a in read if next(_wrong(a, detect(a.text)), None)]
    assert len(read) > 160
    assert 1 - len(wrong) / len(read) >= right
    # One in a single language is no page in several, whatever lists and names stand in it.
    whole = [a for a in read if len({p.language for p in a.paragraphs} - {"-"}) == 1]
    split = [a.name for a in whole if a.language in languages.available() and detect(a.text).parts]
    assert len(split) <= 1
    # A language that is read here is never read as its relative, nor a relative as it.
    for related in families().values():
        for article in read:
            if article.language in related and len(article.text) >= 300:
                assert detect(article.text).language == article.language, article.name


def test_the_score_is_how_often_it_is_right() -> None:
    """Texts of five words to forty out of the paragraphs of many languages."""
    rows = []
    for article in gold_languages.read(GOLD / "detection-test"):
        for paragraph in article.paragraphs:
            said = article.text[paragraph.start : paragraph.end].split()
            for length in (5, 10, 40):
                found = detect(" ".join(said[:length]))
                if len(said) >= length and found.language != "und" and paragraph.language != "-":
                    rows.append((found.score, found.language == paragraph.language))
    assert len(rows) > 700
    error = 0.0
    for low in (0.0, 0.5, 0.8, 0.95):
        high = {0.0: 0.5, 0.5: 0.8, 0.8: 0.95, 0.95: 1.1}[low]
        inside = [row for row in rows if low <= row[0] < high]
        if inside:
            mean = statistics.fmean(score for score, _ in inside)
            right = statistics.fmean(right for _, right in inside)
            error += abs(mean - right) * len(inside) / len(rows)
    assert error < 0.05


@pytest.mark.parametrize("code", languages.available())
def test_sentences_of_the_relatives(code: str) -> None:
    examples: Mapping[str, Sequence[str]] = languages.examples(code, "close")["sentences"]
    assert examples.keys() == languages.data(code, "close")["words"].keys()
    for wanted, sentences in examples.items():
        for sentence in sentences:
            assert detect(sentence).language == wanted, sentence


@pytest.mark.parametrize("code", languages.available())
def test_words_of_the_relatives(code: str) -> None:
    lists: Mapping[str, Sequence[str]] = languages.data(code, "close")["words"]
    syllables = {t for name in places.gazetteer().by_name for t in name.split()}
    for listed in lists.values():
        assert list(listed) == sorted(set(listed))
        for word in listed:
            assert words(word) == [word]
            assert unicodedata.is_normalized("NFC", word)
            assert word not in syllables, "a syllable of Vietnamese names says nothing"
    # The two that are nearest have long lists, which share no word.
    first, second = sorted(lists, key=lambda c: -len(lists[c]))[:2]
    assert code in (first, second)
    assert not set(lists[first]) & set(lists[second])


def test_a_word_known_to_be_of_one_relative_says_so() -> None:
    own = languages.data("nl", "close")["words"]
    word = next(w for w in own["nl"] if not any(w in own[c] for c in own if c != "nl"))
    # Even where the frequencies say otherwise.
    composed = compose({word: {"nl": 0.5, "af": 4.0, "de": 2.0}})
    found = composed.votes(f"{word} zzzz {word}")
    said = dict(zip(composed.languages, found.votes, strict=True))
    assert (found.words, found.known) == (2, 1)
    assert said["nl"] - said["af"] >= 3
    assert said["de"] == 2.0


def test_a_relative_with_few_known_words_may_use_those_of_the_others() -> None:
    known = lexicon()
    index = {code: i for i, code in enumerate(known.languages)}
    (family,) = [own for own in families().values() if "af" in own]
    listed = {w for own in family.values() for w in own}
    word = "kantoor"
    assert word not in listed
    votes = known.votes(word).votes
    assert 0 < votes[index["af"]] < votes[index["nl"]]


# Acehnese, of which nothing here knows a word; our own sentences.
ACEHNESE = (
    "Ureueng gampông nyan ka geupeugot saboh jalan barô keu aneuk miet yang jak u sikula. "
    "Nibak uroe Seulanyan awaknyan meusapat di meunasah, sabab lampu ka mate lheuh angen raya, "
    "ngon na padum boh rumoh nyang reuloh. Keuchik geupeugah bahwa peuneujak nyan hana jeuet lé."
)


def test_a_relative_that_nothing_knows_is_not_read() -> None:
    found = detect(ACEHNESE)
    assert found.score < MIN_LANGUAGE_SCORE
    assert pipeline.load()(ACEHNESE).article.status == "skipped"


MIXED = [SAID["ms"], SAID["vi"], SAID["ms"].replace("Isnin", "Selasa")]


def test_a_paragraph_in_another_language_is_a_part() -> None:
    text = "\n\n".join(MIXED)
    found = detect(text)
    assert found.language == "ms"
    assert [p.language for p in found.parts] == ["ms", "vi", "ms"]
    assert [text[p.start : p.end] for p in found.parts] == MIXED
    assert read_parts(format_parts(found.parts)) == [
        (p.language, p.start, p.end) for p in found.parts
    ]


def test_relatives_are_parts_too() -> None:
    dutch, afrikaans = SAID["nl"], SAID["af"]
    found = detect(f"{dutch}\n{afrikaans}\n{dutch} {dutch}")
    assert [p.language for p in found.parts] == ["nl", "af", "nl"]
    found = detect(f"{SAID['id']} {SAID['id']}\n{SAID['ms']}")
    assert [p.language for p in found.parts] == ["id", "ms"]


def test_names_and_headings_split_nothing() -> None:
    names = "Nguyễn Văn Hùng, Trần Thị Mai, Lê Quốc Bảo, Phạm Minh Đức, Hoàng Thị Thu Hà"
    figures = "Hà Giang 12.450 – Cao Bằng 9.870 – Lạng Sơn 11.020 – Bắc Kạn 7.310"
    for code in languages.available():
        text = f"Hà Giang\n{SAID[code]}\n{names}\n{figures}\n21-NQ/TW\n{SAID[code]}"
        assert detect(text).language == code
        assert not detect(text).parts


def test_a_wrapped_text_is_told_by_its_paragraphs() -> None:
    paragraphs = [SAID["nl"], SAID["af"], SAID["nl"].replace("storm", "overstroming"), SAID["vi"]]
    for width in (30, 40, 72, 90):
        text = "\n\n".join(textwrap.fill(p, width) for p in paragraphs)
        found = [p.language for p in detect(text).parts]
        assert found == ["nl", "af", "nl", "vi"], width
    narrow = textwrap.fill(f"{SAID['ms']} {SAID['ms']}", 24) + f"\n\n{SAID['vi']}"
    assert detect(narrow).language == "ms"


@pytest.mark.parametrize("end", ["\r", "\u2028", "\u2029", "\x85", "\f", "\v", "\n\n", "\n \n"])
def test_every_end_of_a_line_is_one(end: str) -> None:
    assert [p.language for p in detect(end.join(MIXED)).parts] == ["ms", "vi", "ms"]


def test_cells_of_a_table_are_paragraphs() -> None:
    for between in (" | ", "\t"):
        row = between.join((SAID["ms"], SAID["nl"]))
        assert [p.language for p in detect(row).parts] == ["ms", "nl"]


def test_rows_that_say_the_same_are_no_witnesses() -> None:
    for name in ("Da Nang", "Ha Giang", "Quang Ninh", "Meo Vac i"):
        for code in languages.available():
            rows = "\n".join(f"{name}\t{2000 + n}\t{n * 7 % 10}" for n in range(40))
            found = detect(f"{SAID[code]}\n{rows}")
            assert found.language == code, name
            assert found.score >= MIN_LANGUAGE_SCORE


def test_marks_without_width_say_nothing() -> None:
    for mark in ("\u00ad", "\u200b", "\u2060"):
        text = "".join(c + mark * (i % 5 == 0) for i, c in enumerate(SAID["ms"]))
        assert detect(text).language == "ms"
        assert detect(mark.join(SAID["nl"])).language == "nl"


def test_a_headline_in_title_case() -> None:
    assert detect("Volkscomité Van Ha Giang Geeft Steun Aan Arme Gezinnen").language == "nl"


def test_short_lines_and_one_paragraph_in_another_language() -> None:
    lines = [f"{n}. {text}" for n, text in enumerate(SAID["ms"].split(", ")[0].split(" pada "))]
    lines += ["Harga beras naik", "Bekalan air terputus", "Sekolah dibuka semula", "Jalan ditutup"]
    lines += ["Polis menahan tiga lelaki", "Cuaca dijangka baik esok", "Pesakit sudah pulih"]
    text = "\n\n".join([*lines, *lines[::-1], "Lebuh raya siap tahun depan", SAID["vi"]])
    found = detect(text)
    assert found.language == "ms"
    assert found.parts[-1].language == "vi"


def test_each_part_goes_to_its_model() -> None:
    malay = "Jawatankuasa Rakyat Wilayah Hà Giang meluluskan Resolusi 21-NQ/TW untuk 1,461 ahli."
    dutch = "Het Volkscomité van de provincie Hà Giang telde toen 8.000 leden in 12 districten."
    text = f"{SAID['ms']}\n{malay}\n\n{SAID['vi']}\n\n{SAID['nl']}\n{dutch}\n"
    reading = pipeline.load()(text)
    assert reading.article.status == "ok"
    assert [code for code, _, _ in read_parts(reading.article.parts)] == ["ms", "vi", "nl"]
    rows = reading.to_frame()
    assert set(rows.language) == {"ms", "nl"}
    at = {text[m.start : m.end]: m for m in reading.mentions}
    assert at["1,461"].value == 1461
    assert at["8.000"].value == 8000
    vietnamese = text.index(SAID["vi"])
    for row in rows.itertuples():
        assert text[row.start : row.end] == row.text
        assert text[row.sentence_start :].startswith(row.sentence)
        assert not vietnamese <= row.start < vietnamese + len(SAID["vi"])
        assert row.language == ("ms" if row.start < vietnamese else "nl")


def test_what_is_read_of_a_page_in_a_language_without_a_model() -> None:
    most = f"{SAID['vi']}\n{SAID['vi']}\n{SAID['nl']}"
    assert detect(most).language == "vi"
    article = pipeline.load()(most).article
    assert (article.language, article.status) == ("nl", "ok")
    little = "\n".join([SAID["en"]] * 12 + [SAID["nl"]])
    article = pipeline.load()(little).article
    assert (article.language, article.status) == ("en", "skipped")


def test_a_part_below_the_bar_is_not_read() -> None:
    little = (
        "Pada tahun 2024 jumlah itu 120 orang, dan tiada seorang pun di antara mereka yang berasal "
        "dari daerah lain."
    )
    text = f"{SAID['nl']} {SAID['nl']}\n{little}"
    scores = {p.language: p.score for p in detect(text).parts}
    assert scores["ms"] < scores["nl"]
    between = (scores["ms"] + scores["nl"]) / 2
    strict = pipeline.load(min_language_score=between)(text)
    assert [code for code, _, _ in read_parts(strict.article.parts)] == ["nl", "und"]
    assert "120" not in [m.text for m in strict.mentions]
    assert "120" in [m.text for m in pipeline.load(min_language_score=0.5)(text).mentions]


def test_the_user_decides() -> None:
    text = "\n\n".join(MIXED)
    named = pipeline.load(language="nl")(text).article
    assert (named.language, named.language_score, named.parts) == ("nl", 1.0, None)
    sure = detect(SAID["ms"]).score
    assert pipeline.load(min_language_score=sure)(SAID["ms"]).article.status == "ok"
    strict = pipeline.load(min_language_score=1.0)(SAID["ms"]).article
    assert (strict.status, strict.language) == ("skipped", "und")
    assert "--language" in (strict.reason or "")
    unsure = pipeline.load(min_language_score=1.0)(SAID["de"]).article
    assert (unsure.status, unsure.language) == ("skipped", "und")


def test_a_run_tells_of_articles_in_several_languages(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "mixed.txt").write_text("\n\n".join(MIXED), encoding="utf-8")
    (folder / "plain.txt").write_text(SAID["nl"], encoding="utf-8")
    first = batch.run([folder], out, workers=1)
    assert [row["parts"] is None for row in first.articles] == [False, True]
    assert first.run["counts"]["mixed"] == 1
    again = batch.run([folder], out, workers=1)
    assert again.run["reused"] == 2
    assert again.table == first.table


def test_what_a_row_says_of_parts() -> None:
    parts = (Part("ms", 0, 812, 0.99), Part("vi", 813, 1204, 0.98))
    assert format_parts(parts) == "ms:0-812 vi:813-1204"
    assert format_parts(()) is None
    assert read_parts(None) == []


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "1234 / 5678", "Komen (0)", "Bron\n\nReactie (0)", "Hà Giang 12", "\u0301\u0301"],
)
def test_too_little_text_is_undecided_with_a_reason(text: str) -> None:
    found = detect(text)
    assert found.language == "und"
    assert found.reason


def test_furniture_in_another_language_changes_nothing() -> None:
    assert detect(
        SAID["ms"] + "\nBron\nReactie (0)\nhttps://www.voorbeeld.nl/een/lange/weg"
    ) == detect(SAID["ms"])


def test_a_long_article_is_looked_at_in_all_its_length() -> None:
    found = detect("\n".join([SAID["ms"]] * 200 + [SAID["vi"]] * 3 + [SAID["ms"]] * 200))
    assert [p.language for p in found.parts] == ["ms", "vi", "ms"]
    assert len(sample("x" * 10_000)) < 400


_PIECES = st.lists(
    st.one_of(st.sampled_from([*SAID.values(), UNMARKED, "Hà Nội", "12,5%"]), st.text(max_size=80)),
    max_size=6,
)


@given(_PIECES, st.sampled_from(["\n", "\n\n", " ", "\r\n", "\u2028"]))
def test_never_raises_and_never_wavers(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    found = detect(text)
    assert 0 <= found.score <= 1
    assert detect(text) == found
    assert (found.language == "und") == (found.reason is not None)
    ends = [0]
    for part in found.parts:
        assert ends[-1] <= part.start < part.end <= len(text)
        assert text[part.start : part.end].strip() == text[part.start : part.end]
        ends.append(part.end)
    assert len({p.language for p in found.parts}) != 1


@given(_PIECES)
def test_blanks_stand_for_what_another_model_reads(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    parts = [(p.language, p.start, p.end) for p in detect(text).parts]
    for code in {code for code, _, _ in parts}:
        only = articles.only(text, parts, code)
        assert len(only) == len(text)
        inside = [range(start, end) for language, start, end in parts if language == code]
        for i, (was, now) in enumerate(zip(text, only, strict=True)):
            assert now == was if any(i in r for r in inside) else now in (" ", "\n")


def test_the_same_answers_in_every_process() -> None:
    program = (
        "import sys; from pipeline.detect import detect\n"
        "for text in sys.stdin.read().split('|'): print(detect(text))"
    )
    texts = "|".join([*SAID.values(), "\n".join(MIXED), UNMARKED])
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=texts,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1
    assert next(iter(said)).count("Detection(") == len(SAID) + 2


def test_the_first_step_is_langdetect_with_a_profile_for_relatives() -> None:
    said = guesses(SAID["ms"], latin=True)
    (relatives,) = [own for own in families().values() if "ms" in own]
    assert max(said.values()) > 0.9
    assert said.keys() == said.keys() & relatives.keys()
    profile = next((models.folder(models.DETECTION) / "profiles").glob("*.json"))
    assert set(profile.stem.split("+")) == said.keys()


def test_the_models_of_languages_are_languages() -> None:
    assert set(models.available()) == set(languages.available())


def test_the_bar_is_told_as_it_is() -> None:
    from pipeline.cli.run import command as run

    option = next(p for p in run.params if p.name == "min_language_score")
    assert option.default == MIN_LANGUAGE_SCORE == Configuration().min_language_score
