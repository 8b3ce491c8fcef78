"""How results show themselves in Jupyter: as HTML that needs nothing from elsewhere."""

from __future__ import annotations

import dataclasses
import html
import importlib.util
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.display.marks import legend, marked
from pipeline.display.normal_form import number, said

if TYPE_CHECKING:
    from pipeline.reading import Reading
    from pipeline.results import Explanation, Result

# The columns that a reader looks at first; all others are in the frame.
_FIRST = ("kind", "label")
_THEN = (
    "value",
    "of",
    "unit_id",
    "period_start",
    "period_end",
    "organisation_id",
    "agreement",
    "check",
    "stories",
    "mentions",
    "canonical_id",
)
_NUMBERS = frozenset({"value", "of", "stories", "mentions"})
_LISTED = 10  # failures
_SHOWN = "2MB"  # of a table in a notebook
_ROWS = 1000  # of a table that itables does not show
_MOST = 20_000  # rows that itables is given; it shows as many of them as it has room for
# The table has the background of what it stands in, be that light or dark.
_THEME = "--dt-html-background:transparent"
_LEFT = "text-align:left;vertical-align:top;white-space:normal"
# Dollar signs in an article are no formulas.
_PLAIN = 'class="tex2jax_ignore mathjax_ignore"'


def _escaped(value: object) -> str:
    return html.escape(str(value))


def reading_html(reading: Reading) -> str:
    """An article with its marks, under its title."""
    article = reading.article
    # A text that was typed has no path.
    path = "" if article.path == "-" else article.path
    said = [path, article.language, article.published, article.source_url]
    heading = " · ".join(_escaped(value) for value in said if value)
    pieces = [f"<div {_PLAIN}>"]
    if article.title:
        pieces.append(f"<h4>{_escaped(article.title)}</h4>")
    pieces.append(f"<p><small>{heading}</small></p>")
    if article.status != "ok":
        pieces.append(f"<p><b>{_escaped(article.status)}</b>: {_escaped(article.reason)}</p>")
    else:
        pieces.append(f"<p><small>{legend()}</small></p>")
    mentions = ({"kind": m.kind, **dataclasses.asdict(m)} for m in reading.mentions)
    pieces.append(
        f'<div style="white-space:pre-wrap;max-width:50em">{marked(article.text, mentions)}</div>'
    )
    return "\n".join([*pieces, "</div>"])


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]  # all columns have names


def _link(row: Mapping[str, Any]) -> str:
    """The article of a sentence, by its title or path; an address of the web leads there."""
    name = _escaped(row["title"] if said(row["title"]) else row["path"])
    address = str(row["source_url"]) if said(row["source_url"]) else ""
    if address.lower().startswith(("https://", "http://")):
        name = f'<a href="{_escaped(address)}" rel="noopener noreferrer">{name}</a>'
    return f"{name} · {_escaped(row['published'])}" if said(row["published"]) else name


def explanation_html(explanation: Explanation) -> str:
    """The sentences behind rows of the table: a line per story, a column per language."""
    pieces = [f"<div {_PLAIN}>"]
    languages = sorted(set(explanation.sentences.language))
    style = f"{_LEFT};width:{100 // max(len(languages), 1)}%"
    head = "".join(f'<th style="{_LEFT}">{_escaped(code)}</th>' for code in languages)
    for row in _rows(explanation.rows):
        own = explanation.sentences
        own = own[(own.kind == row["kind"]) & (own.canonical_id == row["canonical_id"])]
        agreement = f" · {row['agreement']}" if said(row["agreement"]) else ""
        name = row["label"] if said(row["label"]) else row["canonical_id"]
        pieces.append(f"<p><b>{_escaped(name)}</b>{_escaped(agreement)}<br>")
        pieces.append(f"<small><code>{_escaped(row['canonical_id'])}</code></small></p>")
        pieces.append(f"<table><tr>{head}</tr>")
        for _, story in own.groupby("story_id", sort=False, dropna=False):
            cells = []
            for code in languages:
                told = [
                    f"<p>{marked(one['sentence'], [row | one], one['sentence_start'])}<br>"
                    f"<small>{_link(one)}</small></p>"
                    for one in _rows(story[story.language == code])
                ]
                cells.append(f'<td style="{style}">{"".join(told)}</td>')
            pieces.append(f"<tr>{''.join(cells)}</tr>")
        pieces.append("</table>")
    return "\n".join([*pieces, "</div>"])


def _counted(values: pd.Series[Any]) -> str:
    counts = values.value_counts(sort=False)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return ", ".join(f"{n:,} {_escaped(name)}" for name, n in ordered) or "none"


def _failures(articles: pd.DataFrame) -> Iterable[str]:
    unread = articles[articles.status != "ok"]
    if not len(unread):
        return
    yield "<p>Not read:</p><ul>"
    for row in unread.head(_LISTED).itertuples():
        yield f"<li>{_escaped(row.path)}: {_escaped(row.status)}, {_escaped(row.reason)}</li>"
    if len(unread) > _LISTED:
        yield f"<li>… and {len(unread) - _LISTED:,} more, in <code>.articles</code></li>"
    yield "</ul>"


def _plain(table: pd.DataFrame) -> str:
    """A table without itables."""
    return table.to_html(index=False, na_rep="", notebook=True)


def _interactive(table: pd.DataFrame) -> str:
    """A table to sort and search, with the script that does it."""
    from itables import options, to_html_datatable
    from itables.javascript import generate_init_offline_itables_html

    script: str = generate_init_offline_itables_html(options.dt_bundle)
    markup: str = to_html_datatable(
        table,
        connected=False,
        maxBytes=_SHOWN,
        showIndex=False,
        allow_html=False,
        classes="display compact",
        # Jupyter puts all that is in a table on the right.
        columnDefs=[{"className": "dt-left", "targets": _of_text(table)}],
    )
    return f'{script}<div style="{_THEME}">{markup}</div>'


def _of_text(table: pd.DataFrame) -> list[int]:
    """Where the columns stand that hold no figures."""
    return [i for i, name in enumerate(table.columns) if name not in _NUMBERS]


def _cell(value: object) -> str:
    if isinstance(value, int | float) and said(value):
        return number(value)
    return str(value) if said(value) else ""


def table_html(table: pd.DataFrame, languages: Iterable[str]) -> str:
    """The columns of the cross-lingual table that are looked at first, to be sorted and searched
    where itables is installed; of a very long table the beginning, which says so."""
    names = [*_FIRST, *languages, *_THEN]
    show, most = (_interactive, _MOST) if importlib.util.find_spec("itables") else (_plain, _ROWS)
    first = table[[name for name in names if name in table]].head(most)
    rest = len(table) - len(first)
    more = f"<p>… and {rest:,} rows more, in <code>.table</code></p>" if rest else ""
    # As text, so that what nothing is said of is empty and not NaN; figures are sorted as such.
    return show(first.map(_cell).astype(object)) + more


def result_html(result: Result) -> str:
    """What a run found: counts, languages, what was not read, and the table."""
    articles, table = result.articles, result.table
    read = articles[articles.status == "ok"]
    rows = [
        ("articles", _counted(articles.status)),
        ("languages", _counted(read.language)),
        ("stories", f"{read.story_id.nunique():,}"),
        ("mentions", _counted(result.mentions.kind)),
        ("rows of the table", _counted(table.kind)),
        ("agreement", _counted(table.agreement)),
    ]
    lines = "".join(
        f'<tr><th style="text-align:left">{name}</th><td style="text-align:left">{said}</td></tr>'
        for name, said in rows
    )
    return "\n".join(
        [
            f"<div {_PLAIN}>",
            f"<table>{lines}</table>",
            *_failures(articles),
            table_html(table, result.languages),
            "</div>",
        ]
    )
