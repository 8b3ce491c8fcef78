"""The rules by which the noun of a figure is found.

The noun phrase stands behind the number ("557 ahli Parti"), behind the word for its whole ("90%
daripada pesakit"), before the number as its topic ("wanita 612 orang"), total or subject, or with
an earlier figure of the sentence ("12 kes, daripadanya 3 maut"). Which words say so is data of the
language: ``languages/<code>/counted.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import nounphrase
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import CLOSE, OPEN, Draft, Sentence
from pipeline.normalise.units import unit_id

Span = tuple[int, int]

# Kinds that count something worded; from how many days on work is counted and not timed.
COUNTING = frozenset({"count", "ratio", "percentage", "fraction"})
_SHARES = frozenset({"percentage", "fraction"})
_LABOUR, _LABOUR_GIVEN = 100, 20
# How far before a number a verb of giving makes days of work a gift.
_GIVING = 5
# How many figures back a number without a noun looks for what it counts.
_BACK = 12
# How many tokens behind a figure what grows from it stands, and what a clause relates to it.
_NEAR, _RELATED = 5, 8


def add_unit(s: Sentence, draft: Draft, found: Sequence[Draft]) -> None:
    """Set what ``draft`` counts by the rules; as ``counted.add_unit``."""
    if draft.kind == "money":
        return
    if draft.kind == "duration" and draft.unit is not None:
        _count_labour(s, draft)
    if draft.unit is None and draft.kind != "age":
        draft.unit = _behind(s, draft, found)
    if draft.unit is not None:
        draft.unit_text = draft.unit_text or s.surface(*draft.unit)
        return
    if draft.kind == "age":
        return
    draft.unit_text = _elsewhere(s, draft, found)
    draft.elided = draft.unit_text is not None and draft.unit_text in {d.unit_text for d in found}
    if draft.unit_text is None and s.lower(draft.after) in s.gram.classifiers:
        draft.unit = draft.after, draft.after + 1
        draft.unit_text = s.surface(*draft.unit)
    if draft.unit_text is None and draft.kind == "count":
        draft.score = 0.6


def _count_labour(s: Sentence, draft: Draft) -> None:
    """Days of work that people gave are counted and not timed."""
    gram = s.gram
    assert draft.unit is not None
    labour = gram.labour.after(s.tokens, draft.unit[0])
    value = s.guess(draft.amounts[0])
    given = any(s.lower(k) in gram.giving for k in range(draft.start - _GIVING, draft.start))
    many = value is not None and value >= (_LABOUR_GIVEN if given else _LABOUR)
    if labour is not None and many:
        draft.kind, draft.unit = "count", (draft.unit[0], labour[1])
    persons = gram.person_days.after(s.tokens, draft.unit[0])
    if persons is not None:
        draft.kind, draft.unit = "count", (draft.unit[0], persons[1])


def _is_known(s: Sentence, span: Span) -> bool:
    """Whether the lexicon of units knows the head of a noun phrase."""
    return unit_id(s.surface(*span), s.gram.language) is not None


def _is_noun(s: Sentence, span: Span) -> bool:
    """Whether what stands behind a part without a noun of its own names it all the same.

    A word that no lexicon knows may be the verb of the parts ("waarvan 36 deelnemen aan"): it is a
    noun where something describes it, or where the phrase ends with it.
    """
    if _is_known(s, span):
        return True
    gram, last = s.gram, s.tokens[span[1] - 1].lower
    if span[1] < len(s.tokens) and s.tokens[span[1]].lower in gram.after_verbs:
        return False  # "2 overschreden de zeegrens"
    if span[1] - span[0] > 1:
        return not _has_verb(s, span[1])
    if gram.past_endings and last.endswith(gram.past_endings):
        return False
    ends = span[1] >= len(s.tokens) or s.tokens[span[1]].kind == tk.SYMBOL
    return ends and last.endswith(gram.plural_endings or (last,))


def _continues(s: Sentence, at: int) -> bool:
    return at < len(s.tokens) and s.tokens[at].kind != tk.SYMBOL


def _respect(s: Sentence, at: int) -> Span | None:
    """In what respect a change was counted, right behind it: "6.4% dalam modal"."""
    tokens, gram = s.tokens, s.gram
    if s.lower(at) not in gram.aspect_links or at + 1 >= len(tokens):
        return None
    if tokens[at + 1].text[0].isupper() or s.lower(at + 1) in gram.determiners:
        return None
    span = nounphrase.after(tokens, at + 1, gram)
    if span is None:
        return None
    start, end = at + 1, span[1]
    while start < end and gram.total.before(tokens, start + 1) is not None:
        start += 1
    if start == end or any(
        t.lower in gram.times or t.lower in gram.months for t in tokens[start:end]
    ):
        return None
    behind = tokens[end] if end < len(tokens) else None
    ends = behind is None or behind.kind == tk.SYMBOL or behind.lower in gram.joiners
    return (start, end) if ends else None


def _has_verb(s: Sentence, at: int) -> bool:
    """Whether a clause ends in the verb at token ``at``: "waarvan 139 … gewassen telen,"."""
    endings = s.gram.plural_endings
    if not endings or at + 1 >= len(s.tokens):
        return False
    word, behind = s.tokens[at], s.tokens[at + 1]
    return (
        word.kind == tk.WORD
        and word.lower.endswith(endings)
        and (behind.kind == tk.SYMBOL or behind.lower in s.gram.joiners)
    )


def _behind(s: Sentence, draft: Draft, found: Sequence[Draft]) -> Span | None:
    """The noun phrase behind a number, or behind the word for the whole of a share."""
    gram, tokens, at = s.gram, s.tokens, draft.after
    share = draft.kind in _SHARES
    if s.lower(at) in gram.people_classifiers and not share:
        topic = nounphrase.topic(tokens, draft.start, gram)
        if topic is not None and _is_known(s, topic):
            return None
    classifier = _classifier(s, at)
    back = gram.back.after(tokens, classifier)
    if back is not None:
        draft.part = True
        return _predicate(s, back[1], bare=True)
    if draft.kind == "count" and (named := _predicate(s, classifier, bare=False)) is not None:
        draft.part = True
        return named
    pointing = (
        gram.back.before(tokens, draft.start) is not None
        or _goes_on(s, draft, found)
        or (bool(found) and nounphrase.declared(tokens, draft.start, gram) is not None)
    )
    if share:
        aspect = gram.aspects.after(tokens, at)
        if aspect is not None:
            return aspect[1] - 1, aspect[1]
        if s.lower(at) in gram.direct:
            return at, at + 1
        respect = _respect(s, at) if draft.change is not None else None
        if respect is not None:
            return respect
        if gram.back.before(tokens, draft.start) is not None and gram.share_needs_base:
            named = nounphrase.after(tokens, at, gram)
            if named is not None and _is_known(s, named) and not _continues(s, named[1]):
                return named  # "waarvan 41% vrouwen"
    if share and pointing and (named := _predicate(s, at, bare=False)) is not None:
        return named
    if share or draft.kind == "ratio":
        base = gram.base.after(tokens, at)
        if base is not None:
            at = _whole_number(s, base[1])
        elif share and gram.share_needs_base:
            return None
    elif s.lower(at) in gram.not_nouns:
        return at, at + 1
    if draft.kind == "ratio":
        measure = gram.measure_word.after(tokens, at)
        if measure is not None:
            return at, measure[1]
    if s.lower(at) in gram.more:
        at += 1
    if (
        not share
        and s.lower(at) in gram.classifiers
        and gram.not_classified.after(tokens, at) is None
    ):
        span = nounphrase.after(tokens, at + 1, gram)
        if span is None or (pointing and not _is_noun(s, span)):
            return None
        return span
    if share and draft.change is not None:
        base_of = nounphrase.after(tokens, at, gram)
        if base_of is not None and tokens[base_of[0]].lower in gram.times:
            return None  # "naik 8% daripada tempoh sama"
    span = nounphrase.after(tokens, at, gram)
    if share and span is not None:
        owner = gram.owners.before(tokens, span[1])
        if owner is not None and owner[1] > span[0]:
            span = span[0], owner[1]
    if span is not None and draft.kind == "count":
        if _is_single(s, draft, span):
            return None  # "zijn er 39 afgehandeld"
        verb = span[1] < len(tokens) and tokens[span[1]].lower in gram.after_verbs
        past = tokens[span[1] - 1].lower.endswith(gram.past_endings)
        if verb and past and not _is_known(s, span):
            return None  # "98 vervulden hun taken"
    if span is not None and pointing and not _is_noun(s, span):
        return None  # "waarvan 36 deelnemen"
    return span or nounphrase.proper(tokens, at, gram)


def _goes_on(s: Sentence, draft: Draft, found: Sequence[Draft]) -> bool:
    """Whether a number goes on a list of parts that have no noun: "waarvan 68 …, 41 … en 14 …"."""
    if not found or not found[-1].elided or draft.kind != "count":
        return False
    before = s.tokens[draft.start - 1]
    return before.text == "," or before.lower in s.gram.joiners


def _is_single(s: Sentence, draft: Draft, span: Span) -> bool:
    """Whether several things cannot be counted by a phrase: no plural, and no word of a lexicon."""
    endings, last = s.gram.plural_endings, s.tokens[span[1] - 1]
    if not endings or last.lower.endswith(endings) or s.guess(draft.amounts[0]) == 1:
        return False
    return not last.text[0].isupper() and not _is_known(s, span)


def _classifier(s: Sentence, at: int) -> int:
    """The token after a classifier at ``at``, else ``at``."""
    return at + 1 if s.lower(at) in s.gram.classifiers else at


def _predicate(s: Sentence, at: int, bare: bool) -> Span | None:
    """What a part is said to be: "44 ialah koperasi", "6,512 daripadanya wanita"."""
    copula = s.gram.predicates.after(s.tokens, at)
    if copula is None and not bare:
        return None
    start = _classifier(s, copula[1] if copula is not None else at)
    span = nounphrase.after(s.tokens, start, s.gram)
    return span if span is not None and _is_known(s, span) else None


def _whole_number(s: Sentence, at: int) -> int:
    """The token after the number of a whole: "separuh daripada 216 projek"."""
    amount = s.amount(at) if at < len(s.tokens) and s.tokens[at].kind == tk.NUMBER else None
    return amount.end if amount is not None and not amount.suffix else at


def _elsewhere(s: Sentence, draft: Draft, found: Sequence[Draft]) -> str | None:
    """What an earlier figure counts, when this one points back at it; a topic, total or subject."""
    gram, tokens = s.gram, s.tokens
    recent = _outside(s, draft, found[-_BACK:])
    last = next(
        (
            d
            for d in reversed(recent)
            if d.unit_text
            and d.kind in COUNTING
            and not (d.part and draft.kind == "count")
            and d.unit_text.lower() not in gram.not_nouns
            and not (draft.change is not None and gram.is_plan(d.unit_text.lower()))
        ),
        None,
    )
    near = recent[-1] if recent else None
    classified = draft.kind not in _SHARES and s.lower(draft.after) in gram.classifiers
    people = s.lower(draft.after) in gram.people_classifiers
    if classified or people:
        topic = nounphrase.topic(tokens, draft.start, gram)
        if topic is not None:
            return s.surface(*topic)
    headed = nounphrase.heading(tokens, draft.start, gram)
    if headed is not None and not people:
        return s.surface(*headed)
    if near is not None:
        told = _told_with(s, draft, near, last, recent)
        if told is not None:
            return told
    total = nounphrase.before(tokens, draft.start, gram)
    if total is not None:
        return s.surface(*total)
    if draft.kind == "count" and s.lower(draft.start - 1) in gram.levels:
        if near is not None and near.unit_text and _levelled(s, near, draft):
            return near.unit_text
        moved = nounphrase.subject(tokens, draft.start, gram)
        if moved is not None and any(
            t.lower in gram.change or t.lower in gram.level_verbs
            for t in tokens[moved[1] : draft.start]
        ):
            return s.surface(*moved)
    if people and gram.back.before(tokens, draft.start) is None:
        pointing = gram.back.after(tokens, draft.after + 1)
        if pointing is None and not (near is not None and _levelled(s, near, draft)):
            return None
    if draft.kind == "count" and s.lower(draft.start - 1) in gram.copulas:
        stated = nounphrase.subject(tokens, draft.start, gram)
        if stated is not None and _is_known(s, stated):
            return s.surface(*stated)
    if draft.kind == "percentage" or (draft.kind == "fraction" and last is None):
        subject = nounphrase.subject(tokens, draft.start, gram)
        if subject is not None:
            worded = s.surface(*subject)
            if draft.change is None or not gram.is_plan(worded.lower()):
                return worded
            amount = next((d for d in reversed(recent) if d.kind in ("money", "measure")), None)
            return (_counted(s, amount) if amount is not None else None) or worded
        whom = gram.for_whom.after(tokens, draft.after)
        span = nounphrase.after(tokens, whom[1], gram) if whom is not None else None
        if span is not None and draft.change is None:
            return s.surface(*span)
    whole = nounphrase.declared(tokens, draft.start, gram)
    if whole is not None and _is_known(s, whole):
        return s.surface(*whole)
    if draft.kind == "percentage" and near is not None and near.kind == "measure":
        thing = _thing(s, near)
        if thing is not None:
            return thing
    if draft.kind in ("percentage", "ratio") and last is None:
        comma = max((m for m in range(draft.start) if tokens[m].text == ","), default=draft.start)
        for at in (draft.start, comma):
            opening = nounphrase.opening(tokens, at, gram)
            if opening is not None:
                return s.surface(*opening)
    if draft.kind in COUNTING:
        return last.unit_text if last is not None else None
    return None


def _outside(s: Sentence, draft: Draft, found: Sequence[Draft]) -> list[Draft]:
    """Of the figures before one those that no bracket closed before it holds."""
    kept: list[Draft] = []
    depth, k = 0, draft.start - 1
    for other in reversed(found):
        while k >= other.start:
            text = s.tokens[k].text
            depth += (text in CLOSE) - (text in OPEN)
            k -= 1
        if depth <= 0:
            kept.append(other)
        depth = max(depth, 0)
    return kept[::-1] or list(found)


def _levelled(s: Sentence, near: Draft, draft: Draft) -> bool:
    between = [t.lower for t in s.tokens[near.after : draft.start]]
    return bool(between) and all(w in s.gram.levels for w in between)


def _moved(s: Sentence, near: Draft, draft: Draft) -> bool:
    """Whether nothing but a verb of change and a word of level stands between two shares."""
    gram = s.gram
    between = [t.lower for t in s.tokens[near.after : draft.start]]
    return (
        0 < len(between) <= _NEAR
        and between[-1] in gram.levels
        and all(
            w in gram.levels
            or w in gram.change
            or w in gram.change_links
            or w in gram.auxiliaries
            or w in gram.level_verbs
            for w in between
        )
    )


def _outside_brackets(s: Sentence, start: int, end: int) -> int:
    """How many tokens from ``start`` to ``end`` stand in no bracket."""
    count = depth = 0
    for token in s.tokens[start:end]:
        depth += token.text in OPEN
        count += depth == 0
        depth -= token.text in CLOSE and depth > 0
    return count


def _says_same(s: Sentence, start: int, end: int) -> bool:
    """Whether nothing but "that is", and at most a word of change, stands between two tokens."""
    found = s.gram.equals.after(s.tokens, start)
    return found is not None and all(
        t.lower in s.gram.change
        or t.lower in s.gram.change_links
        or t.lower in s.gram.noun_links
        or t.lower in s.gram.determiners
        for t in s.tokens[found[1] : end]
    )


def _is_adjunct(s: Sentence, draft: Draft) -> bool:
    """Whether a figure stands behind a preposition and tells only where, for whom or with what."""
    return s.lower(draft.start - 1) in s.gram.adjuncts - s.gram.having


def _told_with(
    s: Sentence, draft: Draft, near: Draft, last: Draft | None, recent: Sequence[Draft]
) -> str | None:
    """What the figure before counts, where this one goes on about it."""
    gram, tokens = s.gram, s.tokens
    k = draft.start - 1
    pointing = (
        gram.back.before(tokens, draft.start)
        or gram.back.after(tokens, draft.after)
        or gram.back.after(tokens, _classifier(s, draft.after))
    )
    equal = draft.kind == "percentage" and any(
        tokens[m - 1].text in (",", "(") and _says_same(s, m, draft.start)
        for m in range(max(1, draft.start - _NEAR), draft.start)
    )
    while k > near.after and tokens[k].text in ("+", "-", "−", "–"):
        k -= 1
    bracket = k >= 0 and tokens[k].text in OPEN and k - near.after <= 6
    while k > near.after and tokens[k].kind == tk.WORD:
        k -= 1
    if not bracket and tokens[k].text in OPEN and k - near.after <= 6 and draft.change is not None:
        bracket = True  # "(naik hampir 18%)"
    if (
        tokens[k].text in OPEN
        and k - near.after <= 6
        and any(t.lower in gram.times for t in tokens[k + 1 : draft.start])
    ):
        bracket = True  # "(tempoh yang sama tahun lepas 94.2%)"
    gap = _outside_brackets(s, near.after, k)
    relates = k + 1 < draft.start and tokens[k + 1].lower in gram.relates
    grown = (
        draft.kind in ("percentage", "count")
        and (draft.change is not None or relates)
        and tokens[k].text == ","
        and gap <= (_RELATED if relates else _NEAR)
    )
    if grown and not pointing and not bracket:
        for find in (nounphrase.before, nounphrase.subject):
            own = find(tokens, draft.start, gram)
            if own is not None and own[0] > k:
                return s.surface(*own)
        if draft.amounts[0].suffix == "points" and near.kind == "percentage":
            for find in (nounphrase.before, nounphrase.subject):
                level = find(tokens, near.start, gram)
                if level is not None:
                    return s.surface(*level)
    if equal and last is not None and near.kind in COUNTING:
        return last.unit_text
    if pointing or bracket or grown or equal:
        beside = near.kind == "measure" and any(
            s.lower(m) in gram.strong for m in range(near.start - 5, near.start)
        )
        if pointing and beside and last is not None:
            return last.unit_text  # "217 hoofdkantoren, met een oppervlakte van 31 ha, … daarvan"
        if (grown or draft.change is not None) and _is_adjunct(s, near):
            near = next((d for d in reversed(recent) if not _is_adjunct(s, d)), near)
        counted = _counted(s, near) or (last.unit_text if last is not None else None)
        if counted is not None:
            return counted
    if near.kind == draft.kind == "percentage" and _levelled(s, near, draft):
        return near.unit_text  # "turun 0.5 mata peratusan kepada 5.5%"
    if draft.kind == "percentage" and near.kind == "percentage" and _moved(s, near, draft):
        return near.unit_text  # "met 0,12 procentpunt daalde naar 6,04%"
    return None


def _thing(s: Sentence, draft: Draft) -> str | None:
    """What is measured or paid for, right behind its amount: "14.000 ton afval"."""
    if draft.kind not in ("measure", "money"):
        return None
    at = draft.after + (s.lower(draft.after) in s.gram.things_of)
    span = nounphrase.after(s.tokens, at, s.gram)
    return s.surface(*span) if span is not None and _is_known(s, span) else None


def _counted(s: Sentence, draft: Draft) -> str | None:
    """What a figure is about: its counted noun, the thing measured, or the subject it is of."""
    if draft.kind in COUNTING:
        return draft.unit_text
    if (thing := _thing(s, draft)) is not None:
        return thing
    if draft.kind in ("measure", "money"):
        subject = (
            nounphrase.heading(s.tokens, draft.start, s.gram)
            or nounphrase.before(s.tokens, draft.start, s.gram)
            or nounphrase.opening(s.tokens, draft.start, s.gram)
            or nounphrase.subject(s.tokens, draft.start, s.gram)
        )
        return s.surface(*subject) if subject is not None else None
    return None


def is_sure(s: Sentence, draft: Draft) -> bool:
    """Whether the answer of the rules needs no weighing: a known noun right behind a count.

    The phrase must end before a sign or a small word, so that its border is plain too. So is what a
    share is said to be for ("40% voor rijst").
    """
    whom = s.gram.for_whom.after(s.tokens, draft.after)
    if whom is not None and draft.kind in _SHARES:
        span = nounphrase.after(s.tokens, whom[1], s.gram)
        return span is not None and s.surface(*span) == draft.unit_text
    if draft.kind != "count" or draft.unit is None or draft.part or draft.elided:
        return False
    if draft.unit[0] not in (draft.after, _classifier(s, draft.after)):
        return False
    behind = s.tokens[draft.unit[1]] if draft.unit[1] < len(s.tokens) else None
    plain = behind is None or behind.kind == tk.SYMBOL or behind.lower in s.gram.stop
    return plain and _is_known(s, draft.unit)
