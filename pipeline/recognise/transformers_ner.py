"""Organisation names by a token-classification model of the transformers library.

Only weights in the safetensors format are read, only from this computer, and code that comes with
a model is never run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.recognise import ModelError, Name, on_torch
from pipeline.recognise.engines import first_line, no_organisations, source
from pipeline.recognise.labels import is_organisation, organisations, parsed
from pipeline.recognise.windows import WORD, Window, lines, parts, readable

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_CONFIG = "config.json"
_SAID = {".safetensors", ".json", ".txt", ".model"}  # endings of files that decide what is found
_HEAD = "ForTokenClassification"
_HUB_ID = re.compile(r"\w[\w.-]*(?:/[\w.-]+)?")

_ROOM = 512  # pieces at once, if the model takes as many
_CONTEXT = 8  # a window's eighth on both sides of a cut is seen only
_BATCH = 16  # windows, of one article
_GROUP = 16 * _BATCH  # windows held in memory


class _Part(NamedTuple):
    """A window of pieces: its ids, and the words that begin in it."""

    ids: list[int]
    words: list[
        tuple[int, int, int]
    ]  # the piece's place in ``ids``, the word's offsets in the text
    first: int  # offsets between which a name must begin to be taken
    last: int


class TransformersRecogniser:
    """The names of a token-classification model whose label means an organisation.

    A word has the label of its first piece, as such models are trained. A name's ``score`` is the
    probability, as the model gives it, that its least sure word is part of an organisation's name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model in ``folder``; ``name`` is what messages call it.

        Raises ``ModelError`` when it cannot be used; the message says why and what to do.
        """
        config = _config(folder, name)
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        local = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **local)
            model, report = AutoModelForTokenClassification.from_pretrained(
                folder, use_safetensors=True, output_loading_info=True, **local
            )
        except Exception as error:  # whatever its readers of weights, JSON and words raise
            raise ModelError(
                f"{name}: the model cannot be loaded ({first_line(error)}); it is damaged, or made "
                "for another version of transformers, or needs code of its own, which is never run"
            ) from error
        if not self._tokenizer.is_fast:
            raise ModelError(
                f"{name}: its tokenizer does not say where in the text its pieces stand; save the "
                "model with a fast one (tokenizer.json)"
            )
        if report["missing_keys"]:
            raise ModelError(
                f"{name}: its weights lack {min(report['missing_keys'])}; it is damaged"
            )
        self._labels = [str(model.config.id2label[i]) for i in range(model.config.num_labels)]
        self._organisations = [
            i for i, label in enumerate(self._labels) if is_organisation(parsed(label).kind)
        ]
        if not self._organisations:
            raise no_organisations(name, self._labels)
        self._device = on_torch.device()
        self._model = model.to(torch.float32).to(self._device).eval()
        self._before, self._after = self._special()
        self._room = self._longest(config) - len(self._before) - len(self._after)
        if self._room < 2 * _CONTEXT:
            raise ModelError(
                f"{name}: takes only {self._room} pieces at once, too few to read with"
            )
        files = [f for f in folder.iterdir() if f.suffix in _SAID]
        self.source = source("transformers", Path(name.partition(":")[2]).name, files)

    def _special(self) -> tuple[list[int], list[int]]:
        """The pieces that the tokenizer sets before and after a text."""
        bare = self._tokenizer("a", add_special_tokens=False)["input_ids"]
        whole = self._tokenizer("a")["input_ids"]
        for i in range(len(whole) - len(bare) + 1):
            if whole[i : i + len(bare)] == bare:
                return whole[:i], whole[i + len(bare) :]
        return [], []

    def _longest(self, config: dict[str, Any]) -> int:
        """How many pieces the model takes at once. Some count positions from 2, hence that less."""
        said = config.get("max_position_embeddings") or 0
        positions = int(said) - 2 if said > 0 else _ROOM
        return min(_ROOM, int(self._tokenizer.model_max_length), positions)

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        names: list[Name] = []
        position = 0
        found = self._parts(readable(text))
        while group := list(islice(found, _GROUP)):
            for part, scores in zip(group, self._scores(group), strict=True):
                for name in self._names(part, scores):
                    if name.start >= position:
                        names.append(name)
                        position = name.end
        return names

    def _parts(self, text: str) -> Iterator[_Part]:
        """``text`` as windows of pieces, in order."""
        for line in lines(text):
            words = [m.span() for m in WORD.finditer(text, line.start, line.end)]
            read = self._tokenizer(
                text[line.start : line.end],
                add_special_tokens=False,
                return_offsets_mapping=True,
                return_attention_mask=False,
                verbose=False,
            )
            begins = _begins(read["offset_mapping"], words, line.start)
            for window in parts(len(read["input_ids"]), self._room, self._room // _CONTEXT):
                yield _part(read["input_ids"], begins, words, line, window)

    def _scores(self, group: Sequence[_Part]) -> list[list[list[float]]]:
        """For each part, for each of its words, the probability of every label.

        Parts of about one length stand in one batch, so that little of it is padding.
        """
        import torch

        pad = self._tokenizer.pad_token_id or 0
        found: list[list[list[float]]] = [[] for _ in group]
        order = sorted(range(len(group)), key=lambda i: len(group[i].ids))
        with on_torch.inference():
            for low in range(0, len(order), _BATCH):
                batch = order[low : low + _BATCH]
                rows = [[*self._before, *group[i].ids, *self._after] for i in batch]
                width = max(map(len, rows))
                ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
                mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
                logits = self._model(
                    input_ids=ids.to(self._device), attention_mask=mask.to(self._device)
                ).logits
                probable = logits.softmax(-1).cpu()
                for row, i in enumerate(batch):
                    at = [len(self._before) + piece for piece, _, _ in group[i].words]
                    found[i] = probable[row, at].tolist()
        return found

    def _names(self, part: _Part, scores: list[list[float]]) -> Iterator[Name]:
        best = [max(range(len(row)), key=row.__getitem__) for row in scores]
        for first, last in organisations([self._labels[i] for i in best]):
            start, end = part.words[first][1], part.words[last - 1][2]
            if part.first <= start < part.last:
                sure = min(sum(row[i] for i in self._organisations) for row in scores[first:last])
                yield Name(start, end, round(min(sure, 1.0), 4), "model")


def _begins(
    offsets: Sequence[tuple[int, int]], words: Sequence[tuple[int, int]], shift: int
) -> list[int]:
    """For each piece the number of the word that it is the first of, else -1.

    ``offsets`` of pieces count from ``shift``; a piece may take in the space before its word.
    """
    found = []
    at, taken = 0, -1
    for start, end in offsets:
        while at < len(words) and words[at][1] <= start + shift:
            at += 1
        first = at < len(words) and at > taken and words[at][0] < end + shift
        found.append(at if first else -1)
        taken = at if first else taken
    return found


def _part(
    ids: list[int],
    begins: list[int],
    words: Sequence[tuple[int, int]],
    line: Window,
    window: Window,
) -> _Part:
    """The pieces in ``window`` with the words that begin among them."""
    shown = [(i, begins[i]) for i in range(window.start, window.end) if begins[i] >= 0]
    taken = [word for i, word in shown if window.first <= i < window.last]
    first = max(line.first, words[taken[0]][0]) if taken else line.last
    last = min(line.last, words[taken[-1]][1]) if taken else line.last
    return _Part(
        ids[window.start : window.end],
        [(i - window.start, *words[word]) for i, word in shown],
        first,
        last,
    )


def _config(folder: Path, name: str) -> dict[str, Any]:
    """What ``config.json`` says, of a model whose weights can be read safely."""
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        architectures = config.get("architectures") or []
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            f"{name}: no transformers model there ({_CONFIG} cannot be read)"
        ) from error
    if not any((folder / weights).is_file() for weights in _WEIGHTS):
        if any((folder / weights).is_file() for weights in _PICKLED):
            raise ModelError(
                f"{name}: its weights are pickled ({_PICKLED[0]}), which can execute code and is "
                f"never loaded; get or save the model as safetensors ({_WEIGHTS[0]})"
            )
        raise ModelError(f"{name}: its weights ({_WEIGHTS[0]}) are missing")
    if not any(str(a).endswith(_HEAD) for a in architectures):
        raise ModelError(
            f"{name}: no token-classification model ({', '.join(map(str, architectures)) or '?'}); "
            "choose one that was trained to find names"
        )
    return dict(config)


@cache
def _load(model: str) -> TransformersRecogniser:
    setting = f"transformers:{model}"
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if not _HUB_ID.fullmatch(model):
            raise ModelError(f"{setting}: no such folder; check the spelling and the path")
        folder = _snapshot(model, setting)
    return TransformersRecogniser(folder, setting)


def _snapshot(hub_id: str, setting: str) -> Path:
    """The folder in which the Hub's own tools keep a model on this computer."""
    import huggingface_hub

    try:
        return Path(huggingface_hub.snapshot_download(hub_id, local_files_only=True))
    except Exception as error:  # not there, or no id: in either case there is nothing to load
        raise ModelError(
            f"{setting}: no such folder, and no such model of the Hub on this computer; to fetch "
            f"it run: hf download {hub_id}"
        ) from error


def load(model: str, _language: str) -> TransformersRecogniser:
    """The model in the folder ``model``, or that of this Hub id if it was fetched before.

    Raises ``ModelError``.
    """
    return _load(model)
