"""``selaras train``, and the same from Python: what was said as a recipe, carried out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.configuration import ConfigurationError
from pipeline.languages import UnknownLanguage
from pipeline.languages import available as known_languages
from pipeline.train import card, export, ner
from pipeline.train.recipe import Public, Recipe, make
from pipeline.train.weights import WeightsError

PathLike = str | os.PathLike[str]


def train(
    gold: Sequence[PathLike],
    out: PathLike,
    *,
    work: PathLike | None = None,
    languages: str | None = None,
    teacher: PathLike | None = None,
    name: str = "selaras-encoder",
    model_version: str = "1",
    public: Sequence[str] = (),
    text: Sequence[PathLike] = (),
    words: str | None = None,
    vocabulary: int = Recipe.vocabulary,
    epochs: int = ner.Settings.epochs,
    layers: int = ner.Settings.layers,
    rate: float = ner.Settings.rate,
    seed: int = ner.Settings.seed,
    runs: int = Recipe.runs,
    workers: int | None = None,
    optional: bool = False,
) -> dict[str, Any]:
    """Train on the folders ``gold``, lay out the models in ``out``, return their description.

    The choices are the options of ``selaras train``, which explains them; ``words`` are codes of
    languages joined by commas, of none when ``None``. Where it is, is told on standard error.
    Raises ``ConfigurationError`` for what the user can mend, ``gold.GoldError`` for gold that
    cannot be read.
    """
    folder = Path(out)
    begun = Path(work) if work is not None else folder.with_name(folder.name + ".work")
    codes = tuple(filter(None, (languages or "").split(",")))
    if unknown := sorted(set(codes) - set(known_languages())):
        known = ", ".join(known_languages())
        raise ConfigurationError(f"no data for the language {unknown[0]!r}; choose from {known}")
    try:
        tagged = tuple(map(Public.of, public))
    except ValueError as error:
        raise ConfigurationError(f"--public {error}") from error
    recipe = Recipe(
        gold=tuple(map(Path, gold)),
        out=begun / "model",
        work=begun,
        languages=codes,
        name=name,
        version=model_version,
        public=tagged,
        texts=tuple(map(Path, text)),
        words=tuple(filter(None, (words or "").split(","))),
        vocabulary=vocabulary,
        settings=replace(
            ner.Settings(),
            seed=seed,
            epochs=epochs,
            layers=layers,
            rate=rate,
            # What a teacher says is softer than labels are, and keeps a model from learning by
            # heart as dropout does.
            dropout=0.0 if teacher else ner.Settings.dropout,
        ),
        runs=runs,
        workers=workers or min(runs, os.cpu_count() or 1),
        optional=optional,
        teacher=Path(teacher) if teacher is not None else None,
    )
    try:
        meta = make(recipe)
    except (UnknownLanguage, WeightsError) as error:
        raise ConfigurationError(str(error)) from error
    export.share(recipe.out, folder)
    card.write(folder, meta)
    return meta
