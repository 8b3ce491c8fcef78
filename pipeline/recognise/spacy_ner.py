"""Organisation names by a spaCy pipeline with an entity recogniser."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
from pathlib import Path
from typing import Any

from pipeline.recognise import ModelError, Name
from pipeline.recognise.engines import first_line, no_organisations, source
from pipeline.recognise.labels import is_organisation
from pipeline.recognise.windows import Window, lines, readable

_META = "meta.json"
_BATCH = 64
# How sure a name is of a model that does not say how often it is right.
_UNKNOWN = 0.5
_PACKAGE = re.compile(r"[A-Za-z_]\w*")


class SpacyRecogniser:
    """The entities of a spaCy pipeline whose label means an organisation.

    spaCy's recogniser gives no score for single names. ``score`` is the precision that the model
    showed on its makers' own test, as its ``meta.json`` says (of organisations, where it says that
    apart), else 0.5.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Load the pipeline at ``path``; ``name`` is what messages call it.

        Raises ``ModelError`` when it is missing, cut short, made for another spaCy, or finds no
        organisations.
        """
        import spacy

        said = name or str(path)
        if not (path / _META).is_file():
            raise ModelError(f"{said}: no spaCy model here; install selaras again, or train one")
        try:
            self._nlp: Any = spacy.load(path)
        except Exception as error:  # spaCy raises whatever its readers of each part raise
            raise ModelError(
                f"{said}: the model cannot be loaded ({first_line(error)}); it is damaged or made "
                "for another version of spaCy"
            ) from error
        if "ner" not in self._nlp.pipe_names:
            raise ModelError(f"{said}: this spaCy pipeline has no entity recogniser ('ner')")
        ner: Any = self._nlp.get_pipe("ner")
        labels = ner.labels
        if not any(map(is_organisation, labels)):
            raise no_organisations(said, labels)
        meta = self._nlp.meta
        self.source = f"{meta['name']} {meta['version']}"
        self._precision = _precision(meta.get("performance") or {})

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        read, shown = itertools.tee(lines(text))
        # One batch per article, so that its numbers do not depend on its neighbours.
        docs = self._nlp.pipe((readable(text[w.start : w.end]) for w in shown), batch_size=_BATCH)
        return [
            name
            for window, doc in zip(read, docs, strict=True)
            for name in self._names(window, doc)
        ]

    def _names(self, window: Window, doc: Any) -> list[Name]:
        found = (
            Name(window.start + e.start_char, window.start + e.end_char, self._precision, "model")
            for e in doc.ents
            if is_organisation(e.label_)
        )
        return [name for name in found if window.first <= name.start < window.last]


def _precision(performance: dict[str, Any]) -> float:
    """The precision that a ``meta.json`` gives, of organisations where it has that apart."""
    by_kind = performance.get("ents_per_type") or {}
    said = [scores["p"] for kind, scores in by_kind.items() if is_organisation(kind)]
    said += [performance[key] for key in ("precision", "ents_p") if performance.get(key)]
    return min(max(float(said[0]), 0.01), 1.0) if said else _UNKNOWN


def load(model: str, _language: str) -> SpacyRecogniser:
    """The pipeline in the folder ``model``, or in the installed package of that name.

    The package is found without importing it: only its data is read. Raises ``ModelError``.
    """
    setting = f"spacy:{model}"
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if not _PACKAGE.fullmatch(model):
            raise ModelError(f"{setting}: no such folder; check the spelling and the path")
        folder = _data_of_package(model, setting)
    if not (folder / _META).is_file():
        raise ModelError(f"{setting}: no spaCy pipeline there ({_META} is missing)")
    found = SpacyRecogniser(folder, setting)
    files = [f for f in folder.rglob("*") if f.is_file()]
    found.source = source("spacy", found.source, files)
    return found


def _data_of_package(name: str, setting: str) -> Path:
    """The folder of a pipeline inside its package, as ``spacy package`` writes it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"{setting}: no such folder and no such package; to install one of spaCy's own run: "
            f"python -m spacy download {name}"
        )
    folder = Path(spec.origin).parent
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        return folder / f"{meta['lang']}_{meta['name']}-{meta['version']}"
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{setting}: this package holds no spaCy pipeline") from error
