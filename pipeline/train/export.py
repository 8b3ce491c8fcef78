"""A trained tagger as the small model that ``pipeline.recognise.encoder`` runs.

The graph of a tagger is written by ``graph``; that of an encoder of names is exported by torch, its
attention and normalisation fused by onnxruntime's optimiser for BERT. The matrices of both are made
8-bit integers (per channel, activations scaled while running).
Embeddings, which training leaves as they were, are kept in the sixteen levels a block that their
source has: one scale for the whole table would lose what rare pieces mean.
"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from torch import nn
from transformers import BertForTokenClassification, BertModel, PreTrainedTokenizerFast

from pipeline.recognise.encoder import FORMAT
from pipeline.recognise.model_files import META, MODEL, TOKENIZER
from pipeline.train import graph
from pipeline.train.ner import Tagger


def fused(module: nn.Module, inputs: Sequence[str], output: str, config: Any, path: Path) -> None:
    """Write ``module`` to ``path`` in 32-bit floats, attention and normalisation in one node each.

    ``inputs`` are the names of what it takes: rows of one window, as long as its pieces are many;
    ``config`` is that of the encoder inside.
    """
    ids = torch.randint(4, 100, (1, 24))
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        torch.onnx.export(
            module.eval(),  # else torch puts the model back into training
            (ids, *(torch.ones_like(ids) for _ in inputs[1:])),
            str(raw),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes={name: {1: "pieces"} for name in inputs},
            opset_version=17,
            dynamo=False,
        )
        whole = optimizer.optimize_model(
            str(raw),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
            optimization_options=FusionOptions("bert"),
            opt_level=0,
        )
        whole.save_model_to_file(str(path))


def to_onnx(model: Tagger, path: Path) -> None:
    """Write ``model`` to ``path`` in 32-bit floats."""
    graph.write(model, str(path))


class _RunNames(nn.Module):
    """One name as pieces to its vector, the embeddings two in a byte."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        table = encoder.embeddings.word_embeddings.weight.detach()
        levels, scales = graph.levels(table)
        # A block has seven levels on one side and eight on the other: a scale below zero turns it.
        turned = levels.view(*scales.shape, graph.BLOCK).amax(dim=-1) > 7
        signs = torch.where(turned, -1, 1).to(torch.int8)
        levels = levels * signs.repeat_interleave(graph.BLOCK, dim=-1)
        scales = scales * signs
        if int(levels.max()) > 7 or int(levels.min()) < -8:
            raise ValueError(
                "the embeddings are not in sixteen levels; they must stay as they were"
            )
        halves = (levels + 8).to(torch.uint8)
        self.width = table.shape[1]
        self.register_buffer("halves", halves[:, 0::2] + 16 * halves[:, 1::2])
        self.register_buffer("scales", scales)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        halves = self.get_buffer("halves")[ids].float()
        scales = self.get_buffer("scales")[ids].float()
        odd = torch.floor(halves / 16)
        even = halves - 16 * odd
        levels = torch.stack([even, odd], dim=-1).view(1, -1, self.width) - 8
        blocks = levels.view(1, -1, self.width // graph.BLOCK, graph.BLOCK) * scales.unsqueeze(-1)
        states = self.encoder(
            inputs_embeds=blocks.view(1, -1, self.width), attention_mask=mask
        ).last_hidden_state
        mean = states.mean(dim=1)
        found: torch.Tensor = mean / mean.norm(dim=-1, keepdim=True)
        return found


def to_int8(source: Path, target: Path) -> None:
    """Quantise the ONNX file ``source`` to 8-bit integers, weights to seven of the bits.

    Processors without instructions for it add two products of 8 bits in 16 and cut off what does
    not fit; with seven bits everything fits, and the sums are the same on all.
    """
    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write(
    model: Tagger, tokenizer: Mapping[str, Any], folder: Path, meta: Mapping[str, Any]
) -> None:
    """Write the model folder: ``model.onnx``, ``tokenizer.json``, ``meta.json``.

    ``meta`` adds to what is read off the model (format, labels, file sizes and digests): name,
    version, kinds, window, languages with their calibration, licence, scores.
    """
    _write(lambda path: to_onnx(model, path), tokenizer, folder)
    describe(folder, {**meta, "labels": list(model.labels)})


def write_names(encoder: BertModel, tokenizer: Mapping[str, Any], folder: Path) -> None:
    """Write ``model.onnx`` and ``tokenizer.json`` of an encoder of names; ``describe`` the rest.

    Raises ``ValueError`` when its embeddings are not those of the public encoder.
    """
    run = _RunNames(encoder)
    _write(
        lambda path: fused(run, ("ids", "mask"), "vector", encoder.config, path), tokenizer, folder
    )


def _write(to_floats: Callable[[Path], None], tokenizer: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        full = Path(temporary) / "full.onnx"
        to_floats(full)
        to_int8(full, folder / MODEL)
    onnx.checker.check_model(str(folder / MODEL))
    (folder / TOKENIZER).write_text(
        json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )


def describe(folder: Path, meta: Mapping[str, Any], format_: int = FORMAT) -> dict[str, Any]:
    """Write ``meta.json`` of the model in ``folder``: ``meta``, format, sizes and digests.

    Returns what it wrote.
    """
    files = {}
    for name in (MODEL, TOKENIZER):
        raw = (folder / name).read_bytes()
        files[name] = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    said = {**meta, "format": format_, "files": files}
    (folder / META).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return said


def share(folder: Path, models: Path, name: str = "encoder") -> None:
    """Lay the model in ``folder`` below ``models`` so that each of its languages has a folder.

    ``models/NAME`` gets the two large files; ``models/LANGUAGE/meta.json`` describes them with
    what is particular to the language.
    """
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    target = models / name
    target.mkdir(parents=True, exist_ok=True)
    for file in meta["files"]:
        shutil.copyfile(folder / file, target / file)
        meta["files"][file]["path"] = f"../{name}/{file}"
    for code, particular in meta["languages"].items():
        said = {**meta, "languages": {code: particular}}
        (models / code).mkdir(exist_ok=True)
        (models / code / META).write_text(
            json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )


def to_transformers(model: Tagger, tokenizer: Mapping[str, Any], folder: Path) -> None:
    """Write ``model`` as a transformers ``BertForTokenClassification`` in 32-bit floats.

    ``folder`` gets ``config.json``, ``model.safetensors`` and the tokeniser, which puts ``<s>``
    before a text and ``</s>`` behind it. Anything of ``model`` that such a model has no place for
    is left out: only the encoder and the head of gold labels are the same.
    """
    config = copy.deepcopy(model.encoder.config)
    config.id2label = dict(enumerate(model.labels))
    config.label2id = {name: i for i, name in config.id2label.items()}
    config.num_labels = len(model.labels)
    target = BertForTokenClassification(config)
    target.bert.load_state_dict(model.encoder.state_dict())
    target.classifier.load_state_dict(model.gold.state_dict())
    target.eval().save_pretrained(folder)
    reader = Tokenizer.from_str(json.dumps(tokenizer))
    ends = [(name, reader.token_to_id(name)) for name in ("<s>", "</s>")]
    reader.post_processor = TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=ends
    )
    PreTrainedTokenizerFast(
        tokenizer_object=reader,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=int(config.max_position_embeddings),
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)
