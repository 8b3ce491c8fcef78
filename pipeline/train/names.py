"""Vectors of names: an encoder that lays the names of one body beside each other.

It begins from six of the twelve layers of the public encoder, every other one, and learns by
contrast (InfoNCE: A. van den Oord and others, Representation Learning with Contrastive Predictive
Coding, 2018): each name is to be nearer to another name of the same body than to all others of its
batch. Batches hold names that are easily taken for one another: of one story, of one kind of body,
of one field, and at times all with one number, place or name of their own, so that what the traits
of names decide counts for nothing here.

    python -m pipeline.train.names corpus/gold --out models/names
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from pipeline import gold, languages, models
from pipeline.normalise import places
from pipeline.normalise.meaning import Named, Vectors, joined
from pipeline.normalise.meaning.vectors import FORMAT, pieces
from pipeline.normalise.organisations import identify
from pipeline.recognise import ModelError, model_files
from pipeline.recognise.model_files import TOKENIZER
from pipeline.records import Organisation
from pipeline.train import card, export, recipe, vocabulary, weights

Wordings = dict[str, list[str]]  # the names of one thing, by language


@dataclass(frozen=True)
class Settings:
    """What a run is made with; all of it is written into the model's card."""

    seed: int = 20261122
    layers: tuple[int, ...] = (1, 3, 5, 7, 9, 11)
    steps: int = 600
    rate: float = 2e-4
    warm_up: float = 0.1
    temperature: float = 0.05
    things: int = 40  # in a batch, each with two names
    lines: float = 0.15  # share of the batches that are lines of translated stories
    held: float = 0.4  # share of the batches whose names all have one more word in common
    longest_line: int = 110  # characters


@dataclass(frozen=True)
class Thing:
    """What several wordings stand for: a body, a kind, a field, what is counted."""

    key: str
    families: tuple[str, ...]
    names: Wordings


def keep_of(tokenizer: dict[str, Any]) -> list[int]:
    """The ids that the pieces of a cut ``tokenizer`` have in the public encoder's vocabulary."""
    whole = {piece: i for i, (piece, _) in enumerate(vocabulary.original()["model"]["vocab"])}
    try:
        return [whole[piece] for piece, _ in tokenizer["model"]["vocab"]]
    except KeyError as error:
        raise weights.WeightsError(f"piece {error} is not one of the public encoder's") from error


def build(keep: Sequence[int], settings: Settings) -> BertModel:
    """The encoder to begin from: the layers named, vocabulary cut to ``keep``, embeddings fixed."""
    torch.manual_seed(settings.seed)
    whole = weights.read()
    tensors = {}
    for name, value in whole.tensors.items():
        parts = name.split(".")
        if parts[:2] == ["encoder", "layer"]:
            if int(parts[2]) not in settings.layers:
                continue
            parts[2] = str(settings.layers.index(int(parts[2])))
        tensors[".".join(parts)] = torch.from_numpy(value.copy())
    words = "embeddings.word_embeddings.weight"
    tensors[words] = tensors[words][torch.tensor(keep)]
    config = BertConfig(
        **{**whole.sizes, "num_hidden_layers": len(settings.layers), "vocab_size": len(keep)},
        pad_token_id=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.set_attn_implementation("eager")  # what the exporter can read
    missing = model.load_state_dict(tensors, strict=False).missing_keys
    if missing:
        raise weights.WeightsError(f"the weights lack {missing[:3]}")
    for parameter in model.embeddings.parameters():
        parameter.requires_grad = False
    return model


def pooled(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of the states of a name's pieces, of length one."""
    weight = mask.unsqueeze(-1).float()
    mean = (states.float() * weight).sum(1) / weight.sum(1)
    return nn.functional.normalize(mean, dim=-1)


def vectors(model: BertModel, tokenizer: Tokenizer, names: Sequence[str]) -> torch.Tensor:
    """A row for each of ``names``."""
    ids = [pieces(tokenizer, name) for name in names]
    longest = max(map(len, ids))
    table = np.ones((len(ids), longest), np.int64)
    mask = np.zeros((len(ids), longest), np.int64)
    for i, row in enumerate(ids):
        table[i, : len(row)] = row
        mask[i, : len(row)] = 1
    shown = torch.from_numpy(mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model(input_ids=torch.from_numpy(table), attention_mask=shown).last_hidden_state
    return pooled(states, shown)


# -- what it learns from ---------------------------------------------------------------------------


def _concept(key: str) -> str:
    """A key without the places at its end: two departments of health mean the same."""
    slugs = {p.slug for p in places.gazetteer().by_id.values()}
    parts = key.split("/")
    while len(parts) > 1 and parts[-1] in slugs:
        parts.pop()
    return "/".join(parts)


def _placeless(text: str, language: str) -> str:
    rest, position = "", 0
    for found in places.find(text, language, None):
        rest += text[position : found.start]
        position = found.end
    rest = " ".join((rest + text[position:]).split()).strip(" -,")
    return rest if len(rest) > 2 else text


def _of_gold(articles: Iterable[gold.GoldArticle]) -> Iterator[Thing]:
    """The bodies of gold articles, with their names as written and without places."""
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    stories: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        for span in article.spans:
            if span.type == "org" and not span.optional:
                key = _concept(span.attributes["key"])
                stories[key].add(article.story)
                named = names[key][article.language]
                named |= {span.text, _placeless(span.text, article.language)}
    for key, by_language in sorted(names.items()):
        kind = key.split("/")[0].split("-")[-1]
        families = (f"kind {kind}", *(f"story {s}" for s in sorted(stories[key])))
        yield Thing(key, families, {c: sorted(n) for c, n in sorted(by_language.items())})


def _of_lexicons(codes: Sequence[str]) -> Iterator[Thing]:
    """What the lexicons of the languages word: heads, fields, single bodies, countries, units."""
    for topic, sections in (
        ("organisations", ("heads", "fields", "names", "countries")),
        ("units", ("units",)),
    ):
        for section in sections:
            tables = {code: languages.data(code, topic)[section] for code in codes}
            for key in sorted(set().union(*tables.values())):
                names = {code: list(t[key]) for code, t in tables.items() if t.get(key)}
                yield Thing(f"{section} {key}", (section,), names)


def _lines(articles: Sequence[gold.GoldArticle]) -> list[list[str]]:
    """Lines of stories that stand side by side in all translations."""
    stories: dict[str, list[list[str]]] = defaultdict(list)
    for article in articles:
        stories[article.story].append([x for x in article.text.split("\n") if x.strip()])
    found: list[list[str]] = []
    for translations in stories.values():
        if len(translations) > 1 and len({len(t) for t in translations}) == 1:
            found += [list(row) for row in zip(*translations, strict=True)]
    return [row for row in found if min(map(len, row)) > 20]


def _cased(text: str, rng: random.Random) -> str:
    """In one of the ways in which names are written with capitals."""
    chance = rng.random()
    if chance < 0.45:
        return text
    if chance < 0.75:
        return " ".join(w[:1].upper() + w[1:] if len(w) > 3 else w for w in text.split(" "))
    return text[:1].upper() + text[1:] if chance < 0.9 else text.lower()


class Material:
    """Everything that batches are drawn from."""

    def __init__(self, articles: Sequence[gold.GoldArticle]) -> None:
        """Take the names of gold ``articles`` and the lexicons of their languages."""
        self.codes = sorted({a.language for a in articles})
        said = [*_of_gold(articles), *_of_lexicons(self.codes)]
        self.things = [t for t in said if sum(map(len, t.names.values())) > 1]
        self.families: dict[str, list[Thing]] = defaultdict(list)
        for thing in self.things:
            for family in thing.families:
                self.families[family].append(thing)
        self.lines = _lines(articles)
        self._data = {code: languages.data(code, "organisations") for code in self.codes}
        self._shared = {
            part: sorted(set.intersection(*(set(d[part]) for d in self._data.values())))
            for part in ("heads", "fields")
        }
        self._areas = sorted(
            {p.name for p in places.gazetteer().by_id.values() if p.level != "commune"}
        )

    def composed(self, head: str, fields: Sequence[str], rng: random.Random) -> Thing:
        """A body of a kind and fields as each language may word it."""
        names = {}
        for code, data in self._data.items():
            words = [rng.choice(data["fields"][f]) for f in fields]
            if rng.random() < 0.5:
                words.reverse()
            link = rng.choice(data["connectors"])
            if not data["compounding"] and rng.random() < 0.75:
                link = ""
            between = f" {data['conjunctions'][0]} "
            said = [rng.choice(data["heads"][head]), link, between.join(words)]
            names[code] = [_cased(" ".join(filter(None, said)), rng)]
        return Thing(f"composed {head} {sorted(fields)}", (), names)

    def _drawn(self, size: int, rng: random.Random) -> Iterator[Thing]:
        """Things that are easily taken for one another, then any."""
        for prefix in ("story ", rng.choice(("kind ", ""))):
            names = [f for f in self.families if f.startswith(prefix)]
            sizes = [min(len(self.families[f]), 60) for f in names]
            if names:
                family = self.families[rng.choices(names, sizes)[0]]
                yield from rng.sample(family, min(len(family), size // 4))
        heads, fields = self._shared["heads"], self._shared["fields"]
        head, field = rng.choice(heads), rng.choice(fields)
        for _ in range(size // 12):
            yield self.composed(head, [rng.choice(fields)], rng)
            yield self.composed(rng.choice(heads), [field], rng)
            yield self.composed(rng.choice(heads), rng.sample(fields, 2), rng)
        while True:
            yield rng.choice(self.things)

    def batch(self, settings: Settings, rng: random.Random) -> tuple[list[str], list[str]]:
        """Names, and for each another name of the same thing; no thing comes twice."""
        first: list[str] = []
        second: list[str] = []
        if self.lines and rng.random() < settings.lines:
            for row in rng.sample(self.lines, min(len(self.lines), settings.things // 2)):
                one, other = rng.sample(row, 2)
                share = min(1.0, settings.longest_line / len(one))
                first.append(one[: math.ceil(share * len(one))])
                second.append(other[: math.ceil(share * len(other))])
            return first, second
        more = ""
        if rng.random() < settings.held:
            more = rng.choice([str(rng.randint(1, 40)), rng.choice(self._areas)])
        seen: set[str] = set()
        for thing in self._drawn(settings.things, rng):
            if len(first) >= min(settings.things, len(self.things)):
                break
            if thing.key in seen:
                continue
            seen.add(thing.key)
            if len(thing.names) > 1:
                codes = rng.sample(sorted(thing.names), 2)
                pair = [rng.choice(thing.names[code]) for code in codes]
            else:
                pair = rng.sample(next(iter(thing.names.values())), 2)
            one, other = (_cased(name, rng) + (f" {more}" if more else "") for name in pair)
            first.append(one)
            second.append(other)
        return first, second


# -- learning --------------------------------------------------------------------------------------


def train(
    model: BertModel,
    tokenizer: Tokenizer,
    material: Material,
    settings: Settings,
    say: Callable[[dict[str, Any]], None] = lambda line: None,
) -> None:
    """Train ``model`` in place; ``say`` is told of every hundred steps."""
    rng = random.Random(settings.seed)
    torch.manual_seed(settings.seed)
    own = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        own, lr=settings.rate, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01
    )
    warm = max(1, round(settings.steps * settings.warm_up))
    begin = time.monotonic()
    losses: list[float] = []
    model.train()
    for step in range(settings.steps):
        factor = min((step + 1) / warm, (settings.steps - step) / max(1, settings.steps - warm))
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * max(factor, 0.01)
        first, second = material.batch(settings, rng)
        found = vectors(model, tokenizer, first + second)
        size = len(first)
        scores = found @ found.T / settings.temperature
        scores = scores.masked_fill(torch.eye(2 * size, dtype=torch.bool), -1e4)
        wanted = torch.cat([torch.arange(size, 2 * size), torch.arange(size)])
        loss = nn.functional.cross_entropy(scores, wanted)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(own, 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if (step + 1) % 100 == 0 or step + 1 == settings.steps:
            say(
                {
                    "step": step + 1,
                    "loss": round(float(np.mean(losses[-100:])), 3),
                    "seconds": round(time.monotonic() - begin),
                }
            )
    model.eval()


# -- measuring -------------------------------------------------------------------------------------

THRESHOLDS = tuple(round(0.5 + 0.02 * i, 2) for i in range(24))
_WANTED = 0.995  # precision
_MARGIN = 0.1  # above the threshold that gives it: names that no lexicon reads are harder


def wordings(articles: Iterable[gold.GoldArticle]) -> tuple[list[Named], dict[str, set[str]]]:
    """The names of gold articles, each wording as an id of its own, and the keys of each id.

    Names in the same words and at the same place are one; of bodies whose place nothing says, only
    those of one story, as the merge has it.
    """
    counts: Counter[tuple[str, str, str, str | None, str | None]] = Counter()
    keys: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        spans = [s for s in article.spans if s.type == "org" and not s.optional]
        found = identify(
            [Organisation(start=s.start, end=s.end, text=s.text) for s in spans],
            article.text,
            article.language,
        )
        for span, name in zip(spans, found, strict=True):
            if name.canonical_id is not None:
                within = article.story if name.place_missing else name.place_id
                identity = f"{name.text}/{article.language}/{within}"
                keys[identity].add(span.attributes["key"])
                counts[identity, name.text, article.language, name.body, name.place_id] += 1
    return [(*named, n) for named, n in sorted(counts.items(), key=str)], dict(keys)


@dataclass(frozen=True)
class Point:
    """What a threshold joins: names joined rightly and wrongly, and those that wait for it."""

    threshold: float
    right: int
    wrong: int
    wanted: int

    @property
    def precision(self) -> float:
        """Of the names that are joined with another, how many are of its body."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the names whose body has another one, one a body left out, how many are joined."""
        return self.right / max(1, self.wanted)


def curve(articles: Iterable[gold.GoldArticle], model: Vectors) -> list[Point]:
    """What ``joined`` does with the names of gold ``articles`` at rising thresholds.

    Every name is taken for one that no lexicon reads: those that really are so are too few to
    measure with, and a lexicon made by the eye on dev knows too many of them.
    """
    said, keys = wordings(articles)
    ids: Counter[str] = Counter(key for own in keys.values() for key in own)
    wanted = sum(n - 1 for n in ids.values())
    points = []
    for threshold in THRESHOLDS:
        found = joined(said, model, threshold, unread=True)
        right = sum(bool(keys[one] & keys[other]) for one, (other, _) in found.items())
        points.append(Point(threshold, right, len(found) - right, wanted))
    return points


def choose(points: Sequence[Point]) -> float:
    """The lowest threshold from which on precision is as good as wanted, and a margin."""
    chosen = points[-1].threshold
    for point in reversed(points):
        if point.precision < _WANTED and point.right + point.wrong:
            break
        chosen = point.threshold
    return round(min(1.0, chosen + _MARGIN), 2)


# -- the whole recipe ------------------------------------------------------------------------------


def make(
    folders: Sequence[Path],
    out: Path,
    tokenizer: Path,
    settings: Settings,
    *,
    name: str = "selaras-names",
    version: str = "1",
    dev: Sequence[Path] = (),
    say: Callable[[dict[str, Any]], None] = lambda line: None,
) -> dict[str, Any]:
    """Train on the train part of gold ``folders``, choose the threshold on dev, write ``out``.

    ``tokenizer`` is the file of the cut vocabulary; ``dev`` are folders of more gold articles that
    the threshold is chosen on. Returns what ``meta.json`` says.
    Raises ``gold.GoldError`` and ``weights.WeightsError``.
    """
    torch.set_num_threads(1)
    begin = time.monotonic()
    articles = recipe.parts(folders)
    cut = json.loads(tokenizer.read_text(encoding="utf-8"))
    keep = keep_of(cut)
    model = build(keep, settings)
    material = Material(articles["train"])
    train(model, Tokenizer.from_str(json.dumps(cut)), material, settings, say)
    export.write_names(model, cut, out)
    meta: dict[str, Any] = {
        "name": name,
        "version": version,
        "licence": "Apache-2.0",
        "base": "intfloat/multilingual-e5-small (MIT)",
        "width": int(model.config.hidden_size),
        "threshold": 1.0,
        "trained": {
            "settings": asdict(settings),
            "articles": len(articles["train"]),
            "things": len(material.things),
            "lines": len(material.lines),
            "pieces": len(keep),
            "minutes": round((time.monotonic() - begin) / 60),
        },
    }
    return measured(out, meta, [*articles["dev"], *(a for f in dev for a in gold.read(f))])


def measured(
    out: Path, meta: dict[str, Any], articles: Sequence[gold.GoldArticle]
) -> dict[str, Any]:
    """Describe the model in ``out`` with the curve on ``articles`` and the threshold it gives.

    Writes the card too; returns what ``meta.json`` says.
    """
    export.describe(out, meta, FORMAT)
    points = curve(articles, Vectors(out))
    meta["threshold"] = choose(points)
    meta["dev"] = {
        "stories": len({a.story for a in articles}),
        "wanted": _WANTED,
        "margin": _MARGIN,
        "curve": [[p.threshold, p.right, p.wrong, p.wanted] for p in points],
    }
    said = export.describe(out, meta, FORMAT)
    card.write_names(out, said, points)
    return said


def main(arguments: Sequence[str] | None = None) -> None:
    """The command ``python -m pipeline.train.names``."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train.names", description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path, help="folders of gold, as 'selaras train'")
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
    parser.add_argument(
        "--tokenizer",
        type=Path,
        default=models.folder("encoder") / TOKENIZER,
        help="the cut vocabulary (default: the encoder's)",
    )
    parser.add_argument("--dev", type=Path, action="append", default=[], help="more gold for dev")
    parser.add_argument("--steps", type=int, default=Settings.steps)
    parser.add_argument("--layers", default=",".join(map(str, Settings.layers)))
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--model-version", default="1")
    parser.add_argument("--measure", action="store_true", help="train nothing: curve and card anew")
    said = parser.parse_args(arguments)
    settings = Settings(
        seed=said.seed, steps=said.steps, layers=tuple(map(int, said.layers.split(",")))
    )
    try:
        if said.measure:
            articles = [
                *recipe.parts(said.gold)["dev"],
                *(a for folder in said.dev for a in gold.read(folder)),
            ]
            meta = model_files.described(said.out, FORMAT)
            done = measured(said.out, meta, articles)
        else:
            done = make(
                said.gold,
                said.out,
                said.tokenizer,
                settings,
                version=said.model_version,
                dev=said.dev,
                say=lambda line: print(json.dumps(line), file=sys.stderr, flush=True),
            )
    except (gold.GoldError, weights.WeightsError, ModelError, OSError) as error:
        raise SystemExit(f"error: {error}") from error
    print(json.dumps({k: done[k] for k in ("name", "version", "threshold", "dev")}))


if __name__ == "__main__":
    main()
