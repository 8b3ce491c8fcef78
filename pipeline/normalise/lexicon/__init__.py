"""Names of organisations read part by part: heads, fields, levels, places, names of their own.

``parse`` reads the words of a name into a chain of parts, the outermost body first (party
committee, of the department, of health); ``match_spans`` finds such names in running text. Both
are linear in the text, as a name is at most ``cursor.LONGEST`` words long.

``tokens`` cuts a text into words, ``entries`` has the phrases of a language and what they mean,
``parts`` what a name is read into. ``cursor`` sees what stands at a word, ``reader`` reads a name
from its head on, ``additions`` what may follow a head, by ``ownership`` and ``place_names``.
``given`` reads a given name whole, with English words too, and ``settling`` puts its bodies right.
``matches`` goes through a text, ``certainty`` weighs what was read there.
"""

from pipeline.normalise.lexicon.entries import Lexicon, Match, fillers, lexicon
from pipeline.normalise.lexicon.given import parse, parse_by_parts
from pipeline.normalise.lexicon.matches import match_spans
from pipeline.normalise.lexicon.own_names import bare_words, no_body, own_name, own_spans
from pipeline.normalise.lexicon.parts import Parsed, Part, kind_of
from pipeline.normalise.lexicon.tokens import Token, tokenise

__all__ = [
    "Lexicon",
    "Match",
    "Parsed",
    "Part",
    "Token",
    "bare_words",
    "fillers",
    "kind_of",
    "lexicon",
    "match_spans",
    "no_body",
    "own_name",
    "own_spans",
    "parse",
    "parse_by_parts",
    "tokenise",
]
