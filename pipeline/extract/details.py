"""What belongs to a figure besides its value: qualifier, change, age, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import counted, nounphrase, readings
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import BREAKS, DASHES, OPEN, Draft, Sentence
from pipeline.records import Change

# How far after an age and before it what is so old may stand.
_NEAR, _OWNER = 3, 8


def finish(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """Set the qualifier, the age, the change and the unit of a draft among those ``found``."""
    _add_qualifier(s, draft)
    _add_age(s, draft)
    _add_change(s, draft, found)
    counted.add_unit(s, draft, found)
    readings.add_values(s, draft)


def _add_qualifier(s: Sentence, draft: Draft) -> None:
    gram, tokens = s.gram, s.tokens
    start = draft.start
    if draft.range:
        between = gram.range_between.before(tokens, start)
        if between is not None and between[1] >= s.used:
            draft.start = start = between[1]
    found = gram.qualifier_before.before(tokens, start)
    if found is not None and found[1] >= s.used:
        word = s.surface(found[1], start).lower()
        if not (
            (word in gram.weak and _is_level(s, found[1], word))
            or (word in gram.among and draft.kind == "count")
        ):
            draft.qualifier = found[0]
            draft.start = found[1]
    if draft.qualifier is None:
        after = gram.qualifier_after.after(tokens, draft.end)
        if after is not None:
            draft.qualifier = after[0]
            draft.end = after[1]
            draft.after = max(draft.after, after[1])
        else:
            after = gram.qualifier_after.after(tokens, draft.after)
            if after is not None and draft.kind in ("duration", "measure"):
                draft.qualifier = after[0]


def _is_level(s: Sentence, i: int, word: str) -> bool:
    """ "stijgen tot 40%": after a change the word names where it arrived, no bound."""
    if word not in s.gram.levels:
        return False
    for k in range(i - 1, max(-1, i - 22), -1):
        token = s.tokens[k]
        if token.text in BREAKS:
            return False
        if token.lower in s.gram.change or token.lower in s.gram.level_verbs:
            return True
    return False


def _add_change(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """A movement against an earlier state, from a verb or noun of change beside it."""
    if draft.kind == "fraction":
        return
    if draft.change is None:
        word = _change_before(s, draft) or _change_after(s, draft)
        draft.change = word or _inherited_change(s, draft, found)
    if draft.change is not None:
        ahead = {s.lower(j) for j in range(draft.after, draft.after + 5)}
        if ahead & s.gram.plan:
            draft.change = None


def _change_before(s: Sentence, draft: Draft) -> Change | None:
    gram, tokens = s.gram, s.tokens
    k = draft.start - 1
    strong = k >= 0 and tokens[k].lower in gram.strong
    near, link, parted = True, "", False
    low = draft.start - (26 if strong else 9)
    while k >= 0 and k > low:
        word = tokens[k].lower
        if tokens[k].text in BREAKS:
            return None
        if word in gram.change:
            amount_of = word in gram.change_nouns and link in gram.noun_links
            if near and link and not amount_of:
                return None
            return gram.change[word] if near or strong else None
        parted = parted or tokens[k].text == ","
        if parted and tokens[k].kind == tk.NUMBER and not s.closed[k]:
            return None  # "daalde tot 3 graden, met 50 mm regen"
        if tokens[k].kind == tk.NUMBER and near:
            if not (strong and s.closed[k]):
                return None
            near = False
        if near and word in gram.levels:
            link = link or word
        elif word not in gram.change_links:
            near = False
            if not strong:
                return None
        k -= 1
    return None


def _change_after(s: Sentence, draft: Draft) -> Change | None:
    """ "17% meer", "23 gevallen minder", "met 12% gestegen", "1,100 dong/kg lebih tinggi"."""
    gram, tokens = s.gram, s.tokens
    at = max(draft.end, draft.after)
    places = [at]
    if at + 1 < len(tokens) and tokens[at].text == "/":
        places.append(at + 2)
    noun = nounphrase.after(tokens, at, gram)
    if noun is not None and draft.kind == "count":
        places.append(noun[1])
    for place in tuple(places):
        if s.lower(place) in gram.auxiliaries:
            verb = s.lower(place + 1)
            if verb in gram.change and verb not in gram.change_nouns:
                return gram.change[verb]
    for place in places:
        found = gram.change_after.after(tokens, place)
        if found is not None:
            return found[0]
    if draft.start > 0 and tokens[draft.start - 1].lower in gram.strong:
        for j in range(at, min(at + 5, len(tokens))):
            if tokens[j].text in BREAKS or tokens[j].text == ",":
                break
            if tokens[j].lower in gram.change_particles:
                return gram.change_particles[tokens[j].lower]
    return None


def _inherited_change(s: Sentence, draft: Draft, found: Sequence[Draft]) -> Change | None:
    """ "naik 1,830 bilion dong (13.7%)", "10,2% ten opzichte van 2024 en 16,8% ten …"."""
    if not found or found[-1].change is None:
        return None
    last, k = found[-1], draft.start - 1
    if s.tokens[k].text in OPEN and k - last.after <= 1 and draft.kind == "percentage":
        return last.change
    if (
        s.tokens[k].lower in s.gram.joiners
        and draft.kind == last.kind
        and k - last.after <= 8
        and not any(t.text in BREAKS or t.text == "," for t in s.tokens[last.end : k])
    ):
        return last.change
    return None


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
    k = draft.start - 1
    before = gram.age_before.before(tokens, draft.start) or (
        draft.qualifier is not None
        and gram.age_before.before(tokens, draft.amounts[0].start) is not None
    )
    after = gram.age_after.after(tokens, draft.after)
    # "Tran Van A, 54 tahun, ...", "the driver (34 tahun)": an apposition.
    named = (
        k >= 0
        and tokens[k].text in (",", "(")
        and (
            (k > 0 and (tokens[k - 1].kind == tk.WORD or tokens[k - 1].text == "."))
            or s.named_before(tokens[k].start)
        )
        and (draft.after >= len(tokens) or tokens[draft.after].text in (",", ")", "."))
    )
    bound = (
        draft.qualifier is not None
        and s.surface(draft.start, draft.amounts[0].start).lower() in gram.age_bounds
    )
    people = any(s.lower(j) in gram.age_people for j in range(max(0, draft.start - 3), draft.start))
    people = people or (
        s.lower(draft.start - 1) in gram.of_age and gram.is_person(s.lower(draft.start - 2))
    )
    if (before or after or named or bound or people) and not _is_thing(s, draft):
        draft.kind = "age"


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
