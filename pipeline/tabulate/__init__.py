"""Mentions of any number of articles to the cross-lingual table.

Two plain steps: articles to stories, then mentions to rows.
"""

from pipeline.tabulate.database import MergeError
from pipeline.tabulate.merging import Merged, helpers, merge, merge_files, write_rows

__all__ = ["MergeError", "Merged", "helpers", "merge", "merge_files", "write_rows"]
