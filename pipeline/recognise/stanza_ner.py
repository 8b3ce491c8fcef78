"""Organisation names by an NER model of Stanza.

Stanza keeps its models as pickles. They are read with PyTorch's ``weights_only``, which builds
tensors and plain values and refuses all else, before Stanza sees them: nothing in them is executed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from pipeline.extract.sentences import sentences
from pipeline.recognise import ModelError, Name, on_torch
from pipeline.recognise.engines import first_line, no_organisations, source
from pipeline.recognise.labels import is_organisation, parsed
from pipeline.recognise.windows import WORD, lines, parts, readable

_SCORE = 0.5  # Stanza gives none
_ROOM, _CONTEXT = 200, 25  # words of a sentence at once; a longer one is read in windows
_GROUP = 128  # sentences held in memory
_BATCH = 32
_LONGEST_WORD = 100  # characters of a word that are shown
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]+)?")
_PACKAGES = ("packages", "default_packages")


class _Words(NamedTuple):
    """Words shown to the model as a sentence; names that begin in ``[first, last)`` are taken."""

    offsets: list[tuple[int, int]]
    first: int
    last: int


@dataclass(frozen=True)
class _Model:
    """An NER model with the files that it stands on, each already read safely."""

    path: Path
    vectors: Path | None
    forward: Path | None
    backward: Path | None
    labels: tuple[str, ...]

    def files(self) -> list[Path]:
        return [p for p in (self.path, self.vectors, self.forward, self.backward) if p]


class StanzaRecogniser:
    """The entities of a Stanza NER model whose type means an organisation.

    Sentences and words are ours, not of a Stanza tokenizer: no other model of Stanza is needed.
    Stanza gives no score for names; ``score`` is 0.5.
    """

    def __init__(self, processor: Any, language: str, source: str) -> None:
        """Read texts of ``language`` with a Stanza ``NERProcessor``."""
        self._processor = processor
        self._language = language
        self.source = source

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        names: list[Name] = []
        position = 0
        shown = readable(text)
        found = self._sentences(shown)
        while group := list(islice(found, _GROUP)):
            for words, spans in zip(group, self._read(group, shown), strict=True):
                for start, end in spans:
                    if words.first <= start < words.last and start >= position:
                        names.append(Name(start, end, _SCORE, "model"))
                        position = end
        return names

    def _sentences(self, text: str) -> Iterator[_Words]:
        """The words of each sentence of ``text``, long ones in windows, in order."""
        for line in lines(text):
            shown = text[line.start : line.end]
            for start, end in sentences(shown, self._language):
                words = [
                    (m.start() + line.start, m.end() + line.start)
                    for m in WORD.finditer(shown, start, end)
                ]
                for window in parts(len(words), _ROOM, _CONTEXT):
                    if window.first < window.last:
                        yield _Words(
                            words[window.start : window.end],
                            max(line.first, words[window.first][0]),
                            min(line.last, words[window.last - 1][1]),
                        )

    def _read(self, group: Sequence[_Words], text: str) -> list[list[tuple[int, int]]]:
        """For each sentence the offsets of the organisations in it."""
        from stanza.models.common.doc import Document

        base, end = group[0].offsets[0][0], max(words.offsets[-1][1] for words in group)
        said = [
            [
                {
                    "id": i,
                    "text": text[start : min(end, start + _LONGEST_WORD)],
                    "start_char": start - base,
                    "end_char": end - base,
                }
                for i, (start, end) in enumerate(words.offsets, 1)
            ]
            for words in group
        ]
        with on_torch.inference():
            document = self._processor.process(Document(said, text=text[base:end]))
        return [
            [
                (base + entity.tokens[0].start_char, base + entity.tokens[-1].end_char)
                for entity in sentence.ents
                if is_organisation(entity.type)
            ]
            for sentence in document.sentences
        ]


def load(model: str, language: str) -> StanzaRecogniser:
    """Stanza's own models of the language ``model``, or a model of the user's own.

    ``model`` is a code of Stanza's, or the path of an NER model, a ``.pt`` file or a folder with
    one; the word vectors and character models that it was trained with lie beside it. Raises
    ``ModelError``.
    """
    processor, said = _load(model)
    return StanzaRecogniser(processor, language, said)


@cache
def _load(model: str) -> tuple[Any, str]:
    setting = f"stanza:{model}"
    path = Path(model).expanduser()
    if _LANGUAGE.fullmatch(model):
        found, name = _own(model, setting)
    elif path.is_file():
        found, name = _described(path, _beside(path), setting), path.stem
    elif path.is_dir():
        found, name = _in_folder(path, setting), path.name
    else:
        raise ModelError(f"{setting}: no such file or folder; check the spelling and the path")
    return _processor(found, setting), source("stanza", name, found.files())


def _processor(model: _Model, setting: str) -> Any:
    """Stanza's own processor over the files of ``model``."""
    from stanza.models.common.foundation_cache import FoundationCache
    from stanza.pipeline.ner_processor import NERProcessor

    if not any(is_organisation(parsed(label).kind) for label in model.labels):
        raise no_organisations(setting, sorted({parsed(label).kind for label in model.labels}))
    stands_on = {
        "pretrain_path": model.vectors,
        "forward_charlm_path": model.forward,
        "backward_charlm_path": model.backward,
    }
    config = {
        "lang": "",
        "mode": "predict",
        "model_path": [str(model.path)],
        "dependencies": [{key: str(path) for key, path in stands_on.items() if path}],
        "batch_size": _BATCH,
        "check_requirements": False,  # words come from us, not from Stanza's tokenizer
    }
    try:
        return NERProcessor(
            config, SimpleNamespace(foundation_cache=FoundationCache()), on_torch.device()
        )
    except Exception as error:  # whatever its readers of each part raise
        raise ModelError(
            f"{setting}: the model cannot be loaded ({first_line(error)}); it is damaged or made "
            "for another version of Stanza"
        ) from error


def _content(path: Path, setting: str) -> dict[str, Any]:
    """What a file of Stanza's holds, read so that nothing in it is executed."""
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise ModelError(f"{setting}: {path} cannot be read ({error.strerror})") from error
    except Exception as error:  # pickle, zip and PyTorch each raise their own
        raise ModelError(
            f"{setting}: {path.name} is no model file, is cut short, or holds more than numbers "
            "and words, which is never loaded"
        ) from error
    return content if isinstance(content, dict) else {}


def _is_ner(content: dict[str, Any]) -> bool:
    return {"model", "vocab", "config"} <= content.keys() and "tag" in content["vocab"]


def _described(path: Path, near: Sequence[Path], setting: str) -> _Model:
    """The NER model at ``path`` with those of the files ``near`` that it was trained with."""
    content = _content(path, setting)
    if not _is_ner(content):
        raise ModelError(f"{setting}: {path.name} is no NER model of Stanza")
    config, vocab = content["config"], content["vocab"]
    if config.get("bert_model") or content.get("bert_lora"):
        raise ModelError(
            f"{setting}: stands on the transformer {config.get('bert_model')!r}, which is not "
            "supported here; choose a Stanza model without one, or transformers:MODEL"
        )
    vectors = forward = backward = None
    wants_vectors = "word" in vocab and "word_emb.weight" not in content["model"]
    wants_characters = bool(config.get("charlm"))
    for file in near if wants_vectors or wants_characters else ():
        other = _content(file, setting)
        characters = other if "is_forward_lm" in other else other.get("model", {})
        if "emb" in other:
            if wants_vectors and _words(other["vocab"]) == _words(vocab["word"]):
                vectors = vectors or file
        elif wants_characters and "is_forward_lm" in characters:
            if _words(characters["vocab"]) != _words(vocab["char"]):
                continue
            if characters["is_forward_lm"]:
                forward = forward or file
            else:
                backward = backward or file
    missing = [
        f"{what} (trained with {Path(str(config.get(key) or '?')).name})"
        for what, key, wanted, found in (
            ("word vectors", "wordvec_pretrain_file", wants_vectors, vectors),
            ("forward character model", "charlm_forward_file", wants_characters, forward),
            ("backward character model", "charlm_backward_file", wants_characters, backward),
        )
        if wanted and found is None
    ]
    if missing:
        raise ModelError(
            f"{setting}: the {' and the '.join(missing)} must lie beside {path.name} as .pt files"
        )
    return _Model(path, vectors, forward, backward, _labels(vocab["tag"]))


def _words(vocab: dict[str, Any]) -> Any:
    """The entries of a vocabulary as Stanza saves it."""
    return vocab.get("_id2unit")


def _labels(vocab: dict[str, Any]) -> tuple[str, ...]:
    """The labels of a model, those of all its columns, without what only fills up."""
    said = vocab.get("_id2unit") or {}
    columns = said.values() if isinstance(said, dict) else [said]
    return tuple(str(label) for column in columns for label in column if "<" not in str(label))


def _beside(path: Path) -> list[Path]:
    """The files that an NER model may stand on: in its folder, or as Stanza lays out its own."""
    own = path.resolve().parent
    folders = [own, *(own.parent / n for n in ("pretrain", "forward_charlm", "backward_charlm"))]
    return [f for d in folders for f in sorted(d.glob("*.pt")) if f != path.resolve()]


def _in_folder(folder: Path, setting: str) -> _Model:
    """The one NER model in ``folder``."""
    files = sorted(folder.glob("*.pt"))
    models = [file for file in files if _is_ner(_content(file, setting))]
    if len(models) != 1:
        raise ModelError(
            f"{setting}: holds {len(models) or 'no'} NER models of Stanza (.pt); name "
            f"{'the file of one' if models else 'a folder or file with one'}"
        )
    return _described(models[0], [f for f in files if f != models[0]], setting)


def _own(code: str, setting: str) -> tuple[_Model, str]:
    """Stanza's own model of a language, if it was fetched before."""
    from stanza.resources.common import DEFAULT_MODEL_DIR

    root = Path(os.environ.get("STANZA_RESOURCES_DIR") or DEFAULT_MODEL_DIR)
    fetch = f"python -c \"import stanza; stanza.download('{code}', processors='ner')\""
    absent = ModelError(
        f"{setting}: Stanza's models of {code!r} are not on this computer; to fetch them run: "
        f"{fetch}  (for a folder of that name write ./{code})"
    )
    try:
        said = json.loads((root / "resources.json").read_text(encoding="utf-8"))
        code = said[code].get("alias", code)
        packages = next(said[code][key] for key in _PACKAGES if key in said[code])
        package = packages["default"]["ner"]
        needs = said[code]["ner"][package].get("dependencies", [])
    except OSError as error:
        raise absent from error
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise ModelError(f"{setting}: Stanza names no NER model of {code!r}") from error
    path = root / code / "ner" / f"{package}.pt"
    near = [root / code / need["model"] / f"{need['package']}.pt" for need in needs]
    if not all(file.is_file() for file in (path, *near)):
        raise absent
    return _described(path, near, setting), f"{code}/{package}"
