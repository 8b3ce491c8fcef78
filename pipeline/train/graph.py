"""A tagger as an ONNX graph, written node by node for the way it is run: one window, one thread.

What exporters write is slower here. The mask goes, as a window has no padding; query, key and value
are one matrix, so that the states are made 8-bit integers once for the three; attention is one node
(``MultiHeadAttention``); normalisation stays apart from the sum before it, because the node that
joins both in onnxruntime takes six times as long as the two (0.32 against 0.06 ms for 161 pieces
of 384 numbers); the activation is GELU with tanh, within 0.0005 of the one that was trained with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from pipeline.train.ner import Tagger

BLOCK = 32
_OPSET = 17
_OWN = "com.microsoft"  # the operators of onnxruntime itself
_OF_OWN = frozenset({"MultiHeadAttention", "FastGelu"})

Array = np.ndarray[Any, Any]


def levels(table: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """``table`` as 8-bit integers and a half-precision scale for each block of 32 in a row.

    Exact where the table has sixteen levels a block, the largest at an end of the scale, as the
    source has (see ``weights``); else the nearest of 255 levels.
    """
    blocks = table.view(len(table), -1, BLOCK)
    largest = blocks.abs().amax(dim=-1)
    for steps in (8, 127):
        scales = (largest / steps).half()
        safe = torch.where(scales > 0, scales, torch.ones_like(scales)).float()
        whole = (blocks / safe.unsqueeze(-1)).round().clamp(-127, 127)
        if torch.allclose(whole * scales.float().unsqueeze(-1), blocks, atol=1e-3):
            break
    return whole.to(torch.int8).view_as(table), scales


class _Graph:
    """Nodes and weights in the order in which they were asked for."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: Array) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def whole(self, name: str, *numbers: int) -> str:
        return self.weight(name, np.array(numbers, np.int64))

    def node(self, name: str, kind: str, *inputs: str, **said: Any) -> str:
        self.nodes_of(name, kind, [name], *inputs, **said)
        return name

    def nodes_of(self, name: str, kind: str, out: list[str], *inputs: str, **said: Any) -> None:
        domain = _OWN if kind in _OF_OWN else ""
        self.nodes.append(
            helper.make_node(kind, list(inputs), out, name=f"{name}.{kind}", domain=domain, **said)
        )


def write(tagger: Tagger, path: str) -> None:
    """Write ``tagger`` to ``path`` in 32-bit floats, its embeddings in blocks of integers.

    The graph takes ``ids`` and ``tags``, one row of the pieces of a window, and gives ``scores``:
    for each piece one number for each gold label.
    """
    config = tagger.encoder.config
    state = {name: value.detach().float() for name, value in tagger.state_dict().items()}
    graph = _Graph()
    width = int(config.hidden_size)

    def values(name: str) -> Array:
        found: Array = state[name].numpy()
        return found

    def normal(name: str, source: str, of: str) -> str:
        return graph.node(
            name,
            "LayerNormalization",
            of,
            graph.weight(f"{name}.scale", values(f"{source}.weight")),
            graph.weight(f"{name}.shift", values(f"{source}.bias")),
            axis=-1,
            epsilon=float(config.layer_norm_eps),
        )

    def times(name: str, of: str, *sources: str) -> tuple[str, str]:
        """``of`` times the matrices of ``sources`` side by side, and their shifts."""
        matrix = np.concatenate([values(f"{s}.weight").T for s in sources], axis=1)
        shift = np.concatenate([values(f"{s}.bias") for s in sources])
        product = graph.node(
            f"{name}.product", "MatMul", of, graph.weight(f"{name}.weight", matrix)
        )
        return product, graph.weight(f"{name}.shift", shift)

    def linear(name: str, of: str, *sources: str) -> str:
        return graph.node(name, "Add", *times(name, of, *sources))

    states = normal("embedded", "encoder.embeddings.LayerNorm", _embedded(graph, state, width))
    thirds = graph.whole("thirds", width, width, width)
    for number in range(int(config.num_hidden_layers)):
        here, source = f"layer.{number}", f"encoder.encoder.layer.{number}"
        own = f"{source}.attention.self"
        asked = linear(f"{here}.asked", states, f"{own}.query", f"{own}.key", f"{own}.value")
        parts = [f"{here}.{part}" for part in ("query", "key", "value")]
        graph.nodes_of(here, "Split", parts, asked, thirds, axis=-1)
        seen = graph.node(
            f"{here}.seen", "MultiHeadAttention", *parts, num_heads=int(config.num_attention_heads)
        )
        out = linear(f"{here}.out", seen, f"{source}.attention.output.dense")
        both = graph.node(f"{here}.both", "Add", out, states)
        states = normal(f"{here}.attended", f"{source}.attention.output.LayerNorm", both)
        wide = times(f"{here}.wide", states, f"{source}.intermediate.dense")
        active = graph.node(f"{here}.active", "FastGelu", *wide)
        narrow = linear(f"{here}.narrow", active, f"{source}.output.dense")
        both = graph.node(f"{here}.sum", "Add", narrow, states)
        states = normal(f"{here}.states", f"{source}.output.LayerNorm", both)
    linear("scores", states, "gold")

    shape = [1, "pieces"]
    labels = [*shape, len(tagger.labels)]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "tagger",
            [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("ids", "tags")],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, labels)],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN, 1)],
        ir_version=8,  # the first with this set of operators, which every onnxruntime since reads
    )
    onnx.save(made, path)


def _embedded(graph: _Graph, state: dict[str, torch.Tensor], width: int) -> str:
    """The sum of what stands in the tables for each piece, its place and its tag."""
    tables = "encoder.embeddings"
    integers, scales = levels(state[f"{tables}.word_embeddings.weight"])
    blocks = graph.node("levels.of", "Gather", graph.weight("levels", integers.numpy()), "ids")
    blocks = graph.node("levels.float", "Cast", blocks, to=TensorProto.FLOAT)
    shape = graph.whole("blocks", 1, -1, width // BLOCK, BLOCK)
    blocks = graph.node("levels.blocks", "Reshape", blocks, shape)
    factors = graph.node("scales.of", "Gather", graph.weight("scales", scales.numpy()), "ids")
    factors = graph.node("scales.float", "Cast", factors, to=TensorProto.FLOAT)
    factors = graph.node("scales.blocks", "Unsqueeze", factors, graph.whole("last", -1))
    words = graph.node("words.blocks", "Mul", blocks, factors)
    words = graph.node("words", "Reshape", words, graph.whole("row", 1, -1, width))
    places = state[f"{tables}.position_embeddings.weight"].numpy()[None]
    many = graph.node("many", "Shape", "ids", start=1, end=2)
    ends = (graph.whole("zero", 0), many, graph.whole("one", 1))
    place = graph.node("place", "Slice", graph.weight("places", places), *ends)
    kinds = state[f"{tables}.token_type_embeddings.weight"].numpy()
    tag = graph.node("tag", "Gather", graph.weight("kinds", kinds), "tags")
    return graph.node("sum", "Add", graph.node("sum.tag", "Add", words, tag), place)
