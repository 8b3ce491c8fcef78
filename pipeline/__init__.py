"""Selaras: organisations, numbered documents and figures from news in machine translation.

import pipeline
selaras = pipeline.load()
selaras("Jabatan Kesihatan mempunyai 557 ahli Parti.").statistics
selaras.run("articles/", out="out").table
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api import Reading, Selaras, explain, load, read_run, review
    from pipeline.results import Result

__version__ = "0.1.0"
__all__ = [
    "Reading",
    "Result",
    "Selaras",
    "__version__",
    "explain",
    "load",
    "read_run",
    "review",
]


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for, so that the command starts at once."""
    if name == "Result":
        from pipeline.results import Result

        return Result
    if name in __all__:
        from pipeline import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
