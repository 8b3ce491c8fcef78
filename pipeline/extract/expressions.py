"""From one number expression to a ratio, a range or a single figure, with its kind and unit."""

from __future__ import annotations

from decimal import Decimal

from pipeline.extract import tokens as tk
from pipeline.extract.amounts import DASHES, OPEN, Amount, Draft, Sentence
from pipeline.extract.numbers import Digits
from pipeline.records import ValueKind

# Words that a unit said twice may have.
_LONGEST_UNIT = 4
# Of so many parts some are a decimal number.
_PLAIN_PARTS = frozenset({2, 4, 5, 8, 10})


def build(s: Sentence, first: Amount) -> Draft | None:
    """A ratio, a range or a single number that starts with ``first``."""
    draft = _slash_ratio(s, first) or _united_ratio(s, first)
    if draft is None and s.tokens[first.start].kind == tk.NUMBER:
        nxt = first.end
        if s.touches(nxt) and s.tokens[nxt].text == "/" and s.touches(nxt + 1):
            unit = s.tokens[nxt + 1]
            bare = first.suffix_end == first.end and unit.kind != tk.SYMBOL
            if bare and not _is_rate(s, first, nxt + 1):
                return None  # 12/2022/TT, 4521/UBND
    if draft is None:
        draft = _worded_ratio(s, first) or _spread(s, first)
    if draft is None:
        draft = Draft(first.start, first.end, [first])
        draft.after = first.suffix_end
        if first.of is not None:
            draft.kind = "fraction"
    _dress(s, draft)
    return draft


def _is_rate(s: Sentence, amount: Amount, i: int) -> bool:
    """ "53 juta/orang", "18.000/mm3", "12/ha": so many to one of what token ``i`` names."""
    unit = s.tokens[i]
    if unit.kind != tk.WORD or not unit.text[0].islower():
        return False
    if amount.scaled or (amount.digits is not None and amount.digits.separator):
        return True
    return (
        s.measured(i) is not None
        or s.gram.duration.after(s.tokens, i) is not None
        or s.gram.is_person(unit.lower)
    )


def _slash_ratio(s: Sentence, first: Amount) -> Draft | None:
    """ "557/1,461"; a day and month, a map's scale and a document number are none."""
    tokens, i = s.tokens, first.end
    if first.words or first.scaled or i + 1 >= len(tokens) or tokens[i].text != "/":
        return None
    if tokens[i + 1].kind != tk.NUMBER or s.closed[i + 1]:
        return None
    if s.touches(i) != s.touches(i + 1):
        return None
    read, end = s.spaced(i + 1)
    if read is None or first.digits is None:
        return None
    if end < len(tokens) and tokens[end].text == "/" and s.touches(end):
        return None
    if end < len(tokens) and s.touches(end) and tokens[end].kind == tk.WORD:
        return None
    share = s.lex.part_of(tokens, end)  # "2/3 deel van"
    factor, after = s.lex.scale(tokens, end)
    if share > end:
        factor, after = Decimal(1), share
    first.factor = factor  # "7.480/8.100 miljard VND": the scale is of both
    stop = end if share > end else after
    second = Amount(i + 1, stop, digits=read, factor=factor, suffix_end=stop)
    kind: ValueKind = "fraction" if share > end or _is_part(s, first, second) else "ratio"
    return Draft(first.start, after, [first, second], kind=kind, ratio=True, after=after)


def _united_ratio(s: Sentence, first: Amount) -> Draft | None:
    """ "908 hektar/936 hektar": one share, its unit said on both sides of the slash."""
    tokens, i = s.tokens, first.end
    if first.words or first.digits is None or first.suffix not in ("", "measure", "duration"):
        return None
    slash = i
    while slash < len(tokens) and slash - i <= _LONGEST_UNIT and tokens[slash].kind == tk.WORD:
        slash += 1
    if slash == i or slash + 1 >= len(tokens) or tokens[slash].text != "/":
        return None
    if tokens[slash + 1].kind != tk.NUMBER or s.closed[slash + 1]:
        return None
    read, end = s.spaced(slash + 1)
    factor, end = s.lex.scale(tokens, end)
    unit = [t.lower for t in tokens[i:slash]]
    if read is None or [t.lower for t in tokens[end : end + len(unit)]] != unit:
        return None
    second = Amount(slash + 1, end, digits=read, factor=factor, suffix_end=end)
    return Draft(
        first.start,
        end,
        [first, second],
        kind="ratio",
        ratio=True,
        unit=(i, slash),
        after=end + len(unit),
    )


def _is_part(s: Sentence, first: Amount, second: Amount) -> bool:
    """ "1/3 penduduk", "2/3 van de bevolking": a part of a whole, and no count of so many."""
    low, high = s.guess(first), s.guess(second)
    if low is None or high is None or high > 10 or low >= high:
        return False
    return low == 1 or (high <= 5 and s.gram.base.after(s.tokens, second.end) is not None)


def _worded_ratio(s: Sentence, first: Amount) -> Draft | None:
    """ "7 daripada 11", "45 van de 60", "één op de vijf"."""
    if first.suffix or first.of is not None:
        return None
    if first.one and s.lower(first.start - 1) in s.gram.one_not_after:
        return None
    for table in (s.gram.ratio_of, s.gram.ratio_in):
        found = table.after(s.tokens, first.end)
        if found is None or found[1] >= len(s.tokens) or s.closed[found[1]]:
            continue
        if s.tokens[found[1]].kind not in (tk.NUMBER, tk.WORD):
            continue
        second = s.amount(found[1])
        if second is None or second.suffix in ("percent", "points", "money", "class"):
            continue
        if second.suffix == "duration" or second.of is not None or second.one:
            continue
        low, high = s.guess(first), s.guess(second)
        if low is None or high is None or low > high or high <= 1:
            continue
        return Draft(
            first.start,
            second.end,
            [first, second],
            kind="ratio",
            ratio=True,
            after=second.end,
        )
    return None


def _spread(s: Sentence, first: Amount) -> Draft | None:
    """ "3 tot 5%", "10-15 orang", "antara 5 dan 7": two ends and one unit."""
    tokens, gram = s.tokens, s.gram
    if first.of is not None:
        return None
    end = first.suffix_end if first.suffix else first.end
    at: int | None = None
    if end < len(tokens) and tokens[end].text in DASHES:
        both = s.touches(end) == s.touches(end + 1)
        if both and end + 1 < len(tokens) and tokens[end + 1].kind == tk.NUMBER:
            at = end + 1
    if s.touches(end) and tokens[end].text in DASHES and not s.touches(end + 1):
        end += 1  # "tien- tot twintigduizend"
    if at is None:
        between = gram.range_between.before(tokens, _money_start(s, first))
        table = gram.range_and if between is not None else gram.range_to
        found = table.after(tokens, end)
        if found is not None:
            at = found[1]
        if at is not None and between is None and _between_levels(s, first):
            return None
    if at is None or at >= len(tokens) or s.closed[at]:
        return None
    money = gram.currency_code.after(tokens, at) or gram.currency_word.after(tokens, at)
    if money is not None and money[1] < len(tokens) and tokens[money[1]].kind == tk.NUMBER:
        at = money[1]
    if tokens[at].kind not in (tk.NUMBER, tk.WORD):
        return None
    second = _second(s, at)
    if second is None or second.of is not None or second.one:
        return None
    if first.suffix and second.suffix != first.suffix:
        return None
    if first.suffix in ("duration", "measure"):
        one = s.surface(first.end, first.suffix_end).lower()
        if one != s.surface(second.end, second.suffix_end).lower():
            return None
    low, high = s.guess(first), s.guess(second)
    if low is None or high is None:
        return None
    factor, digits = first.factor, first.digits
    scale = second.factor if second.digits is not None else second.scale
    shared = not first.scaled and first.scale == 1 and scale != 1
    if shared and low >= high / scale and digits is not None and digits.ambiguous:
        # "2.345 hingga 2.9 juta": with a fraction it shares the scale word.
        assert digits.decimal is not None
        if digits.decimal < high / scale:
            low = digits.decimal
            digits = Digits(None, low, digits.separator, "a range rises")
    if shared and low < high / scale:
        # "10-15 juta", "lima hingga sepuluh juta"
        factor, low = scale, low * scale
        if first.value is not None:
            first.value = low
    if low >= high and digits is not None and digits.ambiguous and digits.decimal is not None:
        # "1.250-3": what is no range with thousands is one with a fraction.
        low = digits.decimal * factor
        digits = Digits(None, digits.decimal, digits.separator, "a range rises")
    if low >= high:
        return None
    first.factor, first.digits = factor, digits
    return Draft(first.start, second.end, [first, second], range=True, after=second.suffix_end)


def _between_levels(s: Sentence, first: Amount) -> bool:
    """ "steeg van 3 tot 5": two levels of a change and no range."""
    start = s.gram.range_from.before(s.tokens, _money_start(s, first))
    if start is None:
        return False
    if s.lower(start[1] - 1) in s.gram.particles:  # "nam toe van 3 tot 5"
        return True
    return any(s.lower(k) in s.gram.change for k in range(max(0, start[1] - 6), start[1]))


def _second(s: Sentence, at: int) -> Amount | None:
    """The upper end of a range; the dash before it is no sign of a code."""
    token = s.tokens[at]
    if token.kind == tk.WORD:
        return s.amount(at)
    read, end = s.spaced(at)
    if read is None:
        return None
    if end < len(s.tokens) and s.touches(end):
        right = s.tokens[end]
        if right.text in DASHES and s.touches(end + 1):
            return None
        clock = right.text in (":", "/") and s.touches(end + 1)
        if clock and s.tokens[end + 1].kind == tk.NUMBER:
            return None
        if right.kind == tk.WORD and _code_right(s, end):
            return None
    factor, after = s.lex.scale(s.tokens, end)
    amount = Amount(at, after, digits=read, factor=factor)
    s.add_suffix(amount)
    return amount


def _code_right(s: Sentence, end: int) -> bool:
    gram, tokens = s.gram, s.tokens
    return not (
        gram.measure_sign.after(tokens, end)
        or s.lex.scale(tokens, end)[1] > end
        or gram.currency_word.after(tokens, end)
        or gram.currency_code.after(tokens, end)
        or gram.percent.after(tokens, end)
    )


def _money_start(s: Sentence, amount: Amount) -> int:
    found = s.currency_before(amount.start)
    return found[1] if found is not None else amount.start


def _dress(s: Sentence, draft: Draft) -> None:
    """Kind, currency and unit from what stands beside the number."""
    last = draft.amounts[-1]
    suffix = last.suffix if not draft.ratio else ""
    if draft.kind == "fraction":
        # "setengah tahun", "driekwart uur": a part of a unit is an amount of it.
        if suffix in ("measure", "duration") and _is_amount(s, last):
            assert last.value is not None
            assert last.of is not None
            last.value, last.of = last.value / last.of, None
            draft.kind = "count"
        else:
            draft.unit = None
            return
    if suffix in ("percent", "points"):
        draft.kind, draft.end = "percentage", last.suffix_end
    elif suffix == "money":
        draft.kind, draft.end, draft.currency = "money", last.suffix_end, last.currency
    elif suffix == "measure":
        draft.kind = "measure"
        draft.unit = (last.end, _per(s, last.suffix_end))
        _take_half(s, draft, last)
    elif suffix == "duration":
        draft.kind = "duration"
        filled = s.lower(last.end) in s.gram.fillers and last.end + 1 < last.suffix_end
        draft.unit = (last.end + filled, last.suffix_end)
        _take_half(s, draft, last)
    elif _lasts(s, draft, last):
        draft.kind, draft.unit, draft.after = "duration", (last.end, last.end + 1), last.end + 1
    if draft.kind == "count" and not draft.ratio and draft.start > 0:
        money = s.currency_before(draft.start)
        if money is not None:
            draft.kind, draft.currency, draft.start = "money", money[0], money[1]
    _sign(s, draft)


def _lasts(s: Sentence, draft: Draft, last: Amount) -> bool:
    """ "selama dua musim", "twee seizoenen lang": so many of a stretch, told as a length."""
    return (
        not draft.ratio
        and s.lower(last.end) in s.gram.lasting
        and (
            s.lower(draft.start - 1) in s.gram.lasting_before
            or s.lower(last.end + 1) in s.gram.lasting_after
        )
    )


def _sign(s: Sentence, draft: Draft) -> None:
    """A sign that is no dash of a list and no hyphen: of a change, or of a level below zero."""
    tokens, k = s.tokens, draft.start - 1
    if k < 0:
        return
    degrees = draft.kind == "measure" and s.measured_in_degrees(draft)
    word = s.gram.minus.before(tokens, draft.start) if degrees else None
    if word is not None and word[1] >= s.used:
        draft.below_zero, draft.start = True, word[1]
        return
    if degrees and s.gram.below_zero.after(tokens, draft.after) is not None:
        draft.below_zero = True
        return
    opened = k > 0 and tokens[k - 1].text in OPEN
    if (
        tokens[k].text in ("-", "−", "+")
        and s.touches(draft.start)
        and (opened or not s.touches(k))
        and (k > 0 or tokens[k].start > s.line_start or draft.kind == "percentage")
    ):
        draft.start = k
        if degrees:
            draft.below_zero = tokens[k].text != "+"
        else:
            draft.change = "up" if tokens[k].text == "+" else "down"


def _is_amount(s: Sentence, part: Amount) -> bool:
    """Whether a fraction before a unit is so much of it; a third has no plain value."""
    if part.value is None or part.of not in _PLAIN_PARTS or part.value >= part.of:
        return False
    return part.end > part.start + 1 or s.lower(part.start) not in s.gram.fraction_unsure


def _take_half(s: Sentence, draft: Draft, last: Amount) -> None:
    """ "dua hari setengah": the half is part of the expression and the unit inside it."""
    if last.half_end:
        draft.end = draft.after = last.half_end
    if last.end == last.start:
        draft.unit_text = s.lex.one_unit(s.lower(last.start))  # "sejam setengah"


def _per(s: Sentence, end: int) -> int:
    """ "tan/ha": a unit divided by another."""
    tokens = s.tokens
    if end + 1 < len(tokens) and tokens[end].text == "/" and s.touches(end) and s.touches(end + 1):
        for table in (s.gram.measure_sign, s.gram.measure_word, s.gram.duration):
            found = table.after(tokens, end + 1)
            if found is not None:
                return found[1]
    return end
