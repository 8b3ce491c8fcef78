"""Trust by a drawn sample: a person judges rows of the table, or whole articles, on the sentences.

What a judgement is about
    A **row** of the table is judged on its sentences: is it, with its identity and its value, what
    its sentences say? Where more sentences stand behind it than are shown, those shown are drawn
    from them. A row is *right* when every sentence that is shown bears it out, and else *wrong*;
    one that is *corrected* was wrong too.
    In **articles** the unit is a mention: are its borders, identity and value right? An article is
    wholly reviewed when each of its mentions is judged and what was missed in it is said.

What is saved
    ``OUT-review/judgements.csv``, after every answer (``judgements``); from it
    ``OUT-review/lexicon.csv`` for ``selaras run --lexicon`` (``words``) and the gold articles in
    ``OUT-review/gold`` (``tagged``). A judgement holds for the row, or the mention, as it was: when
    another run changed it, it is said and not counted, but its correction stays in the lexicon.

``review.Review`` is the core; ``terminal`` and ``widget`` are two faces of it.
"""
