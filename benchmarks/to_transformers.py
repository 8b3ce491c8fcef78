"""The default recogniser's encoder as a plain transformers model, to measure beside it.

    python -m benchmarks.to_transformers OUT --work WORK     what selaras train left
    python -m benchmarks.to_transformers OUT --model FOLDER  same sizes only: for speed

WORK holds run-*/model.pt (their mean is taken) and the model in its folder model. Without it, a
model of the same sizes is made from the public encoder with a head that knows nothing: as fast, but
it finds no names.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from pipeline.recognise.model_files import META, TOKENIZER
from pipeline.train import export, ner, weights


def of_work(work: Path) -> tuple[ner.Tagger, dict[str, Any]]:
    """The mean of the runs in ``work``, and its tokeniser.

    Raises ``OSError`` for what is missing.
    """
    tokenizer = json.loads((work / "model" / TOKENIZER).read_text("utf-8"))
    keep = list(range(len(tokenizer["model"]["vocab"])))
    files = sorted(work.glob("run-*/model.pt"))
    if not files:
        raise FileNotFoundError(f"{work}: no run-*/model.pt here")
    saved = [torch.load(path, weights_only=True) for path in files]
    said = {k: v for k, v in saved[0]["settings"].items() if k != "data"}
    model = ner.build(weights.read(), keep, ner.Settings(**said))
    states = [s["model"] for s in saved]
    model.load_state_dict({k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]})
    return model, tokenizer


def of_sizes(folder: Path) -> tuple[ner.Tagger, dict[str, Any]]:
    """A model as large as the one in ``folder``, and its tokeniser; its scores mean nothing."""
    meta = json.loads((folder / META).read_text("utf-8"))
    path = folder / meta["files"][TOKENIZER].get("path", TOKENIZER)
    tokenizer = json.loads(path.read_text("utf-8"))
    keep = list(range(len(tokenizer["model"]["vocab"])))
    settings = ner.Settings(layers=meta["trained"]["settings"]["layers"])
    return ner.build(weights.read(), keep, settings, meta["labels"]), tokenizer


def main() -> None:
    """Read the command line and write the model."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.to_transformers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, help="folder to write")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--work", type=Path, help="folder of checkpoints of a training")
    given.add_argument("--model", type=Path, help="model folder with meta.json")
    options = parser.parse_args()
    model, tokenizer = of_work(options.work) if options.work else of_sizes(options.model)
    export.to_transformers(model, tokenizer, options.out)


if __name__ == "__main__":
    main()
