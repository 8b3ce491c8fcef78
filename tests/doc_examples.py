"""The examples of a page, run as a reader runs them: in order, in one folder, in one namespace.

Sybil finds the blocks and the comments before them; what they mean is said here:

    ```python     is executed, in the names that the blocks before it left.
    ```console    each line behind ``$ `` is a command; the lines below it are what it says. A line of
                  ``…`` alone stands for any lines, ``…`` in a line for any characters, and a first
                  line ``[exit 2]`` for an exit code that is not 0. Nothing below it: it must succeed.
                  ``< FILE`` behind a command is what is typed.
    ```toml, json must be read.
    <!-- file: NAME -->       the next block is a file of that name, for what follows.
    <!-- output -->           the next block is what the Python before it printed, or gave last.
    <!-- not run: REASON -->  the next block is left alone.

``python`` and ``console`` blocks run unless they are marked, and a ``sh`` or ``csv`` block must be marked.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sybil import Document, Example, Region
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer

from pipeline.cli import main
from tests.conftest import ARTICLES

ANY = "…"
OUT = "\0out\0"  # in what a kept run said
EXIT = re.compile(r"\[exit (\d+)\]\n?")
MUST_BE_MARKED = {"sh", "csv", "bash", "shell"}

# What commands gave that read the sample articles into a new folder, by their other arguments:
# the same bytes each time, so that no page need wait for them again.
_Kept = dict[tuple[str, ...], tuple[str, Path]]


def matches(said: str, expected: str) -> bool:
    """Whether ``said`` is what a page shows, whose ``…`` stand for anything."""
    pattern = ""
    for line in expected.rstrip().split("\n"):
        if line.strip() == ANY:
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += ".*?".join(map(re.escape, line.rstrip().split(ANY))) + r"[ \t]*\n"
    return re.fullmatch(pattern, said.rstrip() + "\n") is not None


def not_run(path: Path) -> list[str]:
    """The reasons that a page gives for leaving blocks alone."""
    text = path.read_text(encoding="utf-8")
    return [" ".join(m.split()) for m in re.findall(r"<!-- not run:(.*?)-->", text, re.S)]


class Page:
    """A page of Markdown whose examples run in ``folder``."""

    def __init__(self, path: Path, folder: Path, kept: _Kept, store: Path) -> None:
        """Lay out ``folder`` as the reader has it; ``store`` is where runs are kept for all pages."""
        self.folder, self._kept, self._store = folder, kept, store
        shutil.copytree(ARTICLES, folder / "corpus" / "articles")
        shutil.copytree(ARTICLES, folder / "my-articles")
        self._mark: tuple[str, str] | None = None
        self._printed = ""
        self.ran = 0
        self.document = Document.parse(str(path), self._marks, self._blocks)

    def run(self) -> None:
        """Run every example. Raises ``AssertionError`` with the line of the first that is wrong."""
        for example in self.document.examples():
            try:
                example.evaluate()
            except Exception as error:
                raise AssertionError(f"{self.document.path}:{example.line}: {error}") from error
        assert self._mark is None, f"{self._mark} is before no block"

    def _marks(self, document: Document) -> Iterable[Region]:
        for region in DirectiveInHTMLCommentLexer("not run|file|output")(document):
            yield Region(region.start, region.end, region.lexemes, self._note)

    def _blocks(self, document: Document) -> Iterable[Region]:
        for region in FencedCodeBlockLexer(language=r"[a-z]*")(document):
            yield Region(region.start, region.end, region.lexemes, self._block)

    def _note(self, example: Example) -> None:
        assert self._mark is None, f"two marks before one block: {self._mark}"
        self._mark = (
            example.region.parsed["directive"],
            example.region.parsed["arguments"].strip(),
        )

    def _block(self, example: Example) -> None:
        language = example.region.parsed["language"]
        source = str(example.region.parsed["source"])
        mark, self._mark = self._mark, None
        what, said = mark or ("", "")
        if what == "not run":
            assert said, "a block that is not run needs a reason"
        elif what == "file":
            path = self.folder / said
            assert path.resolve().is_relative_to(self.folder.resolve())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        elif what == "output":
            assert matches(self._printed, source), f"it gives\n{self._printed}"
        else:
            self.ran += self._evaluate(language, source, example.namespace)

    def _evaluate(self, language: str, source: str, names: dict[str, Any]) -> int:
        """How many examples a block without a mark had."""
        assert language not in MUST_BE_MARKED, f"say what this {language} block is: a file, not run"
        if language == "toml":
            tomllib.loads(source)
        elif language == "json":
            json.loads(source)
        elif language == "python":
            self._python(source, names)
            return 1
        elif language == "console":
            return self._console(source)
        return 0

    def _python(self, source: str, names: dict[str, Any]) -> None:
        """Execute, and keep what was printed or what the last line gives, as a notebook does."""
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(tree, self.document.path, "exec"), names)
            if last is not None:
                given = eval(compile(ast.Expression(last.value), self.document.path, "eval"), names)
                if given is not None:
                    print(repr(given))
        self._printed = out.getvalue()

    def _console(self, source: str) -> int:
        commands = re.split(r"^\$ ", source, flags=re.M)
        assert not commands[0].strip(), "a console block begins with a command"
        for command in commands[1:]:
            line, _, expected = command.partition("\n")
            self._command(line, expected)
        return len(commands) - 1

    def _command(self, line: str, expected: str) -> None:
        words = shlex.split(line, comments=True)
        code = 0
        if wanted := EXIT.match(expected):
            code, expected = int(wanted[1]), expected[wanted.end() :]
        tools: dict[str, Callable[[list[str]], tuple[int, str]]] = {
            "selaras": self._selaras,
            "ls": lambda w: (0, "".join(sorted(f"{p.name}\n" for p in Path(w[0]).iterdir()))),
            "cat": lambda w: (0, Path(w[0]).read_text(encoding="utf-8")),
        }
        assert words[0] in tools, (
            f"no test knows the command {words[0]!r}; mark the block as not run"
        )
        done, said = tools[words[0]](words[1:])
        assert "an error of the program" not in said, f"{line!r} says\n{said}"
        assert done == code, f"{line!r} ends with {done}:\n{said}"
        assert not expected.strip() or matches(said, expected), f"{line!r} says\n{said}"

    def _selaras(self, words: list[str]) -> tuple[int, str]:
        key, out = self._sample(words)
        if key in self._kept:
            said, folder = self._kept[key]
            shutil.copytree(folder, out)
            return 0, said.replace(OUT, str(out))
        said_to = None
        if words[-2:-1] == ["<"]:
            said_to = Path(words[-1]).read_bytes()
            words = words[:-2]
        done = CliRunner().invoke(main, words, input=said_to, prog_name="selaras")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if key and done.exit_code == 0:
            folder = self._store / str(len(self._kept))
            shutil.copytree(out, folder)
            self._kept[key] = (done.output.replace(str(out), OUT), folder)
        return done.exit_code, done.output

    @staticmethod
    def _sample(words: list[str]) -> tuple[tuple[str, ...], Path]:
        """By what a run of the samples into a new folder is known, and that folder."""
        if words[:1] != ["run"] or words.count("--out") != 1 or "--lexicon" in words:
            return (), Path()
        at = words.index("--out")
        out = Path(words[at + 1])
        rest = (*words[1:at], *words[at + 2 :])
        samples = (("corpus/articles",), ("my-articles",))
        return (rest if rest in samples and not out.exists() else ()), out
