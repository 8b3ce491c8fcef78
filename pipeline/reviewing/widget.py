"""A review in a notebook: the same sample, judgements and files as in a terminal, with buttons.

It stands on ipywidgets, of the extra ``notebooks``. Nothing of an article is markup here: every
text is escaped before it is shown.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ipywidgets as widgets

from pipeline.explanation import Row
from pipeline.reviewing import forms
from pipeline.reviewing.forms import CorrectionError, Field, Way
from pipeline.reviewing.review import Item, Review, Written
from pipeline.reviewing.tables import summary_tables
from pipeline.reviewing.terminal import worded
from pipeline.run.outputs import OutputError
from pipeline.terminal import counted, printable

_FULL = {"width": "100%", "max_width": "60em"}
_COUNTS = ("languages", "stories", "articles", "mentions", "score")
_ELSEWHERE = frozenset(
    {"kind", "canonical_id", "label", "example", "example_path", "reason", *_COUNTS}
)
_OF_MENTION = (
    *("value", "of", "to", "value_kind", "currency", "qualifier", "change", "unit"),
    "reference_date",
)
_AS_IS = "(as it is)"


def _plain(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else printable(str(value))


def _safe(value: object) -> str:
    """A value as HTML that shows it and does nothing."""
    return html.escape(_plain(value), quote=True)


def _sentence(mention: Row) -> str:
    """The sentence with the mention marked."""
    sentence = mention["sentence"]
    start = min(max(mention["start"] - mention["sentence_start"], 0), len(sentence))
    end = min(max(mention["end"] - mention["sentence_start"], start), len(sentence))
    marked = f"<mark>{_safe(sentence[start:end])}</mark>"
    return f"{_safe(sentence[:start])}{marked}{_safe(sentence[end:])}"


def _values(pairs: Iterable[tuple[str, object]]) -> str:
    rows = "".join(
        f'<tr><td style="text-align:left;opacity:.6;padding-right:1em">{_safe(name)}</td>'
        f'<td style="text-align:left">{_safe(value)}</td></tr>'
        for name, value in pairs
        if value is not None and value is not False
    )
    return f'<table style="line-height:1.4">{rows}</table>'


def _heading(item: Item) -> str:
    label = item.row.get("label")
    said = f"<b>{_safe(label)}</b><br>" if label else ""
    return f"<p>{said}{_safe(item.kind)} <code>{_safe(item.canonical_id)}</code></p>"


def _where(row: Row) -> str:
    said = [f"<b>{_safe(row['path'])}</b>", _safe(row.get("language") or "")]
    if row.get("title"):
        said.append(f"<i>{_safe(row['title'])}</i>")
    return f'<p style="margin-bottom:0">{" ".join(said)}</p>'


def _sentences(mentions: Sequence[Row]) -> str:
    pieces, path = [], None
    for mention in mentions:
        if mention["path"] != path:
            path = mention["path"]
            pieces.append(_where(mention))
        pieces.append(f'<p style="margin:.3em 0 .3em 1.5em">{_sentence(mention)}</p>')
    return "".join(pieces)


def summary_html(said: dict[str, Any]) -> str:
    """What ``Review.summary`` says, as tables."""
    pieces = []
    for table in summary_tables(said):
        pieces.append(_table(table.title, table.names, table.lines))
        pieces.append(f"<p>{_safe(table.note)}</p>" if table.note else "")
    stale = said["changed"] + said["gone"]
    if stale:
        pieces.append(f"<p>{counted(stale, 'judgement')} of another run not counted</p>")
    return "".join(pieces)


def _table(title: str, names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    def cells(tag: str, values: Sequence[str]) -> str:
        return "".join(
            f'<{tag} style="text-align:{"left" if i == 0 else "right"};padding:0 .8em 0 0">'
            f"{_safe(value)}</{tag}>"
            for i, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', line)}</tr>" for line in lines)
    head = f'<caption style="text-align:left"><b>{_safe(title)}</b></caption>'
    return f'<table style="line-height:1.4">{head}<tr>{cells("th", names)}</tr>{body}</table>'


def written_html(written: Written) -> str:
    """The files that were written, and what is not in them."""
    said = [f"{written.lexicon}: {written.lines} for lexicon="] if written.lexicon else []
    said += [f"{path}: gold" for path in written.gold]
    said += [f"not in the lexicon: {left.what}: {left.reason}" for left in written.left_out]
    said += [f"not in the gold: {left.what}: {left.reason}" for left in written.not_gold]
    said = said or ["no corrections and no whole articles: nothing to write"]
    return "<br>".join(map(_safe, said))


class Reviewer:
    """A review with buttons. The last line of a cell shows it; ``review`` is its core.

    ``box`` is the widget, of which ``right``, ``wrong``, ``corrected``, ``skip``, ``back``,
    ``more`` and ``write`` are buttons, ``save`` and ``cancel`` those of a form, whose fields are in
    ``fields`` by name.
    """

    def __init__(self, review: Review) -> None:
        """Show the first item that is to be judged."""
        review.judgements.check_writable()
        self.review = review
        self._position: int | None = review.next(0)
        self._every = False
        self._save: Callable[[], bool] | None = None
        self.progress = widgets.IntProgress(
            min=0, max=max(len(review.items), 1), layout={"width": "70%"}
        )
        self.state = widgets.HTML()
        self.shown = widgets.HTML(layout=_FULL)
        self.error = widgets.HTML()
        self.result = widgets.HTML(layout=_FULL)
        self.fields: dict[str, Any] = {}
        self.wordings: Any = None
        self.right = self._button("Right", lambda: self._judged(forms.RIGHT), "success")
        self.wrong = self._button("Wrong", self._ask_sort, "danger")
        self.corrected = self._button("Corrected …", self._ask_way, "warning")
        self.skip = self._button("Skip", lambda: self._judged(forms.SKIPPED))
        self.back = self._button("Back", self._go_back)
        self.more = self._button("All sentences", self._show_every)
        self.drop = self._button("Drop the last added", self._take_back)
        self.write = self._button("Write corrections", self._write)
        self.save = self._button("Save", self._save_form, "primary")
        self.cancel = self._button("Cancel", self._close_form)
        self.choice = widgets.Dropdown(layout=_FULL)
        self.choice.observe(lambda _: self._fill(), names="value")
        self._chosen: Callable[[], None] | None = None
        self.form = widgets.VBox()
        self.buttons = widgets.HBox(layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox(
            [
                widgets.HBox([self.progress, self.state], layout={"flex_flow": "row wrap"}),
                self.shown,
                self.buttons,
                self.form,
                self.error,
                self.result,
            ]
        )
        self._show()

    def _repr_mimebundle_(self, **how: Any) -> Any:
        """What a notebook shows."""
        return self.box._repr_mimebundle_(**how)

    @property
    def item(self) -> Item | None:
        """What is to be judged now; ``None`` when all is."""
        return None if self._position is None else self.review.items[self._position]

    def _button(self, says: str, does: Callable[[], None], style: str = "") -> Any:
        button = widgets.Button(
            description=says, button_style=style, layout={"width": "auto", "min_width": "7em"}
        )

        def clicked(_: Any) -> None:
            self.error.value = ""
            try:
                does()
            except (CorrectionError, OutputError) as error:
                self.error.value = f"<b>{_safe(error)}</b>"

        button.on_click(clicked)
        return button

    # Showing.

    def _show(self) -> None:
        """Show the item of now, how far it is, and how precise the table is so far."""
        self._close_form()
        review, item = self.review, self.item
        said = review.summary()
        done = sum(map(review.is_done, review.items))
        self.progress.value = done
        self.state.value = f"{done} of {len(review.items)} judged"
        self.result.value = summary_html(said)
        self.right.description = "Right"
        if item is None:
            self.shown.value = "<p>All of this sample is judged; a larger one goes on.</p>"
            self.buttons.children = [self.back, self.write] if review.items else []
            return
        buttons = [self.right, self.wrong, self.corrected, self.skip, self.back]
        self.corrected.description = "Corrected …"
        if item.unit == forms.ARTICLE:
            self.right.description, self.corrected.description = "All is marked", "Add missed …"
            buttons.remove(self.wrong)
            buttons += [self.drop] if review.missed(item) else []
            self.shown.value = self._article(item)
        else:
            mentions = review.mentions(item, self._every)
            names = _OF_MENTION if item.unit == forms.MENTION else list(item.row)
            values = [(n, item.row[n]) for n in names if n not in _ELSEWHERE]
            if item.unit == forms.ROW:
                counts = ", ".join(f"{n} {_plain(item.row[n])}" for n in _COUNTS)
                values.append(("counts", counts))
            self.shown.value = _heading(item) + _values(values) + _sentences(mentions)
            if item.unit == forms.ROW and item.row["mentions"] > len(mentions):
                self.shown.value += (
                    f"<p>{len(mentions)} of {item.row['mentions']} sentences, drawn</p>"
                )
                buttons.append(self.more)
        before = review.judgement(item)
        if before is not None:
            self.shown.value += f"<p><i>judged before: {_safe(before.verdict)}</i></p>"
        self.buttons.children = [*buttons, self.write]

    def _article(self, item: Item) -> str:
        text, position = item.article["text"], 0
        pieces = []

        def plain(piece: str) -> str:
            return "<br>".join(_safe(line) for line in piece.split("\n"))

        for start, end in sorted(self.review.taken(item)):
            if start >= position:
                pieces += [plain(text[position:start]), f"<mark>{_safe(text[start:end])}</mark>"]
                position = end
        pieces.append(plain(text[position:]))
        return f"{_where(item.article)}<p>{''.join(pieces)}</p>"

    def _show_every(self) -> None:
        self._every = True
        self._show()

    # Answering.

    def _judged(self, verdict: str, **more: Any) -> None:
        if self.item is not None and self._position is not None:
            self.review.judge(self.item, verdict, **more)
            self._ahead()

    def _ahead(self) -> None:
        self._position = self.review.next((self._position or 0) + 1)
        self._every = False
        self._show()

    def _go_back(self) -> None:
        last = len(self.review.items)
        self._position = max(0, (last if self._position is None else self._position) - 1)
        self._every = False
        self._show()

    def _take_back(self) -> None:
        if self.item is not None:
            self.review.take_back(self.item)
            self._show()

    def _write(self) -> None:
        written = self.review.write()
        self.result.value = summary_html(self.review.summary()) + written_html(written)

    # Forms.

    def _open(self, options: Sequence[tuple[str, str]], filled: Callable[[], None]) -> None:
        """Ask for one of ``options``; ``filled`` makes the fields that it has."""
        self._chosen = None
        self.choice.options = [(says, name) for name, says in options]
        self.choice.value = options[0][0]
        self._chosen = filled
        self._fill()

    def _fill(self) -> None:
        if self._chosen is not None:
            self._chosen()

    def _close_form(self) -> None:
        self._save = self._chosen = None
        self.form.children = []
        self.fields, self.wordings = {}, None

    def _save_form(self) -> None:
        if self._save is not None:
            self._save()

    def _ask_sort(self) -> None:
        item = self.item
        if item is None:
            return

        def filled() -> None:
            self.form.children = [self.choice, widgets.HBox([self.save, self.cancel])]

        def save() -> bool:
            self._judged(forms.WRONG, sort=self.choice.value, every=self._every)
            return True

        self._open(forms.sorts(item.kind), filled)
        self._save = save

    def _ask_way(self) -> None:
        item = self.item
        if item is None:
            return
        ways = forms.ways(item.unit, item.kind)

        def way() -> Way:
            return next(w for w in ways if w.name == self.choice.value)

        def filled() -> None:
            self._fields_of(item, way())

        def save() -> bool:
            right = {name: widget.value for name, widget in self.fields.items()}
            if item.unit == forms.ARTICLE:
                self.review.miss(item, way().name, right)
                self._show()
                return True
            chosen = list(self.wordings.value) if self.wordings is not None else None
            self._judged(forms.CORRECTED, way=way().name, right=right, wordings=chosen or None)
            return True

        self._open([(w.name, w.says) for w in ways], filled)
        self._save = save

    def _fields_of(self, item: Item, way: Way) -> None:
        self.fields = {field.name: self._field(field) for field in way.fields}
        self.wordings = None
        if way.wordings:
            known = self.review.wordings(item)
            self.wordings = widgets.SelectMultiple(
                options=[(worded(w), (w.language, w.text)) for w in known],
                description="wordings",
                rows=min(max(len(known), 2), 8),
                layout=_FULL,
            )
            self.wordings.value = [(w.language, w.text) for w in known if not w.others][
                : None if way.wordings == "some" else 1
            ]
        asked = [
            widgets.VBox([widgets.Label(field.says), self.fields[field.name]])
            for field in way.fields
        ]
        given = [self.wordings] if self.wordings is not None else []
        buttons = widgets.HBox([self.save, self.cancel])
        self.form.children = [self.choice, *given, *asked, buttons]

    def _field(self, field: Field) -> Any:
        if field.choices:
            options = [(_AS_IS, ""), *((c, c) for c in field.choices)]
            if forms.may_lack(field):
                options.append(("none", forms.NONE))
            return widgets.Dropdown(options=options, value="", layout=_FULL)
        return widgets.Text(layout=_FULL)
