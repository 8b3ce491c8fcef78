"""Pictures of the docs in fewer colours, which nobody sees and which takes a third of the bytes."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

COLOURS = 128


def fewer_colours(picture: Path) -> None:
    """Write ``picture``, a PNG without transparency, in at most ``COLOURS`` colours in its place."""
    with Image.open(picture) as whole:
        few = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
