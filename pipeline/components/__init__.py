"""Selaras as parts of a spaCy pipeline: ``nlp.add_pipe("selaras_statistics")`` in anyone's.

Three components, each of which can stand alone, before or behind any others; where several have the
same choices, a text is read once for all of them:

    selaras_organisations   fills ``doc.spans["organisations"]``, labelled ``ORG``
    selaras_references      fills ``doc.spans["references"]``, labelled ``REF``
    selaras_statistics      fills ``doc.spans["statistics"]``, labelled ``STAT``

spaCy finds them by their entry points (``spacy_factories`` in ``pyproject.toml``) wherever Selaras
is installed; nothing need be imported. Their choices are those of ``factories.organisations``, what
their spans carry is said in ``attributes``.
"""

from pipeline.components.attributes import KEYS, LABELS, mark, register
from pipeline.components.factories import Component, organisations, references, statistics

__all__ = [
    "KEYS",
    "LABELS",
    "Component",
    "mark",
    "organisations",
    "references",
    "register",
    "statistics",
]
