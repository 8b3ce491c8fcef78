"""The rules of the house that a machine can hold us to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline import languages
from tests.conftest import ROOT

MODULES = sorted((ROOT / "pipeline").rglob("*.py"))
# The command's help names the languages a user can read today.
MAY_NAME_LANGUAGES = "cli"


def _strings(tree: ast.AST) -> list[str]:
    """The string constants of a module that are no docstrings."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_module_asks_which_language_it_is(path: Path) -> None:
    if path.parent.name == MAY_NAME_LANGUAGES:
        return
    found = set(_strings(ast.parse(path.read_text(encoding="utf-8")))) & set(languages.available())
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_public_thing_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_every_language_has_the_same_topics() -> None:
    folder = ROOT / "pipeline" / "languages"
    topics = [
        {p.relative_to(folder / code).as_posix() for p in (folder / code).rglob("*.toml")}
        for code in languages.available()
    ]
    assert all(t == topics[0] for t in topics)


def test_facts_name_their_source() -> None:
    for path in (ROOT / "pipeline" / "facts").glob("*.toml"):
        assert re.search(r"(?i)\bsource", path.read_text(encoding="utf-8")), path.name
