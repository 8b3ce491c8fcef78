"""``selaras train``: what was said on the command line as a recipe, carried out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import languages
from pipeline.configuration import ConfigurationError
from pipeline.train import card, export, ner
from pipeline.train.recipe import Public, Recipe, make
from pipeline.train.weights import WeightsError


def train(gold: Sequence[Path], out: Path, **said: Any) -> dict[str, Any]:
    """Train on the folders ``gold``, lay out the models in ``out``, return their description.

    ``said`` has the options of the command. Raises ``ConfigurationError`` for what the user can
    mend, ``gold.GoldError`` for gold that cannot be read.
    """
    codes = tuple(filter(None, (said["languages"] or "").split(",")))
    if unknown := sorted(set(codes) - set(languages.available())):
        known = ", ".join(languages.available())
        raise ConfigurationError(f"no data for the language {unknown[0]!r}; choose from {known}")
    try:
        public = tuple(map(Public.of, said["public"]))
    except ValueError as error:
        raise ConfigurationError(f"--public {error}") from error
    work = said["work"] or out.with_name(out.name + ".work")
    teacher: Path | None = said["teacher"]
    recipe = Recipe(
        gold=tuple(gold),
        out=work / "model",
        work=work,
        languages=codes,
        name=said["name"],
        version=said["model_version"],
        public=public,
        texts=tuple(said["text"]),
        words=tuple(filter(None, said["words"].split(","))),
        vocabulary=said["vocabulary"],
        settings=replace(
            ner.Settings(),
            seed=said["seed"],
            epochs=said["epochs"],
            layers=said["layers"],
            rate=said["rate"],
            # What a teacher says is softer than labels are, and keeps a model from learning by
            # heart as dropout does.
            dropout=0.0 if teacher else ner.Settings.dropout,
        ),
        runs=said["runs"],
        workers=said["workers"] or min(said["runs"], os.cpu_count() or 1),
        optional=said["optional"],
        teacher=teacher,
    )
    try:
        meta = make(recipe)
    except (languages.UnknownLanguage, WeightsError) as error:
        raise ConfigurationError(str(error)) from error
    export.share(recipe.out, out)
    card.write(out, meta)
    return meta
