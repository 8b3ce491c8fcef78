"""The training of the recogniser: one encoder, a head for gold and one for public sentences.

Embeddings stay frozen, numbers are bfloat16 where that loses nothing, the learning rate warms up
and falls to zero, and the weights kept are a running mean of those of the last third. Every epoch
is measured on the dev part, written to the log, and saved, so that a stopped run goes on.

A smaller model may have a teacher: a larger one of the same vocabulary, whose first layers it
begins with, whose scores it learns beside the labels (softened by a temperature; G. Hinton, O.
Vinyals and J. Dean, Distilling the knowledge in a neural network, 2015) and near whose last states
its own are held.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import BertConfig, BertModel

from pipeline.recognise.encoder import TAGS
from pipeline.train import weights
from pipeline.train.data import GOLD, NONE, PUBLIC, Example

LOG = "log.jsonl"


@dataclass(frozen=True)
class Settings:
    """What a run is made with; all of it is written into the model's card."""

    seed: int = 20261121
    epochs: int = 4
    layers: int = 12
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 1.0  # of the rate, from each layer to the one below
    warm_up: float = 0.1
    dropout: float = 0.1
    batch_pieces: int = 1024
    public_weight: float = 0.5
    smoothing: float = 0.0
    mean_from: float = 0.6  # share of the steps after which weights are averaged
    # With a teacher alone:
    taught: float = 0.7  # share of the loss that is the teacher's, the rest is the labels'
    temperature: float = 2.0
    states: float = 0.3  # weight of the distance to the teacher's last states


class Tagger(nn.Module):
    """The encoder and its two heads: scores of labels for every piece."""

    def __init__(
        self, encoder: BertModel, width: int, dropout: float, labels: Sequence[str] = GOLD
    ) -> None:
        """Put heads on ``encoder``, whose pieces are ``width`` numbers wide."""
        super().__init__()
        self.encoder = encoder
        self.labels = tuple(labels)
        self.dropout = nn.Dropout(dropout)
        self.gold = nn.Linear(width, len(labels))
        self.public = nn.Linear(width, len(PUBLIC))

    def hidden(
        self, ids: torch.Tensor, mask: torch.Tensor | None, tags: torch.Tensor
    ) -> torch.Tensor:
        """The encoder's last states; ``mask`` is 1 for pieces, 0 for padding."""
        states: torch.Tensor = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=tags
        ).last_hidden_state
        return states

    def forward(
        self, ids: torch.Tensor, tags: torch.Tensor, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Scores of the gold labels."""
        scores: torch.Tensor = self.gold(self.dropout(self.hidden(ids, mask, tags)))
        return scores


def build(
    encoder: weights.Encoder,
    keep: Sequence[int] | None,
    settings: Settings,
    labels: Sequence[str] = GOLD,
) -> Tagger:
    """A tagger of ``labels`` over the first ``settings.layers`` layers, vocabulary cut to ``keep``.

    Raises ``weights.WeightsError`` when the encoder lacks a layer.
    """
    torch.manual_seed(settings.seed)
    sizes = dict(encoder.sizes, num_hidden_layers=settings.layers)
    tensors = {k: torch.from_numpy(v.copy()) for k, v in encoder.tensors.items()}
    if keep is not None:
        name = "embeddings.word_embeddings.weight"
        tensors[name] = tensors[name][torch.tensor(keep)]
        sizes["vocab_size"] = len(keep)
    # What the lexicon says of a piece stands where BERT says which of two texts it is of; in the
    # beginning it says nothing.
    types = "embeddings.token_type_embeddings.weight"
    tensors[types] = tensors[types][:1].repeat(len(TAGS), 1)
    sizes["type_vocab_size"] = len(TAGS)
    config = BertConfig(
        **sizes,
        pad_token_id=1,
        hidden_dropout_prob=settings.dropout,
        attention_probs_dropout_prob=settings.dropout,
    )
    bert = BertModel(config, add_pooling_layer=False)
    bert.set_attn_implementation("eager")  # what the exporter can read
    result = bert.load_state_dict(tensors, strict=False)
    if result.missing_keys:
        raise weights.WeightsError(f"the weights lack {result.missing_keys[:3]}")
    for name, parameter in bert.embeddings.named_parameters():
        parameter.requires_grad = name.startswith("token_type")
    return Tagger(bert, int(sizes["hidden_size"]), settings.dropout, labels)


def student(
    encoder: weights.Encoder,
    keep: Sequence[int],
    settings: Settings,
    teacher: Tagger,
) -> Tagger:
    """A tagger as ``build`` gives, begun with the first layers and the heads of ``teacher``.

    ``keep`` is the vocabulary of both. Raises ``weights.WeightsError`` when the teacher has no
    more layers than ``settings`` asks for.
    """
    layers = len(teacher.encoder.encoder.layer)
    if settings.layers >= layers:
        raise weights.WeightsError(
            f"a teacher of {layers} layers teaches a model of fewer, not one of {settings.layers}"
        )
    model = build(encoder, keep, settings, teacher.labels)
    known = teacher.state_dict()
    model.load_state_dict({name: known[name] for name in model.state_dict()})
    return model


def batches(
    examples: Sequence[Example], pieces: int, rng: random.Random
) -> Iterator[list[Example]]:
    """Examples of like length and one head together, at most ``pieces`` with padding, shuffled."""
    order = sorted(range(len(examples)), key=lambda i: (len(examples[i].ids), rng.random()))
    made: list[list[Example]] = []
    for head in (0, 1):
        batch: list[Example] = []
        for i in order:
            example = examples[i]
            if example.head != head:
                continue
            if batch and (len(batch) + 1) * len(example.ids) > pieces:
                made.append(batch)
                batch = []
            batch.append(example)
        if batch:
            made.append(batch)
    rng.shuffle(made)
    yield from made


def padded(batch: Sequence[Example]) -> tuple[torch.Tensor, ...]:
    """Ids, mask, tags and labels of a batch as rectangles."""
    longest = max(len(e.ids) for e in batch)
    ids = np.ones((len(batch), longest), np.int64)
    mask = np.zeros((len(batch), longest), np.int64)
    tags = np.zeros((len(batch), longest), np.int64)
    labels = np.full((len(batch), longest), NONE, np.int64)
    for i, example in enumerate(batch):
        size = len(example.ids)
        ids[i, :size] = example.ids
        mask[i, :size] = 1
        tags[i, :size] = example.tags
        labels[i, :size] = example.labels
    return tuple(map(torch.from_numpy, (ids, mask, tags, labels)))


def _groups(model: Tagger, settings: Settings) -> list[dict[str, Any]]:
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = settings.head_rate
        if name.startswith("encoder.encoder.layer."):
            above = settings.layers - 1 - int(name.split(".")[3])
            rate = settings.rate * settings.layer_decay**above
        decay = 0.0 if parameter.ndim == 1 or "embeddings" in name else 0.01
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": p, "lr": rate, "weight_decay": decay} for (rate, decay), p in groups.items()]


def train(
    model: Tagger,
    epoch_of: Callable[[int], list[Example]],
    settings: Settings,
    folder: Path,
    measure: Callable[[Tagger], dict[str, float]] | None = None,
    *,
    teacher: Tagger | None = None,
    data: str = "",
    say: Callable[[dict[str, Any]], None] | None = None,
) -> Tagger:
    """Train ``model`` on the examples that ``epoch_of`` gives for each epoch, by ``teacher`` too.

    ``folder`` gets ``log.jsonl``, ``checkpoint.pt`` after each epoch (a later call with the same
    settings and the same ``data``, a name for what ``epoch_of`` gives, goes on from it) and
    ``model.pt`` with the averaged weights at the end. ``say`` is told each line of the log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made_with = {**asdict(settings), "data": data}
    torch.manual_seed(settings.seed)
    groups = _groups(model, settings)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    base = [g["lr"] for g in groups]
    checkpoint = folder / "checkpoint.pt"
    epoch = step = 0
    seconds = 0.0
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad}
    mean: dict[str, torch.Tensor] = {}
    averaged = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        if saved["settings"] == made_with:
            model.load_state_dict(saved["model"])
            optimiser.load_state_dict(saved["optimiser"])
            epoch, step, mean = saved["epoch"], saved["step"], saved["mean"]
            averaged = saved["averaged"]
            seconds = saved.get("seconds", 0.0)
            torch.set_rng_state(saved["random"])
    first = list(batches(epoch_of(0), settings.batch_pieces, random.Random(settings.seed)))
    total = len(first) * settings.epochs
    warm = max(1, int(total * settings.warm_up))
    begin = time.monotonic() - seconds
    while epoch < settings.epochs:
        rng = random.Random(settings.seed + epoch)
        model.train()
        losses: list[float] = []
        for batch in batches(epoch_of(epoch), settings.batch_pieces, rng):
            factor = min(step / warm, max(0.0, (total - step) / max(1, total - warm)))
            for group, rate in zip(optimiser.param_groups, base, strict=True):
                group["lr"] = rate * max(factor, 0.01)
            losses.append(_step(model, optimiser, batch, settings, teacher))
            step += 1
            if step >= total * settings.mean_from and step % 10 == 0:
                averaged += 1
                for name, value in model.state_dict().items():
                    if name in frozen:
                        continue
                    if name in mean:
                        mean[name].lerp_(value.float(), 1 / averaged)
                    else:
                        mean[name] = value.float().clone()
        epoch += 1
        line: dict[str, Any] = {
            "epoch": epoch,
            "steps": step,
            "of": total,
            "loss": round(float(np.mean(losses)), 4),
            "seconds": round(time.monotonic() - begin),
        }
        if measure is not None:
            line |= measure(model)
            if mean:
                line |= {f"mean {k}": v for k, v in measure(with_mean(model, mean)).items()}
        with (folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        if say is not None:
            say(line)
        part = checkpoint.with_suffix(".part")
        torch.save(
            {
                "settings": made_with,
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "epoch": epoch,
                "step": step,
                "mean": mean,
                "averaged": averaged,
                "seconds": time.monotonic() - begin,
                "random": torch.get_rng_state(),
            },
            part,
        )
        part.replace(checkpoint)
    final = with_mean(model, mean) if mean else model
    torch.save({"settings": made_with, "model": final.state_dict()}, folder / "model.pt")
    return final


def with_mean(model: Tagger, mean: dict[str, torch.Tensor]) -> Tagger:
    """A copy of ``model`` with the averaged weights."""
    import copy

    other = copy.deepcopy(model)
    other.load_state_dict({**model.state_dict(), **mean})
    return other


def _step(
    model: Tagger,
    optimiser: torch.optim.Optimizer,
    batch: Sequence[Example],
    settings: Settings,
    teacher: Tagger | None = None,
) -> float:
    ids, mask, tags, labels = padded(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model.hidden(ids, mask, tags)
    states = states.float().view(-1, states.shape[-1])
    chosen = labels.view(-1) != NONE
    head = model.gold if batch[0].head == 0 else model.public
    loss = nn.functional.cross_entropy(
        head(model.dropout(states[chosen])),
        labels.view(-1)[chosen],
        label_smoothing=settings.smoothing,
    )
    if batch[0].head:
        loss = loss * settings.public_weight
    if teacher is not None:
        loss = loss * (1 - settings.taught)
        loss = loss + _taught(model, teacher, states, (ids, mask, tags), settings)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def _taught(
    model: Tagger,
    teacher: Tagger,
    states: torch.Tensor,
    shown: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    settings: Settings,
) -> torch.Tensor:
    """How far the gold scores and the ``states`` of ``model`` lie from those of its teacher.

    Counted on every piece that is ``shown`` (ids, mask, tags), with or without a label: words
    that public sentences leave open have the teacher's opinion.
    """
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        wanted = teacher.hidden(*shown).float().view(-1, states.shape[-1])
    real = shown[1].view(-1) == 1
    states, wanted = states[real], wanted[real]
    heat = settings.temperature
    soft = nn.functional.kl_div(
        (model.gold(model.dropout(states)) / heat).log_softmax(-1),
        (teacher.gold(wanted) / heat).softmax(-1),
        reduction="batchmean",
    )
    apart = nn.functional.mse_loss(states, wanted) / wanted.var()
    return settings.taught * heat**2 * soft + settings.states * apart
