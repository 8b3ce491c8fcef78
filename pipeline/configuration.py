"""What a user may choose, in one place, checked once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline import languages
from pipeline.read.files import MAX_BYTES
from pipeline.recognise import engines
from pipeline.user_lexicon import UserLexicon

# Wrong rows look right, a skipped article says so: a language less likely than this is not read.
MIN_LANGUAGE_SCORE = 0.7

_OF_LANGUAGE = re.compile(r"([A-Za-z]{2,3})=(.*)", re.DOTALL)


class ConfigurationError(ValueError):
    """A choice that cannot be; the message says what to choose instead."""


def chosen_engines(said: Iterable[str]) -> dict[str, str]:
    """The engine settings per language code in ``[LANG=]SETTING`` words, as ``--ner`` takes them.

    One without ``LANG=`` holds for every language that has none of its own, whatever their order.
    Raises ``ConfigurationError`` when one is given twice; settings are not checked here.
    """
    given: dict[str | None, str] = {}
    for word in said:
        match = _OF_LANGUAGE.fullmatch(word)
        code, setting = (match[1].lower(), match[2]) if match else (None, word)
        if code in given:
            raise ConfigurationError(
                f"two engines for names are given for {code or 'all languages'}: "
                f"{given[code]!r} and {setting!r}; choose one"
            )
        given[code] = setting
    general = given.pop(None, None)
    every = dict.fromkeys(languages.available(), general) if general is not None else {}
    return every | given  # type: ignore[return-value]


def _checked(ner: Mapping[str, str]) -> dict[str, str]:
    """The settings that differ from the default, sorted by language."""
    for code, setting in ner.items():
        if code not in languages.available():
            known = ", ".join(languages.available())
            raise ConfigurationError(
                f"no language {code!r} to choose an engine for names for; choose from {known}"
            )
        try:
            engines.split(setting)
        except ValueError as error:
            raise ConfigurationError(str(error)) from error
    return {code: ner[code] for code in sorted(ner) if ner[code] != engines.DEFAULT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The choices that decide what a run finds.

    ``language`` overrides detection for every article; ``min_language_score`` is what a detected
    language must reach; ``max_bytes`` is the largest file that is read. ``ner`` is which engine
    finds names, per language code (``recognise.engines`` has the settings); a language that it
    leaves out has the default. ``lexicon`` is what the user knows better than the program
    (``user_lexicon.read.read_lexicon`` reads it).
    Raises ``ConfigurationError`` for a language without data, a score outside 0 to 1 or a setting
    that names no engine; models are looked for when they are first needed.
    """

    language: str | None = None
    min_language_score: float = MIN_LANGUAGE_SCORE
    max_bytes: int = MAX_BYTES
    ner: Mapping[str, str] = field(default_factory=dict, hash=False)
    lexicon: UserLexicon | None = None

    def __post_init__(self) -> None:
        if self.language is not None and self.language not in languages.available():
            known = ", ".join(languages.available())
            raise ConfigurationError(
                f"language {self.language!r} has no model; choose from {known}"
            )
        if not 0 <= self.min_language_score <= 1:
            raise ConfigurationError(
                f"a language score lies between 0 and 1, not {self.min_language_score}"
            )
        if self.max_bytes <= 0:
            raise ConfigurationError("the largest file size must be above zero")
        object.__setattr__(self, "ner", _checked(self.ner))

    def as_dict(self) -> dict[str, object]:
        """The choices as plain values, for ``run.json``; of a lexicon the digest of its file."""
        said = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return said | {"ner": dict(self.ner), "lexicon": self.lexicon and self.lexicon.digest}
