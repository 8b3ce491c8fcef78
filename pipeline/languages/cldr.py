"""Words of a language that the Common Locale Data Repository has: months, currencies.

Source: Unicode CLDR (https://cldr.unicode.org), as babel carries it. Which locale a language is
stands in its ``language.toml``. What CLDR lacks is in the language's own files, beside these.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.languages import data

if TYPE_CHECKING:
    import babel

_NAMES = ("wide", "abbreviated")


@cache
def locale(language: str) -> babel.Locale:
    """The locale of ``language``. Raises ``UnknownLanguage`` for one that has no data."""
    import babel

    return babel.Locale.parse(data(language, "language")["locale"])


@cache
def months(language: str) -> dict[str, int]:
    """The names of months, full and abbreviated, in lower case without a point: 1 is January."""
    named = locale(language).months
    return {
        name.lower().rstrip("."): number
        for context in ("stand-alone", "format")
        for width in _NAMES
        for number, name in named[context][width].items()
    }


@cache
def currency_names(language: str, codes: tuple[str, ...]) -> dict[str, str]:
    """The codes (ISO 4217) by what they are called, in lower case, one of it and many."""
    from babel.numbers import get_currency_name

    spoken = locale(language)
    return {
        get_currency_name(code, count, locale=spoken).lower(): code
        for code in codes
        for count in (None, 1, 2)
    }
