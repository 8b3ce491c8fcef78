"""HTML and SVG as text in which nothing that an article says is markup."""

from __future__ import annotations

import html
from dataclasses import dataclass

# That end with themselves.
_VOID = frozenset({"br", "rect", "line"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is markup already."""

    text: str


Child = Markup | str | int | None


def element(name: str, *children: Child, **attributes: str | int | float | None) -> Markup:
    """An element with its attributes and children; texts are escaped, ``None`` is left out.

    In the names of attributes ``_`` stands for ``-``, at the end for nothing (``class_``).
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{said}/>" if name != "br" else "<br>")
    return Markup(f"<{name}{said}>{joined(*children).text}</{name}>")


def joined(*children: Child) -> Markup:
    """Several pieces one after the other."""
    return Markup(
        "".join(
            child.text if isinstance(child, Markup) else html.escape(str(child), quote=False)
            for child in children
            if child is not None
        )
    )
