"""Make ``docs/pictures/notebook.png``: a sheet and its plot, from what a notebook has stored.

    python docs/notebook_picture.py [--browser chromium]

Needs a Chromium, which takes the screenshot; the program itself never does.
"""

from __future__ import annotations

import argparse
import html
from pathlib import Path
from typing import Any

import nbformat
from screenshot import screenshot

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "3_party_members_by_body_and_year.ipynb"
PICTURE = ROOT / "docs" / "pictures" / "notebook.png"
STYLE = """
body { font: 14px/1.4 "DejaVu Sans", sans-serif; margin: 16px; color: #1d2733; background: #fff; }
pre { font: 13px/1.5 "DejaVu Sans Mono", monospace; background: #f3f5f7; border: 1px solid #d5dbe1;
  padding: 8px 12px; margin: 0 0 12px; }
table { border-collapse: collapse; border: 0; margin-bottom: 18px; }
th, td { border: 0; border-bottom: 1px solid #d5dbe1; padding: 4px 12px; text-align: right;
  font-variant-numeric: tabular-nums; }
tbody th { text-align: left !important; font-weight: normal; }
thead th:first-child { text-align: left !important; }
img { width: 860px; }
"""


def output(notebook: Any, kind: str, word: str) -> tuple[str, str]:
    """The source of the first cell with ``word`` in it and an output of ``kind``, and the output.

    Raises ``ValueError`` when there is none: the notebook is to be run first.
    """
    for cell in notebook.cells:
        for out in cell.get("outputs", ()) if word in cell.source else ():
            if kind in out.get("data", {}):
                return cell.source, out.data[kind]
    raise ValueError(f"{NOTEBOOK.name}: no {kind} under a cell with {word!r}; run store_outputs.py")


def page(notebook: Any) -> str:
    """The line that makes the sheet, the sheet, and the plot, as an HTML page."""
    source, sheet = output(notebook, "text/html", "result.pivot(")
    _, plot = output(notebook, "image/png", "axes.plot(")
    return (
        f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>"
        f"<pre>{html.escape(source.splitlines()[0])}</pre>{sheet}"
        f"<img src='data:image/png;base64,{plot}'>"
    )


def main() -> None:
    """Read the notebook, draw the page, take the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--height", type=int, default=820)
    options = parser.parse_args()
    PICTURE.parent.mkdir(exist_ok=True)
    shown = page(nbformat.read(NOTEBOOK, as_version=4))
    screenshot(shown, PICTURE, width=900, height=options.height, browser=options.browser)


if __name__ == "__main__":
    main()
