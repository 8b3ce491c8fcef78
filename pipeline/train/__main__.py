"""Train a recogniser: ``python -m pipeline.train --gold corpus/gold --out models/encoder``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import torch

from pipeline.train import export, ner
from pipeline.train.recipe import Public, Recipe, Variants, make


def main() -> None:
    """Read the command line, train, and print what the model's ``meta.json`` says."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, help="folder with train/ and dev/")
    parser.add_argument("--languages", default="ms,nl", help="codes, joined by commas")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--work", type=Path, help="log and checkpoints (default: OUT.work)")
    parser.add_argument(
        "--share", type=Path, metavar="MODELS", help="also lay it out as MODELS/LANGUAGE"
    )
    parser.add_argument("--name", default="selaras-encoder")
    parser.add_argument("--version", default="1")
    parser.add_argument(
        "--public",
        action="append",
        default=[],
        metavar="FILE:TOKEN:TAG[:SENTENCES]",
        help="column file in BIO that helps; SENTENCES of it in the first epoch, fewer later",
    )
    parser.add_argument("--text", action="append", type=Path, default=[], help="text to count")
    parser.add_argument("--words", default="nl,ms,id,vi,en", help="word lists to count")
    parser.add_argument("--vocabulary", type=int, default=36_000, help="pieces to keep")
    parser.add_argument("--runs", type=int, default=2, help="trainings whose weights are averaged")
    parser.add_argument("--optional", action="store_true", help="also give optional names")
    parser.add_argument("--threads", type=int, default=1)
    for kind in (ner.Settings, Variants):
        for item in dataclasses.fields(kind):
            if item.type in ("int", "float"):
                parser.add_argument(
                    f"--{item.name.replace('_', '-')}",
                    type=int if item.type == "int" else float,
                    default=item.default,
                )
    said = vars(parser.parse_args())
    torch.set_num_threads(said["threads"])

    def chosen(kind: type) -> dict[str, object]:
        return {f.name: said[f.name] for f in dataclasses.fields(kind) if f.name in said}

    recipe = Recipe(
        gold=said["gold"],
        languages=tuple(said["languages"].split(",")),
        out=said["out"],
        work=said["work"] or said["out"].with_name(said["out"].name + ".work"),
        name=said["name"],
        version=said["version"],
        public=tuple(map(Public.of, said["public"])),
        texts=tuple(said["text"]),
        words=tuple(filter(None, said["words"].split(","))),
        vocabulary=said["vocabulary"],
        settings=ner.Settings(**chosen(ner.Settings)),  # type: ignore[arg-type]
        variants=Variants(**chosen(Variants)),  # type: ignore[arg-type]
        runs=said["runs"],
        optional=said["optional"],
    )
    print(json.dumps(make(recipe), indent=1, ensure_ascii=False))
    if said["share"] is not None:
        export.share(recipe.out, said["share"])


if __name__ == "__main__":
    main()
