"""The whole recipe in one call: gold and public sentences in, a model folder out."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from pipeline import gold
from pipeline.normalise import places
from pipeline.recognise.encoder import (
    EncoderRecogniser,
    Found,
    Labels,
    Reader,
    decode,
    windows,
)
from pipeline.train import calibrate, data, export, ner, vocabulary, weights
from pipeline.train.data import GOLD, Example, Text

CORE, CONTEXT, THRESHOLD = 160, 24, 0.5


@dataclass(frozen=True)
class Public:
    """A column file with tags in BIO: columns from 0, sentences of it in the first epoch."""

    path: Path
    token: int
    tag: int
    sentences: int = 1000

    @classmethod
    def of(cls, said: str) -> Public:
        """From ``FILE:TOKEN:TAG[:SENTENCES]``. Raises ``ValueError`` for anything else."""
        parts = said.split(":")
        if len(parts) not in (3, 4):
            raise ValueError(f"{said!r} is not FILE:TOKEN:TAG or FILE:TOKEN:TAG:SENTENCES")
        return cls(Path(parts[0]), *map(int, parts[1:]))


@dataclass(frozen=True)
class Variants:
    """How each article is varied, anew in every epoch; shares are chances."""

    copies: int = 2
    places: float = 0.7
    people: float = 0.5
    bodies: float = 0.35
    cases: float = 0.12
    lists: float = 0.03
    negatives: float = 0.5  # public sentences that gold's labels learn from too
    cores: tuple[int, ...] = (64, 96, 128, 192, 256)


@dataclass(frozen=True)
class Recipe:
    """Everything that a model is made of."""

    gold: Path
    languages: tuple[str, ...]
    out: Path
    work: Path
    name: str = "selaras-encoder"
    version: str = "1"
    public: tuple[Public, ...] = ()
    texts: tuple[Path, ...] = ()
    words: tuple[str, ...] = ()
    vocabulary: int = 36_000
    settings: ner.Settings = field(default_factory=ner.Settings)
    variants: Variants = field(default_factory=Variants)
    runs: int = 2
    optional: bool = False


def cut_vocabulary(recipe: Recipe, texts: Sequence[Text]) -> tuple[dict[str, Any], list[int]]:
    """The cut tokeniser and the ids kept; written to ``work`` and read from there if made before.

    Counts come from the gold (each word ten times), the public sets, ``texts``, lists of frequent
    words of ``words``, and the names of places.
    """
    path = recipe.work / "vocabulary.json"
    whole = vocabulary.original()
    if path.is_file():
        keep: list[int] = json.loads(path.read_text("utf-8"))
    else:

        def lines() -> Iterator[tuple[str, float]]:
            for text in texts:
                yield from ((line, 10.0) for line in text.text.split("\n"))
            for public in recipe.public:
                yield from (
                    (t.text, 1.0) for t in data.columns(public.path, public.token, public.tag)
                )
            for file in recipe.texts:
                yield from ((line, 1.0) for line in file.read_text("utf-8").splitlines())
            for place in places.gazetteer().by_id.values():
                yield place.name, 2.0
                yield place.name_vi, 0.5
            yield from vocabulary.texts_of_words(recipe.words)

        keep = vocabulary.choose(whole, vocabulary.count(whole, lines()), recipe.vocabulary)
        path.write_text(json.dumps(keep), "utf-8")
    return vocabulary.cut(whole, keep), keep


def find(model: ner.Tagger, reader: Reader, text: str) -> Iterator[Found]:
    """The names in ``text`` by the model in training, as the engine will find them."""
    pieces = reader.read(text)
    labels = Labels(model.labels)
    for window in windows(pieces, text, CORE, CONTEXT):
        ids = np.concatenate([[reader.begin], pieces.ids[window.start : window.end]])[None]
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(torch.from_numpy(ids))[0, 1:].float().numpy()
        yield from decode(scores, pieces, window, labels)


def measure(
    found: Mapping[str, Sequence[tuple[int, int]]], articles: Sequence[gold.GoldArticle]
) -> dict[str, float]:
    """Exact precision, recall and F1 of ``found`` (offsets by story and language) against gold.

    A name that lies at least half on an optional one counts on neither side.
    """
    hits = counted = wanted = 0
    for article in articles:
        need = {(s.start, s.end) for s in article.spans if s.type == "org" and not s.optional}
        maybe = [(s.start, s.end) for s in article.spans if s.type == "org" and s.optional]
        got = [
            (a, b)
            for a, b in found[f"{article.story}.{article.language}"]
            if (a, b) in need or not any(2 * (min(b, d) - max(a, c)) >= b - a for c, d in maybe)
        ]
        hits += len(need & set(got))
        counted += len(got)
        wanted += len(need)
    precision, recall = hits / max(1, counted), hits / max(1, wanted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def make(recipe: Recipe) -> dict[str, Any]:
    """Train the model, export it, calibrate it, and return what its ``meta.json`` says.

    ``work`` gets the log, checkpoints and weights of each run; what was stopped goes on.
    Raises ``ValueError`` for no run at all, ``gold.GoldError`` and ``weights.WeightsError``.
    """
    begin = time.monotonic()
    if recipe.runs < 1:
        raise ValueError(f"{recipe.runs} runs make no model")
    recipe.work.mkdir(parents=True, exist_ok=True)
    articles = {
        part: [a for code in recipe.languages for a in gold.read(recipe.gold / part, code)]
        for part in ("train", "dev")
    }
    texts = data.of_gold(articles["train"])
    tokenizer, keep = cut_vocabulary(recipe, texts)
    reader = Reader(Tokenizer.from_str(json.dumps(tokenizer)))
    kinds = ("ORG", "OPT") if recipe.optional else ("ORG",)

    def dev(model: ner.Tagger) -> dict[str, float]:
        model.eval()
        result = {}
        for code in recipe.languages:
            part = [a for a in articles["dev"] if a.language == code]
            found = {
                f"{a.story}.{code}": [
                    (n.start, n.end) for n in find(model, reader, a.text) if n.kind in kinds
                ]
                for a in part
            }
            result[code] = measure(found, part)["f1"]
        model.train()
        return result

    # Runs begin alike and see other variants in another order; the mean of their weights errs
    # less than each of them.
    states = []
    for run in range(recipe.runs):
        settings = replace(recipe.settings, seed=recipe.settings.seed + run)
        epoch_of = examples_of(replace(recipe, settings=settings), texts, reader)
        model = ner.build(weights.read(), keep, recipe.settings)
        model = ner.train(model, epoch_of, settings, recipe.work / f"run-{run}", dev)
        states.append(model.state_dict())
    model.load_state_dict({k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]})
    meta: dict[str, Any] = {
        "name": recipe.name,
        "version": recipe.version,
        "licence": "Apache-2.0",
        "base": "intfloat/multilingual-e5-small (MIT)",
        "kinds": list(kinds),
        "window": {"core": CORE, "context": CONTEXT},
        "languages": {code: {"calibration": [1.0, 0.0]} for code in recipe.languages},
        "trained": {
            "settings": asdict(recipe.settings),
            "runs": recipe.runs,
            "variants": asdict(recipe.variants),
            "articles": len(texts),
            "public": [f"{p.path.parent.name}/{p.path.name}" for p in recipe.public],
        },
    }
    export.write(model, tokenizer, recipe.out, meta)
    meta["labels"] = list(GOLD)
    for code in recipe.languages:
        engine = EncoderRecogniser(recipe.out, code)
        part = [a for a in articles["dev"] if a.language == code]
        cases = calibrate.cases(engine, part)
        table, error = calibrate.reliability(cases)
        meta["languages"][code] = {
            "calibration": calibrate.fit(cases),
            "threshold": THRESHOLD,
            "reliability": table,
            "expected_calibration_error": error,
        }
    export.describe(recipe.out, meta)
    for code in recipe.languages:
        engine = EncoderRecogniser(recipe.out, code)
        part = [a for a in articles["dev"] if a.language == code]
        names = {
            f"{a.story}.{code}": [(n.start, n.end) for n in engine.recognise(a.text)] for a in part
        }
        meta["languages"][code]["dev"] = measure(names, part)
    meta["trained"]["minutes"] = round((time.monotonic() - begin) / 60)
    export.describe(recipe.out, meta)
    return meta


def examples_of(
    recipe: Recipe, texts: Sequence[Text], reader: Reader
) -> Callable[[int], list[Example]]:
    """A function from the number of an epoch to its examples, the same in every run."""
    public = [
        (p, [t for t in data.columns(p.path, p.token, p.tag) if len(t.text.split()) > 5])
        for p in recipe.public
    ]
    pools = {
        code: data.pool_of([t for t in texts if t.language == code]) for code in recipe.languages
    }
    phrases = {code: data.Phrases(code) for code in recipe.languages}
    joints = {code: data.joints_of(code) for code in recipe.languages}
    names = {
        code: [n for sort, found in pool.items() if sort.startswith("ORG ") for n in found]
        for code, pool in pools.items()
    }
    how = recipe.variants

    def epoch_of(epoch: int) -> list[Example]:
        rng = random.Random(f"{recipe.settings.seed} {epoch}")
        made: list[Example] = []
        for text in texts:
            for _ in range(how.copies):
                new = text
                if rng.random() < how.places:
                    new = data.other_places(new, rng)
                if rng.random() < how.people:
                    new = data.other_people(new, rng)
                new = data.other_bodies(
                    new, rng, pools[text.language], phrases[text.language], how.bodies
                )
                new = data.in_lists(
                    new, rng, names[text.language], joints[text.language], how.lists
                )
                new = data.other_case(new, rng, phrases[text.language], how.cases)
                core, context = rng.choice(how.cores), rng.choice((0, 0, 0, CONTEXT))
                made += data.examples(new, reader, 0, core, context)
        # Public sentences help most at the start; at the end gold alone decides.
        share = 1 - 0.7 * epoch / recipe.settings.epochs
        for source, sentences in public:
            for text in rng.sample(sentences, min(len(sentences), int(source.sentences * share))):
                made += data.examples(text, reader, 1, 192, 0)
                if rng.random() < how.negatives:
                    made += data.not_gold(text, reader, 192)
        return made

    return epoch_of
