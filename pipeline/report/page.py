"""The page: a template, its style and its script in one file that asks for nothing else."""

from __future__ import annotations

import base64
import hashlib
import html as escaping
import re
from functools import cache
from importlib import resources
from string import Template

from pipeline.report.contents import Contents, as_json
from pipeline.report.overview import overview

# In the order in which they build on one another; together they are the page's one script.
SCRIPTS = (
    "dom.js",
    "words.js",
    "data.js",
    "state.js",
    "csv.js",
    "pages.js",
    "panel.js",
    "table.js",
    "sheet.js",
    "articles.js",
    "main.js",
)


@cache
def _asset(name: str) -> str:
    file = resources.files(__package__) / "assets" / name
    # As a browser reads it, whatever made the file: its hash is of these characters.
    return file.read_text(encoding="utf-8").replace("\r\n", "\n")


def _script() -> str:
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls a script or style of these very characters.

    Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def policy(script: str, style: str) -> str:
    """The Content-Security-Policy: this script, this style, and nothing from anywhere."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def html(contents: Contents) -> str:
    """The page of ``contents`` as HTML."""
    script, style = _script(), _asset("style.css")
    # The last part of each path alone: the page goes to people on other machines.
    inputs = [
        re.split(r"[\\/]", str(name).rstrip("\\/"))[-1] for name in contents.run.get("inputs", [])
    ]
    return Template(_asset("page.html")).substitute(
        policy=escaping.escape(policy(script, style), quote=True),
        title=escaping.escape(f"Report on {', '.join(inputs)}" if inputs else "Report"),
        style=style,
        overview=overview(contents).text,
        data=as_json(contents),
        script=script,
    )
