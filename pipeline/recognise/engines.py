"""Which recogniser a language gets: the default, or a model of the user's own in another library.

A setting is ``default`` or ``ENGINE:MODEL``:

    selaras:PATH                     models that ``selaras train`` made
    spacy:PATH or spacy:PACKAGE      a spaCy pipeline with an entity recogniser
    stanza:LANG or stanza:PATH       Stanza's own models of a language, or an NER model file
    transformers:PATH or :HUB-ID     a token-classification model with safetensors weights

Nothing is fetched and nothing that comes with a model is executed. Every engine's names get the
edges that the default's get, and are read as organisations only.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from pipeline.recognise import ModelError, Recogniser

DEFAULT = "default"
_DIGITS = 12


class Engine(NamedTuple):
    """A library that finds names: what must be installed for it, what its models are called."""

    module: str  # with ``load(model, language)``
    libraries: tuple[str, ...]  # imported under these names, and named so by their makers
    install: str
    models: str


ENGINES = {
    "selaras": Engine(
        "pipeline.recognise.encoder",
        ("onnxruntime", "tokenizers"),
        "pip install selaras",
        "a folder that 'selaras train' wrote",
    ),
    "spacy": Engine(
        "pipeline.recognise.spacy_ner",
        ("spacy",),
        "pip install selaras",
        "the folder or the package of a spaCy pipeline",
    ),
    "stanza": Engine(
        "pipeline.recognise.stanza_ner",
        ("stanza", "torch"),
        "pip install torch, then pip install 'selaras[stanza]'",
        "a language that Stanza has models of, or the .pt file or folder of a Stanza NER model",
    ),
    "transformers": Engine(
        "pipeline.recognise.transformers_ner",
        ("transformers", "torch", "safetensors"),
        "pip install torch, then pip install 'selaras[transformers]'",
        "the folder or the Hub id of a token-classification model",
    ),
}


def split(setting: str) -> tuple[str, str]:
    """The engine and the model of a setting; the model of ``default`` is empty.

    Raises ``ValueError`` for a setting that is neither ``default`` nor ``ENGINE:MODEL``.
    """
    if setting == DEFAULT:
        return DEFAULT, ""
    name, colon, model = setting.partition(":")
    known = ", ".join([DEFAULT, *(f"{engine}:MODEL" for engine in ENGINES)])
    if name not in ENGINES:
        raise ValueError(f"no engine for names is called {name!r}; choose from {known}")
    if not colon or not model:
        raise ValueError(
            f"{setting!r} names no model; write {name}:MODEL, where MODEL is {ENGINES[name].models}"
        )
    return name, model


def libraries(setting: str) -> tuple[str, ...]:
    """The libraries whose next version may find other names with ``setting``."""
    name, _ = split(setting)
    return () if name == DEFAULT else ENGINES[name].libraries


@cache
def recogniser(setting: str, language: str) -> Recogniser:
    """The recogniser of ``setting`` for texts of ``language``, loaded once a process.

    Raises ``ModelError`` when the library is not installed or the model cannot be loaded, and
    ``ValueError`` as ``split`` does.
    """
    from pipeline.recognise.default import SnappedRecogniser, default_recogniser

    name, model = split(setting)
    if name == DEFAULT:
        return default_recogniser(language)
    engine = ENGINES[name]
    missing = [library for library in engine.libraries if not _installed(library)]
    if missing:
        raise ModelError(
            f"the engine {name!r} needs {' and '.join(missing)}, not installed here; "
            f"run: {engine.install}"
        )
    found: Recogniser = importlib.import_module(engine.module).load(model, language)
    return SnappedRecogniser(found, language)


def source_of(setting: str, language: str) -> str:
    """What ``recogniser(setting, language).source`` says; the default's model is not loaded for it.

    Raises as ``recogniser`` does.
    """
    if setting != DEFAULT:
        return recogniser(setting, language).source
    from pipeline import models
    from pipeline.recognise.encoder import FORMAT
    from pipeline.recognise.model_files import described

    said = described(models.folder(language), FORMAT)
    return f"{said['name']} {said['version']}"


def _installed(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def source(library: str, name: str, files: Iterable[Path]) -> str:
    """What mentions show: the library and its version, the model, and a digest of its ``files``,
    so that a model trained anew in the same place counts as another."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode("utf-8", "surrogatepass"))
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return f"{library} {version(library)} {name} {digest.hexdigest()[:_DIGITS]}"


def no_organisations(setting: str, labels: Sequence[str]) -> ModelError:
    """The error of a model that marks other things than organisations."""
    shown = ", ".join(sorted(labels)[:12]) or "none"
    return ModelError(
        f"{setting}: none of its labels ({shown}) means an organisation; choose a model that was "
        "trained to find organisations (ORG)"
    )


def first_line(error: BaseException) -> str:
    """What a library said, on one line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 200 else said[:199] + "…"
