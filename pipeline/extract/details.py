"""What belongs to a figure besides its value: qualifier, change, age, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import counted, nounphrase, readings
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import BREAKS, CLOSE, DASHES, OPEN, Draft, Sentence
from pipeline.extract.movements import add_change, separated

# How far after an age and before it what is so old may stand.
_NEAR, _OWNER = 3, 8
# How far before a figure its verb of change may stand, and after it.
_ARRIVED, _VERB = 22, 4
# From how many things on one is near so many of them, and not beside them.
_LARGE = 100


def finish(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """Set the qualifier, the age, the change and the unit of a draft among those ``found``."""
    _add_qualifier(s, draft, found)
    _add_age(s, draft)
    add_change(s, draft, found)
    counted.add_unit(s, draft, found)
    readings.add_values(s, draft)


def _add_qualifier(s: Sentence, draft: Draft, figures: Sequence[Draft]) -> None:
    gram, tokens = s.gram, s.tokens
    start = draft.start
    if draft.range:
        between = gram.range_between.before(tokens, start)
        if between is not None and between[1] >= s.used:
            draft.start = start = between[1]
    found = gram.qualifier_before.before(tokens, start)
    if found is None and s.lower(start - 1) in gram.qualifier_fillers:
        found = gram.qualifier_before.before(tokens, start - 1)
    if (
        found is not None
        and found[1] >= s.used
        and not _is_no_bound(s, draft, found[1], start)
        and not (figures and _is_second_level(s, figures[-1], found[1]))
    ):
        draft.qualifier = found[0]
        draft.start = found[1]
    if draft.qualifier is None:
        _add_qualifier_after(s, draft)


def _add_qualifier_after(s: Sentence, draft: Draft) -> None:
    """ "95% atau lebih", "18 tahun ke atas", "100 werknemers of meer", "85% lebih"."""
    gram, tokens = s.gram, s.tokens
    after = gram.qualifier_after.after(tokens, draft.end)
    if after is None:
        closing = gram.qualifier_closing.after(tokens, draft.end)
        ends = closing is not None and (
            closing[1] >= len(tokens) or tokens[closing[1]].kind == tk.SYMBOL
        )
        after = closing if ends else None
    if after is not None:
        draft.qualifier = after[0]
        draft.end = after[1]
        draft.after = max(draft.after, after[1])
        return
    places = [draft.after] if draft.kind in ("duration", "measure") else []
    if draft.kind == "count" and not draft.ratio:
        noun = nounphrase.after(tokens, draft.after, gram)
        if noun is not None:
            places = list(range(draft.after + 1, noun[1] + 1))
    for place in places:
        after = gram.qualifier_after.after(tokens, place)
        if after is not None and not _goes_on(s, after[1]):
            draft.qualifier = after[0]
            return


def _goes_on(s: Sentence, i: int) -> bool:
    """ "en meer dan 1.200": the words before token ``i`` are of another figure."""
    return i < len(s.tokens) and (
        s.tokens[i].kind == tk.NUMBER or s.gram.than.after(s.tokens, i) is not None
    )


def _is_second_level(s: Sentence, first: Draft, i: int) -> bool:
    """ "van 88,4% tot 91%": after a level from which it came, a word says where it arrived."""
    return (
        first.after == i
        and s.lower(i) in s.gram.levels
        and s.gram.range_from.before(s.tokens, first.start) is not None
    )


def _is_no_bound(s: Sentence, draft: Draft, i: int, start: int) -> bool:
    """Whether a word of bounds before a figure, at token ``i``, says something else.

    After a change it names where the figure arrived ("stijgen tot 40%"), before things counted
    among whom ("onder 40 leden"), before land where ("di atas 15 hektar"); and it may belong to
    the noun before it ("gaji minimum").
    """
    gram = s.gram
    word = s.surface(i, start).lower()
    if gram.qualifier_names.before(s.tokens, start) is not None:
        return True
    if word in gram.among and draft.kind == "count":
        return True
    if word in gram.on_land and draft.kind == "measure" and draft.unit is not None:
        return s.surface(*draft.unit).lower() in gram.areas
    if word in gram.large and draft.kind == "count":
        value = s.guess(draft.amounts[0])
        return value is None or value < _LARGE
    return word in gram.weak and _is_level(s, draft, i, word)


def _is_level(s: Sentence, draft: Draft, i: int, word: str) -> bool:
    """ "stijgen tot 40%", "tot 40% verhoogd": after or before a verb of change."""
    gram, tokens = s.gram, s.tokens
    if word not in gram.levels:
        return False
    if s.lower(i - 1) in gram.particles:
        return True  # "nam toe tot"
    if s.lower(i - 1) in gram.particles_before and separated(s, i - 1):
        return True  # "liep op tot"
    if draft.kind == "duration" and s.lower(draft.after) in gram.penalties:
        # "tot 18 maanden gevangenisstraf" was given, if no more was possible.
        return not any(t.lower in gram.threats for t in tokens[max(0, i - _ARRIVED) : i])
    k, low = i - 1, max(-1, i - _ARRIVED)
    while k > low:
        token = tokens[k]
        if token.text in CLOSE:  # "veroordeelde N.V.T. (41 jaar) tot 18 maanden"
            opened = next((j for j in range(k, low, -1) if tokens[j].text in OPEN), None)
            k = low if opened is None else opened - 1
            continue
        if token.text in BREAKS and not _is_initial(s, k):
            break
        if token.lower in gram.change or token.lower in gram.level_verbs:
            return True
        k -= 1
    if gram.noun_first:
        return False
    for k in range(draft.after, min(draft.after + _VERB, len(tokens))):
        if tokens[k].kind != tk.WORD or tokens[k].lower in gram.joiners:
            return False
        verb = tokens[k].lower
        if verb in gram.level_verbs or (verb in gram.change and verb not in gram.change_nouns):
            return True
    return False


def _is_initial(s: Sentence, k: int) -> bool:
    """Whether the sign at ``k`` is the point after one capital letter of a name."""
    text = s.tokens[k - 1].text if k > 0 else ""
    return s.tokens[k].text == "." and len(text) == 1 and text.isupper()


def _add_age(s: Sentence, draft: Draft) -> None:
    gram, tokens = s.gram, s.tokens
    if draft.kind == "count" and not draft.ratio:
        end = draft.end
        if (
            s.touches(end)
            and s.touches(end + 1)
            and tokens[end].text in DASHES
            and tokens[end + 1].lower in gram.age_suffix
        ):
            draft.kind, draft.end, draft.after = "age", end + 2, end + 2
        elif (
            gram.age_before.before(tokens, draft.start)
            and (end >= len(tokens) or tokens[end].kind == tk.SYMBOL)
        ) or s.ages_a_name(draft):
            draft.kind = "age"
        return
    if draft.kind != "duration" or draft.unit is None:
        return
    if s.surface(*draft.unit).lower() not in gram.age_unit:
        return
    before = gram.age_before.before(tokens, draft.start) or (
        draft.qualifier is not None
        and gram.age_before.before(tokens, draft.amounts[0].start) is not None
    )
    after = gram.age_after.after(tokens, draft.after)
    years = s.surface(*draft.unit).lower() in gram.age_years
    bound = (
        years
        and draft.qualifier is not None
        and s.surface(draft.start, draft.amounts[0].start).lower() in gram.age_bounds
    )
    people = any(s.lower(j) in gram.age_people for j in range(max(0, draft.start - 3), draft.start))
    people = people or (
        s.lower(draft.start - 1) in gram.of_age and gram.is_person(s.lower(draft.start - 2))
    )
    # "mangsa 16 hingga 30 tahun"
    people = people or (years and draft.range and gram.is_person(s.lower(draft.start - 1)))
    named = years and (_is_apposed(s, draft) or _is_average(s, draft) or _is_turned(s, draft))
    if years and gram.noun_first and gram.is_person(s.lower(draft.start - 1)):
        people = people or draft.after >= len(tokens) or tokens[draft.after].text in ",).;"
    if (before or after or named or bound or people) and not _is_thing(s, draft):
        draft.kind = "age"


def _is_apposed(s: Sentence, draft: Draft) -> bool:
    """ "Tran Van A, 54 tahun, ...", "sopir (34 jaar)", "Tran Van A kini 54 tahun"."""
    gram, tokens, k = s.gram, s.tokens, draft.start
    end = tokens[draft.after] if draft.after < len(tokens) else None
    closed = end is None or end.text in ",).;:("
    adverb = gram.age_adverbs.before(tokens, k)
    if adverb is not None:
        k = adverb[1]
        if k > 0 and (tokens[k - 1].text == "," or tokens[k - 1].lower in gram.auxiliaries):
            k -= 1
        ends = closed or (end is not None and end.lower in gram.age_closers)
        return ends and k > 0 and s.named_before(tokens[k].start)
    if not closed or k == 0 or tokens[k - 1].text not in (",", "("):
        return False
    before = tokens[k - 2] if k > 1 else None
    known = before is not None and (before.kind == tk.WORD or before.text == ".")
    return known or s.named_before(tokens[k - 1].start)


def _is_turned(s: Sentence, draft: Draft) -> bool:
    """ "ze 60 jaar wordt": an age that somebody reaches."""
    who = s.lower(draft.start - 1)
    turning = s.lower(draft.after) in s.gram.age_turning
    return turning and (who in s.gram.pronouns or s.gram.is_person(who))


def _is_average(s: Sentence, draft: Draft) -> bool:
    """ "Purata umur ahli ialah 27.4 tahun": the clause is about an age."""
    if s.lower(draft.start - 1) not in s.gram.copulas:
        return False
    for k in range(draft.start - 1, max(-1, draft.start - 1 - _OWNER), -1):
        if s.tokens[k].text in BREAKS or s.tokens[k].text == ",":
            return False
        if s.lower(k) in s.gram.age_nouns:
            return True
    return False


def _is_thing(s: Sentence, draft: Draft) -> bool:
    """Whether what is so old is no person: "pokok berusia 300 tahun", "300 jaar oude boom"."""
    gram, tokens = s.gram, s.tokens
    found = gram.age_after.after(tokens, draft.after)
    if found is not None and not gram.noun_first:
        for k in range(found[1], min(found[1] + _NEAR, len(tokens))):
            if tokens[k].kind != tk.WORD or tokens[k].lower in gram.stop:
                break
            if gram.is_person(tokens[k].lower):
                return False
            if gram.is_thing(tokens[k].lower):
                return True
    for k in range(draft.start - 1, max(-1, draft.start - 1 - _OWNER), -1):
        word = tokens[k]
        if word.text in BREAKS or word.text == ",":
            return False
        if gram.is_thing(word.lower) and not _belongs_to_person(s, k):
            return True
        if gram.is_person(word.lower) or word.lower in gram.age_people:
            return False
    return False


def _belongs_to_person(s: Sentence, k: int) -> bool:
    """ "pemilik kapal", "lelaki di rumah": the thing at ``k`` only says which person."""
    while k > 0 and s.lower(k - 1) in s.gram.determiners:
        k -= 1
    before = s.lower(k - 1)
    return s.gram.is_person(before) or before in s.gram.adjuncts or before in s.gram.of_age
