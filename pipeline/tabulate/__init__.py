"""Mentions of any number of articles to the cross-lingual table.

Two plain steps: articles to stories, then mentions to rows.
"""

from pipeline.tabulate.rows import merge, table

__all__ = ["merge", "table"]
