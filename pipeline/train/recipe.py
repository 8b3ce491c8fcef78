"""The whole recipe in one call: gold and public sentences in, a model folder out.

What a call leaves in its work folder can teach a smaller model in a later one (``teacher``).
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer

from pipeline import gold
from pipeline.normalise import places
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise.encoder import (
    EncoderRecogniser,
    Found,
    Labels,
    Reader,
    decode,
    model_input,
    tags,
    windows,
)
from pipeline.train import calibrate, data, export, ner, vocabulary, weights
from pipeline.train.data import GOLD, Example, Text

CORE, CONTEXT = 160, 24
# Chosen on dev: the best exact F1, and where the lexicon agrees the best overlap.
THRESHOLD, AGREED = 0.45, 0.3

WEIGHTS = "weights.pt"  # in the work folder: averaged weights, vocabulary, settings


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
    followed: float = 0.03  # by a person's name
    signs: float = 0.4  # blanks before signs, quotes of other shapes
    forget: float = 0.15  # names that the lexicon knows and is made to miss
    negatives: float = 0.5  # public sentences that gold's labels learn from too
    cores: tuple[int, ...] = (64, 96, 128, 192, 256)


@dataclass(frozen=True)
class Recipe:
    """Everything that a model is made of."""

    gold: tuple[Path, ...]
    out: Path
    work: Path
    languages: tuple[str, ...] = ()  # those of the gold when none are named
    name: str = "selaras-encoder"
    version: str = "1"
    public: tuple[Public, ...] = ()
    texts: tuple[Path, ...] = ()
    words: tuple[str, ...] = ()
    vocabulary: int = 36_000
    settings: ner.Settings = field(default_factory=ner.Settings)
    variants: Variants = field(default_factory=Variants)
    runs: int = 2
    workers: int = 1  # processes that train at once; the model is the same with any number
    optional: bool = False
    teacher: Path | None = None  # the work folder of a larger model


class Teacher(NamedTuple):
    """What a finished recipe left for smaller models to learn from."""

    state: dict[str, torch.Tensor]
    keep: list[int]  # its vocabulary: ids in the encoder's own
    settings: dict[str, Any]
    runs: int

    @classmethod
    def of(cls, work: Path) -> Teacher:
        """Read it from ``work``. Raises ``WeightsError`` when no recipe was finished there."""
        path = work / WEIGHTS
        try:
            said = torch.load(path, weights_only=True)
            return cls(said["model"], said["keep"], said["settings"], said["runs"])
        except Exception as error:  # torch raises plain exceptions of many kinds
            raise weights.WeightsError(
                f"{path}: not the weights of a teacher ({str(error).splitlines()[0]}); name the "
                "--work folder of a 'selaras train' that came to its end"
            ) from error

    def model(self) -> ner.Tagger:
        """The teacher itself, which learns no more."""
        layers = int(self.settings["layers"])
        model = ner.build(weights.read(), self.keep, ner.Settings(layers=layers))
        model.load_state_dict(self.state)
        model.eval().requires_grad_(False)
        return model


def _vocabulary(recipe: Recipe, texts: Sequence[Text]) -> tuple[dict[str, Any], list[int]]:
    """The tokeniser and the ids kept: a teacher's own, else as ``cut_vocabulary`` makes them."""
    if recipe.teacher is None:
        return cut_vocabulary(recipe, texts)
    keep = Teacher.of(recipe.teacher).keep
    return vocabulary.cut(vocabulary.original(), keep), keep


def _untrained(recipe: Recipe, keep: list[int], teacher: ner.Tagger | None) -> ner.Tagger:
    if teacher is None:
        return ner.build(weights.read(), keep, recipe.settings)
    return ner.student(weights.read(), keep, recipe.settings, teacher)


def cut_vocabulary(recipe: Recipe, texts: Sequence[Text]) -> tuple[dict[str, Any], list[int]]:
    """The cut tokeniser and the ids kept; written to ``work`` and read from there if made before.

    Counts come from the gold (each word ten times), the public sets, ``texts``, lists of frequent
    words of ``words``, and the names of places.
    """
    sizes = [(str(p), p.stat().st_size) for p in (*recipe.texts, *(q.path for q in recipe.public))]
    made_from = (digest(texts), sizes, recipe.words, recipe.vocabulary)
    path = recipe.work / f"vocabulary-{_short(made_from)}.json"
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


def find(model: ner.Tagger, reader: Reader, text: str, language: str) -> Iterator[Found]:
    """The names in ``text`` by the model in training, as the engine will find them."""
    pieces = reader.read(text)
    labels = Labels(model.labels)
    of_lexicon = tags(pieces, [(a, b) for a, b, _ in match_spans(text, language)])
    for window in windows(pieces, text, CORE, CONTEXT):
        inputs = map(torch.from_numpy, model_input(reader, pieces, window, of_lexicon))
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(*inputs)[0, 1:].float().numpy()
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


_DEV = 8  # without parts of its own, one story in so many is kept for dev

Parts = dict[str, list[gold.GoldArticle]]


def _short(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def digest(texts: Sequence[Text]) -> str:
    """A short name for what ``texts`` say, so that work on others is not taken for theirs."""
    return _short([(t.text, t.spans) for t in texts])


def digest_of(state: Mapping[str, torch.Tensor]) -> str:
    """A short name for weights, so that what one teacher taught is not taken for another's."""
    made = hashlib.sha256()
    for name, value in sorted(state.items()):
        made.update(name.encode() + value.float().contiguous().numpy().tobytes())
    return made.hexdigest()[:12]


def parts(folders: Sequence[Path], languages: Sequence[str] = ()) -> Parts:
    """The gold articles of all ``folders`` for training and for dev, sorted.

    A folder has its parts in ``train`` and ``dev``; of one without them, every eighth story goes
    to dev, all its translations together. ``languages`` leaves others out.
    Raises ``gold.GoldError`` when a part or a language of it is empty or a file breaks the format.
    """
    found: Parts = {"train": [], "dev": []}
    for folder in folders:
        if not folder.is_dir():
            raise gold.GoldError(f"{folder}: no such folder of gold articles")
        if (folder / "train").is_dir():
            for part, articles in found.items():
                articles += gold.read(folder / part)
            continue
        articles = gold.read(folder)
        stories = sorted({a.story for a in articles}, key=_short)
        dev = set(stories[::_DEV][: max(1, len(stories) // _DEV)])
        for a in articles:
            found["dev" if a.story in dev else "train"].append(a)
    for part, articles in found.items():
        articles[:] = [a for a in articles if not languages or a.language in languages]
        if not articles:
            raise gold.GoldError(f"{', '.join(map(str, folders))}: no gold articles for {part}")
    missing = {a.language for a in found["train"]} ^ {a.language for a in found["dev"]}
    if missing or set(languages) - {a.language for a in found["train"]}:
        codes = ", ".join(sorted(missing | set(languages)))
        raise gold.GoldError(f"each language ({codes}) needs articles both for train and for dev")
    return found


def _names(spans: Iterable[Any]) -> list[tuple[int, int]]:
    return [(name.start, name.end) for name in spans]


def train_run(recipe: Recipe, run: int, say: Callable[[int, dict[str, Any]], None]) -> Path:
    """Train once, with the ``run``-th order and variants; returns the file of its weights.

    ``say`` is told the number of the run and each line of its log. What was stopped goes on.
    """
    torch.set_num_threads(1)
    articles = parts(recipe.gold, recipe.languages)
    texts = data.of_gold(articles["train"])
    tokenizer, keep = _vocabulary(recipe, texts)
    reader = Reader(Tokenizer.from_str(json.dumps(tokenizer)))
    kinds = ("ORG", "OPT") if recipe.optional else ("ORG",)

    def dev(model: ner.Tagger) -> dict[str, float]:
        model.eval()
        result = {}
        for code in sorted({a.language for a in articles["dev"]}):
            part = [a for a in articles["dev"] if a.language == code]
            found = {
                f"{a.story}.{code}": _names(
                    n for n in find(model, reader, a.text, code) if n.kind in kinds
                )
                for a in part
            }
            result[code] = measure(found, part)["f1"]
        model.train()
        return result

    settings = replace(recipe.settings, seed=recipe.settings.seed + run)
    folder = recipe.work / f"run-{run}"
    teacher = Teacher.of(recipe.teacher).model() if recipe.teacher else None
    model = _untrained(recipe, keep, teacher)
    epoch_of = examples_of(replace(recipe, settings=settings), texts, reader)
    public = [(p.path.name, p.sentences) for p in recipe.public]
    taught = digest_of(teacher.state_dict()) if teacher else ""
    made_from = _short(
        (digest(texts), keep, asdict(recipe.variants), public, recipe.optional, taught)
    )
    ner.train(
        model,
        epoch_of,
        settings,
        folder,
        dev,
        teacher=teacher,
        data=made_from,
        say=partial(say, run),
    )
    return folder / "model.pt"


def _seconds(folder: Path) -> float:
    """How long the run in ``folder`` took, as its log says."""
    last = (folder / ner.LOG).read_text("utf-8").splitlines()[-1]
    return float(json.loads(last)["seconds"])


def _say(run: int, line: dict[str, Any]) -> None:
    scores = ", ".join(f"{k} {v:.3f}" for k, v in line.items() if isinstance(v, float))
    minutes = line["seconds"] / 60
    text = f"run {run + 1}: epoch {line['epoch']}, {minutes:.0f} min, {scores}"
    print(text, file=sys.stderr, flush=True)


def make(recipe: Recipe) -> dict[str, Any]:
    """Train the model, export it, calibrate it, and return what its ``meta.json`` says.

    ``work`` gets the log, checkpoints and weights of each run; what was stopped goes on.
    Raises ``ValueError`` for no run at all, ``gold.GoldError`` and ``weights.WeightsError``.
    """
    if recipe.runs < 1:
        raise ValueError(f"{recipe.runs} runs make no model")
    if recipe.teacher and recipe.teacher.resolve() == recipe.work.resolve():
        raise weights.WeightsError(f"{recipe.work}: a model and its teacher need a folder each")
    articles = parts(recipe.gold, recipe.languages)
    codes = tuple(sorted({a.language for a in articles["train"]}))
    recipe = replace(recipe, languages=codes)
    recipe.work.mkdir(parents=True, exist_ok=True)
    texts = data.of_gold(articles["train"])
    tokenizer, keep = _vocabulary(recipe, texts)
    kinds = ("ORG", "OPT") if recipe.optional else ("ORG",)

    # Runs begin alike and see other variants in another order; the mean of their weights errs
    # less than each of them.
    run = partial(train_run, recipe, say=_say)
    if recipe.workers > 1 and recipe.runs > 1:
        with ProcessPoolExecutor(recipe.workers, get_context("spawn")) as pool:
            files = list(pool.map(run, range(recipe.runs)))
    else:
        files = [run(number) for number in range(recipe.runs)]
    states = [torch.load(file, weights_only=True)["model"] for file in files]
    teacher = Teacher.of(recipe.teacher) if recipe.teacher else None
    model = ner.build(weights.read(), keep, recipe.settings)
    model.load_state_dict({k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]})
    torch.save(
        {
            "model": model.state_dict(),
            "keep": keep,
            "settings": asdict(recipe.settings),
            "runs": recipe.runs,
        },
        recipe.work / WEIGHTS,
    )
    meta: dict[str, Any] = {
        "name": recipe.name,
        "version": recipe.version,
        "licence": "Apache-2.0",
        "base": "intfloat/multilingual-e5-small (MIT)",
        "kinds": list(kinds),
        "lexicon": True,
        "window": {"core": CORE, "context": CONTEXT},
        "languages": {code: {"calibration": [1.0, 0.0]} for code in codes},
        "trained": {
            "settings": asdict(recipe.settings),
            "runs": recipe.runs,
            "variants": asdict(recipe.variants),
            "articles": len(texts),
            "names": sum(len(t.spans) for t in texts),
            "pieces": len(keep),
            "minutes": round(max(_seconds(file.parent) for file in files) / 60),
            "public": [f"{p.path.parent.name}/{p.path.name}" for p in recipe.public],
            "teacher": teacher and {"settings": teacher.settings, "runs": teacher.runs},
        },
    }
    export.write(model, tokenizer, recipe.out, meta)
    meta["labels"] = list(GOLD)
    for code in codes:
        engine = EncoderRecogniser(recipe.out, code)
        part = [a for a in articles["dev"] if a.language == code]
        cases = calibrate.cases(engine, part)
        table, error = calibrate.reliability(cases)
        meta["languages"][code] = {
            "calibration": calibrate.fit(cases),
            "threshold": THRESHOLD,
            "threshold_agreed": AGREED,
            "reliability": table,
            "expected_calibration_error": error,
        }
    export.describe(recipe.out, meta)
    for code in codes:
        engine = EncoderRecogniser(recipe.out, code)
        part = [a for a in articles["dev"] if a.language == code]
        names = {f"{a.story}.{code}": _names(engine.recognise(a.text)) for a in part}
        meta["languages"][code]["dev"] = {"articles": len(part), **measure(names, part)}
    return export.describe(recipe.out, meta)


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
        code: [
            n
            for sort, found in pool.items()
            if sort.startswith("ORG ") and sort != "ORG place"
            for n in found
        ]
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
                new = data.with_people(new, rng, how.followed)
                new = data.other_case(new, rng, phrases[text.language], how.cases)
                new = data.other_signs(new, rng, how.signs)
                core, context = rng.choice(how.cores), rng.choice((0, 0, 0, CONTEXT))
                known = data.forgetful(new, rng, how.forget)
                made += data.examples(new, reader, 0, core, context, lexicon=known)
        # Public sentences help most at the start; at the end gold alone decides.
        share = 1 - 0.7 * epoch / recipe.settings.epochs
        for source, sentences in public:
            for text in rng.sample(sentences, min(len(sentences), int(source.sentences * share))):
                made += data.examples(text, reader, 1, 192, 0)
                if rng.random() < how.negatives:
                    made += data.not_gold(text, reader, 192)
        return made

    return epoch_of
