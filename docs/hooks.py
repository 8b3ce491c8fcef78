"""What the pages take from the program itself: its help, its columns, its facts, its measured scores.

MkDocs calls the functions that begin with ``on_``. A page says ``<!-- made: NAME -->`` where one of
``MADE`` goes; files of the checkout in ``INCLUDED`` are pages as they stand.
"""

from __future__ import annotations

import inspect
import json
import posixpath
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the program of this checkout, not one that is installed

from pipeline import facts, languages  # noqa: E402
from pipeline.cli import COMMANDS, main  # noqa: E402
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, table_schema  # noqa: E402

# Pages whose text stands elsewhere in the checkout.
INCLUDED = {
    "how-it-works/benchmarks.md": "benchmarks/README.md",
    "how-it-works/model-counted.md": "models/counted/README.md",
    "how-it-works/model-detection.md": "models/detection/README.md",
    "how-it-works/model-ms.md": "models/ms/README.md",
    "how-it-works/model-names.md": "models/names/README.md",
    "how-it-works/model-nl.md": "models/nl/README.md",
    "project/changelog.md": "CHANGELOG.md",
    "project/contributing.md": "CONTRIBUTING.md",
    "project/fuzzing.md": "tests/fuzz/README.md",
    "reference/gold.md": "corpus/gold/README.md",
}
_PAGE_OF = {source: page for page, source in INCLUDED.items()}

_MADE = re.compile(r"^<!-- made: (?P<name>[\w-]+)(?: (?P<of>[\w-]+))? -->$", re.M)
_FILE = re.compile(r"^<!-- file: (?P<name>\S+) -->\n```(?P<language>\w+)$", re.M)
_OUTPUT = re.compile(r"^<!-- output -->\n```(?P<language>\w+)$", re.M)
_NOT_RUN = re.compile(r"^ *<!-- not run\b.*?-->\n", re.M | re.S)
_FENCE = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
_LINK = re.compile(r"(?P<before>\]\()(?P<to>[^)\s]+)(?P<after>\))")
_IMAGE = re.compile(r"!\[[^\]]*\]\((?P<to>[^)\s:]+)\)")
_PREFORMATTED = "\b"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""

    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"

    names = list(head)
    return "\n".join([line(names), line("---" for _ in names), *map(line, rows)])


def _code(text: object) -> str:
    """``text`` as code in Markdown; nothing stays nothing."""
    return f"`{text}`" if text else ""


def _prose(help_text: str) -> str:
    """A help text of click as Markdown: its paragraphs, and what it sets as it stands."""
    parts = []
    for part in inspect.cleandoc(help_text).split("\n\n"):
        if part.startswith(_PREFORMATTED):
            title, _, rest = part.removeprefix(_PREFORMATTED).strip("\n").partition("\n")
            parts.append(f"{title}\n\n```text\n{inspect.cleandoc(rest)}\n```")
        else:
            parts.append(part)
    return "\n\n".join(parts)


def commands(_of: str | None) -> str:
    """Every command with its usage, options and examples, as ``--help`` says them."""
    said = []
    top = click.Context(main, info_name="selaras")
    for name in COMMANDS:
        command = main.get_command(top, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=top)
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        options = [
            record
            for parameter in command.get_params(context)
            if (record := parameter.get_help_record(context)) and record[1]
        ]
        said += [
            f"## {name}",
            f"```text\n{usage}\n```",
            _prose(command.help or ""),
            _table(["option", "what it does"], ((_code(o), text) for o, text in options)),
            _prose(command.epilog or ""),
        ]
    return "\n\n".join(said)


_TYPES = {
    pa.string(): "text",
    pa.int64(): "whole number",
    pa.float64(): "number",
    pa.bool_(): "true or false",
    pa.date32(): "date",
}


def columns(of: str | None) -> str:
    """The columns of ``articles``, ``mentions`` or ``table`` with type and meaning."""
    schemas = {"articles": ARTICLE_SCHEMA, "mentions": MENTION_SCHEMA}
    codes = languages.available()
    known = facts.data("columns")
    meanings = known["mentions"] | known[str(of)]
    wording = meanings.pop("<language>", "")
    meanings |= dict.fromkeys(codes, wording) if of == "table" else {}
    schema = schemas.get(str(of)) or table_schema(codes)
    return _table(
        ["column", "type", "meaning"],
        ((_code(f.name), _TYPES[f.type], meanings[f.name]) for f in schema),
    )


def documents(_of: str | None) -> str:
    """The types of documents, with their names."""
    codes = languages.available()
    return _table(
        ["letters", "`reference_type`", "Vietnamese", "English", *map(_language, codes)],
        (
            [_code(t["code"]), _code(t["id"]), t["vi"], t["en"], *(t.get(c, "") for c in codes)]
            for t in facts.data("documents")["types"]
        ),
    )


def register(_of: str | None) -> str:
    """The documents that are known by heart."""
    rows = facts.data("register")["documents"]
    return _table(
        ["number", "day", "subject"],
        ([_code(row["id"]), row.get("date", ""), row.get("title", "")] for row in rows),
    )


def units(_of: str | None) -> str:
    """What is counted, and its name in English and in each language."""
    codes = languages.available()
    words: dict[str, dict[str, list[str]]] = {}
    for code in codes:
        for identity, forms in languages.data(code, "units")["units"].items():
            words.setdefault(identity, {})[code] = forms
    return _table(
        ["`unit_id`", "English", *map(_language, codes)],
        (
            [_code(i), label, *(", ".join(words.get(i, {}).get(c, [])[:3]) for c in codes)]
            for i, label in facts.data("units")["labels"].items()
        ),
    )


def measures(_of: str | None) -> str:
    """The units of measure and what they are compared in."""
    signs: dict[str, list[str]] = {}
    for sign, unit in facts.data("measures")["signs"].items():
        signs.setdefault(unit, []).append(sign)
    return _table(
        ["unit", "compared in", "signs"],
        (
            [_code(u), _code(row.get("base", "")), " ".join(map(_code, signs.get(u, [])))]
            for u, row in facts.data("measures")["units"].items()
        ),
    )


def _language(code: str) -> str:
    return str(languages.data(code, "language")["name"])


def scores(of: str | None) -> str:
    """The scores in ``docs/scores``, as ``selaras evaluate GOLD --json`` gave them."""

    def read(part: str) -> dict[str, Any]:
        return json.loads((ROOT / "docs" / "scores" / f"{part}.json").read_text("utf-8"))["scores"]

    def cell(score: dict[str, Any], measure: str, digits: int) -> str:
        said = f"{score[measure]:.{digits}f}"
        interval = score["intervals"].get(measure)
        if not interval or interval[0] == interval[1]:
            return said
        return f"{said} ({interval[0]:.2f}–{interval[1]:.2f})"

    test = read("test")
    codes = languages.available()
    if of == "joining":
        rows = [
            ("mentions of one body, any language", test["all"]["link"], "p", "r"),
            ("mentions of one body, across languages", test["all"]["link across"], "p", "r"),
            (
                "figures that stand in both translations of a story",
                test["all"]["stat link across"],
                "precision",
                "recall",
            ),
        ]
        return _table(
            ["joining", "precision", "recall"],
            ([name, f"{s[p]:.3f}", f"{s[r]:.3f}"] for name, s, p, r in rows),
        )
    if of == "figures":
        return _table(
            [
                "of a figure (both languages)",
                "share right, none counted",
                "of those given, right",
                "of those there are, found",
            ],
            (
                [name, cell(s, "accuracy", 2), f"{s['p']:.2f}", f"{s['r']:.2f}"]
                for name, s in (
                    ("its period", test["all"]["figure period"]),
                    ("its body", test["all"]["figure body"]),
                )
            ),
        )
    rows_of = {
        "test": [
            ("organisations, exact borders", "org exact", "f1", 3),
            ("organisations, overlapping", "org overlap", "f1", 3),
            ("document references", "ref", "f1", 3),
            ("statistics", "stat", "f1", 3),
            ("statistics with qualifier and change", "stat full", "f1", 3),
            ("share with the words of the counted noun right", "stat unit", "accuracy", 2),
        ],
        "figures-test": [
            ("statistics", "stat", "f1", 3),
            ("statistics with qualifier and change", "stat full", "f1", 3),
            ("share with the words of the counted noun right", "stat unit", "accuracy", 2),
        ],
        "references-test": [
            ("document references", "ref", "f1", 3),
            ("their days of issue", "ref date", "f1", 3),
            ("share with the type right", "ref type", "accuracy", 2),
            ("share with the issuer right", "ref issuer", "accuracy", 2),
            ("share with the title right", "ref title", "accuracy", 2),
        ],
    }
    of = of or "test"
    found = read(of)
    return _table(
        ["what", *(f"{_language(code)} F1" for code in codes)],
        (
            [name, *(cell(found[code][key], measure, digits) for code in codes)]
            for name, key, measure, digits in rows_of[of]
        ),
    )


MADE: dict[str, Callable[[str | None], str]] = {
    "columns": columns,
    "commands": commands,
    "documents": documents,
    "measures": measures,
    "register": register,
    "scores": scores,
    "units": units,
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of ``INCLUDED`` and the pictures that they show."""
    for page, source in INCLUDED.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
        for image in _IMAGE.finditer(text):
            path = ROOT / posixpath.dirname(source) / image["to"]
            beside = posixpath.join(posixpath.dirname(page), _picture(source, image["to"]))
            files.append(File.generated(config, beside, abs_src_path=str(path)))
    return files


def _picture(source: str, name: str) -> str:
    """The name that a picture of ``source`` has beside its page: models have some of one name."""
    return f"{posixpath.basename(posixpath.dirname(source))}-{posixpath.basename(name)}"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put in what is made, show of the marks what a reader needs, turn links of the checkout."""
    here = page.file.src_uri
    text = _MADE.sub(lambda m: MADE[m["name"]](m["of"]), markdown)
    text = _FILE.sub(r'```{.\g<language> title="\g<name>"}', _NOT_RUN.sub("", text))
    text = _OUTPUT.sub(r"```{.\g<language> .no-copy}", text)
    pieces, end = [], 0
    for fence in _FENCE.finditer(text):
        pieces += [_relinked(text[end : fence.start()], here, config, files), fence[0]]
        end = fence.end()
    return "".join([*pieces, _relinked(text[end:], here, config, files)])


def _relinked(text: str, page: str, config: MkDocsConfig, files: Files) -> str:
    """``text`` with its links leading to pages, or to the checkout where there is no page."""
    source = INCLUDED.get(page, f"docs/{page}")

    def turned(match: re.Match[str]) -> str:
        to, mark, anchor = match["to"].partition("#")
        if not to or ":" in to:
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), to))
        beside = posixpath.join(posixpath.dirname(page), _picture(source, to))
        found = _PAGE_OF.get(target)
        if page in INCLUDED and found is None and files.get_file_from_path(beside):
            found = beside
        if found is None and target.startswith("docs/"):
            found = target.removeprefix("docs/")
        if found is not None:
            to = posixpath.relpath(found, posixpath.dirname(page) or ".")
        elif (ROOT / target).exists():
            to = config.extra["checkout"] + target
        return f"{match['before']}{to}{mark}{anchor}{match['after']}"

    return _LINK.sub(turned, text)


def on_post_build(config: MkDocsConfig) -> None:
    """Cut the addresses out of the theme's script that an old browser would fetch things from."""
    for script in Path(config.site_dir, "assets", "javascripts").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace("https://unpkg.com/", ""), encoding="utf-8")
