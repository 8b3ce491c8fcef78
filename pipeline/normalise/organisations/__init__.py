"""Organisation names to identities that are the same in every language.

A name is read into parts (``lexicon.parse``), the parts are composed into a key by the scheme
KIND-OR-FIELD[/PARENT BODY][/PROVINCE[/DISTRICT OR COMMUNE]], and what a name leaves unsaid is
taken from its article: the place it is about, the body that a short form points back at, the
long form of an abbreviation. Nothing is filled in by guess: what stays unknown stays out of the
key, so that two bodies are rather left apart than joined wrongly.

``identity`` takes the steps in order. ``document`` has the mentions and their article,
``composition`` makes parts into a key, ``naming`` gives it names, ``ministries`` tells ministries
from departments, ``owners`` and ``place`` find whose and where a body is, ``short_forms`` what
stands for a longer name; ``corrections`` is what the user says.
"""

from pipeline.normalise.organisations.corrections import corrected
from pipeline.normalise.organisations.identity import identify

__all__ = ["corrected", "identify"]
