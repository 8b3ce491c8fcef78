"""Which value digits have: what a point or comma means, number by number, and why.

The pattern of the digits decides where it can. Where one sign stands before three digits it can
group thousands or begin a fraction; then everything that tells is weighed: the kind of figure and
whether what it counts can have a fraction, a total and its parts, a share and its percentage, the
two ends of a range, like figures beside it, the article's other numbers, and the convention of
the language last. ``reason`` keeps the strongest of what won.

A sentence is read twice: when it is met, and, where something stayed open, when the whole article
has been seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.extract import numbers as nm
from pipeline.extract.amounts import Amount, Draft, Evidence, Sentence
from pipeline.extract.numbers import Digits

# A marathon and its half in metres (World Athletics, Competition and Technical Rules, rule 55).
_MARATHONS = frozenset({"42195", "21097"})
# How far a percentage may be from the share beside it and still be the same, in points and, for
# small ones, as a part of it.
_AGREES, _AGREES_SMALL = Decimal("0.6"), Decimal("0.1")
# How many times one end of a range, or of two levels, is at most the other.
_NEAR = 30
# From this scale on, currencies without a fraction are told in thousands ("1.250 miljard VND").
_LARGE = Decimal(10) ** 9
_MILLION = Decimal(10) ** 6
# How many figures of one sentence are laid against each other.
_MOST = 16

# Weights: what cannot be otherwise; what is so with hardly an exception; what is likely; a hint.
_SURE, _STRONG, _LIKELY, _HINT = 20.0, 8.0, 4.0, 1.5
_CONVENTION = "convention of the language"


class Clue(NamedTuple):
    """A piece of evidence: for grouping when ``weight`` is above zero, else for a fraction."""

    weight: float
    why: str


def add_values(s: Sentence, draft: Draft) -> None:
    """Read the amounts of a draft into values, each with the reason for its reading.

    What stays in doubt has its reading by the kind of figure and the language until ``settle``.
    """
    draft.values, draft.reasons = [], []
    for amount in draft.amounts:
        value, reason = _value(s, amount, draft)
        draft.values.append(value)
        draft.reasons.append(reason)
    _finish(s, draft)


def _finish(s: Sentence, draft: Draft) -> None:
    if draft.range and draft.values[1] <= draft.values[0]:
        # The guess by which it was taken for a range rises.
        draft.values = [g for a in draft.amounts if (g := s.guess(a)) is not None]
        draft.reasons.append("a range rises")
    if draft.kind == "fraction" and not draft.ratio:
        of = draft.amounts[0].of
        assert of is not None
        draft.values.append(of)
    if draft.below_zero and draft.values[0] > 0:
        draft.values[0] = -draft.values[0]


def _value(s: Sentence, amount: Amount, draft: Draft) -> tuple[Decimal, str]:
    if amount.value is not None:
        return amount.value, "number word"
    read = amount.digits
    assert read is not None
    if not read.ambiguous:
        value, reason = nm.convention(read, s.lex)
        return value * amount.factor, reason
    grouped, reason = _verdict(s, read, _own(s, amount, draft))
    return _as(amount, grouped), reason


def _as(amount: Amount, grouped: bool) -> Decimal:
    """The value of an amount in doubt, read in one of the two ways."""
    assert amount.digits is not None
    value = amount.digits.grouped if grouped else amount.digits.decimal
    assert value is not None
    return value * amount.factor


def _verdict(s: Sentence, read: Digits, clues: Iterable[Clue]) -> tuple[bool, str]:
    """The reading with more weight, and the strongest reason for it."""
    usual = read.separator == s.lex.group
    kept = [Clue(_HINT if usual else -_HINT, _CONVENTION), *clues]
    grouped = sum(c.weight for c in kept) > 0
    why = max((c for c in kept if (c.weight > 0) == grouped), key=lambda c: abs(c.weight)).why
    sense = "groups thousands" if grouped else "before a fraction"
    return grouped, f"{read.separator!r} {sense}: {why}"


def _in_doubt(amount: Amount) -> bool:
    return amount.value is None and amount.digits is not None and amount.digits.ambiguous


def _whole(s: Sentence, amount: Amount, draft: Draft) -> bool:
    """Whether what is counted, or its currency, has no fraction."""
    if amount.scaled:
        return False
    if draft.kind == "money":
        return draft.currency in s.gram.no_minor
    if draft.kind == "ratio":
        at = draft.after if draft.unit is None else draft.unit[0]
        return s.measured(at) is None
    return draft.kind in ("count", "age", "duration")


def _own(s: Sentence, amount: Amount, draft: Draft) -> Iterator[Clue]:
    """What the figure itself tells."""
    read = amount.digits
    assert read is not None
    text = s.tokens[amount.start].text
    whole, _, _ = text.partition(read.separator)
    if _whole(s, amount, draft):
        why = f"{draft.currency} has no fraction"
        if draft.kind != "money":
            usual = read.separator == s.lex.group
            why = _CONVENTION if usual else "things counted have no fraction"
        yield Clue(_SURE, why)
        return
    if draft.kind == "percentage":
        if text.endswith("00"):
            yield Clue(_STRONG + _LIKELY, "no percentage ends so in a fraction")
        elif text.endswith("0"):
            yield Clue(_LIKELY, "a fraction does not end in 0")
        unlikely = "a percentage in thousands is unlikely"
        yield Clue(-_LIKELY if draft.change is not None else -_STRONG, unlikely)
        return
    if draft.kind == "measure" and text.replace(read.separator, "") in _MARATHONS:
        yield Clue(-_SURE, "the length of a marathon")
        return
    if text.endswith("0"):
        yield Clue(_STRONG + _LIKELY, "a fraction does not end in 0")
    if len(whole) > 1 and not amount.scaled:
        yield Clue(_STRONG, "no measure of tens has three decimals")
    elif len(whole) > 1 and draft.currency in s.gram.no_minor and amount.factor >= _LARGE:
        yield Clue(_STRONG, f"{draft.currency} is told in thousands of such a scale")
    if draft.kind == "money" and not amount.scaled:
        yield Clue(_STRONG, "money has two decimals")
    yield from _by_article(s.evidence, read, text)


def _by_article(evidence: Evidence, read: Digits, text: str) -> Iterator[Clue]:
    """What the article's other numbers tell."""
    sign = read.separator
    plain = text.replace(sign, "")
    if evidence.is_plain(plain):
        yield Clue(_LIKELY + _HINT, f"written {plain} elsewhere in the article")
    lean, many = evidence.lean(sign)
    yield Clue(lean * min(_LIKELY, 1 + many), "as in the article's other numbers")


def settle(s: Sentence, found: list[Draft]) -> bool:
    """Read figures of one sentence together that say something about each other.

    Of two levels or of a list the first figures may leave their unit to the last ("van 35.000
    naar 75.000 dong"). Returns whether the article's other numbers may still change a reading.
    """
    for n in range(len(found) - 1, 0, -1):
        first, second = found[n - 1], found[n]
        if second.start - first.end == 1 and first.kind == "count":
            _share_unit(s, first, second)
        if second.start - first.after == 1 and s.lower(first.after) in s.gram.levels:
            second.level_of = first
    if len(found) > 1:
        _share_currency(s, found)
    doubt = False
    for draft in found:
        for amount in draft.amounts:
            if amount.digits is not None:
                doubt = _learn(s, amount, amount.digits, draft) or doubt
    return doubt and read_again(s, found)


def _learn(s: Sentence, amount: Amount, read: Digits, draft: Draft) -> bool:
    """Keep what an amount tells about the signs of the article; whether it is in doubt itself."""
    if not read.separator:
        s.evidence.add_plain(s.tokens[amount.start].text)
    elif read.grouped is None:
        s.evidence.add_fraction(read.separator)
        other = "," if read.separator == "." else "."
        if other in s.tokens[amount.start].text:
            s.evidence.add_grouping(other)
    elif read.decimal is None:
        s.evidence.add_grouping(read.separator)
    elif _whole(s, amount, draft):
        s.evidence.add_grouping(read.separator)
        return draft.ratio
    else:
        return amount.value is None
    return False


def read_again(s: Sentence, found: Sequence[Draft]) -> bool:
    """Weigh what is in doubt in a sentence by all there is; whether anything was."""
    doubt = False
    for start in range(0, len(found), _MOST):
        near = found[start : start + _MOST]
        groups: dict[tuple[object, ...], list[tuple[Draft, Amount]]] = {}
        for draft in near:
            for amount in draft.amounts:
                if _in_doubt(amount) and (draft.ratio or not _whole(s, amount, draft)):
                    groups.setdefault(_alike(draft, amount), []).append((draft, amount))
        for group in groups.values():
            _read_group(s, group, near)
            doubt = True
    return doubt


def _alike(draft: Draft, amount: Amount) -> tuple[object, ...]:
    """Figures with the same of this are written alike, and are read alike."""
    assert amount.digits is not None
    if draft.ratio:
        return (amount.start,)
    unit = draft.unit_text.lower() if draft.unit_text and draft.kind == "measure" else ""
    return draft.kind, draft.currency, unit, amount.digits.separator, amount.factor


def _read_group(s: Sentence, group: Sequence[tuple[Draft, Amount]], found: Sequence[Draft]) -> None:
    clues: dict[str, Clue] = {}
    for draft, amount in group:
        for clue in itertools.chain(
            _own(s, amount, draft), _beside(s, amount, draft, found), _within(draft, amount)
        ):
            known = clues.get(clue.why)
            if known is None or abs(clue.weight) > abs(known.weight):
                clues[clue.why] = clue
    for clue in _together(group, found):
        clues[clue.why] = clue
    first = group[0][1].digits
    assert first is not None
    grouped, reason = _verdict(s, first, clues.values())
    for draft, amount in group:
        at = draft.amounts.index(amount)
        draft.values[at] = _as(amount, grouped)
        draft.reasons[at] = reason
        del draft.reasons[len(draft.amounts) :]
        del draft.values[len(draft.amounts) :]
        _finish(s, draft)


def _same_thing(a: Draft, b: Draft) -> bool:
    """Whether two figures are amounts of one kind, so that they can be added and compared."""
    if a.kind != b.kind or a.currency != b.currency or a.ratio or b.ratio or a.range or b.range:
        return False
    if a.kind == "measure":
        return (a.unit_text or "").lower() == (b.unit_text or "").lower()
    return a.kind in ("count", "money")


def _beside(s: Sentence, amount: Amount, draft: Draft, found: Sequence[Draft]) -> Iterator[Clue]:
    """How the same signs are used, beyond doubt, in the figures of the sentence."""
    assert amount.digits is not None
    sign = amount.digits.separator
    for other in found:
        for known in other.amounts:
            read = known.digits
            if other is draft or known is amount or read is None or not read.separator:
                continue
            if _in_doubt(known) and not _whole(s, known, other):
                continue
            if read.separator == " ":
                continue
            weight = _LIKELY if other.kind == draft.kind else _HINT
            grouping = read.grouped is not None
            if read.separator != sign:
                weight, grouping = weight / 2, not grouping
            yield Clue(weight if grouping else -weight, "as in the figures beside it")


def _within(draft: Draft, amount: Amount) -> Iterator[Clue]:
    """What the other end of a range, or the other number of a ratio, tells."""
    if len(draft.amounts) < 2:
        return
    at = next(k for k, a in enumerate(draft.amounts) if a is amount)
    other = draft.amounts[1 - at]
    if _in_doubt(other):
        return
    beyond = draft.values[1 - at]
    fits = []
    for grouped in (True, False):
        low, high = _as(amount, grouped), beyond
        if at == 1:
            low, high = high, low
        fits.append(low < high if draft.range else low <= high)
    if fits[0] != fits[1]:
        why = "a range rises" if draft.range else "a part is no more than its whole"
        yield Clue(_STRONG if fits[0] else -_STRONG, why)
    elif draft.range:
        yield from _closer(amount, beyond, "near the other end of the range")


def _closer(amount: Amount, level: Decimal, why: str) -> Iterator[Clue]:
    """For the one reading that is of the size of ``level``, when the other is not."""
    if level <= 0:
        return
    near = []
    for grouped in (True, False):
        value = _as(amount, grouped)
        near.append(value > 0 and max(value / level, level / value) <= _NEAR)
    if near[0] != near[1]:
        yield Clue(_STRONG if near[0] else -_STRONG, why)


def _together(group: Sequence[tuple[Draft, Amount]], found: Sequence[Draft]) -> Iterator[Clue]:
    """Sums, shares with their percentage and levels: what fits with one reading alone."""
    drafts = {id(d) for d, _ in group}
    read = [
        {id(d): _as(a, grouped) for d, a in group if len(d.amounts) == 1}
        for grouped in (True, False)
    ]
    here = [n for n, d in enumerate(found) if id(d) in drafts]
    if not here:
        return
    if group[0][0].ratio:
        yield from _ratio_share(group[0], found, here[0])
        return
    like = [d for d in found if _same_thing(group[0][0], d)]
    sums = [_adds_up(like, values) for values in read]
    if sums[0] != sums[1]:
        yield Clue(_STRONG + 2 if sums[0] else -_STRONG - 2, "the parts add up to the whole")
    for n, share in enumerate(found):
        if share.kind != "percentage" or share.range or not share.values:
            continue
        fits = [
            any(
                _agree(values.get(id(a), a.values[0]), values.get(id(b), b.values[0]), share)
                for a, b in _pairs(like, found, n)
                if id(a) in drafts or id(b) in drafts
            )
            for values in read
        ]
        if fits[0] != fits[1]:
            weight = _STRONG if fits[0] else -_STRONG
            yield Clue(weight, f"agrees with {share.values[0]}% beside it")
    for draft, amount in group:
        for other in like:
            if id(other) not in drafts and _are_levels(draft, other):
                yield from _closer(amount, other.values[0], "near the level beside it")


def _pairs(like: Sequence[Draft], found: Sequence[Draft], at: int) -> Iterator[tuple[Draft, Draft]]:
    """Two like figures before a percentage, or on both sides of it."""
    before = [d for d in found[max(0, at - 2) : at] if any(d is k for k in like)]
    after = [d for d in found[at + 1 : at + 3] if any(d is k for k in like)]
    yield from itertools.permutations(before + after, 2)


def _are_levels(a: Draft, b: Draft) -> bool:
    """Whether two figures stand side by side as the levels of one thing."""
    return a.change is None and b.change is None and (a.level_of is b or b.level_of is a)


def _adds_up(like: Sequence[Draft], values: dict[int, Decimal]) -> bool:
    """Whether the first or the last of three or more like figures is the sum of the others."""
    if not 3 <= len(like) <= _MOST:
        return False
    read = [values.get(id(d), d.values[0]) for d in like]
    return any(total == sum(parts) for total, parts in ((read[0], read[1:]), (read[-1], read[:-1])))


def _agree(part: Decimal, whole: Decimal, share: Draft) -> bool:
    """Whether a percentage is the share of one figure in another, or the change between them."""
    if whole <= 0:
        return False
    told = share.values[0]
    close = min(_AGREES, told * _AGREES_SMALL)
    is_share = abs(part * 100 / whole - told) <= close and part <= whole
    moved = share.change is not None and abs(abs(part - whole) * 100 / whole - told) <= close
    return is_share or moved


def _ratio_share(member: tuple[Draft, Amount], found: Sequence[Draft], n: int) -> Iterator[Clue]:
    """A ratio and a percentage side by side agree: what a number of the ratio is for that."""
    draft, amount = member
    at = next(k for k, a in enumerate(draft.amounts) if a is amount)
    for share in (d for d in found[max(0, n - 1) : n + 2] if d.kind == "percentage"):
        target = share.values[0]
        options = [
            [_as(a, True), _as(a, False)] if _in_doubt(a) else [draft.values[k]]
            for k, a in enumerate(draft.amounts)
        ]
        fits = {
            pair[at]
            for pair in itertools.product(*options)
            if pair[1] > 0 and abs(pair[0] * 100 / pair[1] - target) <= _AGREES
        }
        if len(fits) == 1:
            grouped = fits == {_as(amount, True)}
            weight = _SURE + _STRONG if grouped else -_SURE - _STRONG
            yield Clue(weight, f"agrees with {target}% beside it")


def _share_currency(s: Sentence, found: Sequence[Draft]) -> None:
    """ "200 juta dong, 5 juta/keluarga": millions of nothing, beside money, are money."""
    currency = None
    for draft in found:
        if draft.kind == "money":
            currency = draft.currency
        elif (
            currency is not None
            and draft.kind == "count"
            and not draft.ratio
            and draft.unit is None
            and draft.amounts[-1].factor >= _MILLION
        ):
            draft.kind, draft.currency, draft.unit_text = "money", currency, None
            add_values(s, draft)


def _share_unit(s: Sentence, first: Draft, second: Draft) -> None:
    """ "van 35.000 naar 75.000 dong", "12, 15 dan 20 km": the unit and scale are said once.

    Of what is counted the noun is: "42, 56 dan 61 ahli".
    """
    amount = first.amounts[0]
    if first.range or first.ratio or amount.suffix:
        return
    link = s.lower(first.end)
    # Before a comma only what the end of the list, behind "and", already gave its unit to.
    listed = link in s.gram.joiners or (link == "," and second.shared)
    if second.kind == "count" and not second.ratio:
        if listed and (second.unit is not None or second.shared):
            first.unit_text, first.shared = second.unit_text, True
        return
    if second.ratio or second.kind in ("age", "fraction"):
        return
    if link not in s.gram.levels and not listed:
        return
    if listed and (second.kind == "duration" or first.change != second.change):
        return
    scale = second.amounts[0].factor
    if not amount.scaled and not amount.words and scale != 1:
        one, other = s.guess(amount), s.guess(second.amounts[0])
        if listed and not (one and other and one * scale <= other * _NEAR):
            return
        amount.factor = scale
    first.kind, first.currency = second.kind, second.currency
    first.unit, first.unit_text, first.shared = second.unit, second.unit_text, listed
    add_values(s, first)
