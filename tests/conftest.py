"""Runs that many tests read: made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "corpus" / "articles"


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the sample articles."""
    from pipeline.run import batch

    out = tmp_path_factory.mktemp("sample") / "out"
    batch.run([ARTICLES], out, workers=1)
    return out
