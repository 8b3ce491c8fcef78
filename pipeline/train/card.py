"""The card of a model: what it is, what it was made from, how good it is, for people to read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import languages

CARD, PLOT = "README.md", "reliability.svg"

# Data sets that a recipe of ours names, with their terms as their makers state them.
_TERMS = {
    "idner-news-2k": "MIT, copyright 2020 khairunnisaor (Indonesian news: persons, places, bodies)",
    "wikiann-nl": "derived from Wikipedia, CC BY-SA (Dutch: persons, places, bodies, silver)",
    "europeana-nl": "CC0 (Dutch newspapers of 1618-1945: persons, places, bodies)",
}

_TEXT = """# {name} {version}: names of organisations in {language}

An encoder of {layers} layers in ONNX with 8-bit matrices ({megabytes:.0f} MB with its tokeniser,
shared by the languages {codes}) that marks the names of bodies. It sees with each word whether the
lexicon of heads and fields (`pipeline/languages/{code}/organisations.toml`) reads a name there, and
has learnt where to trust it. Loading reads JSON and ONNX and executes nothing.

## Data

| what | how much | terms |
|---|---|---|
{data}

{begun}

## Terms

{licence}. The encoder it began from is under the MIT licence.

## Scores

Exact spans on dev, which chose the settings; optional names count on neither side. *Model* is this
model alone.

| set | articles | precision | recall | F1 |
|---|---|---|---|---|
| dev, model | {articles} | {precision:.3f} | {recall:.3f} | {f1:.3f} |

## Calibration

`score` of a mention is the probability that the name is right: Platt's line through the log odds
of the model's own estimate, fitted on dev. Expected calibration error {error:.3f} (five-fold over
stories). Names below {threshold} are left out, below {agreed} where the lexicon reads a name with
the same edges.

![Scores against the share that is right]({plot})

| names | mean score | right |
|---|---|---|
{reliability}

## Made

{date}, in {minutes} minutes: {runs} runs of {epochs} epochs, weights averaged, seed {seed}.
`meta.json` has every setting and the digests of the files.
"""


def write(models: Path, meta: Mapping[str, Any], day: datetime.date | None = None) -> None:
    """Write a card and its plot into the folder of each language of ``models``.

    ``meta`` is what ``recipe.make`` returned; ``day`` is the day it was made, today by default.
    """
    made = meta["trained"]
    size = sum(said["bytes"] for said in meta["files"].values()) / 1e6
    rows = [
        f"| gold | {made['articles']} articles, {made['names']:,} names; each epoch anew with "
        "other places, persons and bodies put in | see its folder |"
    ]
    for public in made["public"]:
        folder = public.split("/")[0]
        rows.append(
            f"| {public} | some sentences an epoch, by a head of its own | "
            f"{_TERMS.get(folder, 'see its source')} |"
        )
    for code, own in meta["languages"].items():
        target = models / code
        target.mkdir(parents=True, exist_ok=True)
        plot(own["reliability"], target / PLOT)
        text = _TEXT.format(
            name=meta["name"],
            version=meta["version"],
            licence=meta["licence"],
            base=meta["base"].split(" ")[0],
            language=languages.data(code, "language")["name"],
            code=code,
            codes=" and ".join(meta["languages"]),
            layers=made["settings"]["layers"],
            megabytes=size,
            begun=_begun(meta),
            data="\n".join(rows),
            **own["dev"],
            error=own["expected_calibration_error"],
            threshold=own["threshold"],
            agreed=own["threshold_agreed"],
            plot=PLOT,
            reliability="\n".join(f"| {n} | {s:.2f} | {r:.2f} |" for n, s, r in own["reliability"]),
            date=day or datetime.date.today(),
            minutes=made["minutes"],
            runs=made["runs"],
            epochs=made["settings"]["epochs"],
            seed=made["settings"]["seed"],
        )
        (target / CARD).write_text(text, encoding="utf-8")


def _begun(meta: Mapping[str, Any]) -> str:
    """What a model began from and learnt from, as a paragraph of its card."""
    made = meta["trained"]
    base, pieces = meta["base"].split(" ")[0], f"{made['pieces']:,}"
    layers, teacher = made["settings"]["layers"], made.get("teacher")
    if teacher is None:
        return (
            f"The encoder it began from is `{base}` ({layers} of its 12 layers), its vocabulary "
            f"cut\nto {pieces} pieces by counts of words."
        )
    of = teacher["settings"]
    return (
        f"It is the student of a model of {of['layers']} layers made by this recipe "
        f"({teacher['runs']} runs of {of['epochs']} epochs, seed\n{of['seed']}) from `{base}`, its "
        f"vocabulary cut to {pieces} pieces\nby counts of words. It began with that model's first "
        f"{layers} layers and learnt its scores\nand last states beside the labels, on the same "
        f"data."
    )


def plot(table: Sequence[Sequence[float]], path: Path) -> None:
    """Draw the reliability ``table`` (names, mean score, share right) to the SVG file ``path``.

    A dot's area grows with its number of names; on the diagonal scores are what they say.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "selaras", "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.2, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, zorder=1)
        sizes = [12 + 3 * n**0.8 for n, _, _ in table]
        scores, right = [s for _, s, _ in table], [r for _, _, r in table]
        axes.scatter(scores, right, s=sizes, color="#1f6f8b", alpha=0.85, zorder=2)
        for (names, score, share), size in zip(table, sizes, strict=True):
            axes.annotate(
                f"{names:.0f}",
                (score, share),
                xytext=(4 + size**0.5 / 2, -3),
                textcoords="offset points",
                fontsize=8,
                color="0.35",
            )
        axes.set(
            xlim=(0, 1.16), ylim=(-0.04, 1.08), xlabel="mean score", ylabel="share that is right"
        )
        figure.savefig(path, metadata={"Date": None})


_NAMES_TEXT = """# {name} {version}: vectors of names of organisations

An encoder of {layers} layers in ONNX ({megabytes:.0f} MB with its tokeniser): matrices in 8-bit
integers, embeddings in the sixteen levels a block that their source has, two in a byte. It gives
a name {width} numbers; names that mean the like lie near each other in whatever language
(`pipeline/normalise/meaning/`). It is asked only of names with words that no lexicon knows, and
only where places, numbers, levels, kinds and proper names agree. Loading reads JSON and ONNX and
executes nothing.

## Data

| what | how much | terms |
|---|---|---|
| gold, train part | {articles} articles; {lines:,} lines that are translations | see its folder |
| gold and the lexicons (`organisations.toml`, `units.toml` of each language) | {things:,} \
bodies, kinds, fields and units; in each batch some composed of kinds and fields | the project's |

The encoder it began from is `{base}`: layers {which}
of its twelve (counted from 0), its vocabulary cut to the {pieces:,} pieces of the recogniser.

## Terms

{licence}. The encoder it began from is under the MIT licence.

## Scores

All names of gold, as if no lexicon read any of them (those that none really reads are too few to
measure with), {stories} stories that were not trained on. A name that is joined with another is
right when both are of one body; recall is of all names whose body has another name, for whatever
reason, places that an article leaves unsaid and short forms among them. The threshold
{threshold:.2f} was chosen on these stories: {margin:.2f} above the lowest from which on precision
is at least {wanted:.3f}, as names that no lexicon reads are harder.

![Precision and recall by threshold](threshold.svg)

| threshold | joined rightly | wrongly | precision | recall |
|---|---|---|---|---|
{rows}

## Made

{date}, in {minutes} minutes: {steps} steps, seed {seed}. `meta.json` has every setting and the
digests of the files.

    python -m pipeline.train.names corpus/gold --out models/names
"""


def write_names(
    folder: Path, meta: Mapping[str, Any], points: Sequence[Any], day: datetime.date | None = None
) -> None:
    """Write the card of the encoder of names in ``folder`` and the plot of its thresholds.

    ``meta`` is what its ``meta.json`` says, ``points`` are those of ``names.curve``.
    """
    made = meta["trained"]
    text = _NAMES_TEXT.format(
        **{k: meta[k] for k in ("name", "version", "licence", "width", "threshold")},
        **{k: made[k] for k in ("articles", "things", "lines", "pieces", "minutes")},
        base=meta["base"].split(" ")[0],
        layers=len(made["settings"]["layers"]),
        which=", ".join(map(str, made["settings"]["layers"])),
        megabytes=sum(said["bytes"] for said in meta["files"].values()) / 1e6,
        stories=meta["dev"]["stories"],
        wanted=meta["dev"]["wanted"],
        margin=meta["dev"]["margin"],
        rows="\n".join(
            f"| {p.threshold:.2f} | {p.right} | {p.wrong} | {p.precision:.3f} | {p.recall:.3f} |"
            for p in points[::2]
        ),
        date=day or datetime.date.today(),
        steps=made["settings"]["steps"],
        seed=made["settings"]["seed"],
    )
    (folder / CARD).write_text(text, encoding="utf-8")
    _plot_thresholds(points, float(meta["threshold"]), folder / "threshold.svg")


def _plot_thresholds(points: Sequence[Any], chosen: float, path: Path) -> None:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "selaras", "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.8, 3.6), layout="constrained")
        axes = figure.subplots()
        where = [p.threshold for p in points]
        for label, values, colour in (
            ("precision", [p.precision for p in points], "#1f6f8b"),
            ("recall", [p.recall for p in points], "#c26a2d"),
        ):
            axes.plot(where, values, color=colour, linewidth=2, label=label)
        axes.axvline(chosen, color="0.7", linewidth=1)
        axes.annotate(f"{chosen:.2f}", (chosen, 0.02), xytext=(4, 0), textcoords="offset points")
        axes.set(
            ylim=(0, 1.04), xlabel="least likeness", ylabel="of names joined, of names to join"
        )
        axes.legend(loc="center left", frameon=False)
        figure.savefig(path, metadata={"Date": None})
