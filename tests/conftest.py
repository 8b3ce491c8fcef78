"""Runs that many tests read: made once a session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pandas as pd
import pytest

# How long one example takes depends on what else the machine does; what may not grow has tests.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "corpus" / "articles"
SAMPLES = len(list(ARTICLES.iterdir()))
SAMPLE_STORIES = len({path.name.split(".")[0] for path in ARTICLES.iterdir()})
# Enough where all samples are not the point: three stories in both languages, whose rows hold a
# conflict of two of them, translations that differ, a share that is wrong, documents of several.
FEW = [
    ARTICLES / f"{story}.{code}.txt"
    for story in (
        "dak-lak-buon-don-elephants",
        "kien-giang-extension-officers",
        "kien-giang-mangrove-clams",
    )
    for code in ("ms", "nl")
]


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the sample articles."""
    from pipeline.run import batch

    out = tmp_path_factory.mktemp("sample") / "out"
    batch.run([ARTICLES], out, workers=1)
    return out


@pytest.fixture(scope="session")
def few_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over ``FEW`` articles."""
    from pipeline.run import batch

    out = tmp_path_factory.mktemp("few") / "out"
    batch.run(FEW, out, workers=1)
    table = pd.read_parquet(out / "table.parquet")
    assert {"single", "agree", "conflict", "translation"} == set(table.agreement)
    assert {"consistent", "inconsistent"} == set(table.check.dropna())
    assert {"organisation", "reference", "statistic"} == set(table.kind)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium without a window. Where there is none its tests are skipped, but never in CI."""
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright: extra test")
    chromium = shutil.which("chromium")
    if chromium is None:
        said = "needs a Chromium: no `chromium` on the path"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    with sync.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium)
        yield running
        running.close()


STORIES = 3  # of the training part that ``small_gold`` has


@pytest.fixture(scope="session")
def small_gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few stories of the gold, in its parts, for models that are trained in a test."""
    folder = tmp_path_factory.mktemp("gold")
    for part, stories in (("train", STORIES), ("dev", 1)):
        (folder / part).mkdir()
        for file in sorted((ROOT / "corpus" / "gold" / part).glob("*.txt"))[: 2 * stories]:
            shutil.copy(file, folder / part)
    return folder


class Files:
    """The written files of a run, read back."""

    def __init__(self, out: Path) -> None:
        self.articles = pd.read_parquet(out / "articles.parquet")
        self.mentions = pd.read_parquet(out / "mentions.parquet")
        self.table = pd.read_parquet(out / "table.parquet")

    def named(self, text: str, kind: str | None = None) -> pd.Series:
        """The first mention worded so, of a kind if given."""
        found = self.mentions[self.mentions.text == text]
        found = found[found.kind == kind] if kind else found
        assert len(found), f"{text!r} was not found"
        return found.iloc[0]
