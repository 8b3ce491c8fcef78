"""What names mean, for those that no lexicon knows.

``similarity`` is how alike two names mean, ``traits`` and ``differ`` what forbids that they are of
one body all the same, ``joined`` the ids of a corpus that are one body by both.
"""

from pipeline.normalise.meaning.joining import Named, joined
from pipeline.normalise.meaning.traits import Traits, differ, traits
from pipeline.normalise.meaning.vectors import Vectors, default, similarity

__all__ = [
    "Named",
    "Traits",
    "Vectors",
    "default",
    "differ",
    "joined",
    "similarity",
    "traits",
]
