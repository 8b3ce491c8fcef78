"""Vectors of names by a small encoder: names that mean the like lie near each other.

The model is a folder as ``recognise.model_files`` describes, in ``models/names``. Each name is run
alone, as what stands beside it in a batch would change its numbers: activations are scaled to 8
bits by the largest of all that run together. A likeness is rounded, so that processors which add
in another order give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import models
from pipeline.recognise import ModelError, model_files
from pipeline.recognise.model_files import META, MODEL, TOKENIZER
from pipeline.recognise.windows import readable

FORMAT = 1
DIGITS = 3  # of a likeness
LONGEST = 64  # pieces of a name that are read

Array = np.ndarray[Any, Any]


def pieces(tokenizer: Any, name: str) -> list[int]:
    """The ids of a name's pieces as the model takes them."""
    read = tokenizer.encode(readable(name), add_special_tokens=False).ids[: LONGEST - 2]
    return [int(tokenizer.token_to_id("<s>")), *read, int(tokenizer.token_to_id("</s>"))]


class Vectors:
    """The encoder of names in a model folder."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model in ``folder``.

        ``threshold`` is the likeness from which two names whose traits agree are of one body.
        Raises ``ModelError`` when a file is missing, cut short, damaged or of another version.
        """
        try:
            meta = model_files.described(folder, FORMAT)
            self.width = int(meta["width"])
            self.threshold = float(meta["threshold"])
            self.source = f"{meta['name']} {meta['version']}"
            files = [
                model_files.checked(folder, name, meta["files"][name])
                for name in (MODEL, TOKENIZER)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{folder / META}: not the description of a model of names ({error!r})"
            ) from error
        self._session, self._tokenizer = model_files.load(files[0], files[1], threads)
        self._one = lru_cache(maxsize=5_000)(self._run)

    def _run(self, name: str) -> Array:
        ids = np.asarray([pieces(self._tokenizer, name)], np.int64)
        found: Array = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0]
        result: Array = found[0]
        return result

    def of(self, names: Sequence[str]) -> Array:
        """A row of length one for each of ``names``; a name has the same numbers in any company."""
        if not names:
            return np.zeros((0, self.width), np.float32)
        return np.stack([self._one(name) for name in names])

    def likeness(self, names: Sequence[str], others: Sequence[str]) -> Array:
        """How alike each of ``names`` and each of ``others`` are: -1 to 1, in three digits."""
        return rounded(self.of(names) @ self.of(others).T)

    def same(self, names: Iterable[str]) -> bool:
        """Whether all of ``names`` are as alike as the names of one body."""
        found = list(names)
        return bool((self.likeness(found, found) >= self.threshold).all())


def rounded(likeness: Array) -> Array:
    """Likenesses in the digits that are the same everywhere."""
    result: Array = np.round(likeness.astype(np.float64), DIGITS) + 0.0  # no minus zero
    return result


@cache
def default() -> Vectors:
    """The model that comes with the program. Raises ``ModelError`` when it cannot be loaded."""
    return Vectors(models.folder(models.NAMES))


def similarity(a: str, b: str) -> float:
    """How alike two names mean, from -1 to 1, by the model that comes with the program.

    Places, numbers and proper names are to be compared apart (``traits``).
    Raises ``ModelError`` when the model cannot be loaded.
    """
    return float(default().likeness([a], [b])[0, 0])
