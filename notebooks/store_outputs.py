"""Run the notebooks and store what they show.

    python notebooks/store_outputs.py [NAME ...]

Each runs in a kernel of its own, from its first cell to its last. What is stored is the same on
every machine: no times, no addresses of memory, no temporary names. The tests run them too, and
fail where a notebook shows something else than it has stored: then this is to be run, and looked at.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import numpy as np
from matplotlib import image
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
VARIES = "varies"  # the tag of a cell whose numbers depend on the processor
_SECONDS = 300
_CELL = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py:\d+")  # where a warning says it comes from
_TABLE = re.compile(r"itables_[0-9a-f_]{30,}")
_PROGRESS = re.compile(r"^(?:[\d,]+ of [\d,]+ articles|merging ).*\n", re.M)  # on slow machines
_ROWS = re.compile(r'"data_json":\s*("(?:[^"\\]|\\.)*")')
_LOADING = re.compile(r"Loading ITables.*?\(need[^)]*\)")  # what stands there until its script runs
_NO_TEXT = ("script", "style", "noscript", "svg")


def executed(path: Path) -> Any:
    """The notebook with the outputs of a fresh run, as they are stored.

    Raises ``nbclient.exceptions.CellExecutionError`` for a cell that fails.
    """
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(
        notebook,
        timeout=_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    with tempfile.TemporaryDirectory() as profile:
        own = {
            "COLUMNS": "80",
            "IPYTHONDIR": profile,
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore:IProgress not found",  # of tqdm, without the extra notebooks
            "TZ": "UTC",
        }
        client.execute(env=os.environ | own)
    return _cleaned(notebook)


def _cleaned(notebook: Any) -> Any:
    """Without what is of this run alone."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
        if cell.cell_type == "code":
            cell.outputs = list(_outputs(cell.outputs))
    return notebook


def _outputs(outputs: list[Any]) -> Iterator[Any]:
    last: Any = None
    for output in outputs:
        output.pop("transient", None)
        if output.output_type == "stream":
            # A kernel sends its lines in as many pieces as it happens to.
            if last is not None and last.output_type == "stream" and last.name == output.name:
                last.text = _lines(last.text + output.text)
                continue
            output.text = _lines(output.text)
        for kind, data in output.get("data", {}).items():
            if isinstance(data, str) and kind.startswith("text/"):
                output.data[kind] = _same(data)
        last = output
        if output.output_type != "stream" or output.text:
            yield output


def _same(text: str) -> str:
    names: dict[str, str] = {}
    return _TABLE.sub(lambda m: names.setdefault(m[0], f"itables_{len(names)}"), text)


def _lines(text: str) -> str:
    return _PROGRESS.sub("", _CELL.sub("notebook", text))


def shown(cell: Any) -> list[str]:
    """What a reader sees under a cell: of pages their words, of pictures that there is one.

    A cell whose numbers vary is compared by the kinds of its outputs alone.
    """
    if cell.cell_type != "code":
        return []
    return list(_shown(cell.outputs, VARIES in cell.metadata.get("tags", ())))


def _shown(outputs: list[Any], varies: bool) -> Iterator[str]:
    for output in outputs:
        if output.output_type == "stream":
            yield f"{output.name}: {'' if varies else output.text}"
            continue
        data = output.data
        kind = next(k for k in ("image/png", "text/html", "text/plain") if k in data)
        if varies or kind == "image/png":
            yield kind
        elif kind == "text/html":
            yield f"{kind}: {_words(data[kind])}"
        else:
            yield f"{kind}: {data[kind]}"


def _words(page: str) -> str:
    """The words of a page, with what it says of what is pointed at, and the rows of a table that a
    script shows; another version of a library draws them otherwise."""
    tree = lxml.html.fragment_fromstring(page, create_parent="div")
    for element in list(tree.iter(*_NO_TEXT)):
        element.drop_tree()
    titles = [str(title) for title in tree.xpath("//@title")]
    texts = [str(text) for text in tree.xpath("//text()")]
    words = " ".join(" ".join([*texts, *titles]).split())
    return " ".join([_LOADING.sub("", words), *_ROWS.findall(page)])


def pictures(cell: Any) -> Iterator[bytes]:
    """The pictures under a cell, as PNG."""
    for output in cell.get("outputs", ()):
        if "image/png" in output.get("data", {}):
            yield base64.b64decode(output.data["image/png"])


def is_blank(picture: bytes) -> bool:
    """Whether a PNG is of one colour alone."""
    with tempfile.TemporaryFile() as file:
        file.write(picture)
        file.seek(0)
        points = image.imread(file, format="png")
    return bool(np.ptp(points.reshape(-1, points.shape[-1]), axis=0).max() == 0)


def main() -> None:
    """Run those that are named, or all, and store their outputs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="beginnings of names, such as 3 [default: all]")
    names = tuple(parser.parse_args().names) or ("",)
    for path in NOTEBOOKS:
        if path.name.startswith(names):
            nbformat.write(executed(path), path)
            print(f"{path.name}: {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
