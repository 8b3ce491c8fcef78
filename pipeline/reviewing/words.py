"""Judgements as the lines of a user's lexicon, for ``selaras run --lexicon``: corrections, and rows
that are no body.

Every line is put to the reader of lexicons before it is written, so that the file is taken as a
whole; a correction that a lexicon cannot say is named with the reason, and stays a judgement.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.normalise.lexicon import bare_words
from pipeline.normalise.references import number_at
from pipeline.records import Organisation
from pipeline.reviewing import forms
from pipeline.reviewing.judgements import Judgement, Wording
from pipeline.run.outputs import FORMULA
from pipeline.user_lexicon.read import COLUMNS, KINDS, Cells, checked

NAME = "lexicon.csv"
_IN_STORY = re.compile(r"(?:^|/)in-story-")
_ONLY_FOR_GOLD = "a lexicon says nothing of values and borders"
_DAY = len("2024-12-26")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that could not be written: ``what`` it is, and the ``reason``."""

    what: str
    reason: str


class _Unsayable(ValueError):
    """Why a lexicon has no line for a correction."""


def _line(kind: str, text: str, identity: str, **more: str) -> Cells:
    said = {"kind": kind, "text": text, "id": identity, **more}
    # No spreadsheet shall run a cell, and the reader of lexicons takes no apostrophe for it.
    return {name: said.get(name, "").lstrip("".join(FORMULA) + " ") for name in COLUMNS}


def _plain(judgement: Judgement, *names: str) -> dict[str, str]:
    """What a correction says of ``names``; a value that is said to be none is no line's."""
    said = {name: judgement.right.get(name, "") for name in names}
    return {name: "" if value == forms.NONE else value for name, value in said.items()}


def _names(judgement: Judgement) -> list[Cells]:
    if not judgement.wordings:
        raise _Unsayable("each of its wordings stands for other bodies too")
    more = _plain(judgement, "label", "place")
    return [
        _line("name", text, judgement.right["id"], language=language, **more)
        for language, text in judgement.wordings
    ]


def _of_organisation(judgement: Judgement) -> list[Cells]:
    if judgement.way == "place":
        right = judgement.right
        return [_line("place", right["text"], right["id"], **_plain(judgement, "label", "place"))]
    if not _plain(judgement, "id")["id"]:
        raise _Unsayable(_ONLY_FOR_GOLD)
    if judgement.way == "same" and not _IN_STORY.search(judgement.canonical_id):
        return [_line("same", judgement.canonical_id, judgement.right["id"])]
    return _names(judgement)


def _of_reference(judgement: Judgement) -> list[Cells]:
    said = _plain(judgement, "id", "label", "date", "text", "language")
    if judgement.unit != forms.ROW:
        said |= {"text": "", "language": ""}
    number = number_at(said["id"], 0, announced=True) if said["id"] else None
    if number is None or number.canonical != said["id"]:
        raise _Unsayable("a lexicon has documents by their whole number")
    date = said["date"] if len(said["date"]) == _DAY else ""
    if not (said["label"] or date or said["text"]):
        raise _Unsayable(
            "a lexicon knows a document by its day or by a word of its subject; neither is said"
        )
    return [
        _line(
            "document",
            said["text"],
            said["id"],
            language=said["language"],
            label=said["label"],
            date=date,
        )
    ]


def _of_statistic(judgement: Judgement) -> list[Cells]:
    said = _plain(judgement, "id", "label")
    if not said["id"]:
        raise _Unsayable(_ONLY_FOR_GOLD)
    if not judgement.wordings:
        raise _Unsayable("no words of its own tell what it counts")
    return [
        _line("unit", text, said["id"], language=language, label=said["label"])
        for language, text in judgement.wordings
    ]


def is_no_body(judgement: Judgement) -> bool:
    """Whether a row is judged to be no body at all."""
    return (
        (judgement.unit, judgement.kind) == (forms.ROW, Organisation.kind)
        and judgement.verdict == forms.WRONG
        and judgement.sort == forms.NOTHING
    )


def compared(wording: Wording) -> tuple[str, tuple[str, ...]]:
    """The language of a wording and its words as a lexicon compares them."""
    language, text = wording
    return language, bare_words(text, language)


def no_bodies(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The judgements that rows are no body, but for those of a row that is judged to be one since,
    as another run has it."""
    given = [j for j in judgements if j.verdict != forms.SKIPPED]
    last = {(j.unit, j.kind, j.canonical_id): j for j in given}
    return [j for j in given if is_no_body(j) and is_no_body(last[j.unit, j.kind, j.canonical_id])]


def _none(wording: Wording, bodies: Iterable[str]) -> Cells:
    """The line for a wording of no body; ``bodies`` are the ids of those that have it."""
    language, text = wording
    line = _line("none", text, "", language=language)
    if line["text"] != text:
        raise _Unsayable("begins with a sign that a spreadsheet takes for a formula")
    if others := sorted(bodies):
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise _Unsayable(f"is what {others[0]}{more} is called too, not judged to be none")
    return line


def lines(judgement: Judgement) -> list[Cells]:
    """The lines that a correction becomes. Raises ``ValueError`` when there is none."""
    of = {
        "organisation": _of_organisation,
        "reference": _of_reference,
        "statistic": _of_statistic,
    }
    return of[judgement.kind](judgement)


def refusal(judgement: Judgement, others: Iterable[Judgement]) -> str | None:
    """Why the lines of a new correction cannot be, whatever the ``others`` say but for places."""
    try:
        own = lines(judgement)
    except _Unsayable:
        said = _plain(judgement, "id", "label", "place")
        if judgement.kind != "organisation" or not said["id"]:
            return None
        # No line will be made of it, but what it says of a body must be possible all the same.
        own = [_line("name", "xx", said["id"], label=said["label"], place=said["place"])]
    places = [line for other in others for line in _quietly(other) if line["kind"] == "place"]
    _, refused = checked([*places, *own])
    return next((reason for line, reason in refused if line in own), None)


def _quietly(judgement: Judgement) -> list[Cells]:
    try:
        return lines(judgement) if judgement.verdict == forms.CORRECTED else []
    except _Unsayable:
        return []


def shown(judgement: Judgement) -> str:
    """A judgement in a few words."""
    what = judgement.text or judgement.canonical_id
    where = f" ({judgement.path} at {judgement.start})" if judgement.path else ""
    return f"{judgement.kind} {what!r}{where}"


def lexicon(
    judgements: Iterable[Judgement], called: Mapping[tuple[str, tuple[str, ...]], Collection[str]]
) -> tuple[list[Cells], list[LeftOut]]:
    """The lines of the lexicon that corrections make, and rows that are no body, sorted, and what
    is not in it.

    ``called`` has the ids of the bodies that are worded by what is ``compared`` of the rows that
    are no body: a wording that one has that is not among these rows is in no line. Of judgements
    that contradict one another the last given holds.
    """
    judgements = list(judgements)
    nones = no_bodies(judgements)
    none_ids, none_keys = {j.canonical_id for j in nones}, {j.key for j in nones}
    said: set[tuple[str, tuple[str, ...]]] = set()
    wanted: list[tuple[Cells, Judgement]] = []
    left: list[LeftOut] = []
    for judgement in reversed(judgements):
        try:
            if judgement.verdict == forms.CORRECTED:
                wanted += ((line, judgement) for line in lines(judgement))
        except _Unsayable as error:
            left.append(LeftOut(shown(judgement), str(error)))
        for wording in judgement.wordings if judgement.key in none_keys else ():
            if compared(wording) in said:
                continue  # otherwise written alone
            try:
                others = set(called.get(compared(wording), ())) - none_ids
                wanted.append((_none(wording, others), judgement))
                said.add(compared(wording))
            except _Unsayable as error:
                left.append(LeftOut(f"{shown(judgement)}: {wording[1]!r}", str(error)))
    kept, refused = checked(line for line, _ in wanted)
    for line, reason in refused:
        of = next(judgement for other, judgement in wanted if other is line)
        left.append(LeftOut(f"{shown(of)}: {line['kind']} {line['text']!r}", reason))
    return list(_in_order(kept)), left


def _in_order(kept: list[Cells]) -> Iterator[Cells]:
    """Places in the order in which one may lie in another, then all else sorted, each once."""
    known: set[tuple[str, ...]] = set()
    order = {kind: i for i, kind in enumerate(KINDS)}

    def key(line: Cells) -> tuple[int, str, str, str]:
        return order[line["kind"]], line["id"], line["language"], line["text"]

    places = [line for line in kept if line["kind"] == "place"]
    for line in [*places, *sorted((k for k in kept if k["kind"] != "place"), key=key)]:
        if (cells := tuple(line.values())) not in known:
            known.add(cells)
            yield line


def as_text(kept: Iterable[Cells]) -> str:
    """The file with these lines."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    return text.getvalue()
