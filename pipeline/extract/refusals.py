"""Numbers that are no statistics: dates, times, ordinals, names, labels, codes, list numbering.

Each function looks at one draft in its sentence and says whether it is such a number; the words
that tell are data of the language.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.extract import nounphrase
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import CLOSE, DASHES, OPEN, QUOTES, Draft, Sentence
from pipeline.normalise import places

# Scales of maps and plans: 1/500.
_MAP_SCALES = frozenset({100, 200, 250, 500, 1000, 2000, 5000, 10000, 25000, 50000, 100000, 250000})
_CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-4])[.:][0-5][0-9]")
# What opens or closes a quoted phrase, what ends a sentence, and how long a motto may be.
_MARKS = frozenset('"“”„«»‘')
_ENDS = frozenset(".!?:")
_SLOGAN = 6
_TITLE = 24
# More times than these are occurrences, however they are said.
_FEW = 10
# How far before "two digits" the growth that has them may stand.
_GROWTH = 12
# How far before a figure its badge or team may stand, and how far around it words of sport.
_BADGE, _SPORT = 5, 12
# What Vietnam's free-phone and premium-rate numbers begin with, and the form of the numbers for
# emergencies and public lines (Circular 22/2014/TT-BTTTT on the telephone numbering plan).
_TOLL = frozenset({"1800", "1900"})
_EMERGENCY = re.compile(r"1\d\d|1[089]\d\d|1[89]00\d+")
_BULLET = frozenset("-–—•*+·▪●◦")


def accept(s: Sentence, draft: Draft) -> bool:
    """Whether a number is a statistic, and not a date, a name, a label, an ordinal or a code."""
    if any(s.closed[draft.start : draft.end]):
        return False
    first = draft.amounts[0]
    if any(a.suffix == "class" for a in draft.amounts):
        return False
    if _is_area_code(s, draft):
        return False
    if _in_brackets_alone(s, draft) or _numbers_a_list(s, draft):
        return False
    if (draft.kind == "count" and _in_slogan(s, draft)) or _is_nothing(s, draft):
        return False
    if _in_title(s, draft):
        return False
    if _is_class(s, draft) or _is_enumerated(s, draft) or _is_hyphenated(s, draft):
        return False
    if draft.kind in ("percentage", "money"):
        return not s.gram.vague_before.before(s.tokens, draft.start)
    if _is_time(s, draft) or _is_calendar(s, draft) or _is_multiple(s, draft):
        return False
    if s.gram.vague_before.before(s.tokens, draft.start):
        return False
    if draft.ratio:
        return _is_ratio(s, draft)
    if draft.kind == "fraction":
        return _is_fraction(s, draft)
    if first.one and not _is_one(s, draft):
        return False
    if _is_code_number(s, draft):
        s.close_code(draft.end)
        return False
    if _is_coded(s, draft) or _is_hotline(s, draft):
        s.close_code(draft.end)
        return False
    if _is_address(s, draft):
        return False
    if _is_label(s, draft):
        s.label_end = draft.end
        s.close_code(draft.end)
        return False
    if _is_year(s, draft):
        s.close_code(draft.end)
        return False
    if (
        draft.kind == "count"
        and s.gram.ordinal_before.before(s.tokens, draft.start)
        and nounphrase.after(s.tokens, draft.end, s.gram) is None
    ):
        return False
    return not _is_score(s, draft)


def _is_class(s: Sentence, draft: Draft) -> bool:
    """A number that says of which class a thing is, and not how much there is.

    "beras 5% pecah", "larian 400 m wanita", "kontena 20 kaki", "lencana 40 tahun", "kapal SAR 413",
    "pasukan bawah 19 tahun", "rumah dua tingkat".
    """
    gram, tokens, k = s.gram, s.tokens, draft.start - 1
    if draft.kind == "percentage":
        return bool(
            gram.grade_after.after(tokens, draft.end)
            or gram.grade_before.before(tokens, draft.start)
        )
    if draft.kind == "measure":
        return _is_event(s, draft) or s.lower(k) in gram.sized
    if draft.kind == "money":
        text = tokens[draft.amounts[0].start].text
        return s.lower(k) in gram.vehicles and text.isdigit() and not draft.amounts[0].scaled
    if draft.kind == "duration":
        near = range(max(0, k - _BADGE), draft.start)
        if any(s.lower(j) in gram.badges for j in near):
            return True
        return _is_youth(s, draft)
    if draft.kind != "count" or draft.ratio:
        return False
    if s.lower(draft.end) in gram.storeys:
        linked = s.lower(k) in gram.storey_links
        return s.lower(k - 1 if linked else k) in gram.storeyed
    return False


def _is_event(s: Sentence, draft: Draft) -> bool:
    """ "acara pistol udara 10 m", "de 5.000 m voor vrouwen", "4 x 400 m": a distance of sport."""
    gram, tokens, k = s.gram, s.tokens, draft.start - 1
    if draft.range or s.surface(*(draft.unit or (draft.start, draft.end))).lower() not in gram.runs:
        return False
    if gram.events.before(tokens, draft.start) or gram.event_after.after(tokens, draft.after):
        return True
    if k > 0 and s.lower(k) in ("x", "×") and tokens[k - 1].kind == tk.NUMBER:
        return True
    near = range(max(0, k - _SPORT), min(draft.after + _SPORT, len(tokens)))
    return s.lower(k) in gram.event_articles and any(s.lower(j) in gram.sports for j in near)


def _is_youth(s: Sentence, draft: Draft) -> bool:
    """ "vrouwenelftal onder 19 jaar": the class of a team by its greatest age."""
    gram = s.gram
    bound = gram.qualifier_before.before(s.tokens, draft.start)
    if bound is None or bound[0] != "at_most" or draft.unit is None:
        return False
    if s.surface(*draft.unit).lower() not in gram.age_unit:
        return False
    near = range(max(0, bound[1] - _BADGE), bound[1])
    return any(s.lower(j).endswith(gram.teams) for j in near)


def _is_hyphenated(s: Sentence, draft: Draft) -> bool:
    """ "4- en 5-sterrenhotels": the first half of a compound that is said once."""
    tokens, i = s.tokens, draft.end
    return (
        draft.kind == "count"
        and i + 4 < len(tokens)
        and tokens[i].text in DASHES
        and s.touches(i)
        and not s.touches(i + 1)
        and s.lower(i + 1) in s.gram.joiners
        and tokens[i + 2].kind == tk.NUMBER
        and tokens[i + 3].text in DASHES
        and s.lower(i + 4) not in s.gram.age_suffix
    )


def _is_enumerated(s: Sentence, draft: Draft) -> bool:
    """ "Dua ialah membina …", "Satu rangkaian yang …": which one, or one for an article."""
    first = draft.amounts[0]
    if not first.words or first.start != 0 or not s.tokens[0].text[0].isupper():
        return False
    if draft.kind != "count" or draft.range or draft.ratio:
        return False
    if s.lower(draft.end) in s.gram.enumerators:
        return True
    noun = nounphrase.after(s.tokens, draft.end, s.gram) if first.one else None
    return noun is not None and s.lower(noun[1]) in s.gram.one_relatives


def _in_slogan(s: Sentence, draft: Draft) -> bool:
    """A number inside a short quoted phrase is part of a name or motto."""
    tokens, k = s.tokens, draft.start - 1
    low, high = k - _SLOGAN, draft.end + _SLOGAN
    while k >= 0 and k > low and tokens[k].text not in _MARKS:
        if tokens[k].text in _ENDS:
            return False
        k -= 1
    if k < 0 or tokens[k].text not in _MARKS:
        return False
    j = draft.end
    while j < len(tokens) and j < high and tokens[j].text not in _MARKS:
        if tokens[j].text in _ENDS:
            return False
        j += 1
    if j >= len(tokens) or tokens[j].text not in _MARKS or j - k > _SLOGAN + 1:
        return False
    # Of straight quotes the first of a pair opens; an opening one has no space after it.
    return s.touches(k + 1) and s.touches(j)


def _in_title(s: Sentence, draft: Draft) -> bool:
    """A number inside a quoted title after a noun for a programme is part of its name."""
    tokens, k = s.tokens, draft.start - 1
    low = max(0, draft.start - _TITLE)
    while k >= low and tokens[k].text not in _MARKS:
        if tokens[k].text in _ENDS:
            return False
        k -= 1
    if k < low or tokens[k].text not in _MARKS or s.touches(k) or not s.touches(k + 1):
        return False
    if s.lower(k - 1) in (":", ","):  # what someone says
        return False
    if not any(s.gram.is_titled(s.lower(j)) for j in range(max(0, k - 3), k)):
        return False
    return any(
        tokens[j].text in _MARKS and s.touches(j)
        for j in range(draft.end, min(draft.end + _TITLE, len(tokens)))
    )


def _is_nothing(s: Sentence, draft: Draft) -> bool:
    """Zero counts only when what there is none of is named."""
    first = draft.amounts[0]
    if not first.words or first.value != 0:
        return False
    return draft.kind != "count" or (nounphrase.after(s.tokens, draft.end, s.gram) is None)


def _is_area_code(s: Sentence, draft: Draft) -> bool:
    """ "(028) 3822 1234": what a telephone number begins with, in brackets."""
    text, after = s.tokens[draft.amounts[0].start].text, draft.end
    if not (text.isdigit() and text[0] == "0" and 2 <= len(text) <= 4):
        return False
    if draft.start == 0 or s.tokens[draft.start - 1].text not in OPEN:
        return False
    if after >= len(s.tokens) or s.tokens[after].text not in CLOSE:
        return False
    s.close_code(after + 1)
    return True


def _in_brackets_alone(s: Sentence, draft: Draft) -> bool:
    before, after = draft.start - 1, draft.end
    return (
        draft.kind == "count"
        and not s.ages_a_name(draft)
        and before >= 0
        and after < len(s.tokens)
        and s.tokens[before].text in OPEN
        and s.tokens[after].text in CLOSE
        and not s.listed(draft.start)
        and not _is_bracketed_count(s, draft)
    )


def _is_bracketed_count(s: Sentence, draft: Draft) -> bool:
    """ "An Khe (1.640)", "in 2024 (1,312)": so many, since no note or label is so written."""
    first, k = draft.amounts[0], draft.start - 2
    digits = first.digits
    return (
        digits is not None
        and digits.grouped is not None
        and bool(digits.separator)
        and k >= 0
        and (s.closed[k] or s.tokens[k].text[0].isupper() or s.tokens[k].kind == tk.NUMBER)
    )


def _numbers_a_list(s: Sentence, draft: Draft) -> bool:
    """ "1. ", "2)" and "a) 3." at the start of a line or after a semicolon."""
    if draft.kind != "count" or draft.range or draft.end >= len(s.tokens) or s.ages_a_name(draft):
        return False
    mark = s.tokens[draft.end]
    if mark.text not in (".", ")", "/") or not s.touches(draft.end):
        return False
    if s.touches(draft.end + 1):
        return False
    k = draft.start - 1
    while k >= 0 and (s.tokens[k].text in _BULLET or s.tokens[k].text in OPEN):
        k -= 1
    if k < 0:
        return mark.text != "." or draft.start > 0 or draft.end + 1 < len(s.tokens)
    if mark.text == ".":  # "Cadangan: 1. Memudahkan prosedur"
        return s.tokens[k].text == ":" and (
            draft.end + 1 == len(s.tokens) or s.tokens[draft.end + 1].text[0].isupper()
        )
    return mark.text == ")" and s.tokens[k].text in (";", ":", ",")


def _is_time(s: Sentence, draft: Draft) -> bool:
    """ "pukul 7.30", "7 pagi", "om 8 uur", "11.30 uur"."""
    first = draft.amounts[0]
    if draft.kind == "duration" and s.gram.of_day.after(s.tokens, draft.after):
        return True
    if first.words and draft.kind != "duration":
        return bool(
            s.gram.time_after.after(s.tokens, draft.end)
            and s.gram.time_before.before(s.tokens, draft.start)
        )
    hour = s.guess(draft.amounts[-1])
    after = s.gram.time_after.after(s.tokens, draft.amounts[-1].end)
    before = s.gram.time_before.before(s.tokens, draft.start)
    if hour is not None and hour > 24:
        hour = None
    text = s.tokens[first.start].text
    clock = bool(_CLOCK.fullmatch(text))
    if clock and (after or before) and draft.kind in ("count", "duration"):
        return True
    if hour is None or draft.kind not in ("count", "duration"):
        return False
    if draft.kind == "duration":
        return bool(before and after)
    if s.gram.noun_first:
        named = before is not None and not s.gram.time_after.after(s.tokens, before[1])
        if named and s.lower(draft.start - 1) in s.gram.hours:
            return True
        return after is not None
    return bool(after and before)


def _is_calendar(s: Sentence, draft: Draft) -> bool:
    """ "9 bulan pertama", "de eerste negen maanden": a stretch of the calendar."""
    if draft.kind != "duration" or draft.unit is None:
        return False
    if s.surface(*draft.unit).lower() not in s.gram.calendar_units:
        return False
    return bool(
        s.gram.calendar_after.after(s.tokens, draft.after)
        or s.gram.calendar_before.before(s.tokens, draft.start)
    )


def _is_multiple(s: Sentence, draft: Draft) -> bool:
    """ "dua kali ganda", "twee tot drie keer", "steeg 1,6 keer"; "zes keer" alone is a count.

    Times of an occurrence are whole, and few of them are not said loosely unless a span of time
    follows ("twee tot drie keer per week").
    """
    gram, tokens = s.gram, s.tokens
    if gram.multiple_after.after(tokens, draft.end):
        return True
    if draft.kind != "count" or draft.ratio or s.lower(draft.end) not in gram.not_nouns:
        return False
    if any(s.lower(k) in gram.per_time for k in range(draft.end + 1, draft.end + 3)):
        return False
    low = s.guess(draft.amounts[0])
    digits = draft.amounts[0].digits
    if low is None or low > _FEW:
        return False
    if low != int(low) or (digits is not None and digits.separator and digits.grouped is None):
        return True
    found = gram.qualifier_before.before(tokens, draft.start)
    if draft.range or (found is not None and found[0] in ("almost", "about", "over")):
        return True
    k = found[1] - 1 if found is not None else draft.start - 1
    while k >= 0 and s.lower(k) in gram.change_links:
        k -= 1
    return s.lower(k) in gram.change


def _is_ratio(s: Sentence, draft: Draft) -> bool:
    low, high = (s.guess(a) for a in draft.amounts)
    if low is None or high is None or high <= 0:
        return False
    slash = s.tokens[draft.amounts[0].end].text == "/"
    if not slash:
        return True
    if s.measured(draft.after if draft.unit is None else draft.unit[0]) is not None:
        # Of what is measured both may have a fraction, and a point may begin one.
        smallest = draft.amounts[0].digits
        if smallest is not None and smallest.decimal is not None:
            low = min(low, smallest.decimal * draft.amounts[0].factor)
        return low <= high * 3 and s.lower(draft.start - 1) not in s.gram.day_before
    if high != int(high) or low > high * 3 or (low != int(low) and low > high):
        return False
    nearby = {s.lower(k) for k in range(draft.start - 8, draft.end + 3)}
    if low == 1 and int(high) in _MAP_SCALES and (nearby & s.gram.planning or high > 100):
        return False
    texts = [s.tokens[a.start].text for a in draft.amounts]
    if 1 <= low <= 31 and 1 <= high <= 12 and all(len(t) <= 2 for t in texts):
        base = s.gram.base.after(s.tokens, draft.after)
        noun = nounphrase.after(s.tokens, base[1] if base else draft.after, s.gram)
        if low > high or noun is None or s.lower(draft.start - 1) in s.gram.day_before:
            return False
    elif low > high:
        # More than all is possible where a plan is exceeded, and rare.
        return nounphrase.after(s.tokens, draft.after, s.gram) is not None
    return not s.gram.label_before.before(s.tokens, draft.start)


def _is_fraction(s: Sentence, draft: Draft) -> bool:
    amount = draft.amounts[0]
    word = s.lower(amount.end)
    if amount.end == amount.start + 1 and word in s.gram.fraction_not_before:
        return False
    if amount.end == amount.start + 1 and s.lower(amount.start) in s.gram.fraction_unsure:
        return bool(
            _qualified(s, draft)
            or s.gram.base.after(s.tokens, amount.end)
            or s.gram.back.after(s.tokens, amount.end)
        )
    if s.lower(draft.start - 1) in s.gram.fraction_not_after:
        return False
    return amount.value is not None and amount.of is not None and amount.value < amount.of


def _is_one(s: Sentence, draft: Draft) -> bool:
    """Whether "satu" or "één" numbers a noun and is no article or pronoun."""
    if draft.kind in ("measure", "duration"):
        return s.lower(draft.start - 1) not in s.gram.one_not_after_unit
    if draft.range:
        return True
    if s.lower(draft.start - 1) in s.gram.one_not_after:
        return False
    if s.gram.one_not_before.after(s.tokens, draft.end):
        return False
    return nounphrase.after(s.tokens, draft.end, s.gram) is not None


def _is_address(s: Sentence, draft: Draft) -> bool:
    """ "di 19 Le Thanh Tong": a house of a street with a Vietnamese name."""
    text, tokens = _plain(s, draft), s.tokens
    if not text or len(text) > 3 or s.lower(draft.start - 1) not in s.gram.address_before:
        return False
    name = tokens[draft.end : draft.end + 2]
    return len(name) == 2 and all(
        t.kind == tk.WORD and t.text[0].isupper() and places.slugify(t.text) in places.syllables()
        for t in name
    )


def _is_label(s: Sentence, draft: Draft) -> bool:
    """A number that names: "kelas 12", "Divisyen 316", "model 4 baik"."""
    gram, tokens = s.gram, s.tokens
    first = draft.amounts[0]
    k = draft.start - 1
    value = s.guess(first)
    if _label_follows(s, draft, value):
        return True
    if value is not None and value <= 5:
        for title in gram.titles:
            for at in range(draft.end + 1, min(draft.end + 4, len(tokens))):
                if tuple(t.lower for t in tokens[at : at + len(title)]) == title:
                    return True
    if k >= 0 and tokens[k].text in QUOTES:
        if any(s.lower(j) in gram.quoted for j in range(max(0, k - 4), k)):
            return True
        k -= 1
    if draft.kind != "count" or k < 0 or first.scaled:
        return False
    if first.digits is None:
        return first.end == first.start + 1 and s.lower(k) in gram.label_worded
    if first.digits.separator and first.digits.grouped is not None:
        return False
    plain = first.digits.separator == "" or tokens[first.start].text.endswith(".0")
    if plain and gram.label_before.before(tokens, k + 1) is not None:
        most = gram.label_up_to.get(tokens[k].lower)
        if most is not None and value is not None and _is_numbered(s, draft, k):
            if value <= most:
                return True
            if nounphrase.after(tokens, draft.end, gram) is not None:
                return False
        if tokens[k].lower in gram.label_weak and _is_tallied(s, draft):
            return False
        return not _counts_after_label(s, draft, k)
    noun = nounphrase.after(tokens, draft.end, gram)
    if noun is not None:
        return _is_numbered_name(s, draft, noun)
    if _names_line(s, k):
        return True
    if s.label_end >= 0 and k == s.label_end:
        # "hangar No. 3 dan 4"
        return tokens[k].lower in gram.joiners or tokens[k].text in (",", "/")
    return k == draft.start - 1 and _is_named(s, k) and not _is_tallied(s, draft)


def _label_follows(s: Sentence, draft: Draft, value: Decimal | None) -> bool:
    """ "3 keras", "5 bintang", "pertumbuhan dua angka": a word behind the number makes it name."""
    gram = s.gram
    at = draft.end
    if s.lower(at) in gram.joiners and at + 1 < len(s.tokens):
        at += 2 if s.tokens[at + 1].kind == tk.NUMBER else 0  # "hotel 4 dan 5 bintang"
    found = gram.label_after.after(s.tokens, at)
    if found is None:
        return False
    phrase = s.surface(at, found[1]).lower()
    most = gram.label_after_up_to.get(phrase)
    if most is not None and value is not None and value > most:
        return False
    if phrase in gram.label_after_growth:
        near = range(max(0, draft.start - _GROWTH), draft.start)
        return any(s.lower(j) in gram.change for j in near)
    return True


def _is_numbered(s: Sentence, draft: Draft, k: int) -> bool:
    """Whether the noun at ``k`` is one of a row ("kelas 5"), and not each of them."""
    return s.lower(k - 1) not in s.gram.each and s.lower(draft.end) not in s.gram.classifiers


def _is_numbered_name(s: Sentence, draft: Draft, noun: tuple[int, int]) -> bool:
    """ "station Duc Hoa 3 vertraging": after a name, a number before a singular counts nothing."""
    k, endings = draft.start - 1, s.gram.plural_endings
    value = s.guess(draft.amounts[0])
    return (
        bool(endings)
        and k > 0
        and s.tokens[k].kind == tk.WORD
        and s.tokens[k].text[0].isupper()
        and value != 1
        and not s.tokens[noun[1] - 1].lower.endswith(endings)
    )


def _is_tallied(s: Sentence, draft: Draft) -> bool:
    """ "(amaran 11, teguran 6, dipecat 1)": so many of each, and no numbers of one thing."""
    k, tokens = draft.start - 1, s.tokens
    if not _closes(s, draft.end) or not tokens[k].text.islower():
        return False
    before = k - 3 if k >= 3 and tokens[k - 1].text in ",;" and not s.closed[k - 2] else None
    after = draft.end + 1 if draft.end < len(tokens) and tokens[draft.end].text in ",;" else None
    return any(other is not None and _is_tally(s, k, other) for other in (before, after))


def _closes(s: Sentence, i: int) -> bool:
    """Whether what is told ends at token ``i``."""
    return i >= len(s.tokens) or s.tokens[i].text in ",;)." or s.lower(i) in s.gram.joiners


def _is_tally(s: Sentence, k: int, other: int) -> bool:
    """Whether a noun and its number stand at ``other``, and the noun is not the one at ``k``."""
    if not 0 <= other < len(s.tokens) - 1:
        return False
    word, number = s.tokens[other], s.tokens[other + 1]
    return (
        word.kind == tk.WORD
        and number.kind == tk.NUMBER
        and not s.closed[other + 1]
        and word.text.islower()
        and word.lower != s.lower(k)
        and word.lower not in s.gram.stop
        and word.lower not in s.gram.joiners
        and _closes(s, other + 2)
        and s.gram.label_before.before(s.tokens, other + 1) is None
    )


def _is_named(s: Sentence, k: int) -> bool:
    """Whether the word at ``k`` is a noun that the number after it names: "dermaga 3"."""
    gram, word = s.gram, s.tokens[k]
    if word.kind != tk.WORD or gram.is_verb(word.lower):
        return False
    if gram.age_before.before(s.tokens, k + 1) is not None:
        return False
    if word.lower in gram.times and s.lower(k - 1) in gram.earlier:
        return False  # "vorig jaar 9"
    if word.lower.endswith(gram.unnamed_endings):
        return False  # "panjangnya 10"
    known = (gram.before_amount, gram.copulas, gram.change, gram.share_change, gram.change_links)
    if any(word.lower in words for words in known):
        return False
    if word.lower in gram.levels or word.lower in gram.stop or word.lower in gram.strong:
        return False
    return not (gram.total.before(s.tokens, k + 1) or gram.qualifier_before.before(s.tokens, k + 1))


def _names_line(s: Sentence, k: int) -> bool:
    """ "Talian hotline: 113": a telephone line before a colon."""
    return s.tokens[k].text == ":" and any(
        s.lower(j) in s.gram.phone_lines for j in range(max(0, k - 7), k)
    )


def _counts_after_label(s: Sentence, draft: Draft, k: int) -> bool:
    """After an everyday noun a number with a noun of its own counts that noun."""
    word = s.tokens[k].lower
    if k > 0 and s.tokens[k].text[0].isupper():
        return False
    noun = nounphrase.after(s.tokens, draft.end, s.gram)
    if word not in s.gram.label_weak or noun is None:
        return False
    # "groep 3 speelt": so many of a thing are said in the plural.
    endings, value = s.gram.plural_endings, s.guess(draft.amounts[0])
    return not endings or value == 1 or s.tokens[noun[1] - 1].lower.endswith(endings)


def _is_code_number(s: Sentence, draft: Draft) -> bool:
    """Telephone numbers and the like: a leading zero or too many digits without a sign."""
    for amount in draft.amounts:
        if amount.digits is None:
            continue
        text = s.tokens[amount.start].text
        if s.tokens[draft.start].text == "+" and amount.digits.separator == " ":
            return draft.kind == "count"  # "+84 912 345 678"
        if text.isdigit() and (len(text) >= 7 or (text[0] == "0" and len(text) > 2)):
            return not amount.scaled and draft.kind == "count"
        after = s.lower(amount.end)
        if after and not after.strip("x"):
            return True
        if text == "0" and draft.kind == "count":
            return nounphrase.after(s.tokens, draft.end, s.gram) is None
    return False


def _plain(s: Sentence, draft: Draft) -> str:
    """The digits of a bare whole number without a sign or scale word, else nothing."""
    amount = draft.amounts[0]
    text = s.tokens[amount.start].text
    bare = draft.kind == "count" and not draft.range and not amount.words and not amount.scaled
    return text if bare and amount.end == amount.start + 1 and text.isdigit() else ""


def _is_coded(s: Sentence, draft: Draft) -> bool:
    """ "NTP 1719", "NQ 57": digits after an abbreviation in capitals that is no body.

    A classifier after the number counts; so does a noun after a number of up to three digits,
    since longer ones that count have a separator.
    """
    text, k = _plain(s, draft), draft.start - 1
    if not text or k < 0 or s.closed[k] or s.tokens[k].kind != tk.WORD:
        return False
    code = s.tokens[k].text
    if len(text) > 3 and len(code) <= 4 and code[0].isupper() and draft.end < len(s.tokens):
        mark = s.tokens[draft.end].text  # "QNg 90488 TS": a boat
        if mark.isupper() and 2 <= len(mark) <= 3 and mark.lower() not in s.gram.capitals:
            return True
    if not (code.isupper() and 2 <= len(code) <= 6) or s.lower(k) in s.gram.capitals:
        return False
    if s.lower(draft.end) in s.gram.classifiers:
        return False
    return len(text) > 3 or nounphrase.after(s.tokens, draft.end, s.gram) is None


def _is_hotline(s: Sentence, draft: Draft) -> bool:
    """ "hubungi 113", "bel 114", "1900 9068": a number to call."""
    text = _plain(s, draft)
    if draft.start > 0 and len(text) > 2 and s.tokens[draft.start - 1].text in _TOLL:
        # A search for dates takes the beginning of the number for a year.
        apart = s.tokens[draft.start].start - s.tokens[draft.start - 1].end
        return apart <= 1 and nounphrase.after(s.tokens, draft.end, s.gram) is None
    if nounphrase.after(s.tokens, draft.end, s.gram) is not None:
        return False
    near = range(max(0, draft.start - 3), draft.start)
    return bool(_EMERGENCY.fullmatch(text)) and any(s.lower(j) in s.gram.calls for j in near)


def _is_year(s: Sentence, draft: Draft) -> bool:
    if draft.kind != "count":
        return False
    for amount in draft.amounts:
        if amount.digits is None or amount.scaled:
            continue
        text = s.tokens[amount.start].text
        before = s.lower(draft.start - 1)
        whole = amount.digits.grouped
        if amount.digits.separator and whole is not None and 1900 <= whole <= 2100:
            # "tahun 2.025": a translation that took a year for a number.
            noun = nounphrase.after(s.tokens, draft.end, s.gram)
            if before in s.gram.year_words and noun is None:
                return True
        if not (text.isdigit() and len(text) == 4 and 1900 <= int(text) <= 2100):
            continue
        if before in s.gram.year_before or before in OPEN or before in ("-", "–", "/"):
            return True
        if draft.start == 0:
            return True
        noun = nounphrase.after(s.tokens, draft.end, s.gram)
        if noun is None:
            return True
        if draft.qualifier is None and int(text) > 1980 and not text.endswith("00"):
            return not _qualified(s, draft)
    return False


def _qualified(s: Sentence, draft: Draft) -> bool:
    return s.gram.qualifier_before.before(s.tokens, draft.start) is not None


def _is_score(s: Sentence, draft: Draft) -> bool:
    """ "menang 2-1": a range whose ends are small and beside a word of sport."""
    if draft.kind != "count":
        return False
    first = draft.amounts[0]
    dash = s.tokens[first.end].text if first.end < len(s.tokens) else ""
    if dash not in DASHES:
        return False
    after = s.tokens[first.end + 1] if first.end + 1 < len(s.tokens) else None
    if draft.range:
        small = all((s.guess(a) or 0) <= 30 for a in draft.amounts)
        near = {s.lower(j) for j in range(draft.start - 8, draft.end + 6)}
        return small and bool(near & s.gram.scores)
    return after is not None and after.kind == tk.NUMBER and s.touches(first.end + 1)
