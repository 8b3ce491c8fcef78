"""How the pictures of the docs are taken: by a Chromium without a window, in few colours."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

COLOURS = 128


def screenshot(
    html: str, picture: Path, *, width: int, height: int, scale: float = 1.5, browser: str
) -> None:
    """Write a PNG of the page ``html`` to ``picture``, ``width`` by ``height`` CSS pixels at
    ``scale``. Raises ``subprocess.CalledProcessError`` when ``browser`` fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--force-device-scale-factor={scale:g}",
                f"--user-data-dir={folder}/profile",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                file.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    fewer_colours(picture)


def fewer_colours(picture: Path) -> None:
    """Write ``picture``, a PNG without transparency, in at most ``COLOURS`` colours in its place:
    nobody sees it, and it takes a third of the bytes."""
    with Image.open(picture) as whole:
        few = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
