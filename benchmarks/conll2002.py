"""CoNLL-2002 Dutch by the recipe of the default recogniser; the model is not shipped.

    python -m benchmarks.conll2002 FOLDER [--work FOLDER] [--runs 2] [--out FILE]

FOLDER holds train.conllu, val.conllu and test.conllu (columns index, token, tag). Prints F1 on the
test part for each kind and for all, in fp32 and in int8, of each run and of their mean. A call that
was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer

from benchmarks import report, spans
from benchmarks.spans import ALL, KINDS, LABELS, Document
from pipeline.recognise.encoder import Array, Labels, Reader, decode, windows
from pipeline.train import data, export, ner, vocabulary, weights
from pipeline.train.data import Example, Span

GROUP = 12  # sentences a document
CORE, CONTEXT = 224, 16  # pieces a window in measuring
Run = Callable[[Array], Array]


def find(document: Document, reader: Reader, run: Run) -> Iterator[Span]:
    """The names of every kind in ``document`` by a model that turns ids into scores."""
    pieces = reader.read(document.text.text)
    labels = Labels(LABELS)
    for window in windows(pieces, document.text.text, CORE, CONTEXT):
        ids = np.concatenate([[reader.begin], pieces.ids[window.start : window.end]])[None]
        for name in decode(run(ids)[0, 1:], pieces, window, labels):
            yield Span(name.start, name.end, name.kind)


def score(
    documents: Iterable[Document], reader: Reader, run: Run
) -> dict[str, dict[str, dict[str, float]]]:
    """The scores of ``spans.measure`` for a model that turns ids into scores."""
    return spans.measure((d, find(d, reader, run)) for d in documents)


def cut(work: Path, documents: Sequence[Document], size: int) -> tuple[dict[str, Any], list[int]]:
    """The tokeniser cut to at most ``size`` pieces (0: to all) and their ids, kept in ``work``.

    Only pieces that come in the train part or in lists of frequent words are kept, so there may be
    fewer. Raises ``ValueError`` when ``work`` has a vocabulary of another size: its runs are of no
    use.
    """
    whole = vocabulary.original()
    path = work / "vocabulary.json"
    asked = size
    if path.is_file():
        saved = json.loads(path.read_text("utf-8"))
        if saved["asked"] != asked:
            raise ValueError(
                f"{work} was made with --vocabulary {saved['asked']}; take another --work"
            )
        kept: list[int] = saved["keep"]
        return vocabulary.cut(whole, kept), kept
    texts = [(d.text.text, 10.0) for d in documents]
    counts = vocabulary.count(whole, [*texts, *vocabulary.texts_of_words(["nl", "en", "fr"])])
    if not size:
        size = len(whole["model"]["vocab"])
        counts.update(range(size))
    kept = vocabulary.choose(whole, counts, size)
    path.write_text(json.dumps({"asked": asked, "keep": kept}), "utf-8")
    return vocabulary.cut(whole, kept), kept


def examples_of(
    documents: Sequence[Document], reader: Reader, seed: int
) -> Callable[[int], list[Example]]:
    """A function from the number of an epoch to its examples, the same in every run."""

    def epoch_of(epoch: int) -> list[Example]:
        rng = random.Random(f"{seed} {epoch}")
        made: list[Example] = []
        for document in documents:
            core, context = rng.choice((48, 64, 96, 128, 192)), rng.choice((0, 0, 16))
            made += data.examples(document.text, reader, 0, core, context, LABELS)
        return made

    return epoch_of


def by_torch(model: ner.Tagger) -> Run:
    """``model`` in training as a function from ids to scores."""

    def run(ids: Array) -> Array:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            shown = torch.from_numpy(ids)
            found: Array = model(shown, torch.zeros_like(shown)).float().numpy()
        return found

    return run


def by_onnx(path: Path, threads: int) -> Run:
    """The ONNX file at ``path`` as a function from ids to scores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: Array) -> Array:
        found: Array = session.run(None, {"ids": ids, "tags": np.zeros_like(ids)})[0]
        return found

    return run


def exported(
    model: ner.Tagger, folder: Path, test: Sequence[Document], reader: Reader, threads: int
) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Write ``fp32.onnx`` and ``int8.onnx`` into ``folder`` and give the scores of both."""
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    export.to_onnx(model, folder / "fp32.onnx")
    export.to_int8(folder / "fp32.onnx", folder / "int8.onnx")
    return {
        name: score(test, reader, by_onnx(folder / f"{name}.onnx", threads))
        for name in ("fp32", "int8")
    }


def table(results: dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]) -> str:
    """F1 of every model, one row for each number format: kinds and all by strict spans, then all
    as ``conlleval`` counts."""
    rows = [
        [
            f"{model}, {numbers}",
            *(f"{scores['spans'][kind]['f1']:.4f}" for kind in (*KINDS, ALL)),
            f"{scores['conlleval'][ALL]['f1']:.4f}",
        ]
        for model, formats in results.items()
        for numbers, scores in formats.items()
    ]
    return report.markdown(["F1, test", *KINDS, ALL, "all, conlleval"], rows)


def make(options: argparse.Namespace) -> dict[str, Any]:
    """Train, export and measure as ``options`` say; everything that was found.

    Raises ``OSError`` when a part is missing, ``ValueError`` for a ``work`` of other choices.
    """
    begin = time.monotonic()
    train, val, test = (
        spans.documents(options.folder / f"{part}.conllu", GROUP)
        for part in ("train", "val", "test")
    )
    options.work.mkdir(parents=True, exist_ok=True)
    tokenizer, keep = cut(options.work, train, options.vocabulary)
    reader = Reader(Tokenizer.from_str(json.dumps(tokenizer)))
    base = ner.Settings(
        seed=options.seed, epochs=options.epochs, layers=options.layers, rate=options.rate
    )

    def on_val(model: ner.Tagger) -> dict[str, float]:
        model.eval()
        found = score(val, reader, by_torch(model))["spans"][ALL]["f1"]
        model.train()
        return {"val": found}

    results = {}
    states = []
    model = None
    # As in the recipe: runs begin alike and see other windows in another order.
    for i in range(options.runs):
        settings = replace(base, seed=base.seed + i)
        folder = options.work / f"run-{i}"
        print(f"run {i} of {options.runs}: {folder}/log.jsonl", file=sys.stderr, flush=True)
        model = ner.build(weights.read(), keep, base, LABELS)
        epoch_of = examples_of(train, reader, settings.seed)
        model = ner.train(model, epoch_of, settings, folder, on_val)
        states.append({k: v.clone() for k, v in model.state_dict().items()})
        results[f"run {i}"] = exported(model, folder, test, reader, options.threads)
    if model is not None and len(states) > 1:
        mean = {k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]}
        model.load_state_dict(mean)
        name = f"mean of {len(states)}"
        results[name] = exported(model, options.work / "mean", test, reader, options.threads)
    return {
        "settings": asdict(base),
        "runs": options.runs,
        "vocabulary": len(keep),
        "bytes": {
            p.name: p.stat().st_size for p in sorted((options.work / "run-0").glob("*.onnx"))
        },
        "names": {
            part: {"all": sum(len(d.text.spans) for d in found), "lost": spans.lost(found, reader)}
            for part, found in (("train", train), ("val", val), ("test", test))
        },
        "minutes": round((time.monotonic() - begin) / 60),
        "test": results,
    }


def main() -> int:
    """Read the command line, train what is not yet trained, print the scores."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conll2002",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="where train, val and test lie")
    parser.add_argument("--work", type=Path, default=Path("conll2002.work"), help="checkpoints")
    parser.add_argument("--out", type=Path, help="JSON file with everything that was measured")
    parser.add_argument("--runs", type=int, default=1, help="trainings whose weights are averaged")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument(
        "--vocabulary", type=int, default=120_000, help="most pieces to keep; 0: all"
    )
    parser.add_argument("--seed", type=int, default=20261121, help="of the first run")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    torch.set_num_threads(options.threads)
    try:
        said = make(options)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(said["test"]))
    of_test = said["names"]["test"]
    print(f"\n{of_test['all']:,} names in the test part, {of_test['lost']} with an edge in a word")
    report.write(options.out, {"machine": report.machine(), **said})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
