"""Whether a figure is a movement against an earlier state, and which way it goes.

A sign tells it, a verb or noun of rise and fall before or after the figure, a comparative that
is laid against an earlier time, or another figure of the same movement. What arrived ("naar
40%"), what exceeds a plan and what differs from another thing now ("5% boven de markt") is a
level.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import nounphrase
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import BREAKS, CLOSE, OPEN, Draft, Sentence
from pipeline.records import Change

# How far before a figure its verb may stand: beside it, and with a word between that says that
# the amount of the change follows.
_NEAR, _FAR = 9, 26
# How many words of an object stand between a verb and the share by which it is changed.
_OBJECT = 5
# How far after a comparative what it is compared with is looked at, and words within its clause.
_THAN, _CLAUSE = 8, 4
# How far on a list of figures of one movement is laid against an earlier time.
_LIST = 14
# How far after a figure of the same movement another may stand.
_APART = 8
# How far after a figure its participle may stand at the end of the clause.
_FINAL = 12
# How many tokens a bracket behind a figure has that may be passed over.
_BRACKET = 7
# How far after a figure a plan is looked for.
_PLAN = 5
# Years as a text writes them.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def add_change(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """Set ``change`` of a draft that is a movement; ``found`` are the figures before it."""
    if draft.kind == "fraction" or draft.ratio:
        return
    if draft.change is None:
        draft.change = _before(s, draft)
    before = s.lower(draft.start - 1)
    when = draft.kind == "duration" and before in s.gram.adjuncts - s.gram.strong
    if draft.change is None and before not in s.gram.arrivals and not when:
        draft.change = _after(s, draft) or _inherited(s, draft, found)
    if draft.change is not None and _exceeds_plan(s, draft):
        draft.change = None
    last = found[-1] if found else None
    if last is not None and draft.change is not None and last.change is None:
        # "8,4%, ofwel 24.210 bezoeken meer": said of both.
        told = s.gram.told_again.before(s.tokens, draft.start)
        beside = (
            told is not None
            and told[1] - last.after <= 1
            and s.surface(told[1], draft.start).lower() in s.gram.told_same
        )
        level = s.lower(last.start - 1) in s.gram.levels
        if beside and not level and last.kind == "percentage" != draft.kind:
            last.change = draft.change


def _exceeds_plan(s: Sentence, draft: Draft) -> bool:
    for j in range(draft.after, min(draft.after + _PLAN, len(s.tokens))):
        if s.tokens[j].text in BREAKS or s.tokens[j].text == ",":
            return False
        if s.lower(j) in s.gram.plan:
            return True
    return False


def _before(s: Sentence, draft: Draft) -> Change | None:
    gram, tokens = s.gram, s.tokens
    at = draft.start
    while at > 0 and tokens[at - 1].lower in gram.strong:
        at -= 1
    compared = gram.compared.before(tokens, at)
    if compared is not None:
        return _against(s, draft, compared[0], _places(s, draft)[-1])
    weak = gram.compared_weak.before(tokens, at)
    if weak is not None and s.lower(weak[1] - 1) not in gram.not_compared:
        return weak[0] if _is_comparison(s, draft) else None
    particle = gram.particles_before.get(s.lower(at - 1))
    if particle is not None and at < draft.start and separated(s, at - 1):
        return particle
    start = draft.start
    if start > 1 and tokens[start - 2].text in OPEN and s.lower(start - 1) in gram.share_change:
        return gram.share_change[s.lower(start - 1)]  # "(plus 3.000 dong/kg)"
    if draft.kind == "percentage":
        rate = gram.at_rate.before(tokens, start)  # "tumbuh pada kadar 7.1%"
        start = start if rate is None else rate[1]
        told = gram.told_again.before(tokens, start)
        if told is not None and told[1] > 0 and tokens[told[1] - 1].text == ",":
            start = told[1] - 1  # "meningkat ketara, iaitu 45%"
    if draft.qualifier is not None and start == draft.start:
        bound = s.surface(draft.start, draft.amounts[0].start).lower()
        if bound in gram.level_bounds and s.lower(start - 1) in gram.change:
            return None  # "jatuh di bawah 3%"
    return _verb_before(s, draft, start) or _growth_before(s, draft, start)


def _growth_before(s: Sentence, draft: Draft, start: int) -> Change | None:
    """ "Pertumbuhan KDNK wilayah ialah 8%", "de groei van de export bedroeg 8%"."""
    gram, tokens = s.gram, s.tokens
    if draft.kind != "percentage":
        return None
    k = start - 1
    while k >= 0 and tokens[k].lower in gram.copulas and tokens[k].lower not in gram.levels:
        k -= 1
    for j in range(k, max(-1, k - _OBJECT), -1):
        word = tokens[j].lower
        if word in gram.growth:
            return gram.growth[word]
        if tokens[j].kind != tk.WORD or word in gram.change or word in gram.joiners:
            return None
        if word in gram.levels and s.lower(j - 1) not in gram.growth:
            return None
    return None


def _verb_before(s: Sentence, draft: Draft, start: int) -> Change | None:
    gram, tokens = s.gram, s.tokens
    k = start - 1
    strong = k >= 0 and tokens[k].lower in gram.strong
    share = draft.kind == "percentage"
    near, link, parted, loose = True, "", False, 0
    low = start - (_FAR if strong else _NEAR)
    while k >= 0 and k > low:
        word = tokens[k].lower
        if tokens[k].text in BREAKS:
            return None
        only = share and word in gram.share_change and (k == start - 1 or (strong and near))
        if word in gram.change or only:
            amount_of = word in gram.change_nouns and link in gram.noun_links
            if near and link and not amount_of:
                return None
            if near or strong or (loose and word in gram.transitive):
                return gram.change.get(word) or gram.share_change[word]
            return None
        if tokens[k].text == ",":
            if near and share and k == start - 1 and _ends_here(s, draft):
                # "terus turun, hampir 15%": what comes after the comma is by how much.
                k -= 1
                if tokens[k].lower in gram.change:
                    return gram.change[tokens[k].lower]
                return None
            parted = True
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
                # "memendekkan masa memproses 30%": the object of a verb that changes it.
                loose += 1
                plain = tokens[k].kind == tk.WORD and word not in gram.stop and not link
                if not (share and gram.transitive and plain and loose < _OBJECT):
                    return None
        k -= 1
    return None


def _ends_here(s: Sentence, draft: Draft) -> bool:
    """Whether no noun follows that the share is of."""
    return nounphrase.after(s.tokens, draft.after, s.gram) is None


def separated(s: Sentence, k: int) -> bool:
    """ "nam het aantal leden toe met": whether a verb before the particle at ``k`` takes it."""
    for j in range(k - 1, max(-1, k - _FAR), -1):
        if s.tokens[j].text in BREAKS:
            return False
        if s.lower(j) in s.gram.separable:
            return True
    return False


def _places(s: Sentence, draft: Draft) -> list[int]:
    """Where a word about the figure may follow: after it, its rate ("/kg") and its noun."""
    tokens = s.tokens
    at = max(draft.end, draft.after)
    places = [at]
    end = at
    while end + 1 < len(tokens) and tokens[end].text == "/" and tokens[end + 1].kind == tk.WORD:
        end += 2
    if end > at:
        places.append(end)
    if draft.kind == "count":
        noun = nounphrase.after(tokens, at, s.gram)
        if noun is not None:
            places.append(noun[1])
    return places


def _after_bracket(s: Sentence, at: int) -> list[int]:
    """ "612 miljard VND (10,4%) meer": the token after a bracket at ``at``, if one is there."""
    if at < len(s.tokens) and s.tokens[at].text in OPEN:
        for k in range(at + 1, min(at + _BRACKET, len(s.tokens))):
            if s.tokens[k].text in CLOSE:
                return [k + 1]
    return []


def _after(s: Sentence, draft: Draft) -> Change | None:
    """ "17% meer", "23 gevallen minder", "met 12% gestegen", "1,100 dong/kg lebih tinggi"."""
    gram, tokens = s.gram, s.tokens
    places = _places(s, draft)
    for place in places:
        if s.lower(place) in gram.auxiliaries:
            verb = s.lower(place + 1)
            if verb in gram.change and verb not in gram.change_nouns:
                return gram.change[verb]
    bracket = _after_bracket(s, places[-1])
    for place in [*places, *bracket]:
        compared = gram.compared.after(tokens, place)
        if compared is not None:
            return _against(s, draft, compared[0], compared[1])
        told = gram.change_after.after(tokens, place)
        if told is not None:
            return told[0]
        particle = gram.particles.get(s.lower(place))
        if particle is not None and separated(s, draft.start):
            return particle
    before = draft.start - 1  # "met slechts 2% gegroeid"
    while (
        before > 0 and s.lower(before) in gram.change_links and s.lower(before) not in gram.strong
    ):
        before -= 1
    if s.lower(before) in gram.strong:
        # "is met 12% in een jaar gestegen": a participle stands at the end of the clause.
        helped = any(s.lower(j) in gram.auxiliaries for j in range(before - _CLAUSE, before))
        reach = places[0] + (_FINAL if helped else _CLAUSE + 1)
        for j in range(places[0], min(reach, len(tokens))):
            if tokens[j].text in BREAKS or tokens[j].text == ",":
                break
            if tokens[j].lower in gram.change_particles:
                return gram.change_particles[tokens[j].lower]
    return None


def _against(s: Sentence, draft: Draft, way: Change, at: int) -> Change | None:
    """The way of a comparative, unless from ``at`` on it is laid against another thing."""
    tokens = s.tokens
    passed = 0
    while at < len(tokens) and passed <= _CLAUSE:
        if tokens[at].text in OPEN:  # "31 zaken meer (6,8%) dan"
            while at < len(tokens) and tokens[at].text not in ")]}":
                at += 1
            at += 1
            continue
        found = s.gram.than.after(tokens, at)
        if found is not None:
            return way if _is_earlier(s, found[1]) else None
        if tokens[at].kind != tk.WORD:
            break
        at, passed = at + 1, passed + 1
    return way


def _is_earlier(s: Sentence, at: int) -> bool:
    """Whether an earlier time, and no other thing, is named from token ``at`` on."""
    for j in range(at, min(at + _THAN, len(s.tokens))):
        token = s.tokens[j]
        if token.text in BREAKS or token.text == ",":
            return False
        if token.lower in s.gram.earlier:
            return True
        if token.kind == tk.NUMBER:
            year = token.text.isdigit() and len(token.text) == 4
            if s.closed[j] or (year and _FIRST_YEAR <= int(token.text) <= _LAST_YEAR):
                return True
    return False


def _is_comparison(s: Sentence, draft: Draft) -> bool:
    """Whether the sentence lays its figures against an earlier time, somewhere near."""
    return any(
        s.lower(k) in s.gram.comparison_words and s.gram.comparison.after(s.tokens, k)
        for k in range(max(0, draft.start - _FAR), min(draft.end + _FAR, len(s.tokens)))
    )


def _inherited(s: Sentence, draft: Draft, found: Sequence[Draft]) -> Change | None:
    """ "naik 1,830 bilion dong (13.7%)", "10,2% ten opzichte van 2024 en 16,8% ten …"."""
    if not found or found[-1].change is None:
        return None
    gram, tokens, last = s.gram, s.tokens, found[-1]
    share = draft.kind == "percentage"
    k = draft.start - 1
    between = tokens[last.end : k + 1]
    if share and last.kind == "percentage" and _is_elliptic(s, last, k):
        return last.change
    if any(t.text in BREAKS and t.text not in OPEN for t in between):
        return None
    if tokens[k].text in OPEN:
        words = [t for t in between[:-1] if t.kind == tk.WORD]
        plain = len(words) == len(between) - 1 and len(words) <= _CLAUSE
        return last.change if share and plain else None
    if any(t.text in OPEN for t in between):
        return None
    if k == last.after and tokens[k].text == "," and draft.kind == last.kind:
        return last.change if _in_list(s, draft) else None
    if (share or last.kind == "percentage") and k - last.after <= _APART:
        told = gram.told_again.before(tokens, draft.start)
        if told is None and tokens[k].lower in gram.noun_links:
            told = gram.told_again.before(tokens, k)
        if told is not None and all(t.text == "," for t in tokens[last.after : told[1]][-1:]):
            # "naik 5%, iaitu 1.204 kes" may be how many there are now.
            same = share or s.surface(told[1], draft.start).lower() in gram.told_same
            return last.change if same else None
    if draft.kind == last.kind == "count" and _is_listed(s, draft, last):
        return last.change
    if any(t.text == "," for t in between):
        return None
    while k > last.after and tokens[k].lower in gram.noun_links | gram.strong:
        k -= 1
    if share and draft.kind == last.kind and gram.comparison.after(tokens, draft.after):
        # "naik 20% dan hasil hampir 25% berbanding tahun lalu"
        parted = k
        while parted > last.after and k - parted < 3 and tokens[parted].lower not in gram.joiners:
            parted -= 1
        k = parted if tokens[parted].lower in gram.joiners else k
    if tokens[k].lower not in gram.joiners or k - last.after > _APART:
        return None
    if draft.kind == last.kind:
        return last.change
    return last.change if share and gram.comparison.after(tokens, draft.after) else None


def _is_elliptic(s: Sentence, last: Draft, k: int) -> bool:
    """ "de industrie groeide met 11%; de mijnbouw met 3%": the verb is said with the first."""
    gram, tokens = s.gram, s.tokens
    if tokens[k].lower not in gram.strong or s.lower(last.start - 1) not in gram.strong:
        return False
    between = tokens[last.after : k]
    words = [t for t in between if t.kind == tk.WORD]
    signs = [t.text for t in between if t.kind != tk.WORD]
    return (
        0 < len(words) <= _APART
        and len(between) - len(words) <= 1
        and all(sign in ",;" for sign in signs)
        and (bool(signs) or words[0].lower in gram.joiners)
        and not any(t.lower in gram.copulas or t.lower in gram.auxiliaries for t in words)
    )


def _is_listed(s: Sentence, draft: Draft, last: Draft) -> bool:
    """ "penurunan 5 kes, 3 kematian dan 2 kecederaan berbanding ...": so many less of each."""
    tokens = s.tokens
    if draft.start - last.after > _CLAUSE + 1 or tokens[draft.start - 1].text != ",":
        return False
    joined = False
    for k in range(draft.after, min(draft.after + _LIST, len(tokens))):
        if tokens[k].text in BREAKS:
            return False
        joined = joined or tokens[k].lower in s.gram.joiners
        if joined and s.gram.comparison.after(tokens, k):
            return True
    return False


def _in_list(s: Sentence, draft: Draft) -> bool:
    """ "naik 5%, 7% dan 9%": another figure follows at once."""
    after = draft.after
    return (
        s.lower(after) in s.gram.joiners
        and after + 1 < len(s.tokens)
        and s.tokens[after + 1].kind == tk.NUMBER
    )
