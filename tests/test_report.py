"""``selaras report``: the page as a reader has it, in a browser, and what makes it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import report
from pipeline.report import contents, page
from pipeline.report.contents import Limits
from pipeline.run import outputs
from pipeline.sheets import pivot
from tests.conftest import SAMPLES
from tests.test_command_line import said_here

READY = "html[data-ready]"
SHARES = ("percentage", "fraction", "ratio")  # of a whole, which the sheet shows when asked
LANGUAGES = {"ms": "Malay", "nl": "Dutch"}

Page = Any
Open = Callable[..., Page]


# --- Results to report on


def rows_of(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / f"{name}.parquet").to_pylist()
    return rows


def altered(
    sample_run: Path, out: Path, **change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> Path:
    """A copy of a run with other rows in its files."""
    out.mkdir(parents=True)
    for name in outputs.FILES:
        shutil.copy(sample_run / name, out / name)
    for name, action in change.items():
        file = out / f"{name}.parquet"
        schema = pq.read_schema(file)
        pq.write_table(pa.Table.from_pylist(action(rows_of(out, name)), schema), file)
    return out


def reported(out: Path, file: Path, limits: Limits | None = None) -> Path:
    return report.report(out, file, limits).file


def data_in(file: Path) -> dict[str, Any]:
    """The data of a page, as its script reads them."""
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', file.read_text("utf-8"), re.S
    )
    assert found
    said: dict[str, Any] = json.loads(found[1])
    return said


def column(said: dict[str, Any], name: str, part: str = "rows") -> list[Any]:
    pack = said[part][name]
    if isinstance(pack, list):
        return pack
    return [None if at < 0 else pack["of"][at] for at in pack["at"]]


@pytest.fixture(scope="module")
def sample_page(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reported(sample_run, tmp_path_factory.mktemp("report") / "sample.html")


# --- Without a browser


def test_the_command_writes_a_page_beside_the_results(sample_run: Path, tmp_path: Path) -> None:
    out = altered(sample_run, tmp_path / "out")
    done = said_here("report", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()) == tmp_path / "out-report.html"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out-report.html"]
    assert {p.name for p in out.iterdir()} == outputs.FILES


def test_help_shows_how() -> None:
    said = said_here("report", "--help").stdout
    assert "selaras report results" in said
    assert "--sentences" in said
    assert "report" in said_here("--help").stdout


def test_same_results_same_bytes(sample_run: Path, sample_page: Path, tmp_path: Path) -> None:
    out = altered(sample_run, tmp_path / "elsewhere")
    run = json.loads((out / "run.json").read_text("utf-8"))
    (out / "run.json").write_text(json.dumps(run | {"started": "then", "seconds": 1, "workers": 9}))
    assert reported(out, tmp_path / "again.html").read_bytes() == sample_page.read_bytes()


def test_the_page_asks_for_nothing(sample_page: Path) -> None:
    text = sample_page.read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert html.unescape(policy) == page.policy(script, style)
    assert "unsafe" not in policy
    own = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
    assert not re.findall(r"\b(?:src|srcset|style|on\w+)\s*=\s*[\"']", own)
    assert set(re.findall(r'href="([^"#]*)', own)) == {"data:,", ""}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", script + style)


def test_every_row_and_sentence_is_there(sample_run: Path, sample_page: Path) -> None:
    said = data_in(sample_page)
    table = rows_of(sample_run, "table")
    for name in ("kind", "canonical_id", "label", "value", "agreement", "score", *LANGUAGES):
        assert column(said, name) == [row[name] for row in table]
    wanted = {
        (m["kind"], m["canonical_id"], m["path"], m["sentence"], m["text"])
        for m in rows_of(sample_run, "mentions")
    }
    assert places(said) == wanted


def places(said: dict[str, Any]) -> set[tuple[str, ...]]:
    """Kind, id, path, sentence and marked words of each mention in a page."""
    mentions = {name: column(said, name, "mentions") for name in said["mentions"] if name != "of"}
    paths = column(said, "path", "articles")
    found, at = set(), 0
    for row, count in enumerate(said["mentions"]["of"]):
        for mention in range(at, at + count):
            sentence = said["sentences"][mentions["sentence"][mention]]
            coded = sentence.encode("utf-16-le")
            start, end = (mentions[name][mention] for name in ("start", "end"))
            found.add(
                (
                    column(said, "kind")[row],
                    column(said, "canonical_id")[row],
                    paths[mentions["article"][mention]],
                    sentence,
                    coded[2 * start : 2 * end].decode("utf-16-le"),
                )
            )
        at += count
    return found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("a 12", 2, 4), ("é 12", 2, 4), ("😀😀 12", 3, 5), ("a😀 b😀c", 3, 6), ("", 0, 0)],
)
def test_offsets_are_in_utf16(text: str, start: int, end: int) -> None:
    first, last = contents.utf16(text, start, end)
    assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == text[start:end]


def test_what_is_left_out_is_said(sample_run: Path, tmp_path: Path) -> None:
    file = tmp_path / "short.html"
    done = said_here("report", sample_run, "--to", file, "--rows", "30", "--sentences", "2")
    assert done.returncode == 0
    rows = len(rows_of(sample_run, "table"))
    assert f"{rows - 30:,} of {rows:,} rows are left out" in done.stderr
    assert "mentions of these rows are left out" in done.stderr
    said = data_in(file)
    kinds = column(said, "kind")
    assert [kinds.count(kind) for kind in said["kinds"]] == [10, 10, 10]
    assert max(said["mentions"]["of"]) == 2
    for line in done.stderr.splitlines():
        assert line.partition(": ")[2] in file.read_text("utf-8")
    # Both languages have their turn, though the first one's articles come first.
    first = [m for m in places(said) if m[1] == column(said, "canonical_id")[0]]
    assert {Path(path).name.split(".")[-2] for _, _, path, _, _ in first} == set(LANGUAGES)


def test_packed_columns() -> None:
    assert contents.packed([None, None]) is None
    assert contents.packed(["a", None, "b"]) == ["a", None, "b"]
    often = ["a", "a", None, "b", "a", "b"]
    assert contents.packed(often) == {"of": ["a", "b"], "at": [0, 0, -1, 1, 0, 1]}
    assert contents.packed([1, 1, 1, 1]) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("page.txt", "name a file that ends in .html"),
        ("folder.html", "is a folder"),
        ("out/page.html", "lies in the results themselves"),
        ("file/page.html", "cannot be written to"),
    ],
)
def test_misuse_is_one_line(sample_run: Path, tmp_path: Path, to: str, said: str) -> None:
    out = altered(sample_run, tmp_path / "out")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").touch()
    done = said_here("report", out, "--to", tmp_path / to)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert {p.name for p in out.iterdir()} == outputs.FILES


def test_no_results_is_one_line(sample_run: Path, tmp_path: Path) -> None:
    done = said_here("report", tmp_path)
    assert done.returncode == 2
    assert "holds no run" in done.stderr
    out = altered(sample_run, tmp_path / "out")
    (out / "table.parquet").unlink()
    done = said_here("report", out)
    assert done.returncode == 2
    assert "make it: selaras table" in done.stderr
    shutil.copy(out / "articles.parquet", out / "table.parquet")
    done = said_here("report", out)
    assert done.returncode == 2
    assert "its files cannot be read" in done.stderr
    assert done.stderr.count("\n") == 1


# --- In a browser


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page in a window of its own; in the end nothing may have gone wrong in any."""
    wrong: list[str] = []
    contexts: list[Any] = []

    def open_(file: Path, at: str = "", width: int = 1400, **choices: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **choices
        )
        contexts.append(context)
        window = context.new_page()
        window.set_default_timeout(10_000)
        window.on("console", lambda message: wrong.append(message.text))
        window.on("pageerror", lambda error: wrong.append(str(error)))
        window.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        window.on(
            "request",
            lambda r: (
                None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url)
            ),
        )
        window.goto(file.as_uri() + at)
        window.wait_for_selector(READY, state="attached")
        return window

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


def said_of(window: Page, view: str = "table") -> str:
    text: str = window.locator(f"#{view}-count").inner_text()
    return text


def names(window: Page) -> list[str]:
    found: list[str] = window.locator("#table-place .opener").all_inner_texts()
    return found


def search(window: Page, text: str) -> None:
    before = window.url
    window.fill("#search", text)
    window.wait_for_function("before => location.href !== before", arg=before)


def link(view: str, **choices: str) -> str:
    return f"#{view}?{urlencode(choices)}"


def test_search_is_blind_to_case_and_marks(opened: Open, sample_page: Path) -> None:
    window = opened(sample_page, "#table")
    everything = said_of(window)
    search(window, "of nothing that is there")
    assert "No row" in said_of(window)
    search(window, "uong CHÁP hanh đang")  # Ban Chấp hành Trung ương Đảng
    assert names(window) == ["Party Central Committee"]
    for asked in ("21-nq/tw", "21-NQ/TW", "resolutie 21", "resólusi NO. 21-nq"):
        search(window, asked)
        assert any("21-NQ/TW" in name for name in names(window)), asked
    search(window, "")
    assert said_of(window) == everything


def test_filters_and_their_address(opened: Open, sample_run: Path, sample_page: Path) -> None:
    table = rows_of(sample_run, "table")
    window = opened(sample_page, "#table")
    wanted = {
        ("#filter-kind", "reference"): [r for r in table if r["kind"] == "reference"],
        ("#filter-agreement", "conflict"): [r for r in table if r["agreement"] == "conflict"],
        ("#filter-check", "consistent"): [r for r in table if r["check"] == "consistent"],
        ("#filter-language", "only-nl"): [r for r in table if r["languages"] == "nl"],
        ("#filter-language", "several"): [r for r in table if r["languages"] == "ms,nl"],
    }
    for (control, value), rows in wanted.items():
        window.select_option(control, value)
        assert said_of(window).startswith(f"{len(rows)} of {len(table)} rows"), control
        assert len(rows) > 0
        again = opened(sample_page, "#" + window.url.partition("#")[2])
        assert said_of(again) == said_of(window)
        assert again.input_value(control) == value
        window.select_option(control, "")
    window.select_option("#filter-kind", "statistic")
    window.fill("#filter-body", "Party Committee of the General Hospital of Thai Binh")
    about = [
        r for r in table if r["organisation_id"] == "party-committee/general-hospital/thai-binh"
    ]
    window.wait_for_function(
        "wanted => document.querySelector('#table-count').textContent.startsWith(wanted)",
        arg=f"{len(about)} of",
    )
    window.select_option("#filter-kind", "organisation")
    window.fill("#filter-body", "general-hospital/thai-binh")
    own = {"general-hospital/thai-binh", "party-committee/general-hospital/thai-binh"}
    inside = [r["label"] for r in table if {r["canonical_id"], r["parent_id"]} & own]
    window.wait_for_function(
        "wanted => document.querySelector('#table-count').textContent.startsWith(wanted)",
        arg=f"{len(inside)} of",
    )
    assert sorted(names(window)) == sorted(inside)


def test_the_overview_counts_differences_as_the_table_does(
    opened: Open, sample_run: Path, sample_page: Path, tmp_path: Path
) -> None:
    table = rows_of(sample_run, "table")

    def one(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        own = next(r["indicator_id"] for r in rows if r["agreement"] == "translation")
        return [r if r["indicator_id"] == own else r | {"agreement": "single"} for r in rows]

    single = reported(altered(sample_run, tmp_path / "out", table=one), tmp_path / "page.html")
    for file, rows in ((sample_page, table), (single, one(table))):
        indicators = {
            word: {r["indicator_id"] for r in rows if r["agreement"] == word}
            for word in ("conflict", "translation")
        }
        stories, translations = map(len, indicators.values())
        differing = [r for r in rows if r["agreement"] in indicators]
        window = opened(file)
        tile = window.locator(".tiles li").last
        number = int(tile.locator("strong").inner_text())
        assert number == stories + translations == len(set().union(*indicators.values()))
        noun = "figure" if number == 1 else "figures"
        assert tile.locator("a").inner_text() == f"{noun} with several values"
        said = tile.locator("small").inner_text()
        assert (f"between stories in {stories}" in said) == (stories > 0)
        assert f"between translations in {translations}" in said
        assert f"{len(differing)} rows, a value each" in said
        tile.locator("a").click()
        window.wait_for_selector("#view-table:not([hidden])")
        assert said_of(window).startswith(f"{len(differing)} of ")


@pytest.mark.parametrize("width", [1300, 390])
def test_no_choice_of_a_filter_is_cut(opened: Open, sample_page: Path, width: int) -> None:
    window = opened(sample_page, "#table", width=width)
    cut = window.locator("#filters select:visible").evaluate_all(
        """all => all.filter((one) => {
            const free = one.cloneNode(true);
            free.style.cssText = "position: fixed; width: max-content; max-width: none";
            one.parentNode.append(free);
            const needed = free.getBoundingClientRect().width;
            free.remove();
            return needed > one.getBoundingClientRect().width + 0.5;
        }).map((one) => one.id)"""
    )
    assert cut == []
    assert window.locator("#filters select:visible").count() >= 4


def test_columns_sort(opened: Open, sample_run: Path, sample_page: Path) -> None:
    window = opened(sample_page, "#table?kind=statistic")
    as_it_is = names(window)
    head = window.locator("th.head-value")
    button = head.get_by_role("button")
    values = sorted(r["value"] for r in rows_of(sample_run, "table") if r["value"] is not None)

    def shown() -> list[float]:
        texts = window.locator("td.of-value").all_inner_texts()
        return [float(re.search(r"[\d,.]+", text)[0].replace(",", "")) for text in texts]  # type: ignore[index]

    button.click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown() == values[:50]
    button.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert shown() == values[::-1][:50]
    assert "sort=value.desc" in window.url
    button.click()
    assert head.get_attribute("aria-sort") == "none"
    assert names(window) == as_it_is


def test_a_row_opens_its_sentences_side_by_side(
    opened: Open, sample_run: Path, sample_page: Path
) -> None:
    row = next(r for r in rows_of(sample_run, "table") if r["stories"] == 2 and r["mentions"] > 4)
    window = opened(sample_page, link("table", kind=row["kind"], q=row["canonical_id"]))
    opener = window.get_by_role("button", name=row["label"], exact=True)
    assert opener.get_attribute("aria-expanded") == "false"
    opener.click()
    assert opener.get_attribute("aria-expanded") == "true"
    panel = window.locator(f"#{opener.get_attribute('aria-controls')} .panel")
    assert panel.locator(".story > h3").all_inner_texts() == [
        "Story 1 of 2",
        "Story 2 of 2",
    ]
    mentions = [
        m
        for m in rows_of(sample_run, "mentions")
        if (m["kind"], m["canonical_id"]) == (row["kind"], row["canonical_id"])
    ]
    found = panel.locator(".sentence").evaluate_all(
        """all => all.flatMap((one) => [...one.querySelectorAll("mark")].map((mark) => [
            one.lang, one.textContent, mark.textContent,
            [...mark.parentNode.childNodes].slice(0, [...mark.parentNode.childNodes].indexOf(mark))
              .map((node) => node.textContent).join("").length]))"""
    )
    assert sorted(map(tuple, found)) == sorted(
        (m["language"], m["sentence"], m["text"], m["start"] - m["sentence_start"])
        for m in mentions
    )
    # The languages of a story stand beside each other, each under its name.
    first = panel.locator(".story").first
    boxes = [one.bounding_box() for one in first.locator(".language").all()]
    assert first.locator("h4").all_inner_texts() == list(LANGUAGES.values())
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    facts = panel.locator(".facts").inner_text()
    assert row["canonical_id"] in facts
    assert row["reason"] in facts
    opener.click()
    assert panel.count() == 0


def test_a_conflict_leads_to_its_other_values(
    opened: Open, sample_run: Path, sample_page: Path
) -> None:
    conflicts = [r for r in rows_of(sample_run, "table") if r["agreement"] == "conflict"]
    first, second = (r for r in conflicts if r["indicator_id"] == conflicts[0]["indicator_id"])
    window = opened(sample_page, link("table", open=f"statistic {first['canonical_id']}"))
    assert window.evaluate("document.activeElement.className") == "opener"
    window.locator(".siblings a").first.click()
    window.wait_for_selector(f'.facts dd.id:text-is("{second["canonical_id"]}")')
    window.go_back()
    window.wait_for_selector(f'.facts dd.id:text-is("{first["canonical_id"]}")')
    window.get_by_role("link", name="See all side by side").click()
    window.wait_for_function("() => document.querySelectorAll('.panel').length === 2")


def test_an_opened_row_is_in_the_address(opened: Open, sample_page: Path) -> None:
    window = opened(sample_page, "#table?sort=score.asc")
    window.locator(".opener").nth(3).click()
    window.get_by_role("button", name="Page 2").click()
    assert "51 to 100" in said_of(window)
    again = opened(sample_page, "#" + window.url.partition("#")[2])
    assert names(again) == names(window)
    again.get_by_role("button", name="Page 1", exact=True).click()
    assert again.locator(".opener").nth(3).get_attribute("aria-expanded") == "true"


def test_the_sheet_has_party_members_by_body_and_year(
    opened: Open, sample_run: Path, sample_page: Path
) -> None:
    window = opened(sample_page, "#sheet")
    assert window.input_value("#sheet-unit") == "party-member"
    assert "not said" not in window.locator(".sheet").inner_text()
    window.check("#sheet-unknown")
    wanted: dict[tuple[str, str], list[float]] = {}
    labels = {
        r["canonical_id"]: r["label"] or r["canonical_id"] for r in rows_of(sample_run, "table")
    }
    for row in rows_of(sample_run, "table"):
        if row["unit_id"] != "party-member" or row["change"] or row["value_kind"] in SHARES:
            continue
        body = labels.get(row["organisation_id"], "not said")
        year = (row["period_start"] or "not said")[:4].replace("not ", "not said")
        wanted.setdefault((body, year), []).append(row["value"])
    heads = [t.strip() for t in window.locator(".sheet thead button").all_inner_texts()]
    found: dict[tuple[str, str], list[float]] = {}
    for line in window.locator(".sheet tbody tr").all():
        body = line.locator("th").inner_text()
        for year, cell in zip(heads[1:], line.locator("td").all(), strict=True):
            for value in cell.locator("button").all_inner_texts():
                number = float(re.sub(r"[^\d.]", "", value))
                found.setdefault((body, year), []).append(number)
    assert {k: sorted(v) for k, v in found.items()} == {k: sorted(v) for k, v in wanted.items()}
    hospital = ("Party Committee of the General Hospital of Thai Binh", "2024")
    assert sorted(found[hospital]) == [412, 421]  # in conflict, and both are there
    assert window.locator(".sheet tbody th").all_inner_texts()[-1] == "not said"

    value = window.get_by_role("button", name=re.compile("^412, .*conflict"))
    value.click()
    assert value.get_attribute("aria-expanded") == "true"
    other = window.get_by_role("button", name=re.compile("^421, .*conflict"))
    assert other.get_attribute("aria-expanded") == "true"
    both = ["412", "412", "421", "421"]
    assert window.locator(".panel mark").all_inner_texts() == both
    again = opened(sample_page, "#" + window.url.partition("#")[2])
    assert again.locator(".panel mark").all_inner_texts() == both
    sides = [side.bounding_box() for side in again.locator(".one-value").all()]
    assert sides[0]["y"] == sides[1]["y"]
    assert sides[0]["x"] + sides[0]["width"] <= sides[1]["x"]
    other.click()
    assert window.locator(".panel").count() == 0
    assert [b.get_attribute("aria-expanded") for b in (value, other)] == ["false", "false"]

    year = window.locator("th", has=window.get_by_role("button", name="2024", exact=True))
    column = heads.index("2024")
    of_2024 = [v for (body, when), values in found.items() if when == "2024" for v in values]
    for way, first in (("descending", max(of_2024)), ("ascending", min(of_2024))):
        window.get_by_role("button", name="2024", exact=True).click()
        assert year.get_attribute("aria-sort") == way
        cell = window.locator(".sheet tbody tr").first.locator("td").nth(column - 1)
        assert f"{first:,.0f}" in cell.locator(".figure-value").all_inner_texts()
    window.select_option("#sheet-shows", "shares")
    texts = window.locator(".figure-value").all_inner_texts()
    assert {"557 of 1,461", "36.2%"} <= set(texts)
    assert "1,461" not in texts


def downloaded(window: Page, button: str) -> list[list[str]]:
    with window.expect_download() as waited:
        window.click(button)
    text = Path(waited.value.path()).read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_downloads_hold_what_is_shown(opened: Open, sample_run: Path, sample_page: Path) -> None:
    window = opened(sample_page, "#table?kind=reference&sort=label.asc")
    head, *lines = downloaded(window, "#table-csv")
    assert [dict(zip(head, line, strict=True))["label"] or "" for line in lines][:5] == [
        name if name in {r["label"] for r in rows_of(sample_run, "table")} else ""
        for name in names(window)
    ][:5]
    assert len(lines) == sum(r["kind"] == "reference" for r in rows_of(sample_run, "table"))
    window = opened(sample_page, "#sheet?unit=party-member")
    head, *lines = downloaded(window, "#sheet-csv")
    cells = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert cells["Party Committee of the General Hospital of Thai Binh"]["2024"] == "412 | 421"
    assert (
        cells["Party Committee of the Education and Training Department of Lang Son"]["2024"]
        == "628"
    )


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "\u2028\u2029&amp;\u202e",
    '=HYPERLINK("http://x.invalid")',
    "\"'`${alert(1)}\\u003c",
]


@pytest.mark.parametrize("shows", ["", "shares"])
def test_the_sheet_says_what_the_one_of_python_does(
    opened: Open, sample_run: Path, tmp_path: Path, shows: str
) -> None:
    kinds = ("percentage", "fraction", "ratio") if shows else (None,)
    file = reported(sample_run, tmp_path / "page.html")
    table = pq.read_table(sample_run / "table.parquet").to_pandas()
    units = sorted({*table.unit_id.dropna(), *table.currency.dropna()})
    window = opened(file)
    several = 0
    for unit in units:
        sheets = [pivot(table, unit=unit, value_kind=kind, several="all") for kind in kinds]
        known = sum(len(c["canonical_ids"]) for sheet in sheets for c in sheet.attrs["cells"])
        left_out = sum(sheet.attrs["left_out"] for sheet in sheets)
        if not known:
            continue
        window.evaluate("to => { location.hash = to }", link("sheet", unit=unit, show=shows))
        window.wait_for_function(
            "unit => document.querySelector('#sheet-unit').value === unit", arg=unit
        )
        said = said_of(window, "sheet")
        assert said.startswith(f"{known} figure"), unit
        assert "with known body and year" in said
        more = re.search(r"(\d+) more without a body or a year", said)
        assert int(more[1] if more else 0) == left_out, unit
        head, *lines = downloaded(window, "#sheet-csv")
        found = {
            (line[1], year): set(cell.split(" | "))
            for line in lines
            for year, cell in zip(head[3:], line[3:], strict=True)
            if cell
        }
        several += sum(len(cell) > 1 for cell in found.values())
        wanted: dict[tuple[str, str], set[str]] = {}
        bodies = table.set_index("canonical_id").organisation_id
        for sheet in sheets:
            for cell in sheet.attrs["cells"]:
                text = sheet.loc[cell["organisation"], cell["year"]].replace(",", "")
                key = (bodies[cell["canonical_ids"][0]], str(cell["year"]))
                wanted.setdefault(key, set()).update(text.split(" | "))
        assert found == wanted, unit
    assert several > 0 or shows


def test_numbers_of_a_sheet_file_are_plain(opened: Open, sample_run: Path, tmp_path: Path) -> None:
    file = reported(sample_run, tmp_path / "page.html")
    _, *lines = downloaded(opened(file, "#sheet?unit=party-member"), "#sheet-csv")
    cells = [cell for line in lines for cell in line[3:] if cell]
    assert "1402 | 1420" in cells
    assert not [cell for cell in cells if not re.fullmatch(r"[\d.]+( \| [\d.]+)*", cell)]


def test_escape_closes_a_panel(opened: Open, sample_page: Path) -> None:
    sheet = opened(sample_page, "#sheet")
    value = sheet.get_by_role("button", name=re.compile("^421, .*conflict"))
    value.click()
    sheet.keyboard.press("Escape")
    assert sheet.locator(".panel").count() == 0
    value.click()
    sheet.locator(".panel summary").first.focus()
    sheet.keyboard.press("Escape")
    assert sheet.locator(".panel").count() == 0
    assert value.get_attribute("aria-expanded") == "false"
    assert value.evaluate("one => one === document.activeElement")
    assert "open=" not in sheet.url
    table = opened(sample_page, "#table")
    opener = table.locator(".opener").nth(2)
    for inside in ("tr.is-open .opener", ".panel a"):
        opener.click()
        table.locator(inside).first.focus()
        table.keyboard.press("Escape")
        assert table.locator(".panel").count() == 0
        assert opener.get_attribute("aria-expanded") == "false"
        assert opener.evaluate("one => one === document.activeElement")


@pytest.mark.parametrize("width", [360, 1400])
def test_the_frame_of_a_value_covers_no_tag(opened: Open, sample_page: Path, width: int) -> None:
    window = opened(sample_page, "#sheet", width=width)
    window.keyboard.press("Tab")  # from here on the page shows where the keyboard is
    framed = window.locator(".figure-value").evaluate_all(
        """all => all.map((one) => {
            one.focus();
            const style = getComputedStyle(one);
            const out = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
            const box = one.getBoundingClientRect();
            const tags = [...one.closest("td").querySelectorAll(".tag")];
            return [style.outlineStyle, tags.length, tags.some((tag) => {
                const its = tag.getBoundingClientRect();
                return its.right > box.left - out && its.left < box.right + out
                    && its.bottom > box.top - out && its.top < box.bottom + out;
            })];
        })"""
    )
    assert {style for style, _, _ in framed} == {"solid"}
    assert any(tags for _, tags, _ in framed)
    assert not any(covered for _, _, covered in framed)


def test_hostile_articles_run_nothing(opened: Open, sample_run: Path, tmp_path: Path) -> None:
    evil = "😀𠮷 " + " ".join(HOSTILE) + " שלום "

    def articles(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows[0] |= {
            "source_url": "javascript:alert(1)",
            "title": HOSTILE[0],
            "story_id": HOSTILE[2],
        }
        rows[1] |= {"source_url": 'https://example.org/"><script>alert(1)</script>'}
        rows[2] |= {"status": "failed", "reason": HOSTILE[0], "path": HOSTILE[2]}
        return rows

    def mentions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        gone = rows_of(sample_run, "articles")[2]["article_id"]
        rows = [row for row in rows if row["article_id"] != gone]
        for row in rows:
            before = row["start"] - row["sentence_start"]
            row["sentence"] = evil + row["sentence"][:before] + row["text"] + evil
            row["sentence_start"] -= len(evil)
            row["reason"] = HOSTILE[0]
        return rows

    def table(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row, bad in zip(rows, HOSTILE, strict=False):
            row |= {"label": bad, "ms": bad, "nl": bad, "reason": bad, "name_vi": bad}
        return rows

    out = altered(sample_run, tmp_path / "out", articles=articles, mentions=mentions, table=table)
    file = reported(out, tmp_path / "page.html")
    window = opened(file, "#table")
    for bad in HOSTILE[:3]:
        assert bad in names(window)
    for opener in window.locator(".opener").all()[:12]:
        opener.click()
    wanted = {m["text"] for m in rows_of(out, "mentions")}
    marks = window.locator(".panel mark").all_inner_texts()
    assert len(marks) > 20
    assert set(marks) <= wanted
    assert "😀" in window.locator(".sentence").first.inner_text()
    for view in ("articles", "overview", "sheet"):
        window.locator(f'nav [data-view="{view}"]').click()
    addresses = window.evaluate("[...document.links].map((link) => link.href)")
    assert not [a for a in addresses if not a.startswith(("file:", "http:", "https:"))]
    outside = window.locator('a[href^="http"]')
    assert outside.count() > 0
    assert set(outside.evaluate_all("all => all.map((a) => a.rel)")) == {"noopener noreferrer"}
    assert window.evaluate("document.querySelectorAll('img, script, iframe').length") == 2
    window.locator('nav [data-view="table"]').click()
    _, *lines = downloaded(window, "#table-csv")
    cells = [cell for line in lines for cell in line]
    assert "'" + HOSTILE[4] in cells
    assert not [
        c for c in cells if c.startswith(outputs.FORMULA) and not re.fullmatch(r"-[\d.e]+", c)
    ]


def test_a_run_of_nothing_has_a_page(opened: Open, sample_run: Path, tmp_path: Path) -> None:
    nothing = altered(
        sample_run,
        tmp_path / "out",
        table=lambda rows: [],
        mentions=lambda rows: [],
        articles=lambda rows: [{**r, "status": "failed", "reason": "<b>torn</b>"} for r in rows],
    )
    file = reported(nothing, tmp_path / "page.html")
    text = file.read_text("utf-8")
    assert text.count('<td dir="auto">&lt;b&gt;torn&lt;/b&gt;</td>') == SAMPLES
    assert "<b>torn" not in text
    window = opened(file)
    for view, said in (
        ("table", "No row of 0"),
        ("sheet", "no figures"),
        ("articles", f"{SAMPLES} of {SAMPLES}"),
    ):
        window.locator(f'nav [data-view="{view}"]').click()
        window.wait_for_selector(f'#{view}-count:has-text("{said}")')


def test_a_column_that_is_called_like_a_language_is_none(
    opened: Open, sample_run: Path, sample_page: Path, tmp_path: Path
) -> None:
    def in_tongan(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        unread = {"language": "to", "status": "skipped", "reason": "no model", "path": "z.txt"}
        return [*rows, rows[0] | unread]

    out = altered(sample_run, tmp_path / "out", articles=in_tongan)
    page = reported(out, tmp_path / "page.html")
    assert data_in(page)["languages"]["to"] == "Tongan"
    heads = "#table-place thead th"
    wanted = opened(sample_page, "#table").locator(heads).all_inner_texts()
    assert opened(page, "#table").locator(heads).all_inner_texts() == wanted


def test_a_language_that_was_not_told_is_not_guessed(
    opened: Open, sample_run: Path, tmp_path: Path
) -> None:
    def some_unread(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        failed = {"path": "f.txt", "status": "failed", "language": "und", "reason": "torn"}
        skipped = {"path": "s.txt", "status": "skipped", "language": "und", "reason": "short"}
        none = {"path": "n.txt", "status": "skipped", "language": None, "reason": "empty"}
        told = {"path": "t.txt", "status": "skipped", "language": "zxx", "reason": "no words"}
        return [
            *rows,
            *(rows[0] | {"title": None} | more for more in (failed, skipped, none, told)),
        ]

    out = altered(sample_run, tmp_path / "out", articles=some_unread)
    file = reported(out, tmp_path / "page.html")
    assert "United States" not in file.read_text("utf-8")
    window = opened(file, "#articles?q=.txt")
    for name, words in (("f", "–"), ("s", "–"), ("n", "–"), ("t", "No linguistic content")):
        line = window.locator("#articles-place tbody tr").filter(
            has=window.get_by_text(f"{name}.txt", exact=True)
        )
        cell = line.locator('td[data-label="Language"]')
        assert cell.inner_text().split("\n")[0].removesuffix("unknown") == words
        assert cell.locator('[title="unknown"]').count() == (words == "–")
    window.locator('nav [data-view="overview"]').click()
    line = window.locator("#view-overview tr", has=window.locator('[title="unknown"]'))
    assert line.first.locator("td").all_inner_texts() == ["0", "1", "2"]
    assert line.count() == 1
    assert line.first.locator("th").text_content() == "–unknown"


def test_the_keyboard_is_enough(opened: Open, sample_page: Path) -> None:
    window = opened(sample_page)

    def focused() -> str:
        text: str = window.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
        )
        return text

    def tab_to(wanted: str, most: int = 40) -> None:
        for _ in range(most):
            window.keyboard.press("Tab")
            if focused() == wanted:
                return
        raise AssertionError(f"{wanted!r} is not reached")

    window.keyboard.press("Tab")
    assert focused() == "Skip to the content"
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.id") == "main"
    window = opened(sample_page)
    tab_to("Table")
    window.keyboard.press("Enter")
    window.wait_for_function("() => document.activeElement.id === 'title-table'")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.id") == "search"
    window.keyboard.type("421 ahli")
    window.wait_for_function("() => document.querySelectorAll('.opener').length === 1")
    tab_to(names(window)[0])
    outline = window.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    for key, state in (("Enter", "true"), ("Space", "false"), ("Space", "true")):
        window.keyboard.press(key)
        assert window.evaluate("document.activeElement.getAttribute('aria-expanded')") == state
    tab_to("412 party members")
    window.keyboard.press("Enter")
    window.wait_for_function("() => document.activeElement.className === 'opener'")


@pytest.mark.parametrize("view", ["overview", "table", "sheet", "articles"])
def test_a_phone_never_scrolls_sideways(opened: Open, sample_page: Path, view: str) -> None:
    window = opened(sample_page, f"#{view}", width=360, has_touch=True)
    if view in ("table", "sheet"):
        for button in window.locator(".opener, .figure-value").all()[:4]:
            button.tap()
        boxes = [
            one.bounding_box() for one in window.locator(".story").first.locator(".language").all()
        ]
        assert boxes[0]["x"] == boxes[1]["x"]
        assert boxes[0]["y"] < boxes[1]["y"]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert window.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_theme_follows_the_reader(opened: Open, sample_page: Path) -> None:
    def light_of(window: Page) -> int:
        color = window.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", color)[:3]))

    for scheme in ("light", "dark"):
        window = opened(sample_page, color_scheme=scheme)
        before = light_of(window)
        assert (before < 300) == (scheme == "dark")
        window.click("#theme")
        assert (light_of(window) < 300) == (scheme == "light")
        window.reload()
        window.wait_for_selector(READY, state="attached")
        assert (light_of(window) < 300) == (scheme == "light")


VIEWS = ["#overview", "#table?kind=statistic&q=party-member", "#sheet", "#articles"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anyone_out(opened: Open, sample_page: Path, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python: extra test"
    )
    window = opened(sample_page, color_scheme=scheme)
    for at, width in (*((view, 1400) for view in VIEWS), (VIEWS[1], 390)):
        window.set_viewport_size({"width": width, "height": 900})
        window.evaluate("address => { location.hash = address }", at)
        window.wait_for_selector(f"#view-{re.findall('[a-z]+', at)[0]}:not([hidden])")
        for button in window.locator(".opener:visible, .figure-value:visible").all()[:2]:
            button.click()
        found = axe.Axe().run(window, options={"resultTypes": ["violations"]})
        said = [
            (v["id"], v["help"], v["nodes"][0]["html"], v["nodes"][0].get("failureSummary"))
            for v in found.response["violations"]
        ]
        assert not said, (at, width, said)


def test_ten_thousand_rows_are_quick(opened: Open, sample_run: Path, tmp_path: Path) -> None:
    times = 10_000 // len(rows_of(sample_run, "table")) + 1

    def many(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        made = [
            {**row, "canonical_id": f"{row['canonical_id']}~{n}", "label": f"{row['label']} {n}"}
            for n in range(times)
            for row in rows
        ]
        return sorted(made, key=lambda row: row["kind"])

    out = altered(sample_run, tmp_path / "out", table=many, mentions=many)
    file = reported(out, tmp_path / "many.html")
    started = time.monotonic()
    window = opened(file, "#table")
    assert time.monotonic() - started < 15
    assert re.match(r"(\d\d,\d{3}) of \1 rows", said_of(window))
    assert window.locator(".opener").count() == 50
    # Bounds for a machine that does other things too; alone it takes a few hundredths of a second.
    window.wait_for_timeout(1500)
    assert min(search_time(window, text) for text in ("police", "member", "thai binh 7")) < 0.5
    assert "thai binh" in names(window)[0].lower()
    started = time.monotonic()
    window.locator("th.head-label button").click()
    assert time.monotonic() - started < 4


def search_time(window: Page, text: str) -> float:
    """How long the page is busy with a search, in seconds."""
    took: float = window.evaluate(
        """text => new Promise((done) => {
            const field = document.querySelector("#search");
            field.value = text;
            const before = location.href;
            const real = window.setTimeout;
            // The wait for the next key is no work: what is put off is done at once, and timed.
            window.setTimeout = (action) => {
                window.setTimeout = real;
                const started = performance.now();
                action();
                document.body.getBoundingClientRect();
                done((performance.now() - started) / 1000);
            };
            field.dispatchEvent(new Event("input", { bubbles: true }));
        })""",
        text,
    )
    return took
