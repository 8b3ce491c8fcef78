"""Other engines for names: each through its real library, on a real small model made here."""

from __future__ import annotations

import itertools
import json
import pickle
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import articles, extraction, models
from pipeline.configuration import Configuration, ConfigurationError, chosen_engines
from pipeline.read import Document, Sidecar
from pipeline.recognise import ModelError, Recogniser, engines, labels, windows
from pipeline.run import batch
from tests import tiny_models
from tests.conftest import ROOT
from tests.test_command_line import said_here

LANGUAGE = tiny_models.LANGUAGE
ENGINES = ("spacy", "stanza", "transformers")


@pytest.fixture(scope="session")
def spacy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.spacy_model(tmp_path_factory.mktemp("spacy") / "tiny")


@pytest.fixture(scope="session")
def stanza_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("stanza")
    return tiny_models.stanza_model(tmp_path_factory.mktemp("stanza") / "tiny")


@pytest.fixture(scope="session")
def transformers_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    return tiny_models.transformers_model(tmp_path_factory.mktemp("transformers") / "tiny")


@pytest.fixture(params=ENGINES)
def setting(request: pytest.FixtureRequest) -> str:
    return f"{request.param}:{request.getfixturevalue(f'{request.param}_model')}"


@pytest.fixture
def recogniser(setting: str) -> Recogniser:
    return engines.recogniser(setting, LANGUAGE)


def load(setting: str) -> Recogniser:
    """A recogniser read anew from disk."""
    engines.recogniser.cache_clear()
    for name in ENGINES:
        module = sys.modules.get(f"pipeline.recognise.{name}_ner")
        if hasattr(module, "_load"):
            module._load.cache_clear()  # type: ignore[union-attr]
    return engines.recogniser(setting, LANGUAGE)


# What every engine does


def test_it_finds_what_it_learnt_with_the_same_edges(recogniser: Recogniser) -> None:
    hits = found = wanted = 0
    for article in tiny_models.articles():
        names = recogniser.recognise(article.text)
        got = {(n.start, n.end) for n in names}
        assert names == sorted(names)
        assert all(a.end <= b.start for a, b in itertools.pairwise(names))
        assert all(0 < n.score <= 1 for n in names)
        need = tiny_models.names(article)
        hits, found, wanted = hits + len(got & need), found + len(got), wanted + len(need)
    assert 2 * hits / (found + wanted) > 0.7


def test_it_names_itself_with_its_version(setting: str, recogniser: Recogniser) -> None:
    from importlib.metadata import version

    name = setting.partition(":")[0]
    assert recogniser.source.startswith(f"{name} {version(name)} ")


def test_nothing_that_stood_before_matters(setting: str, recogniser: Recogniser) -> None:
    texts = [a.text for a in tiny_models.articles()[:3]]
    once = [recogniser.recognise(text) for text in texts]
    assert [recogniser.recognise(text) for text in reversed(texts)] == once[::-1]
    assert [load(setting).recognise(text) for text in texts] == once


@pytest.mark.parametrize("joined", ["\n", " "])
def test_a_long_article_is_read_to_its_end(recogniser: Recogniser, joined: str) -> None:
    """200,000 characters, once in lines and once in a single one."""
    text = joined.join(tiny_models.articles()[0].text.split("\n")) + joined
    copies = 200_000 // len(text) + 1
    once = recogniser.recognise(text)
    names = recogniser.recognise(text * copies)
    assert len(names) > 0.9 * copies * len(once)
    assert all(a.end <= b.start for a, b in itertools.pairwise(names))
    in_last_copy = [n for n in names if n.start >= len(text) * (copies - 1)]
    assert len(in_last_copy) > 0.9 * len(once)


def test_offsets_count_code_points(recogniser: Recogniser) -> None:
    text = tiny_models.articles()[0].text
    strange = "\U0001f1fb\U0001f1f3 \U0001d538 e\u0323\u0302 \u200b\n"
    plain = recogniser.recognise(text)
    moved = [
        n._replace(start=n.start - len(strange), end=n.end - len(strange))
        for n in recogniser.recognise(strange + text)
        if n.start >= len(strange)
    ]
    assert [(n.start, n.end) for n in moved] == [(n.start, n.end) for n in plain]


@pytest.mark.parametrize(
    "text",
    ["", " \n\n ", "\x00", "\ud83d half", "a" * 30_000, "(((" * 2000, "\u0301\u0301", "Ha\u00ad"],
)
def test_no_text_breaks_it(recogniser: Recogniser, text: str) -> None:
    for name in recogniser.recognise(text):
        assert 0 <= name.start < name.end <= len(text)


def test_it_opens_no_connection(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert load(setting).recognise(tiny_models.articles()[0].text)


def test_a_run_says_which_engine_it_used_and_workers_use_it_too(
    setting: str, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    lines = [line for line in tiny_models.articles()[0].text.split("\n") if len(line) > 80]
    for i in range(4):
        (folder / f"{i}.txt").write_text(f"{lines[i % len(lines)]}\n{'.' * i}\n", encoding="utf-8")
    chosen = Configuration(language=LANGUAGE, ner={LANGUAGE: setting})
    one = batch.run([folder], tmp_path / "out", chosen, workers=1)
    apart = batch.run([folder], None, chosen, manner=batch.Manner(workers=1))
    assert one.mentions == apart.mentions
    assert one.table == apart.table
    said = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert said["configuration"]["ner"] == {LANGUAGE: setting}
    source = engines.recogniser(setting, LANGUAGE).source
    assert said["versions"][LANGUAGE] == source
    assert set(engines.libraries(setting)) <= set(said["versions"])
    found = {r["source"] for r in one.mentions if r["kind"] == "organisation"}
    assert found == {source}
    assert batch.run([folder], tmp_path / "out", chosen, workers=1).run["extracted"] == 0


def test_another_engine_reads_all_anew(spacy_model: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(tiny_models.articles()[0].text, encoding="utf-8")
    chosen = Configuration(ner={LANGUAGE: f"spacy:{spacy_model}"})
    for configuration, reused in ((None, 0), (None, 1), (chosen, 0), (chosen, 1), (None, 0)):
        done = batch.run([article], tmp_path / "out", configuration, workers=1)
        assert done.run["reused"] == reused


def test_a_model_trained_anew_in_the_same_place_is_another(
    spacy_model: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(spacy_model, copy)
    before = load(f"spacy:{copy}").source
    assert before == load(f"spacy:{spacy_model}").source
    config = copy / "config.cfg"
    config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load(f"spacy:{copy}").source != before


# What only one of them does


def test_a_package_of_spacy_is_found_without_being_run(
    spacy_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tiny_package"
    shutil.copytree(spacy_model, package / f"{LANGUAGE}_tiny_names-1.2.3")
    shutil.copy(spacy_model / "meta.json", package)
    (package / "__init__.py").write_text("raise AssertionError('this was run')")
    monkeypatch.syspath_prepend(tmp_path)
    found = engines.recogniser("spacy:tiny_package", LANGUAGE)
    assert " tiny_names 1.2.3 " in found.source
    assert found.recognise(tiny_models.articles()[0].text)


def test_a_model_of_spacy_that_says_how_often_it_is_right(
    spacy_model: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(spacy_model, copy)
    meta = json.loads((copy / "meta.json").read_text(encoding="utf-8"))
    meta["performance"] = {"ents_p": 0.9, "ents_per_type": {"PER": {"p": 0.8}, "ORG": {"p": 0.7}}}
    (copy / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    article = tiny_models.articles()[0]
    scores = {
        n.score for n in engines.recogniser(f"spacy:{copy}", LANGUAGE).recognise(article.text)
    }
    assert min(scores) == pytest.approx(0.7)


def test_stanzas_own_models(
    stanza_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder as ``stanza.download`` lays it out."""
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    with pytest.raises(ModelError, match=r"stanza\.download\('nl', processors='ner'\)"):
        load("stanza:nl")
    needs = [{"model": "pretrain", "package": "words"}]
    said = {
        "nl": {
            "packages": {"default": {"tokenize": "none", "ner": "names"}},
            "ner": {"names": {"dependencies": needs}},
        },
        "dutch": {"alias": "nl"},
        "ab": {"packages": {"default": {"tokenize": "none"}}},
    }
    (tmp_path / "resources.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(ModelError, match=r"not on this computer"):
        load("stanza:nl")
    with pytest.raises(ModelError, match="no NER model of 'ab'"):
        load("stanza:ab")
    for folder in ("ner", "pretrain"):
        (tmp_path / "nl" / folder).mkdir(parents=True)
    shutil.copy(stanza_model, tmp_path / "nl" / "ner" / "names.pt")
    shutil.copy(stanza_model.with_name("vectors.pt"), tmp_path / "nl" / "pretrain" / "words.pt")
    text = tiny_models.articles()[0].text
    expected = load(f"stanza:{stanza_model}").recognise(text)
    assert expected
    found = load("stanza:nl")
    assert " nl/names " in found.source
    assert found.recognise(text) == expected
    # The file by its path finds what it stands on, as does a folder with all of it.
    by_path = load(f"stanza:{tmp_path / 'nl' / 'ner' / 'names.pt'}")
    assert by_path.recognise(text) == expected
    assert load(f"stanza:{stanza_model.parent}").recognise(text) == expected


def test_a_stanza_model_on_models_of_characters(tmp_path: Path) -> None:
    pytest.importorskip("stanza")
    model = tiny_models.stanza_model(tmp_path / "tiny", steps=2, characters=True)
    load(f"stanza:{model}").recognise(tiny_models.articles()[0].text)
    (tmp_path / "tiny" / "backward.pt").unlink()
    with pytest.raises(ModelError, match=r"backward character model \(trained with backward.pt\)"):
        load(f"stanza:{model}")


def test_a_stanza_model_without_its_vectors(stanza_model: Path, tmp_path: Path) -> None:
    """Stanza itself would read it with vectors drawn at random."""
    shutil.copy(stanza_model, tmp_path / "alone.pt")
    with pytest.raises(
        ModelError, match=r"word vectors \(trained with vectors.pt\) must lie beside"
    ):
        load(f"stanza:{tmp_path / 'alone.pt'}")


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_is_not_opened_by_stanza(stanza_model: Path, tmp_path: Path) -> None:
    import torch

    folder = tmp_path / "model"
    shutil.copytree(stanza_model.parent, folder)
    sprung = tmp_path / "sprung"
    content = torch.load(stanza_model, weights_only=True)
    torch.save(content | {"trap": _Trap(sprung)}, folder / "names.pt")
    for setting in (f"stanza:{folder / 'names.pt'}", f"stanza:{folder}"):
        with pytest.raises(ModelError, match="never loaded"):
            load(setting)
    assert not sprung.exists()
    torch.load(folder / "names.pt", weights_only=False)
    assert sprung.exists()  # so the trap was one


def test_a_pickle_is_not_opened_by_transformers(transformers_model: Path, tmp_path: Path) -> None:
    import torch

    folder = tmp_path / "model"
    shutil.copytree(transformers_model, folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"weights .* are missing"):
        load(f"transformers:{folder}")
    sprung = tmp_path / "sprung"
    torch.save({"trap": _Trap(sprung)}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"pickled .* never loaded.* safetensors"):
        load(f"transformers:{folder}")
    # Nor are they where safe ones lie beside them.
    shutil.copy(transformers_model / "model.safetensors", folder)
    assert load(f"transformers:{folder}").recognise(tiny_models.articles()[0].text)
    assert not sprung.exists()


def test_code_of_a_transformers_model_is_not_run(transformers_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(transformers_model, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {
        "model_type": "made_up",
        "architectures": ["MadeUpForTokenClassification"],
        "auto_map": {
            "AutoConfig": "code.MadeUpConfig",
            "AutoModelForTokenClassification": "code.MadeUpForTokenClassification",
        },
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    sprung = tmp_path / "sprung"
    (folder / "code.py").write_text(f"open({str(sprung)!r}, 'w')\n")
    with pytest.raises(ModelError, match="code of its own, which is never run"):
        load(f"transformers:{folder}")
    assert not sprung.exists()


def test_a_model_that_was_fetched_from_the_hub(
    transformers_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder as the Hub's own tools lay it out."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="hf download someone/tiny-names"):
        load("transformers:someone/tiny-names")
    kept = tmp_path / "models--someone--tiny-names"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40)
    shutil.copytree(transformers_model, kept / "snapshots" / ("0" * 40))
    found = load("transformers:someone/tiny-names")
    assert " tiny-names " in found.source
    assert found.recognise(tiny_models.articles()[0].text)


def test_other_schemes_of_labels_find_the_same(transformers_model: Path, tmp_path: Path) -> None:
    text = tiny_models.articles()[0].text
    expected = load(f"transformers:{transformers_model}").recognise(text)
    config = json.loads((transformers_model / "config.json").read_text(encoding="utf-8"))
    for i, scheme in enumerate(
        [
            ["O", "B-organization-company", "I-organization-company"],
            ["OTHER", "B_Organisatie", "I_Organisatie"],
        ]
    ):
        folder = tmp_path / str(i)
        shutil.copytree(transformers_model, folder)
        config |= {"id2label": dict(enumerate(scheme)), "label2id": {}}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        assert load(f"transformers:{folder}").recognise(text) == expected


# What is refused


def _broken(engine: str, model: Path, folder: Path, how: str) -> str:
    """The setting of a model made unusable."""
    copy = folder / "copy"
    shutil.copytree(model if model.is_dir() else model.parent, copy)
    if how == "cut short":
        file = {
            "spacy": copy / "ner" / "model",
            "stanza": copy / model.name,
            "transformers": copy / "model.safetensors",
        }[engine]
        file.write_bytes(file.read_bytes()[:1000])
    elif engine == "transformers":
        config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
        if how == "other names":
            config |= {"id2label": {0: "O", 1: "B-PER", 2: "I-PER"}, "label2id": {}}
        else:
            config |= {"architectures": ["ConvBertModel"]}
        (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    elif engine == "spacy":
        import spacy

        nlp = spacy.load(copy)
        if how == "other names":
            nlp = spacy.blank(LANGUAGE)
            nlp.add_pipe("ner").add_label("PER")  # type: ignore[attr-defined]
            nlp.initialize()
        else:
            nlp.remove_pipe("ner")
        nlp.to_disk(copy)
    else:
        import torch

        file = copy / model.name
        content = torch.load(file, weights_only=True)
        tags = content["vocab"]["tag"]
        if how == "other names":
            tags["_id2unit"] = {
                k: [x.replace("ORG", "PER") for x in v] for k, v in tags["_id2unit"].items()
            }
        else:
            del content["vocab"]["tag"]
        torch.save(content, file)
    return f"{engine}:{copy / model.name if model.is_file() else copy}"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut short", "cannot be loaded|is cut short"),
        ("other names", r"none of its labels \(.*PER.*\) means an organisation"),
        ("no names", "has no entity recogniser|is no NER model|no token-classification model"),
    ],
)
def test_a_model_that_cannot_be_used(setting: str, tmp_path: Path, how: str, message: str) -> None:
    engine, _, model = setting.partition(":")
    broken = _broken(engine, Path(model), tmp_path, how)
    with pytest.raises(ModelError, match=message) as refused:
        load(broken)
    assert "\n" not in str(refused.value)


def selaras(*arguments: str | Path, hidden: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in which the ``hidden`` libraries are not installed."""
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({hidden.split()!r}))\n"
        "from pipeline.cli import main; main(prog_name='selaras')"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("chosen", "hidden", "message"),
    [
        ("frog:nl", "", "no engine for names is called 'frog'; choose from default, selaras:MODEL"),
        ("stanza", "", "'stanza' names no model; write stanza:MODEL"),
        ("nl=spacy:", "", "'spacy:' names no model"),
        ("xx=spacy:here", "", "no language 'xx' to choose an engine for names for"),
        ("spacy:./nowhere", "", "spacy:./nowhere: no such folder"),
        ("spacy:no_such_package", "", "python -m spacy download no_such_package"),
        ("spacy:json", "", "spacy:json: this package holds no spaCy pipeline"),
        ("spacy:corpus", "", "spacy:corpus: no spaCy pipeline there"),
        ("stanza:nl", "stanza torch", "needs stanza and torch, not installed here; run: pip"),
        ("nl=stanza:nl", "stanza torch", "pip install 'selaras[stanza]'"),
        (
            "ms=transformers:x",
            "transformers torch safetensors",
            "run: pip install torch, then pip install 'selaras[transformers]'",
        ),
    ],
)
def test_a_choice_that_cannot_be_is_one_line_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, hidden: str, message: str
) -> None:
    monkeypatch.chdir(ROOT)  # where a folder is called corpus
    article = tmp_path / "a.txt"
    article.write_text("De afdeling Volksgezondheid van Ha Giang heeft 31 artsen.\n")
    arguments = ("run", article, "--out", tmp_path / "out", "--ner", chosen)
    done = selaras(*arguments, hidden=hidden) if hidden else said_here(*arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_only_what_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_installed", lambda library: library != "torch")
    with pytest.raises(ModelError, match=r"'transformers' needs torch, not installed here"):
        load("transformers:x")


@pytest.mark.parametrize("engine", ["stanza", "transformers"])
def test_a_path_that_is_missing(engine: str) -> None:
    pytest.importorskip("torch")
    pytest.importorskip(engine)
    with pytest.raises(ModelError, match=r"/nowhere/model: no such (file or )?folder"):
        load(f"{engine}:/nowhere/model")


def test_every_command_that_reads_articles_takes_the_choice(spacy_model: Path) -> None:
    gold = ROOT / "corpus" / "gold" / "dev"
    for command in (["extract", "missing.txt"], ["evaluate", gold]):
        done = said_here(*command, "--ner", "spacy:./nowhere")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "no such folder" in done.stderr
    article = ROOT / "corpus" / "articles" / "nghe-an-council-science.nl.txt"
    done = said_here("extract", article, "--ner", f"spacy:{spacy_model}")
    found = [m for m in json.loads(done.stdout)["mentions"] if m["kind"] == "organisation"]
    assert {m["source"].split()[0] for m in found} == {"spacy"}


# The choice itself


def test_a_setting_without_a_language_holds_for_all_that_have_none_of_their_own() -> None:
    both = chosen_engines(["nl=stanza:nl", "transformers:a=b"])
    assert both == {"ms": "transformers:a=b", "nl": "stanza:nl"}
    assert chosen_engines(["transformers:a=b", "nl=stanza:nl"]) == both
    assert Configuration(ner=chosen_engines(["nl=default", "spacy:x"])).ner == {"ms": "spacy:x"}
    assert Configuration(ner={"nl": "default"}) == Configuration()
    with pytest.raises(ConfigurationError, match="two engines for names are given for nl"):
        chosen_engines(["nl=default", "nl=stanza:nl"])
    with pytest.raises(ConfigurationError, match="two engines for names are given for all"):
        chosen_engines(["spacy:a", "spacy:b"])
    with pytest.raises(ConfigurationError, match="no engine for names is called 'frog'"):
        pipeline.load(ner={"nl": "frog:nl"})


def test_from_python(spacy_model: Path) -> None:
    text = tiny_models.articles()[0].text
    chosen = pipeline.load(ner={LANGUAGE: f"spacy:{spacy_model}"})
    assert {o.source.split()[0] for o in chosen(text).organisations} == {"spacy"}
    assert (
        chosen(text).to_frame().equals(pipeline.load(ner=f"spacy:{spacy_model}")(text).to_frame())
    )
    default = extraction.recogniser(LANGUAGE).source
    assert {o.source for o in pipeline.load()(text).organisations} == {default}


def test_a_language_without_a_model_of_ours_gets_one(
    spacy_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "available", lambda: ("ms",))
    text = tiny_models.articles()[0].text
    without = articles.from_document(Document(text), "-", Configuration(), Sidecar())
    assert (without.status, without.reason) == ("skipped", "no model for language 'nl'")
    chosen = Configuration(ner={LANGUAGE: f"spacy:{spacy_model}"})
    article = articles.from_document(Document(text), "-", chosen, Sidecar())
    assert article.status == "ok"
    assert articles.extract(article, chosen).organisations
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    batch.run([tmp_path / "a.txt"], tmp_path / "out", chosen, workers=1)
    table = pd.read_parquet(tmp_path / "out" / "table.parquet")
    assert {"ms", "nl"} <= set(table.columns)
    assert pipeline.read_run(tmp_path / "out").table.nl.notna().any()
    batch.retabulate(tmp_path / "out")
    assert pd.read_parquet(tmp_path / "out" / "table.parquet").equals(table)


# Labels and windows


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("O B-ORG I-ORG O", [(1, 3)]),
        ("B-ORG B-ORG I-ORG", [(0, 1), (1, 3)]),
        ("I-ORG I-ORG O I-ORG", [(0, 2), (3, 4)]),  # IOB1
        ("S-ORG B-ORG I-ORG E-ORG S-ORG", [(0, 1), (1, 4), (4, 5)]),  # BIOES
        ("U-ORG B-ORG L-ORG I-ORG", [(0, 1), (1, 3), (3, 4)]),  # BILOU
        ("B-ORG M-ORG E-ORG O", [(0, 3)]),  # BMES
        ("ORG ORG O ORG", [(0, 2), (3, 4)]),  # IO
        ("B-PER I-ORG I-PER B-LOC", [(1, 2)]),
        ("organization-company organization-government OTHER", [(0, 1), (1, 2)]),
        ("B_organisatie I_organisatie", [(0, 2)]),
        ("O O", []),
        ("", []),
    ],
)
def test_labels_of_every_scheme(said: str, names: list[tuple[int, int]]) -> None:
    assert list(labels.organisations(said.split())) == names


def test_which_kinds_are_organisations() -> None:
    for kind in (
        "ORG",
        "org",
        "Organization",
        "organisation",
        "organisasi",
        "ORG.political",
        "NOR",
    ):
        assert labels.is_organisation(kind), kind
    for kind in ("O", "PER", "LOC", "MISC", "LABEL_1", "organ", "NORP", "GPE", ""):
        assert not labels.is_organisation(kind), kind


@given(st.integers(0, 3000), st.integers(8, 200), st.data())
def test_parts_take_each_place_once(total: int, room: int, data: st.DataObject) -> None:
    context = data.draw(st.integers(0, (room - 1) // 2))
    taken = []
    for window in windows.parts(total, room, context):
        assert window.end - window.start <= room
        assert window.start <= window.first <= window.last <= window.end
        taken += range(window.first, window.last)
    assert taken == list(range(total))


def test_what_a_model_file_holds_can_be_a_trap(tmp_path: Path) -> None:
    """The trap of the tests above goes off when a pickle is really opened."""
    pickle.loads(pickle.dumps(_Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()
