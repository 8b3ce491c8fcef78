"""The pages and the README: every example runs, every link leads somewhere, nothing is fetched."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.run import batch
from tests.conftest import ROOT
from tests.doc_examples import Page, matches, not_run

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
NOT_RUN = 30  # blocks that no test can run; each says why
ELSEWHERE = ("http:", "https:", "//")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """The runs over the sample articles that pages have in common."""
    return {}, tmp_path_factory.mktemp("kept")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_example_does_what_its_page_says(
    path: Path, tmp_path: Path, kept: tuple[dict, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")  # sentences are shown unbroken
    # In this process, which has the models already; what isolation does has tests of its own.
    here = functools.partial(batch.Manner, isolated=False)
    monkeypatch.setattr(
        batch, "Manner", lambda **said: here(**{**said, "isolated": False, "workers": 1})
    )
    Page(path, tmp_path, *kept).run()


def test_what_is_not_run_is_little_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = [(path, reason) for path in PAGES for reason in not_run(path)]
    for path, reason in reasons:
        print(f"{path.relative_to(ROOT)}: {reason}")
        assert len(reason.split()) >= 4, f"{path}: {reason!r} is no reason"
    assert len(reasons) <= NOT_RUN


def example(tmp_path: Path, text: str) -> Page:
    """A page with ``text``, in a folder of its own."""
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return Page(path, tmp_path / "folder", {}, tmp_path / "kept")


@pytest.mark.parametrize(
    "text",
    [
        "```python\nassert 1 == 2\n```",
        "```python\n1 + 1\n```\n\n<!-- output -->\n```text\n3\n```",
        "```console\n$ selaras detect nowhere.txt\n```",
        "```console\n$ selaras --help\nNot this.\n```",
        "```console\n$ rm -r everything\n```",
        "```console\nselaras --help\n```",
        "```sh\nls\n```",
        "```csv\na,b\n```",
        "```toml\na = \n```",
        "<!-- file: ../../outside.txt -->\n```text\nx\n```",
        "<!-- not run: it would take an hour -->\nand no block",
        "<!-- not run: one -->\n<!-- not run: two -->\n```python\n```",
    ],
)
def test_a_wrong_page_is_found(tmp_path: Path, text: str) -> None:
    with pytest.raises(AssertionError):
        example(tmp_path, text).run()


def test_a_right_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = example(
        tmp_path,
        "<!-- file: a/b.txt -->\n```text\none\ntwo\n```\n\n"
        "```python\nx = 1\nx + 1\n```\n<!-- output -->\n```text\n2\n```\n\n"
        "```console\n$ ls a\nb.txt\n$ cat a/b.txt\no…\n…\n$ selaras detect none.txt\n[exit 2]\n…no such file…\n```\n",
    )
    monkeypatch.chdir(page.folder)
    page.run()
    assert page.ran == 4


@pytest.mark.parametrize(
    ("said", "expected", "right"),
    [
        ("a\nb\nc\n", "a\n…\nc\n", True),
        ("a\nc\n", "a\n…\nc\n", True),
        ("a\nb\n", "a\n…\nc\n", False),
        ("12 files\n", "… files\n", True),
        ("12 files\n", "12 rows\n", False),
        ("a\nb\n", "a\n", False),
        ("a\n", "…\n", True),
    ],
)
def test_what_an_ellipsis_stands_for(said: str, expected: str, right: bool) -> None:
    assert matches(said, expected) is right


def anchors(path: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize(
    "path",
    [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"],
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^( *)```.*?^\1```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for to in re.findall(r"\]\(([^)\s]+)\)", text):
        if ":" in to:
            continue
        file, _, anchor = to.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{to}: no such file"
        if anchor and not anchor.startswith("pipeline."):  # those are made from docstrings
            assert anchor in anchors(target), f"{to}: no such heading"


def test_every_key_of_a_run_is_explained(sample_run: Path) -> None:
    page = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    section = page[page.index("## run.json") :]
    said = json.loads((sample_run / "run.json").read_text(encoding="utf-8"))
    for key in (*said, *said["counts"], *said["configuration"]):
        assert f"`{key}`" in section, key


def mkdocs(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """MkDocs, which must not be told to be quiet: it then finds nothing wrong."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages. Strict: a broken link, a page outside the navigation, ends the build."""
    for name in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("site")
    done = mkdocs("--site-dir", folder)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.mark.parametrize(
    ("text", "nav", "wrong"),
    [
        ("[a](other.md#here)", "[index.md, other.md]", ""),
        ("[a](nowhere.md)", "[index.md, other.md]", "nowhere.md"),
        ("[a](other.md#nothing)", "[index.md, other.md]", "#nothing"),
        ("[a](other.md)", "[index.md]", "other.md"),
    ],
)
def test_the_settings_find_what_leads_nowhere(
    tmp_path: Path, text: str, nav: str, wrong: str
) -> None:
    pytest.importorskip("material")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(text)
    (tmp_path / "docs" / "other.md").write_text("## Here\n")
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\nhooks: []\nplugins: []\ndraft_docs: ''\nnav: {nav}\n"
        f"docs_dir: {tmp_path / 'docs'}\n"
    )
    done = mkdocs("--config-file", settings, "--site-dir", tmp_path / "site")
    assert (done.returncode != 0) is bool(wrong), done.stderr
    assert wrong in done.stderr


class _Loaded(HTMLParser):
    """The addresses that a browser loads by itself when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.addresses += [v for k, v in attrs if k in ("src", "srcset", "data", "poster") and v]
        if tag == "link" and said.get("rel") not in ("canonical", "prev", "next"):
            self.addresses.append(said.get("href") or "")
        self.addresses += re.findall(r"url\(([^)]+)\)", said.get("style") or "")


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        found = _Loaded()
        text = page.read_text(encoding="utf-8")
        found.feed(text)
        assert found.addresses
        for address in found.addresses:
            assert not address.strip("'\" ").startswith(ELSEWHERE), f"{page.name}: {address}"
        assert 'data-md-component="source"' not in text  # it asks a host for the number of stars
    for sheet in site.rglob("*.css"):
        style = sheet.read_text(encoding="utf-8")
        for address in re.findall(r"url\(([^)]+)\)|@import\s+([^;]+);", style):
            assert not "".join(address).strip("'\" ").startswith(ELSEWHERE), sheet.name
    for script in site.rglob("*.js"):
        assert not re.search(
            r"https?://[^\"'`\s]*(?:unpkg|jsdelivr|cdn|googleapis|gstatic)",
            script.read_text(encoding="utf-8"),
        ), script.name


def test_the_site_is_searched_without_a_server(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    found = json.loads(index.partition("=")[2])
    assert any(d["location"].startswith("start.html") for d in found["docs"])
    start = (site / "start.html").read_text(encoding="utf-8")
    assert '<script src="javascripts/iframe-worker.js">' in start


def test_the_site_has_what_is_made_and_no_marks(site: Path) -> None:
    pages = {
        p.relative_to(site).as_posix(): p.read_text(encoding="utf-8") for p in site.rglob("*.html")
    }
    for name, text in pages.items():
        assert not re.search(r"<!-- (?:made|not run|file|output)\b", text), name
    assert "--lexicon" in pages["reference/commands.html"]
    assert "place_successor_id" in pages["reference/files.html"]
    assert "partijleden" in pages["reference/units.html"]
    assert "Nghị quyết" in pages["reference/documents.html"]
    assert "0.946" in pages["how-it-works/trust.html"]
    assert "min_language_score" in pages["reference/python.html"]


def test_the_readme_has_the_scores_of_the_site(site: Path) -> None:
    page = (site / "how-it-works" / "trust.html").read_text(encoding="utf-8")
    made = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
        for row in re.findall(r"(?s)<tr>.*?</tr>", page)
    ]
    rows = {cells[0]: cells[1:] for cells in reversed(made) if len(cells) > 1}
    assert "organisations, exact borders" in rows
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    compared = 0
    for line in re.findall(r"^\| (.+) \|$", readme, re.M):
        name, *cells = line.split(" | ")
        if name in rows and re.match(r"\d\.\d", cells[0]):
            assert cells == rows[name], name
            compared += 1
    assert compared >= 5
