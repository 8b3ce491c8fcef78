"""Make ``docs/table.png``, the picture of the table in the README, from the sample articles.

    python docs/table_picture.py [--browser chromium]

Needs a Chromium, which takes the screenshot; the program itself never does.
"""

from __future__ import annotations

import argparse
import html
from pathlib import Path

import pandas as pd
from screenshot import screenshot

import pipeline

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ["label", "ms", "nl", "value", "stories", "agreement", "check", "example_path"]
STYLE = """
body { font: 13px/1.35 "DejaVu Sans", sans-serif; margin: 14px; color: #1d2733; background: #fff; }
table { border-collapse: collapse; }
th { text-align: left; border-bottom: 2px solid #1d2733; padding: 4px 9px; }
td { border-bottom: 1px solid #d5dbe1; padding: 4px 9px; vertical-align: top; }
td.value { text-align: right; font-variant-numeric: tabular-nums; }
tr.kind td { background: #eef3f7; font-weight: bold; border-bottom: 0; padding-top: 8px; }
.conflict, .inconsistent { color: #b3261e; font-weight: bold; } .agree, .consistent { color: #1b6e3c; }
"""


def rows(table: pd.DataFrame) -> pd.DataFrame:
    """A few rows of each kind that both languages have: the first, and those to be looked at."""
    both = table[table.languages == "ms,nl"]
    parts = [
        both[both.kind == "organisation"].head(4),
        both[both.kind == "reference"].head(3),
        both[both.agreement == "conflict"].head(2),
        both[(both.kind == "statistic") & both.check.eq("inconsistent")].head(2),
        both[both.value_kind.eq("ratio") & both.check.eq("consistent")].head(1),
        both[(both.kind == "statistic") & both.qualifier.notna()].head(2),
    ]
    return pd.concat(parts).drop_duplicates("canonical_id")


def cell(name: str, value: object) -> str:
    """One cell as HTML."""
    text = "" if pd.isna(value) else f"{value:,.15g}" if isinstance(value, float) else str(value)
    return f'<td class="{name} {html.escape(text)}">{html.escape(text)}</td>'


def page(table: pd.DataFrame) -> str:
    """The rows as an HTML page."""
    lines = ["<tr>" + "".join(f"<th>{c}</th>" for c in COLUMNS) + "</tr>"]
    for kind, group in table.groupby("kind", sort=False):
        lines.append(f'<tr class="kind"><td colspan="{len(COLUMNS)}">{kind}</td></tr>')
        for row in group.to_dict("records"):
            lines.append("<tr>" + "".join(cell(c, row[c]) for c in COLUMNS) + "</tr>")
    return f"<meta charset='utf-8'><style>{STYLE}</style><table>{''.join(lines)}</table>"


def main() -> None:
    """Read the samples, draw the rows, take the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--height", type=int, default=1060)
    options = parser.parse_args()
    table = pipeline.load().run(ROOT / "corpus" / "articles").table
    picture = ROOT / "docs" / "table.png"
    screenshot(
        page(rows(table)), picture, width=1500, height=options.height, browser=options.browser
    )


if __name__ == "__main__":
    main()
