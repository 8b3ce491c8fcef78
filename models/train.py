"""The recipe of the spaCy models: organisation names from gold and public corpora.

    python models/train.py ms --gold corpus/gold --conll ID/train.txt:0:2 --out models/ms
    python models/train.py nl --gold corpus/gold --conll NL/train.conllu:1:2 --out models/nl

``--conll FILE:TOKEN:TAG`` names a column file (columns counted from 0, tags in BIO) that helps
with names our gold has none of; its sentences weigh less than ours. Every epoch is measured on
the dev part, the best is kept, and its precision and recall go into ``meta.json``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import compounding, fix_random_seed, minibatch

from pipeline import gold
from pipeline.recognise import lexicon_tags

SEED = 20261121
LABEL = "ORG"
CONFIG = """
[nlp]
lang = "{code}"
pipeline = ["selaras_lexicon", "ner"]

[components]

[components.selaras_lexicon]
factory = "selaras_lexicon"

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[components.ner.model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = {width}
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE", "TAG"]
rows = [10000, 2000, 4000, 2000, 100]
include_static_vectors = false

[components.ner.model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = {width}
depth = 6
window_size = 1
maxout_pieces = 3
"""


def paragraphs(article: gold.GoldArticle) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """The lines of an article, each with the offsets of its organisation names."""
    position = 0
    for line in article.text.split("\n"):
        end = position + len(line)
        names = [
            (s.start - position, s.end - position)
            for s in article.spans
            if s.type == "org" and position <= s.start and s.end <= end
        ]
        if line.strip():
            yield line, names
        position = end + 1


def place_names() -> list[str]:
    """Names of provinces and districts, to put in place of those of the gold."""
    from pipeline.normalise import places

    known = places.gazetteer().by_id.values()
    return sorted({p.name for p in known if p.level != "commune" and not p.name[-1].isdigit()})


def substitute(
    text: str,
    names: list[tuple[int, int]],
    pattern: Any,
    replacements: list[str],
    rng: random.Random,
) -> tuple[str, list[tuple[int, int]]]:
    """The same sentence about other places: each place name replaced by one drawn at random."""
    chosen: dict[str, str] = {}
    pieces, moved, position, shift = [], [], 0, 0
    shifts: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        new = chosen.setdefault(match.group(), rng.choice(replacements))
        pieces += [text[position : match.start()], new]
        shift += len(new) - len(match.group())
        shifts.append((match.end(), shift))
        position = match.end()
    pieces.append(text[position:])

    def move(offset: int) -> int:
        return offset + max((s for s in shifts if s[0] <= offset), default=(0, 0))[1]

    for start, end in names:
        moved.append((move(start), move(end)))
    return "".join(pieces), moved


def to_doc(nlp: Language, text: str, names: list[tuple[int, int]]) -> Doc:
    """A tagged document with its names; one that cuts a token is widened to the token."""
    doc = nlp.get_pipe(lexicon_tags.NAME)(nlp.make_doc(text))
    spans = [doc.char_span(a, b, label=LABEL, alignment_mode="expand") for a, b in names]
    doc.set_ents(spacy.util.filter_spans([s for s in spans if s is not None]))
    return doc


def example(doc: Doc, lexicon: bool = True) -> Example:
    """A document to learn from: words and lexicon tags are given, names asked for.

    Without its ``lexicon`` tags a document teaches the model to do without: the lexicon knows the
    bodies of our gold better than those of articles it never saw.
    """
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    tags = [t.tag_ if lexicon else "O" for t in doc]
    return Example(Doc(doc.vocab, words, spaces=spaces, tags=tags), doc)


def conll(nlp: Language, spec: str) -> Iterator[Doc]:
    """The sentences of a column file, tagged; names of other kinds count as no organisation."""
    file, token_column, tag_column = spec.rsplit(":", 2)
    tagger = nlp.get_pipe(lexicon_tags.NAME)
    words: list[str] = []
    tags: list[str] = []
    for line in [*Path(file).read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.replace("\t", " ").split()
        if len(cells) <= max(int(token_column), int(tag_column)):
            if words:
                yield tagger(Doc(nlp.vocab, words=words, ents=tags))
            words, tags = [], []
            continue
        words.append(cells[int(token_column)])
        tag = cells[int(tag_column)]
        inside = tag.endswith("-ORG")
        begins = tag.startswith("B") or not tags or tags[-1] == "O"
        tags.append(("B-ORG" if begins else "I-ORG") if inside else "O")


def measure(nlp: Language, articles: list[gold.GoldArticle]) -> dict[str, float]:
    """Exact precision, recall and F1 on gold; optional names count on neither side."""
    hits = found = wanted = 0
    for article in articles:
        need = {(s.start, s.end) for s in article.spans if s.type == "org" and not s.optional}
        maybe = [(s.start, s.end) for s in article.spans if s.type == "org" and s.optional]
        position = 0
        got = set()
        for line in article.text.split("\n"):
            if line.strip():
                got |= {(position + e.start_char, position + e.end_char) for e in nlp(line).ents}
            position += len(line) + 1
        counted = {
            (a, b)
            for a, b in got
            if (a, b) in need or not any(2 * (min(b, d) - max(a, c)) >= b - a for c, d in maybe)
        }
        hits += len(counted & need)
        found += len(counted)
        wanted += len(need)
    precision, recall = hits / max(found, 1), hits / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def main() -> None:
    """Train the model of one language and write it, with its scores, to ``--out``."""
    import re

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("code", help="language: a folder of pipeline/languages")
    parser.add_argument("--gold", type=Path, required=True, help="folder with train/ and dev/")
    parser.add_argument("--conll", action="append", default=[], metavar="FILE:TOKEN:TAG")
    parser.add_argument("--conll-share", type=float, default=0.3, help="of the sentences an epoch")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--copies", type=int, default=3, help="of each gold line, places replaced")
    parser.add_argument("--lexicon-dropout", type=float, default=0.15, help="of the documents")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--dropout", type=float, default=0.25)
    options = parser.parse_args()

    fix_random_seed(SEED)
    rng = random.Random(SEED)
    config = spacy.util.load_config_from_str(CONFIG.format(code=options.code, width=options.width))
    nlp = spacy.util.load_model_from_config(config, auto_fill=True, validate=True)
    nlp.get_pipe("ner").add_label(LABEL)  # type: ignore[attr-defined]

    train = gold.read(options.gold / "train", options.code)
    dev = gold.read(options.gold / "dev", options.code)
    lines = [pair for article in train for pair in paragraphs(article)]
    public = [doc for spec in options.conll for doc in conll(nlp, spec)]
    names = place_names()
    pattern = re.compile(
        r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")(?!\w)"
    )
    print(
        f"{len(train)} gold articles, {len(lines)} lines, {len(public)} public sentences",
        flush=True,
    )

    optimizer = nlp.initialize(lambda: [example(to_doc(nlp, t, n)) for t, n in lines])
    optimizer.learn_rate = 0.001
    sizes = compounding(8.0, 64.0, 1.002)
    best = 0.0
    for epoch in range(options.epochs):
        begin = time.monotonic()
        docs = [to_doc(nlp, t, n) for t, n in lines]
        for _ in range(options.copies - 1):
            docs += [to_doc(nlp, *substitute(t, n, pattern, names, rng)) for t, n in lines]
        share = min(
            len(public), int(options.conll_share * len(docs) * (1 - epoch / options.epochs))
        )
        docs += rng.sample(public, share)
        rng.shuffle(docs)
        losses: dict[str, float] = {}
        for batch in minibatch(docs, size=sizes):
            examples = [example(d, rng.random() >= options.lexicon_dropout) for d in batch]
            nlp.update(examples, sgd=optimizer, drop=options.dropout, losses=losses)
        with nlp.use_params(optimizer.averages):
            scores = measure(nlp, dev)
            print(
                f"epoch {epoch + 1}: loss {losses['ner']:.0f} dev {scores} "
                f"{time.monotonic() - begin:.0f} s",
                flush=True,
            )
            if scores["f1"] > best:
                best = scores["f1"]
                nlp.meta.update(
                    name=f"selaras_{options.code}_organisations",
                    version="0.1.0",
                    description="Organisation names in machine-translated news about Vietnam",
                    license="Apache-2.0",
                    performance=scores,
                )
                nlp.to_disk(options.out)
    print(f"best dev F1 {best}", file=sys.stderr)


if __name__ == "__main__":
    main()
