"""The results of a run as one page that a browser opens offline, for people to search and read."""

from pipeline.report.command import Written, beside, report

__all__ = ["Written", "beside", "report"]
