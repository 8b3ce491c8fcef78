"""The words around numbers of one language, made ready for looking up.

Everything comes from ``languages/<code>/statistics.toml`` and ``units.toml``,
``facts/currencies.toml`` and ``facts/measures.toml``; nothing here knows a word of any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from pipeline import facts, languages
from pipeline.extract import tokens as tk
from pipeline.extract.dates import month_names
from pipeline.extract.numbers import lexicon
from pipeline.extract.tokens import Token
from pipeline.languages import cldr
from pipeline.records import Change, Qualifier

T = TypeVar("T")
_UP: Change = "up"
_DOWN: Change = "down"


class Phrases(Generic[T]):
    """Phrases with a meaning each, found from their first token on or up to their last.

    The longest phrase wins. ``exact`` compares case and wants no white space inside.
    """

    def __init__(self, table: Mapping[str, T], exact: bool = False) -> None:
        self.exact = exact
        self._first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        self._last: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, meaning in table.items():
            words = tuple(t.text if exact else t.lower for t in tk.tokenise(phrase))
            if words:
                self._first.setdefault(words[0], []).append((words, meaning))
                self._last.setdefault(words[-1], []).append((words, meaning))
        for group in (*self._first.values(), *self._last.values()):
            group.sort(key=lambda entry: -len(entry[0]))

    def _same(self, tokens: Sequence[Token], i: int, words: tuple[str, ...]) -> bool:
        if i < 0 or i + len(words) > len(tokens):
            return False
        for k, word in enumerate(words):
            token = tokens[i + k]
            if (token.text if self.exact else token.lower) != word:
                return False
            if self.exact and k and token.start != tokens[i + k - 1].end:
                return False
        return True

    def after(self, tokens: Sequence[Token], i: int) -> tuple[T, int] | None:
        """The meaning of the phrase that starts at token ``i``, and the token after it."""
        if not 0 <= i < len(tokens):
            return None
        key = tokens[i].text if self.exact else tokens[i].lower
        for words, meaning in self._first.get(key, ()):
            if self._same(tokens, i, words):
                return meaning, i + len(words)
        return None

    def before(self, tokens: Sequence[Token], i: int) -> tuple[T, int] | None:
        """The meaning of the phrase that ends before token ``i``, and its first token."""
        if not 0 < i <= len(tokens):
            return None
        key = tokens[i - 1].text if self.exact else tokens[i - 1].lower
        for words, meaning in self._last.get(key, ()):
            if self._same(tokens, i - len(words), words):
                return meaning, i - len(words)
        return None


def _set(words: Iterable[str]) -> Phrases[bool]:
    return Phrases(dict.fromkeys(words, True))


def _currencies(language: str, codes: Sequence[str], money: Mapping[str, Any]) -> dict[str, str]:
    """What ``language`` calls the currencies, one and many, in lower case, and their codes."""
    names = {**cldr.currency_names(language, tuple(codes)), **money["words"]}
    for name, code in tuple(names.items()):
        head = name.split()[-1]
        for plural in money["plurals"].get(head, ()):
            names.setdefault(name.removesuffix(head) + plural, code)
    return names


def _measures(language: str, measures: Mapping[str, Any]) -> list[str]:
    """The words of ``units.toml`` for units of measure, those of time left out.

    What differs from a sign only in case is left to the signs, which are known by theirs; single
    letters say too little.
    """
    signs = {sign.lower() for sign in measures["signs"]}
    words = languages.data(language, "units")
    return [
        form
        for identity, unit in measures["units"].items()
        if unit["topic"] != "time"
        for form in (*words["units"].get(identity, ()), *words["measures"].get(identity, ()))
        if len(form) > 1 and form not in signs
    ]


class Grammar:
    """The words of one language that say what a number is.

    Raises ``languages.UnknownLanguage`` when the language has no ``statistics.toml``.
    """

    def __init__(self, language: str) -> None:
        data: dict[str, Any] = languages.data(language, "statistics")
        self.language = language
        self._numbers = lexicon(language)
        currencies, measures = facts.data("currencies"), facts.data("measures")
        percent = dict.fromkeys(data["percent"]["words"], "percent")
        self.percent = Phrases({**percent, **dict.fromkeys(data["percent"]["points"], "points")})

        self.qualifier_before: Phrases[Qualifier] = Phrases(
            {p: q for q, ps in data["qualifiers"]["before"].items() for p in ps}
        )
        self.qualifier_after: Phrases[Qualifier] = Phrases(
            {p: q for q, ps in data["qualifiers"]["after"].items() for p in ps}
        )
        weak = data["qualifiers"]["weak"]
        self.qualifier_closing: Phrases[Qualifier] = Phrases(
            {p: q for q, ps in data["qualifiers"]["closing"].items() for p in ps}
        )
        self.weak, self.among = frozenset(weak["words"]), frozenset(weak["among"])
        self.level_verbs = frozenset(weak["level_verbs"])
        self.on_land, self.areas = frozenset(weak["on_land"]), frozenset(weak["areas"])
        self.large = frozenset(weak["large"])
        self.penalties, self.threats = frozenset(weak["penalties"]), frozenset(weak["threats"])
        self.qualifier_fillers = frozenset(weak["fillers"])
        self.qualifier_names = _set(weak["names"])
        spread = data["range"]
        self.range_to, self.range_between = _set(spread["to"]), _set(spread["between"])
        self.range_and, self.range_from = _set(spread["and"]), _set(spread["from"])
        self.ratio_of, self.ratio_in = _set(data["ratio"]["of"]), _set(data["ratio"]["in"])

        change = data["change"]
        self.change: dict[str, Change] = {
            **dict.fromkeys(change["up"], _UP),
            **dict.fromkeys(change["down"], _DOWN),
        }
        self.change_links = frozenset(change["links"])
        self.change_nouns = frozenset(change["nouns"])
        self.noun_links = frozenset(change["noun_links"])
        self.levels = frozenset(change["levels"])
        self.arrivals = frozenset(change["arrivals"])
        self.strong = frozenset(change["strong"])
        self.change_after: Phrases[Change] = Phrases(
            {
                **dict.fromkeys(change["after_up"], _UP),
                **dict.fromkeys(change["after_down"], _DOWN),
            }
        )
        self.change_particles: dict[str, Change] = {
            **self.change,
            **dict.fromkeys(change["particles_up"], _UP),
            **dict.fromkeys(change["particles_down"], _DOWN),
        }
        self.auxiliaries = frozenset(change["auxiliaries"])
        self.plan = frozenset(change["plan"])
        self.particles: dict[str, Change] = {
            **dict.fromkeys(change["particles_up"], _UP),
            **dict.fromkeys(change["particles_down"], _DOWN),
        }
        self.particles_before: dict[str, Change] = {
            **self.particles,
            **dict.fromkeys(change["particles_before_up"], _UP),
        }
        self.separable = frozenset(change["separable"])
        self.share_change: dict[str, Change] = {
            **dict.fromkeys(change["share_up"], _UP),
            **dict.fromkeys(change["share_down"], _DOWN),
        }
        self.growth: dict[str, Change] = {
            **dict.fromkeys(change["growth_up"], _UP),
            **dict.fromkeys(change["growth_down"], _DOWN),
        }
        self.at_rate = _set(change["at_rate"])
        self.level_bounds = frozenset(change["level_bounds"])
        self.transitive = frozenset(change["transitive"])
        self.compared: Phrases[Change] = Phrases(
            {
                **dict.fromkeys(change["compared_up"], _UP),
                **dict.fromkeys(change["compared_down"], _DOWN),
            }
        )
        self.compared_weak: Phrases[Change] = Phrases(
            dict.fromkeys(change["compared_weak_down"], _DOWN)
        )
        self.not_compared = frozenset(change["not_compared"])
        self.than, self.comparison = _set(change["than"]), _set(change["comparison"])
        self.comparison_words = frozenset(p.split()[0] for p in change["comparison"])
        self.earlier = frozenset([*change["earlier"], *month_names(language)])
        self.told_same = frozenset(change["told_same"])
        self.told_again = _set(change["told_again"])

        codes = {code: code for code in currencies["codes"]}
        self.currency_code: Phrases[str] = Phrases(
            {**codes, **currencies["aliases"], **currencies["signs"]}, exact=True
        )
        money = _currencies(language, currencies["codes"], data["money"])
        self.currency_word: Phrases[str] = Phrases(
            {**{c.lower(): c for c in currencies["codes"]}, **money}
        )
        self.currency_first: Phrases[str] = Phrases(
            {
                **{c.lower(): c for c in currencies["codes"]},
                **{w: money[w] for w in data["money"]["before"]},
            }
        )
        self.no_minor = frozenset(currencies["minor"]["none"])

        self.measure_sign = Phrases(dict.fromkeys(measures["signs"], True), exact=True)
        self.class_signs = frozenset(measures["classes"])
        self.class_sign = Phrases(dict.fromkeys(measures["classes"], True), exact=True)
        self.measure_word = _set(_measures(language, measures))
        below = data["below_zero"]
        self.degrees = frozenset(below["degrees"])
        self.minus, self.below_zero = _set(below["before"]), _set(below["after"])
        self.duration = _set(data["measure"]["durations"])
        self.fillers = frozenset(data["measure"]["fillers"])
        suffixes = data["measure"]["duration_suffixes"]
        self.duration_suffix = (
            re.compile(".{2,}(?:" + "|".join(map(re.escape, suffixes)) + ")") if suffixes else None
        )
        self.labour = _set(data["measure"]["labour"])
        self.person_days = _set(data["measure"]["person_days"])
        self.giving = frozenset(data["measure"]["giving"])
        self.calendar_after = _set(data["measure"]["calendar_after"])
        self.calendar_before = _set(data["measure"]["calendar_before"])

        self.calendar_units = frozenset(data["measure"]["calendar_units"])
        self.not_durations = frozenset(data["measure"]["not_durations"])
        self.not_duration_endings = tuple(data["measure"]["not_duration_endings"])
        self.one_durations = frozenset(data["measure"]["one_durations"])
        lasting = data["measure"]["lasting"]
        self.lasting = frozenset(lasting["nouns"])
        self.lasting_before, self.lasting_after = (
            frozenset(lasting["before"]),
            frozenset(lasting["after"]),
        )

        age = data["age"]
        self.age_before, self.age_after = _set(age["before"]), _set(age["after"])
        self.age_unit = frozenset(age["unit"])
        self.age_suffix = frozenset(age["suffix"])
        self.age_bounds = frozenset(age["bounds"])
        self.age_people = frozenset(age["people"])
        self.age_years = frozenset(age["years"])
        self.age_adverbs = _set(age["adverbs"])
        self.age_turning = frozenset(age["turning"])
        self.pronouns = frozenset(age["pronouns"])
        self.age_nouns = frozenset(age["nouns"])
        self.age_closers = frozenset(age["closers"])
        self._persons, self._things = frozenset(age["persons"]), frozenset(age["things"])
        self.of_age = frozenset(age["of"])
        self._thing_endings = tuple(age["thing_endings"])

        self.ordinal_before = _set(data["ordinals"]["before"])
        self.year_before = frozenset(data["year"]["before"])
        self.year_words = frozenset(data["year"]["words"])
        self.day_before = frozenset(data["year"]["day_before"])
        names = month_names(language)
        months = "|".join(re.escape(m) for m in sorted(names, key=lambda m: (-len(m), m)))
        between = "|".join(re.escape(w) for w in data["year"]["words_between"])
        # "6 januaristraat": a street or square named after a day.
        named = "|".join(re.escape(m) for m in sorted(names) if len(m) > 5)
        joiners = "|".join(re.escape(w) for w in data["year"]["day_joiners"])
        days = rf"\d{{1,2}}(?:[ \u00a0]?(?:{joiners})[ \u00a0]\d{{1,2}}){{1,4}}"
        year = r"(?:1[89]|20)\d\d(?!\d)"
        self.date = re.compile(
            rf"(?<![\w.,])(?:{days}[ \u00a0]+(?:{months})\b(?:[ \u00a0]+{year})?"
            rf"|(?:\d{{1,2}}[ \u00a0]?(?:-|–|/)[ \u00a0]?)?\d{{1,2}}[ \u00a0]+(?:{months})\b"
            rf"(?:,?[ \u00a0]+(?:(?:{between})[ \u00a0]+)?{year})?"
            rf"|(?:{months})[ \u00a0]+(?:(?:{between})[ \u00a0]+)?{year}"
            rf"|\d{{1,2}}(?P<sign>[/.-])\d{{1,2}}(?P=sign)(?:\d{{4}}|\d\d)(?![\w/])"
            rf"|\d{{1,2}}/(?:19|20)\d\d(?![\w/])"
            rf"|{year}[ \u00a0]?[-–—/][ \u00a0]?(?:{year}|\d\d(?![\d.,%]))"
            rf"|\d{{1,2}}[ \u00a0]+(?:{named})\w+"
            rf"|\d{{1,2}}:\d\d(?::\d\d)?)",
            re.IGNORECASE,
        )
        files = facts.data("files")
        shots = "|".join(re.escape(w) for w in data["files"]["captures"])
        at = "|".join(re.escape(w) for w in data["files"]["at"])
        self.capture = re.compile(
            rf"(?<!\w)(?:{shots})[ _-]?\d[\d.:_-]*(?: (?:(?:{at}) )?\d[\d.:_-]*){{0,8}}"
            rf"(?: ?\(\d+\))?",
            re.IGNORECASE,
        )
        extensions = "|".join(re.escape(e) for e in files["extensions"])
        self.extension = re.compile(rf"\.(?:{extensions})(?!\w)", re.IGNORECASE)
        self.hours = frozenset(data["time"]["hours"])
        self.time_before, self.time_after = (
            _set(data["time"]["before"]),
            _set(data["time"]["after"]),
        )

        labels = data["labels"]
        self.label_before, self.label_after = _set(labels["before"]), _set(labels["after"])
        self.label_up_to: dict[str, int] = labels["up_to"]
        self.label_after_up_to: dict[str, int] = labels["after_up_to"]
        self.label_after_growth = frozenset(labels["after_growth"])
        self.each = frozenset(labels["each"])
        self.address_before = frozenset(labels["address_before"])
        self.unnamed_endings = tuple(labels["unnamed_endings"])
        self.enumerators = frozenset(labels["enumerators"])
        self.one_relatives = frozenset(labels["one_relatives"])
        classes = data["classes"]
        self.grade_before, self.grade_after = (
            _set(classes["grade_before"]),
            _set(classes["grade_after"]),
        )
        self.sized, self.vehicles = frozenset(classes["sized"]), frozenset(classes["vehicles"])
        self.badges, self.teams = frozenset(classes["badges"]), tuple(classes["teams"])
        self.storeys, self.storeyed = frozenset(classes["storeys"]), frozenset(classes["storeyed"])
        self.storey_links = frozenset(classes["storey_links"])
        self.runs, self.sports = frozenset(classes["runs"]), frozenset(classes["sports"])
        self.events, self.event_after = _set(classes["events"]), _set(classes["event_after"])
        self.event_articles = frozenset(classes["event_articles"])
        self.phone_lines = frozenset(labels["lines"])
        self.of_day = _set(data["time"]["of_day"])
        self.label_worded = frozenset(labels["worded"])
        self.label_weak = frozenset(labels["weak"])
        self.titles = [tuple(t.split()) for t in labels["titles"]]
        self.quoted = frozenset(labels["quoted"])
        self._titled = (*labels["quoted"], *labels["titled"])
        self.calls = frozenset(labels["calls"])
        self.vague_before = _set(data["vague"]["before"])
        self.multiple_after = _set(data["multiples"]["after"])
        self.per_time = frozenset(data["multiples"]["per"])
        self.one_not_after = frozenset(data["one"]["not_after"])
        self.one_not_after_unit = frozenset(data["one"]["not_after_unit"])
        self.one_not_before = _set(data["one"]["not_before"])
        self.fraction_not_before = frozenset(data["fraction"]["not_before"])
        self.fraction_unsure = frozenset(data["fraction"]["unsure"])
        self.fraction_not_after = frozenset(data["fraction"]["not_after"])
        self.scores = frozenset(data["scores"]["words"])
        self.planning = frozenset(data["planning"]["words"])

        nouns = languages.data(language, "counted")
        self.noun_first: bool = nouns["order"] == "noun first"
        self.classifiers = frozenset(nouns["classifiers"])
        self.containers = frozenset(nouns["containers"])
        self.appositions = frozenset(nouns["appositions"])
        self.share_needs_base: bool = nouns["share_needs_base"]
        self.back = _set(nouns["back"])
        self.months = frozenset(month_names(language))
        self.state_degrees = frozenset(nouns["degrees"])
        self.rate_endings = tuple(nouns["rate_endings"])
        self.aspect_links = frozenset(nouns["aspect_links"])
        self.having = frozenset(nouns["having"])
        self.things_of = frozenset(nouns["things_of"])
        self.relates = frozenset(nouns["relates"])
        self.participle_starts = tuple(nouns["participle_starts"])
        self.after_verbs = frozenset(nouns["after_verbs"])
        self.takes = frozenset(nouns["takes"])
        self.act_endings = tuple(nouns["act_endings"])
        self.direct = frozenset(nouns["direct"])
        self.owners = _set(nouns["owners"])
        self.rate_words = frozenset(nouns["rate_words"])
        self.state_prefixes = tuple(nouns["state_prefixes"])
        self.genitives = frozenset(nouns["genitives"])
        self.pointers = frozenset(nouns["pointers"])
        self.relatives = frozenset(nouns["relatives"])
        self.time_ordinals = frozenset(nouns["time_ordinals"])
        self.aspects = _set(nouns["aspects"])
        self.more = frozenset(nouns["more"])
        self.equals = _set(nouns["equals"])
        self.predicates = _set(nouns["predicates"])
        self.people_classifiers = frozenset(nouns["people_classifiers"])
        self.tails = {head: frozenset(links) for head, links in nouns["tails"].items()}
        self.level_tail = _set(nouns["level_tail"])
        self.not_classified = _set(nouns["not_classified"])
        pattern = nouns["participle_pattern"]
        self.participle = re.compile(pattern) if pattern else None
        self.participles = frozenset(nouns["participles"])
        self.before_amount = frozenset(nouns["before_amount"])
        self.stop = frozenset([*nouns["stop"], *nouns["verbs"]])
        self.compounds = _set(nouns["compounds"])
        self.for_whom = _set(nouns["for"])
        self.joiners = frozenset(nouns["joiners"])
        self.verb_prefixes = tuple(nouns["verb_prefixes"])
        self.not_verbs = frozenset(nouns["not_verbs"])
        self.capitals = frozenset(nouns["capitals"])
        self.longest: int = nouns["longest"]
        self.base = _set(nouns["base"])
        self.total = _set(nouns["total"])
        self.rates = _set(nouns["rates"])
        self.determiners = frozenset(nouns["determiners"])
        self.openers = frozenset(nouns["openers"])
        self.adjuncts = frozenset(nouns["adjuncts"])
        self.times = frozenset(nouns["times"])
        self.dropped = frozenset(nouns["dropped"])
        self.happened = self.participles - frozenset(nouns["states"])
        dropped = nouns["dropped_pattern"]
        self.dropped_pattern = re.compile(dropped) if dropped else None
        self.inner = frozenset(nouns["inner"])
        self.copulas = frozenset(nouns["copulas"])
        self.not_nouns = frozenset(nouns["not_nouns"])
        self.plain_adjectives = frozenset(nouns["plain_adjectives"])
        self.plural_endings = tuple(nouns["plural_endings"])
        self.noun_endings = tuple(nouns["noun_endings"])
        self.past_endings = tuple(nouns["past_endings"])
        self.adjective_endings = tuple(nouns["adjective_endings"])

    def scaled(self, tokens: Sequence[Token], i: int) -> int:
        """The token after the number at ``i`` and its scale words."""
        return self._numbers.scale(tokens, i + 1)[1]

    def is_plan(self, phrase: str) -> bool:
        """Whether a lower-case phrase is about what was planned and not what came of it."""
        return any(word.endswith(tuple(self.plan)) for word in phrase.split())

    def is_titled(self, word: str) -> bool:
        """Whether a lower-case word is a noun, or ends in one, that a quoted title follows."""
        return len(word) > 3 and word.endswith(self._titled)

    def is_person(self, word: str) -> bool:
        """Whether a lower-case word is a noun for someone."""
        return word in self._persons

    def is_thing(self, word: str) -> bool:
        """Whether a lower-case word is a noun for something that is no person."""
        return word in self._things or (
            bool(self._thing_endings) and word.endswith(self._thing_endings)
        )

    def is_number(self, word: str) -> bool:
        """Whether a lower-case word is a number word."""
        return self._numbers.morphemes(word) is not None

    def is_dropped(self, word: str) -> bool:
        """Whether a lower-case word before a noun is no part of what is counted."""
        return (
            word in self.dropped
            or word in self.happened
            or bool(self.dropped_pattern is not None and self.dropped_pattern.fullmatch(word))
        )

    def is_participle(self, word: str) -> bool:
        """Whether a lower-case word describes the noun after it though it looks like a noun."""
        return word in self.participles or bool(
            self.participle is not None and self.participle.fullmatch(word)
        )

    def is_verb(self, word: str) -> bool:
        """Whether a lower-case word looks like a verb by its prefix."""
        return (
            bool(self.verb_prefixes)
            and len(word) > 5
            and word.startswith(self.verb_prefixes)
            and word not in self.not_verbs
        )


@cache
def grammar(language: str) -> Grammar:
    """The grammar of ``language``; raises ``languages.UnknownLanguage`` without data."""
    return Grammar(language)
