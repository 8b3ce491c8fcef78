"""The recipe of a langdetect profile: n-gram counts of raw text in one language.

    python -m pipeline.detect.profile CODE OUT TEXT... [--lines N]

langdetect (the port of Nakatani Shuyo's language-detection) counts character n-grams of length
one to three; the counts of a text of the language are all that a profile is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def build(code: str, lines: Iterable[str]) -> dict[str, Any]:
    """The profile of language ``code`` counted over ``lines``, in langdetect's JSON layout."""
    from langdetect.utils.lang_profile import LangProfile

    profile = LangProfile(code)
    for line in lines:
        profile.update(line)
    profile.omit_less_freq()
    return {
        "freq": dict(sorted(profile.freq.items())),
        "n_words": profile.n_words,
        "name": code,
    }


def main(arguments: list[str] | None = None) -> None:
    """Write the profile of a language from raw text files, one sentence or paragraph a line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("code", help="ISO 639-1 code of the language")
    parser.add_argument("out", type=Path, help="the JSON file to write")
    parser.add_argument("text", type=Path, nargs="+", help="raw text, UTF-8")
    parser.add_argument("--lines", type=int, help="count only the first N lines of each file")
    options = parser.parse_args(arguments)
    lines = [
        line
        for file in options.text
        for line in file.read_text(encoding="utf-8").splitlines()[: options.lines]
    ]
    profile = build(options.code, lines)
    options.out.write_text(
        json.dumps(profile, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
