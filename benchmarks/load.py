"""How long the default models take to load and how much memory, each in a fresh process.

    python -m benchmarks.load [--models FOLDER] [--out FILE]

Seconds to load count importing the libraries that the recogniser needs; the interpreter's own start
is left out. Memory is the most that the process held at any moment, libraries included, when loaded
and after a first article. Ends with 1 when a limit is passed: 2 seconds, 500 MB.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import report

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 2.0, 500.0
PROGRAM = "whole program"


def peak() -> float:
    """The most memory that this process held so far, in MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.is_file():  # of this program alone; the other also counts what started it
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource  # not on Windows

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size * (1 if sys.platform == "darwin" else 1024) / 1e6


def child(what: str, folder: Path | None, texts: dict[str, str]) -> dict[str, float]:
    """Load in this process: the recogniser of a language, or the whole program with all of them."""
    begin = time.perf_counter()
    if what == PROGRAM:
        import pipeline

        read: Any = pipeline.load()
        loaded = time.perf_counter()
        held = peak()
        for text in texts.values():
            read(text)
    else:
        from pipeline.recognise.default import SnappedRecogniser, default_recogniser

        if folder is None:
            recogniser = default_recogniser(what)
        else:
            from pipeline.recognise.encoder import EncoderRecogniser

            recogniser = SnappedRecogniser(EncoderRecogniser(folder / what, what), what)
        loaded = time.perf_counter()
        held = peak()
        recogniser.recognise(texts[what])
    return {
        "load": loaded - begin,
        "first article": time.perf_counter() - loaded,
        "memory loaded": held,
        "memory": peak(),
    }


def fresh(what: str, options: argparse.Namespace, texts: dict[str, str]) -> dict[str, float]:
    """What ``child`` measures in a new process. Raises ``RuntimeError`` with its last line."""
    command = [sys.executable, "-m", "benchmarks.load", "--child", what]
    if options.models is not None:
        command += ["--models", str(options.models.resolve())]
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing said"]
        raise RuntimeError(last[0])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Read the command line, measure, print the table; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--models", type=Path, help="folder of LANGUAGE/ (default: those shipped)")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--out", type=Path, help="JSON file with every repetition")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options.child, options.models, json.load(sys.stdin))))
        return 0
    if options.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    from pipeline import gold, models

    articles = gold.read(ROOT / "corpus" / "gold" / "dev")
    texts = {a.language: a.text for a in reversed(articles)}
    codes = [c for c in models.available() if c in texts]
    # The whole program reads with the models that are shipped.
    whole = [PROGRAM] if options.models is None else []
    measured: dict[str, list[dict[str, float]]] = {what: [] for what in (*codes, *whole)}
    state = report.machine()
    try:
        for _ in range(options.repetitions):
            for what, found in measured.items():
                found.append(fresh(what, options, texts))
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    middle = {
        what: {name: statistics.median(f[name] for f in found) for name in found[0]}
        for what, found in measured.items()
    }
    rows = [
        [
            f"{what}, {' and '.join(texts)}" if what == PROGRAM else f"recogniser, {what}",
            f"{m['load']:.2f} s",
            f"{m['first article']:.2f} s",
            f"{m['memory loaded']:.0f} MB",
            f"{m['memory']:.0f} MB",
        ]
        for what, m in middle.items()
    ]
    header = ["", "loaded in", "first article in", "memory, loaded", "memory, after it"]
    print(report.markdown(header, rows))
    report.write(options.out, {"machine": state, "median": middle, "each": measured})
    over = [what for what, m in middle.items() if m["load"] > SECONDS or m["memory"] > MEGABYTES]
    verdict = f"not kept by {', '.join(over)}" if over else "kept"
    print(f"\nlimits: {SECONDS:g} s, {MEGABYTES:g} MB: {verdict}")
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
