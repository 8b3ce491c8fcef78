"""Small models of other libraries, really trained on a few articles of our gold, in seconds."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import gold
from pipeline.extract.sentences import sentences
from pipeline.recognise.windows import WORD
from tests.conftest import ROOT

LANGUAGE = "nl"
ARTICLES = 6
Tagged = list[tuple[str, str]]  # the words of a sentence with their labels in BIO


def articles() -> list[gold.GoldArticle]:
    """What the models learn, and are asked for again."""
    return gold.read(ROOT / "corpus" / "gold" / "train", LANGUAGE)[:ARTICLES]


def names(article: gold.GoldArticle) -> set[tuple[int, int]]:
    """The organisations of an article, those too that may be left out."""
    return {(s.start, s.end) for s in article.spans if s.type == "org"}


def tagged() -> Iterator[Tagged]:
    """The sentences of the articles, as words with labels."""
    for article in articles():
        spans = sorted(names(article))
        for start, end in sentences(article.text, LANGUAGE):
            words = []
            for word in WORD.finditer(article.text, start, end):
                label = "O"
                for first, last in spans:
                    if first < word.end() and word.start() < last:
                        label = "B-ORG" if word.start() <= first else "I-ORG"
                words.append((word.group(), label))
            if words:
                yield words


def spacy_model(folder: Path) -> Path:
    """A blank pipeline with an entity recogniser."""
    import spacy
    from spacy.training import Example
    from spacy.util import filter_spans, fix_random_seed, minibatch

    fix_random_seed(0)
    nlp = spacy.blank(LANGUAGE, meta={"name": "tiny_names", "version": "1.2.3"})
    nlp.add_pipe("ner").add_label("ORG")  # type: ignore[attr-defined]
    examples = []
    for article in articles():
        position = 0
        for line in article.text.split("\n"):
            end = position + len(line)
            doc = nlp.make_doc(line)
            spans = [
                doc.char_span(a - position, b - position, "ORG", alignment_mode="expand")
                for a, b in names(article)
                if position <= a and b <= end
            ]
            doc.set_ents(filter_spans([s for s in spans if s is not None]))
            examples.append(Example(nlp.make_doc(line), doc))
            position = end + 1
    optimizer = nlp.initialize(lambda: examples)
    rng = random.Random(0)
    for _ in range(9):
        rng.shuffle(examples)
        for batch in minibatch(examples, 8):
            nlp.update(batch, sgd=optimizer, drop=0.1)
    nlp.to_disk(folder)
    return folder


def stanza_vectors(folder: Path, sentences: Sequence[Tagged]) -> Path:
    """Vectors of the words, drawn at random, as Stanza keeps them."""
    from stanza.models.common.pretrain import Pretrain

    rng = random.Random(0)
    text = folder / "vectors.txt"
    words = sorted({word.lower() for sentence in sentences for word, _ in sentence})
    with text.open("w", encoding="utf-8") as out:
        for word in words:
            out.write(" ".join([word, *(f"{rng.gauss(0, 1):.3f}" for _ in range(16))]) + "\n")
    vectors = folder / "vectors.pt"
    Pretrain(str(vectors), str(text)).load()
    text.unlink()
    return vectors


def stanza_characters(folder: Path, sentences: Sequence[Tagged]) -> list[Path]:
    """A forward and a backward model of characters that have learnt nothing."""
    import torch
    from stanza.models.common.char_model import CharacterLanguageModel
    from stanza.models.common.vocab import CharVocab

    torch.manual_seed(0)
    vocab = CharVocab([[(word,) for word, _ in s] for s in sentences], LANGUAGE)
    sizes = {
        "char_emb_dim": 4,
        "char_hidden_dim": 8,
        "char_num_layers": 1,
        "char_dropout": 0.0,
        "char_rec_dropout": 0.0,
        "char_unit_dropout": 0.0,
    }
    files = []
    for direction in ("forward", "backward"):
        model = CharacterLanguageModel(sizes, {"char": vocab}, is_forward_lm=direction == "forward")
        files.append(folder / f"{direction}.pt")
        model.save(str(files[-1]))
    return files


def stanza_model(folder: Path, steps: int = 100, characters: bool = False) -> Path:
    """A model made by Stanza's own trainer, with the files that it stands on beside it."""
    import torch
    from stanza.models import ner_tagger

    folder.mkdir(parents=True, exist_ok=True)
    learnt = list(tagged())
    vectors = stanza_vectors(folder, learnt)
    for part in ("train", "dev"):
        said = [[{"text": w, "ner": t} for w, t in s] for s in learnt]
        (folder / f"{part}.json").write_text(json.dumps(said), encoding="utf-8")
    options = {
        "train_file": folder / "train.json",
        "eval_file": folder / "dev.json",
        "wordvec_pretrain_file": vectors,
        "save_dir": folder,
        "save_name": "names.pt",
        "shorthand": f"{LANGUAGE}_tiny",
        "word_emb_dim": 16,
        "hidden_dim": 32,
        "char_hidden_dim": 16,
        "char_emb_dim": 8,
        "dropout": 0.1,
        "optim": "adam",
        "lr": 0.01,
        "batch_size": 16,
        "max_steps": steps,
        "eval_interval": steps,
    }
    flags = ["--cpu"]
    if characters:
        forward, backward = stanza_characters(folder, learnt)
        options |= {"charlm_forward_file": forward, "charlm_backward_file": backward}
        options |= {"charlm_shorthand": f"{LANGUAGE}_tiny"}
        flags.append("--charlm")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ner_tagger.main(
            [*flags, *(word for key, said in options.items() for word in (f"--{key}", str(said)))]
        )
    finally:
        torch.set_num_threads(threads)
    for file in folder.glob("*.json"):
        file.unlink()
    return folder / "names.pt"


LABELS = ("O", "B-ORG", "I-ORG")


def transformers_model(folder: Path, steps: int = 120) -> Path:
    """A small ConvBERT (one that looks at neighbours learns soon) with word pieces of its own."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import ConvBertConfig, ConvBertForTokenClassification, PreTrainedTokenizerFast

    learnt = list(tagged())
    words = {word for sentence in learnt for word, _ in sentence}
    # Six letters each: a trainer of pieces would decide ties by chance.
    parts = {
        ("##" if i else "") + word[i : i + 6] for word in words for i in range(0, len(word), 6)
    }
    letters = {letter for word in words for letter in word}
    known = parts | letters | {f"##{letter}" for letter in letters}
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(known)]
    pieces = Tokenizer(
        models.WordPiece({piece: i for i, piece in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    )
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    model = ConvBertForTokenClassification(
        ConvBertConfig(
            vocab_size=pieces.get_vocab_size(),
            hidden_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=192,
            max_position_embeddings=66,
            embedding_size=96,
            conv_kernel_size=5,
            head_ratio=2,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            id2label=dict(enumerate(LABELS)),
            label2id={label: i for i, label in enumerate(LABELS)},
        )
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    model.train()
    rng = random.Random(0)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 20) * (1.05 - step / steps)
        begin = [rng.randrange(len(learnt) - 2) for _ in range(16)]
        batch = [learnt[i] + learnt[i + 1] for i in begin]  # so that late places are learnt too
        read = tokenizer(
            [[word for word, _ in s] for s in batch],
            is_split_into_words=True,
            padding=True,
            truncation=True,
            return_tensors="pt",
        )
        wanted = torch.full(read["input_ids"].shape, -100)
        for i, sentence in enumerate(batch):
            before = None
            for j, word in enumerate(read.word_ids(i)):
                if word is not None and word != before:
                    wanted[i, j] = LABELS.index(sentence[word][1])
                before = word
        found = model(
            input_ids=read["input_ids"], attention_mask=read["attention_mask"], labels=wanted
        )
        found.loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.set_num_threads(threads)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
