"""Which value digits have: what a point or comma means, number by number, and why.

The grouping pattern decides where it can. Where one sign before three digits can group
thousands or begin a fraction, the evidence is, in this order: the kind of figure, whether what is
counted can have a fraction, the figures beside it, the article's other numbers, and the
convention of the language.
"""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from pipeline.extract import numbers as nm
from pipeline.extract.amounts import Amount, Draft, Evidence, Sentence
from pipeline.extract.numbers import Digits

# A sign between digits whose meaning is beyond doubt: before one or two digits and a percent
# sign, or twice with three digits after it.
_EVIDENCE = re.compile(r"[0-9]([.,])(?:[0-9]{1,2}[ \u00a0]?%|[0-9]{3}\1[0-9]{3}(?![0-9]))")
# A marathon and its half in metres (World Athletics, Competition and Technical Rules, rule 55).
_MARATHONS = frozenset({"42195", "21097"})
# How far a percentage may be from the ratio beside it and still be the same share, in points.
_AGREES = Decimal("0.6")


def evidence(text: str) -> Evidence:
    """How the article uses points and commas where there is no doubt."""
    grouping: dict[str, int] = {}
    fraction: dict[str, int] = {}
    for match in _EVIDENCE.finditer(text):
        sign = match.group(1)
        counter = fraction if match.group().endswith("%") else grouping
        counter[sign] = counter.get(sign, 0) + 1
    return Evidence(grouping, fraction)


def add_values(s: Sentence, draft: Draft) -> None:
    """Read the amounts of a draft into values, each with the reason for its reading."""
    for amount in draft.amounts:
        value, reason = _value(s, amount, draft)
        draft.values.append(value)
        draft.reasons.append(reason)
    if draft.range and draft.values[1] <= draft.values[0]:
        # The guess by which it was taken for a range rises.
        draft.values = [g for a in draft.amounts if (g := s.guess(a)) is not None]
        draft.reasons.append("a range rises")
    if draft.kind == "fraction" and not draft.ratio:
        of = draft.amounts[0].of
        assert of is not None
        draft.values.append(of)


def _value(s: Sentence, amount: Amount, draft: Draft) -> tuple[Decimal, str]:
    if amount.value is not None:
        return amount.value, "number word"
    read = amount.digits
    assert read is not None
    if not read.ambiguous:
        value, reason = nm.convention(read, s.lex)
        return value * amount.factor, reason
    grouped, reason = _choose(s, read, amount, draft)
    chosen = read.grouped if grouped else read.decimal
    assert chosen is not None
    return chosen * amount.factor, reason


def _choose(s: Sentence, read: Digits, amount: Amount, draft: Draft) -> tuple[bool, str]:
    """Whether one sign before three digits groups thousands, and why."""
    sign = read.separator
    text = s.tokens[amount.start].text
    round_number = text.endswith("0")
    usual = sign == s.lex.group
    if draft.kind == "percentage":
        if text.endswith("00"):
            return True, f"{sign!r} groups thousands: no percentage ends so in a fraction"
        return False, f"{sign!r} before a fraction: a percentage in thousands is unlikely"
    if draft.kind == "measure" and text.replace(sign, "") in _MARATHONS:
        return False, f"{sign!r} before a fraction: the length of a marathon"
    if draft.kind == "money" and not amount.scaled and draft.currency in s.gram.no_minor:
        return True, f"{sign!r} groups thousands: {draft.currency} has no fraction"
    discrete = draft.kind in ("count", "ratio", "age", "duration") and not amount.scaled
    if discrete:
        why = "convention of the language" if usual else "things counted have no fraction"
        return True, f"{sign!r} groups thousands: {why}"
    if round_number:
        why = "convention of the language" if usual else "a fraction does not end in 0"
        return True, f"{sign!r} groups thousands: {why}"
    if not usual and not amount.scaled and len(text) > 5:
        return True, f"{sign!r} groups thousands: no measure of tens has three decimals"
    other = "," if sign == "." else "."
    grouping = s.evidence.grouping.get(sign, 0) + s.evidence.fraction.get(other, 0)
    fraction = s.evidence.fraction.get(sign, 0) + s.evidence.grouping.get(other, 0)
    if grouping > 2 * fraction:
        return True, f"{sign!r} groups thousands: as in the article's other numbers"
    if fraction > 2 * grouping:
        return False, f"{sign!r} before a fraction: as in the article's other numbers"
    value, reason = nm.convention(read, s.lex)
    return value == read.grouped, reason


def settle(s: Sentence, found: list[Draft]) -> None:
    """Figures that say something about each other are read together.

    Of two levels the first may leave its unit to the second ("van 35.000 naar 75.000 dong").
    A ratio and a percentage side by side agree: the reading that makes them do so wins.
    """
    for first, second in itertools.pairwise(found):
        _share_unit(s, first, second)
    for n, draft in enumerate(found):
        if draft.kind != "ratio" or not any(
            a.digits is not None and a.digits.ambiguous for a in draft.amounts
        ):
            continue
        shares = [d for d in found[max(0, n - 1) : n + 2] if d.kind == "percentage"]
        for share in shares:
            target = share.values[0]
            best = _agreeing(s, draft, target)
            if best is not None and best != draft.values:
                draft.values = best
                draft.reasons = [f"agrees with {share.values[0]}% beside it"]


def _share_unit(s: Sentence, first: Draft, second: Draft) -> None:
    amount = first.amounts[0]
    if first.kind != "count" or first.range or first.ratio or amount.suffix:
        return
    if second.start != first.end + 1 or second.ratio or second.kind in ("age", "fraction"):
        return
    link = s.lower(first.end)
    if link not in s.gram.levels:
        return
    scale = second.amounts[0].factor
    if not amount.scaled and not amount.words and scale != 1:
        amount.factor = scale
    first.kind, first.currency = second.kind, second.currency
    first.unit, first.unit_text = second.unit, second.unit_text
    first.values, first.reasons = [], []
    add_values(s, first)


def _agreeing(s: Sentence, draft: Draft, target: Decimal) -> list[Decimal] | None:
    options = []
    for amount in draft.amounts:
        if amount.digits is not None and amount.digits.ambiguous:
            values = [amount.digits.grouped, amount.digits.decimal]
            options.append([v for v in values if v is not None])
        else:
            options.append([_value(s, amount, draft)[0]])
    for low in options[0]:
        for high in options[1]:
            if high > 0 and abs(low * 100 / high - target) <= _AGREES:
                return [low, high]
    return None
