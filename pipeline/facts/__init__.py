"""Facts in no language: document types and issuers, bodies, places. Each file names its source."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from pipeline.user_lexicon import active, remembered


@cache
def data(name: str) -> dict[str, Any]:
    """The parsed ``<name>.toml``; the caller must not change what it gets."""
    path = resources.files(__name__) / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def registered() -> dict[str, dict[str, Any]]:
    """The bodies of the files that have a name of their own, by key; not to be changed."""
    return {**data("organisations")["named"], **data("bodies")["named"]}


@remembered()
def named() -> dict[str, dict[str, Any]]:
    """Bodies that have a name of their own, those of the user's lexicon among them, by key.

    The caller must not change what it gets. A body that only the user names has a ``label`` of
    ``None`` unless they give it one.
    """
    known = dict(registered())
    lexicon = active()
    said = [(name.id, name.label) for name in lexicon.names] if lexicon else []
    for identity, label in [*said, *(lexicon.labels.items() if lexicon else ())]:
        row = known.get(identity, {"kind": kind_of_id(identity), "label": None})
        known[identity] = {**row, "label": label or row["label"]}
    return known


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    """What the keys of kinds with a field end in, the longest first, and their kinds."""
    found: dict[str, str] = {}
    for kind, row in data("organisations")["kinds"].items():
        head, _, ending = row.get("field", "").partition("{field}")
        if ending and not head:
            found.setdefault(ending, kind)
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def kind_of_id(identity: str) -> str:
    """The kind of the body that an id names, by how it begins; empty when that is no known one."""
    first = identity.partition("/")[0]
    if first in data("organisations")["kinds"]:
        return first
    return next((kind for ending, kind in _endings() if first.endswith(ending)), "")
