"""Facts in no language: document types and issuers, bodies, places. Each file names its source."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def data(name: str) -> dict[str, Any]:
    """The parsed ``<name>.toml``; the caller must not change what it gets."""
    path = resources.files(__name__) / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def named() -> dict[str, dict[str, Any]]:
    """Bodies that have a name of their own, by key; the caller must not change what it gets."""
    return {**data("organisations")["named"], **data("bodies")["named"]}
