"""Make ``docs/pictures/terminal.png``, ``selaras show`` over the sample articles in a terminal.

    python docs/terminal_picture.py [--browser chromium]

Needs a Chromium, which takes the screenshot of what rich draws; the program itself never does.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text
from screenshot import screenshot

import pipeline
from pipeline.explanation import open_run
from pipeline.overview import Overview, Selection
from pipeline.overview.article import find_article
from pipeline.overview.show import show_article, show_overview

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "nghe-an-council-science.ms.txt"
WIDTH = 118  # columns
WIDE = 1100  # pixels


def drawn(out: Path) -> str:
    """The overview of the run in ``out``, and the beginning of an article, as SVG."""
    console = Console(
        file=io.StringIO(),
        record=True,
        width=WIDTH,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    with open_run(out) as reader:
        console.print("[bold]$[/bold] selaras show out --limit 2")
        show_overview(console, Overview(reader, Selection()), 2, filtered=False)
        console.print(f"\n[bold]$[/bold] selaras show out {ARTICLE} --color always | head -9")
        found = find_article(reader, ARTICLE)
        assert found is not None
        inner = Console(
            file=io.StringIO(),
            width=WIDTH,
            force_terminal=True,
            color_system="standard",
            highlight=False,
            record=True,
        )
        show_article(inner, found)
        lines = inner.export_text(styles=True).splitlines()[:9]
        console.print(Text.from_ansi("\n".join(lines)))
    # No font is fetched: that of the machine is as good.
    svg = console.export_svg(title="selaras", unique_id="terminal")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S).replace(
        "Fira Code", "DejaVu Sans Mono"
    )


def main() -> None:
    """Run the samples, draw the terminal, take the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default="chromium")
    options = parser.parse_args()
    picture = ROOT / "docs" / "pictures" / "terminal.png"
    picture.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # As one would type it in the folder of the project.
        os.chdir(folder)
        Path("corpus").symlink_to(ROOT / "corpus")
        pipeline.load().run(Path("corpus/articles"), Path("out"))
        svg = drawn(Path("out"))
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    height *= WIDE / width
    style = f"<style>body{{margin:0}} svg{{width:{WIDE}px}}</style>"
    screenshot(
        f"<meta charset='utf-8'>{style}{svg}",
        picture,
        width=WIDE,
        height=round(height),
        scale=1,
        browser=options.browser,
    )


if __name__ == "__main__":
    main()
