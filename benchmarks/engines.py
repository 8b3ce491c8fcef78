"""The engines that are measured side by side: each reads texts and gives organisation names.

An engine is made in a process of its own (see ``speed``), so each imports what it needs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

Edges = tuple[int, int]


class Missing(RuntimeError):
    """An engine that cannot be measured here; the message says what is not installed."""


class Engine(Protocol):
    """Reads articles of one language."""

    def read(self, texts: Sequence[str]) -> tuple[float, list[list[Edges]]]:
        """Seconds that reading took, and the organisation names of each text."""
        ...


class _Timed:
    """An engine that is called with one text at a time."""

    def _names(self, text: str) -> list[Edges]:
        raise NotImplementedError

    def read(self, texts: Sequence[str]) -> tuple[float, list[list[Edges]]]:
        """See ``Engine.read``."""
        begin = time.perf_counter()
        found = [self._names(text) for text in texts]
        return time.perf_counter() - begin, found


class Encoder(_Timed):
    """The default's model alone, without the lexicon's say on edges and scores."""

    def __init__(self, folder: Path, language: str, threads: int) -> None:
        """Load the model of ``language`` in ``folder``. Raises ``Missing``."""
        from pipeline.recognise import ModelError
        from pipeline.recognise.encoder import EncoderRecogniser

        try:
            self.recogniser: Any = EncoderRecogniser(folder / language, language, threads)
        except ModelError as error:
            raise Missing(str(error)) from error

    def _names(self, text: str) -> list[Edges]:
        return [(name.start, name.end) for name in self.recogniser.recognise(text)]


class Default(Encoder):
    """The whole default recogniser: the model and the lexicon."""

    def __init__(self, folder: Path, language: str, threads: int) -> None:
        """Load the model of ``language`` in ``folder``. Raises ``Missing``."""
        from pipeline import models
        from pipeline.recognise import ModelError
        from pipeline.recognise.default import SnappedRecogniser, default_recogniser

        if threads == 1 and folder == models.folder(language).parent:
            try:
                self.recogniser = default_recogniser(language)  # just what a run calls
            except (ImportError, ModelError) as error:
                raise Missing(str(error)) from error
            return
        super().__init__(folder, language, threads)
        self.recogniser = SnappedRecogniser(self.recogniser, language)


class Transformers(_Timed):
    """A token classifier by transformers and torch in 32-bit floats.

    An article is cut into windows that overlap, read in small batches; articles are not mixed. Of
    two windows each decides up to the middle of what they share. A word has the label of its first
    piece.
    """

    def __init__(
        self, folder: Path, threads: int, size: int = 256, stride: int = 32, batch: int = 4
    ) -> None:
        """Load the model in ``folder``: windows of ``size`` pieces, ``stride`` of them shared.

        Raises ``Missing`` when transformers or torch is not installed or there is no model.
        """
        try:
            import torch
            from transformers import AutoModelForTokenClassification, AutoTokenizer
            from transformers.utils import logging
        except ImportError as error:
            raise Missing(f"{error.name} is not installed (pip install '.[train]')") from error
        torch.set_num_threads(threads)
        logging.disable_progress_bar()
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForTokenClassification.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise Missing(f"no transformers model in {folder}: {error}") from error
        self._model: Any = model.eval()
        self._labels: dict[int, str] = model.config.id2label
        self._torch: Any = torch
        self._size, self._stride, self._batch = size, stride, batch

    def _names(self, text: str) -> list[Edges]:
        read = self._tokenizer(
            text,
            truncation=True,
            max_length=self._size,
            stride=self._stride,
            padding=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        ids, mask = read["input_ids"], read["attention_mask"]
        best: list[list[int]] = []
        with self._torch.inference_mode():
            for i in range(0, len(ids), self._batch):
                found = self._model(
                    input_ids=ids[i : i + self._batch], attention_mask=mask[i : i + self._batch]
                )
                best += found.logits.argmax(-1).tolist()
        labels: dict[Edges, int] = {}
        half = self._stride // 2
        for row, (offsets, chosen) in enumerate(
            zip(read["offset_mapping"].tolist(), best, strict=True)
        ):
            real = [i for i, (a, b) in enumerate(offsets) if b > a]
            for i in real[half if row else 0 :]:
                # A later window has its say on all but the first half of what both show.
                labels[tuple(offsets[i])] = chosen[i]
        return list(self._spans(text, sorted(labels.items())))

    def _spans(self, text: str, pieces: Sequence[tuple[Edges, int]]) -> Iterator[Edges]:
        start = end = before = -1
        for (a, b), label in pieces:
            while a < b and text[a].isspace():
                a += 1
            if a == b:
                continue
            inside = a == before and text[a].isalnum() and text[a - 1].isalnum()
            before = b
            if inside:  # a further piece of a word
                end = b if start >= 0 and end == a else end
                continue
            name = self._labels[label]
            if name == "I-ORG" and start >= 0:
                end = b
                continue
            if start >= 0:
                yield start, end
                start = -1
            if name == "B-ORG":
                start, end = a, b
        if start >= 0:
            yield start, end


_TOOK = re.compile(
    r"Frogging in total took:\s*(?:(\d+) hours?, )?(?:(\d+) minutes?, )?"
    r"(\d+) seconds?, (\d+) milliseconds? and (\d+) microseconds?"
)


class Frog:
    """The Dutch tools of Debian's packages, with tagger and names alone (``--skip=mpcla``).

    Frog's own clock is read, so that its loading does not count; a text before the first lets it
    warm up.
    """

    def __init__(self, threads: int, warm_up: str) -> None:
        """Find the program. Raises ``Missing`` when it is not installed."""
        program = shutil.which("frog")
        if program is None:
            raise Missing("frog is not installed (apt-get install frog frogdata uctodata)")
        self._command = [program, f"--threads={threads}", "--skip=mpcla"]
        self._warm_up = warm_up

    def read(self, texts: Sequence[str]) -> tuple[float, list[list[Edges]]]:
        """See ``Engine.read``. Raises ``Missing`` when Frog fails."""
        with tempfile.TemporaryDirectory() as temporary:
            given, made = Path(temporary, "in"), Path(temporary, "out")
            given.mkdir()
            made.mkdir()
            for i, text in enumerate([self._warm_up, *texts]):
                # A line is a paragraph; without an empty line Frog reads on over its end.
                shown = "\n\n".join(text.split("\n"))
                (given / f"{i:06}.txt").write_text(shown, encoding="utf-8")
            done = subprocess.run(
                [*self._command, f"--testdir={given}", f"--outputdir={made}"],
                capture_output=True,
                text=True,
                errors="replace",
                cwd=temporary,
                check=False,
            )
            took = _TOOK.findall(done.stderr)
            if done.returncode or len(took) != len(texts) + 1:
                last = done.stderr.strip().splitlines()[-1:] or ["nothing said"]
                raise Missing(f"frog failed: {last[0]}")
            seconds = sum(_seconds(parts) for parts in took[1:])
            outputs = sorted(made.iterdir())[1:]
            found = [
                list(frog_names(text, path.read_text(encoding="utf-8").splitlines()))
                for text, path in zip(texts, outputs, strict=True)
            ]
        return seconds, found


_NAME = 7  # the column of names: index, token, lemma, parts, compound, tag, its score, name


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds, thousandths, millionths = (int(p or 0) for p in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1e3 + millionths / 1e6


def frog_names(text: str, lines: Iterable[str]) -> Iterator[Edges]:
    """The organisations in Frog's columns as offsets in ``text``, tokens found one after another.

    A token that is not in ``text`` as it stands is passed over.
    """
    position = 0
    start = end = -1
    for line in lines:
        cells = line.split("\t")
        tag = cells[_NAME] if len(cells) > _NAME else "O"
        at = text.find(cells[1], position, position + 1000) if len(cells) > _NAME else -1
        if start >= 0 and (tag != "I-ORG" or at < 0):
            yield start, end
            start = -1
        if at < 0:
            continue
        position = at + len(cells[1])
        if tag in ("B-ORG", "I-ORG"):
            start, end = (at if start < 0 else start), position
    if start >= 0:
        yield start, end
