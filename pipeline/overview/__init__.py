"""A quick look at the results of a run: what it was, the first rows, an article, a sheet.

``selection`` says which rows of the table are meant and ``reading`` asks for them; ``article``
lays the mentions of one article over its text, ``sheet`` the figures of one unit out by body and
year; ``fitting`` chooses what of a table a terminal has room for, and ``show`` shows it all.
"""

from pipeline.overview.reading import Overview
from pipeline.overview.selection import Selection

__all__ = ["Overview", "Selection"]
