"""A review in a terminal: one key an answer. From a pipe the answers are lines instead."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import click
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from pipeline.explanation import show
from pipeline.reviewing import forms
from pipeline.reviewing.drawing import Worded
from pipeline.reviewing.forms import CorrectionError, Way
from pipeline.reviewing.judgements import Judgement
from pipeline.reviewing.review import Item, Review, Written
from pipeline.reviewing.tables import percent, summary_tables, within
from pipeline.terminal import counted, printable

termios: Any
try:
    import termios
except ModuleNotFoundError:  # Windows
    termios = None

_END, _ESCAPE = b"\x04", b"\x1b"
_KEYS = {
    "r": "right",
    "w": "wrong",
    "c": "corrected",
    "s": "skip",
    "b": "back",
    "m": "more sentences",
    "q": "quit",
    "?": "help",
}
_HELP = """\
right      every sentence shown bears the row out: it is that thing, with that value
wrong      one of them does not; you say what is wrong
corrected  it is wrong, and you say what is right
skip       you cannot tell: it counts on neither side and is asked again next time
back       the one before, to answer it anew
quit       every answer is saved already; the same command goes on"""
_HELP_MENTIONS = _HELP.replace(
    "every sentence shown bears the row out: it is that thing, with that value",
    "the words in brackets, neither more nor fewer, are that thing, with that value",
).replace("one of them does not; you say what is wrong", "they are not; you say what is wrong")
_LAST, _BACK = "q", "b"
_TITLE = {forms.ROW: "row", forms.MENTION: "mention", forms.ARTICLE: "article"}


class Left(Exception):
    """The reviewer has gone: there are no more answers."""


class _Cancelled(Exception):
    """A form that was left empty at its first question."""


class Answers:
    """What is typed: single keys on a terminal, lines from anything else."""

    def __init__(self, console: Console) -> None:
        """Ask on ``console``."""
        self._console = console
        self._keys = sys.stdin.isatty()
        self._lines: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext

    @contextmanager
    def session(self) -> Iterator[None]:
        """Take keys without the return key while the block lasts, those typed ahead too.

        ``click.getchar`` alone would drop what is typed between two questions.
        """
        if not self._keys or termios is None:
            yield
            return
        file = sys.stdin.fileno()
        before = termios.tcgetattr(file)
        keys = termios.tcgetattr(file)
        keys[3] &= ~(termios.ICANON | termios.ECHO)  # the local modes; Ctrl-C stays what it is

        @contextmanager
        def lines() -> Iterator[None]:
            termios.tcsetattr(file, termios.TCSADRAIN, before)
            try:
                yield
            finally:
                termios.tcsetattr(file, termios.TCSADRAIN, keys)

        self._lines = lines
        try:
            termios.tcsetattr(file, termios.TCSADRAIN, keys)
            yield
        finally:
            termios.tcsetattr(file, termios.TCSADRAIN, before)

    def _pressed(self) -> str:
        """One key; nothing for one that is no sign, such as an arrow."""
        if termios is None:
            try:
                return click.getchar()
            except EOFError:
                raise Left from None
        file = sys.stdin.fileno()
        said = os.read(file, 1)
        if said in (b"", _END):
            raise Left
        if said == _ESCAPE:
            while select.select([file], [], [], 0.05)[0]:
                if os.read(file, 1).isalpha():
                    break
            return ""
        return said.decode("ascii", "ignore")

    def _say(self, text: Text, end: str = "\n") -> None:
        self._console.print(text, end=end, soft_wrap=not self._console.is_terminal)

    def key(self, question: Text, known: Iterable[str]) -> str:
        """One of the ``known`` keys. Raises ``Left`` at the end of the input."""
        known = tuple(known)
        while True:
            self._say(question, " ")
            if self._keys:
                said = self._pressed().lower()
                said = said if said.isprintable() else ""
                self._say(Text(said))
            else:
                said = self._line()[:1].lower()
                self._say(Text(printable(said)))
            if said in known and said:
                return said
            if said.strip():
                self._say(
                    Text(f"no answer {printable(said)!r} here; press one of: ").append(
                        " ".join(known), style="bold"
                    )
                )

    def text(self, question: Text) -> str:
        """A line. Raises ``Left`` at the end of the input."""
        self._say(question, " ")
        if self._keys:
            with self._lines():
                return self._line().strip()
        said = self._line()
        self._say(Text(printable(said)))
        return said.strip()

    def _line(self) -> str:
        said = sys.stdin.readline()
        if not said:
            raise Left
        return said.rstrip("\r\n")


class Terminal:
    """Shows the items of a review and takes the answers."""

    def __init__(self, console: Console, review: Review) -> None:
        """Nothing is shown yet."""
        self._console = console
        self._review = review
        self._answers = Answers(console)

    def run(self) -> None:
        """Ask until all is judged or the reviewer has enough."""
        review = self._review
        if not review.items:
            self._line("there is nothing to judge")
            return
        position = review.next(0)
        done = sum(map(review.is_done, review.items))
        if position is None:
            self._line(f"all {len(review.items)} of this sample are judged; a larger one goes on")
        elif done:
            self._line(f"going on: {done} of {len(review.items)} are judged")
        try:
            with self._answers.session():
                while position is not None:
                    position = self._item(position)
        except Left:
            self._console.print()

    def _line(self, text: Text | str, indent: int = 0) -> None:
        show.line(self._console, text, indent)

    def _item(self, position: int) -> int | None:
        """Show and judge the item in a place; the place to go on at."""
        review, item = self._review, self._review.items[position]
        self._head(position, item)
        every = False
        while True:
            if item.unit == forms.ARTICLE:
                self._article(item)
            elif item.unit == forms.MENTION:
                self._mention(item)
            else:
                self._row(item, every)
            before = review.judgement(item)
            if before is not None:
                self._line(Text(f"judged before: {before.verdict}", style="dim"), 2)
            self._console.print()
            while True:
                asked = self._answers.key(*self._question(item, every))
                if asked == "?":
                    self._help(item)
                    continue
                if asked == _LAST:
                    raise Left
                if asked == _BACK:
                    if position:
                        return position - 1
                    self._line("this is the first")
                    continue
                if asked == "m":
                    every = True
                    break
                if self._judged(item, asked, every):
                    return self._ahead(position)

    def _ahead(self, position: int) -> int | None:
        """The next that is to be judged behind a place; what was skipped is not asked again now."""
        return self._review.next(position + 1)

    def _question(self, item: Item, every: bool) -> tuple[Text, list[str]]:
        if item.unit == forms.ARTICLE:
            keys = {"y": "yes, all is marked", "a": "add what was missed"}
            if self._review.missed(item):
                keys["d"] = "drop the last added"
            keys |= {k: _KEYS[k] for k in "sbq"}
            text = Text("Is every body, document and figure in brackets? ", style="bold")
        else:
            keys = dict(_KEYS)
            if (
                every
                or item.unit == forms.MENTION
                or item.row["mentions"] <= self._review.sentences
            ):
                del keys["m"]
            text = Text()
        for i, (key, says) in enumerate(keys.items()):
            text.append("  " if i else "").append(key, style="bold reverse")
            text.append(f" {says}", style="not bold")
        return text.append(" >", style="dim"), list(keys)

    def _help(self, item: Item) -> None:
        self._console.print()
        for said in (_HELP_MENTIONS if item.unit == forms.MENTION else _HELP).splitlines():
            self._line(said, 2)
        self._console.print()

    # Showing.

    def _head(self, position: int, item: Item) -> None:
        said = f"{_TITLE[item.unit]}: {position + 1} of {len(self._review.items)}"
        so_far = self._so_far(item)
        self._console.print()
        self._console.print(Rule(Text(said + (f"   {so_far}" if so_far else "")), align="left"))

    def _so_far(self, item: Item) -> str:
        if item.unit != forms.ROW:
            return ""
        among = item.stratum.partition(": ")[2]
        for said in self._review.summary()["rows"]:
            together = said["together"]
            if said["among"] == among and together["judged"]:
                return f"so far {percent(together['precision'])} right ({within(together)})"
        return ""

    def _row(self, item: Item, every: bool) -> None:
        show.show_row(self._console, item.row)
        path, shown = None, 0
        for mention in self._review.mentions(item, every):
            if mention["path"] != path:
                path = mention["path"]
                self._console.print()
                show.show_article(self._console, mention)
            show.show_mention(self._console, mention)
            shown += 1
        if item.row["mentions"] > shown:
            self._line(f"… drawn from {item.row['mentions']} sentences; m shows all of them", 2)

    def _mention(self, item: Item) -> None:
        (mention,) = self._review.mentions(item)
        show.show_article(self._console, mention)
        show.show_mention(self._console, mention)
        said = Text(item.kind, style="dim").append(f"  {printable(item.canonical_id)}", "bold")
        label = item.row["label"]
        self._line(said.append(f"  {printable(label)}" if label else "", "not bold"), 4)
        values = [
            f"{name} {value:.15g}" if isinstance(value, float) else f"{name} {printable(value)}"
            for name in (
                *("value", "of", "to", "value_kind", "currency", "qualifier", "change"),
                *("unit", "reference_date"),
            )
            if (value := item.row[name]) is not None
        ]
        if values:
            self._line(", ".join(values), 4)

    def _article(self, item: Item) -> None:
        """The whole article with all that is tagged in brackets."""
        said = {name: value for name, value in item.article.items() if value is not None}
        if "published" in said:
            said["published"] = said["published"].isoformat()
        show.show_article(self._console, said)
        text, position = item.article["text"], 0
        marked = Text()
        for start, end in sorted(self._review.taken(item)):
            if start < position:
                continue
            marked.append(_lines(text[position:start]))
            marked.append(f"[{printable(text[start:end])}]", style="bold reverse")
            position = end
        marked.append(_lines(text[position:]))
        for line in marked.split("\n", allow_blank=True):
            self._line(line, 4)
        for missed in self._review.missed(item):
            self._line(f"added: {_short(missed)}", 2)

    # Asking.

    def _judged(self, item: Item, asked: str, every: bool) -> bool:
        """Whether an answer was given and saved."""
        review = self._review
        if asked == "a":
            self._form(item, forms.ways(forms.ARTICLE, ""), adding=True)
            self._article(item)
            self._console.print()
            return False
        if asked == "d":
            if dropped := review.take_back(item):
                self._line(f"dropped: {_short(dropped)}")
            return False
        if asked == "w":
            sort = self._choose("what is wrong?", forms.sorts(item.kind))
            if sort is None:
                return False
            review.judge(item, forms.WRONG, sort=sort, every=every)
            return True
        if asked == "c":
            return self._form(item, forms.ways(item.unit, item.kind))
        verdict = forms.SKIPPED if asked == "s" else forms.RIGHT
        review.judge(item, verdict)
        return True

    def _choose(self, question: str, options: Sequence[tuple[str, str]]) -> str | None:
        """The name of the option with the digit that is pressed; ``None`` for none of them."""
        self._line(question)
        for i, (_, says) in enumerate(options, 1):
            self._line(Text(f"{i}", style="bold reverse").append(f" {says}", "not bold"), 2)
        keys = [str(i) for i in range(1, len(options) + 1)]
        question_ = Text("0", style="bold reverse").append(" none of these >", "not bold")
        said = self._answers.key(question_, [*keys, "0"])
        return None if said == "0" else options[int(said) - 1][0]

    def _form(self, item: Item, ways: Sequence[Way], adding: bool = False) -> bool:
        """Whether a correction was filled in and saved. A wrong answer is said and asked anew."""
        name: str | None = ways[0].name
        if len(ways) > 1:
            said = [(way.name, way.says) for way in ways]
            name = self._choose("what was missed?" if adding else "how?", said)
        way = next((w for w in ways if w.name == name), None)
        if way is None:
            return False
        while True:
            try:
                wordings = self._wordings(item, way)
                right = self._fields(way)
                if adding:
                    made = self._review.miss(item, way.name, right)
                    self._line(f"added {len(made)} times" if len(made) > 1 else "added")
                else:
                    self._review.judge(
                        item, forms.CORRECTED, way=way.name, right=right, wordings=wordings
                    )
                return True
            except CorrectionError as error:
                self._line(Text(printable(str(error)), style="bold"), 2)
            except _Cancelled:
                self._line("nothing is changed")
                return False

    def _fields(self, way: Way) -> dict[str, str]:
        """The answers to the fields; an empty one to the first that is needed leaves the form."""
        right: dict[str, str] = {}
        if not any(field.needed for field in way.fields):
            self._line(Text("empty: as it is; -: it has none", style="dim"), 2)
        for field in way.fields:
            says = field.says + (f" ({', '.join(field.choices)})" if field.choices else "")
            while True:
                said = self._answers.text(Text(f"  {says}:"))
                if field.needed and not said:
                    raise _Cancelled
                try:
                    right[field.name] = forms.answer(field, said)
                    break
                except CorrectionError as error:
                    self._line(Text(printable(str(error)), style="bold"), 2)
        if not any(right.values()):
            raise _Cancelled
        return right

    def _wordings(self, item: Item, way: Way) -> list[tuple[str, str]] | None:
        """The wordings that a correction is about, by their numbers."""
        if not way.wordings:
            return None
        known = self._review.wordings(item)
        for i, wording in enumerate(known, 1):
            self._line(f"{i} {worded(wording)}", 2)
        one = way.wordings == "one"
        question = (
            "number of the wording"
            if one
            else "numbers of those that mean it alone, empty for all that nothing else here has"
        )
        said = self._answers.text(Text(f"  {question}:"))
        numbers = said.replace(",", " ").split()
        if not numbers:
            if one:
                raise _Cancelled
            return None
        if not all(n.isascii() and n.isdigit() and 0 < int(n) <= len(known) for n in numbers):
            raise CorrectionError(f"write numbers from 1 to {len(known)}")
        return [(known[int(n) - 1].language, known[int(n) - 1].text) for n in numbers]


def worded(wording: Worded) -> str:
    """A wording with its language, its number, and what it stands for besides."""
    said = f"{wording.language}  {printable(wording.text)}  ({wording.mentions})"
    if wording.others:
        said += f", also {', '.join(map(printable, wording.others[:3]))}"
        said += ", …" if len(wording.others) > 3 else ""
    return said


def _lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


def _short(judgement: Judgement) -> str:
    what = judgement.right.get("id") or judgement.right.get("value", "")
    return printable(f"{judgement.text} = {what}")


# After a review, or instead of one.


def show_summary(console: Console, said: dict[str, Any]) -> None:
    """What ``Review.summary`` says, as tables."""
    for found in summary_tables(said):
        table = Table(
            title=found.title, title_justify="left", title_style="bold", box=None, pad_edge=False
        )
        for i, column in enumerate(found.names):
            table.add_column(column, justify="left" if i == 0 else "right")
        for line in found.lines:
            table.add_row(*line)
        console.print()
        console.print(table)
        if found.note:
            show.line(console, found.note)
    articles = said["articles"]
    if articles["begun"]:
        console.print()
        show.line(
            console,
            f"{counted(articles['begun'], 'article')} begun: counted when all in it is judged",
        )
    if said["sorts"]:
        console.print()
        wrong = {name: says for name, _, says in forms.SORTS}
        for name, number in said["sorts"].items():
            show.line(console, f"{number} wrong: {wrong.get(name, printable(name))}")
    _notes(console, said)


def _notes(console: Console, said: dict[str, Any]) -> None:
    notes = []
    if any(rows["together"]["judged"] for rows in said["rows"]) or said["articles"]["reviewed"]:
        notes.append(
            f"{said['confidence']:.0%} score intervals (Wilson 1927); corrected ones count as wrong"
        )
    if any(len([k for k in r["kinds"] if k["judged"]]) > 1 for r in said["rows"]):
        notes.append(
            "together: each kind weighs as many rows as the table has of it, not as were judged"
        )
    if any(not all(k["judged"] for k in r["kinds"]) for r in said["rows"]):
        notes.append("together is of the kinds alone of which some are judged")
    if not notes:
        notes.append("nothing is judged of this run yet")
    for name, what in (
        ("changed", "things that this run has otherwise"),
        ("gone", "rows that this run has not"),
    ):
        if said[name]:
            notes.append(
                f"{counted(said[name], 'judgement')} of another run not counted: of {what}"
            )
    console.print()
    for note in notes:
        show.line(console, Text(note, style="dim"))


def show_written(console: Console, written: Written) -> None:
    """The files that a review made, and what is not in them."""
    if written.lexicon:
        lines = counted(written.lines, "line")
        show.line(console, f"{printable(str(written.lexicon))}: {lines} for --lexicon")
    for path in written.gold:
        show.line(console, f"{printable(str(path))}: gold")
    for left, where in ((written.left_out, "lexicon"), (written.not_gold, "gold")):
        for one in left:
            show.line(console, printable(f"not in the {where}: {one.what}: {one.reason}"))
    if not (written.lexicon or written.gold or written.left_out or written.not_gold):
        show.line(console, "no corrections and no whole articles: nothing to write")
