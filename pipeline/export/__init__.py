"""The results of a run in the formats of other programs."""

from pipeline.export.command import FORMATS, beside, export

__all__ = ["FORMATS", "beside", "export"]
