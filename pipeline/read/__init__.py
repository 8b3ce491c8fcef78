"""Files to article texts: which files there are, and what each one says."""

from pipeline.read.discover import InputError, Source, discover, printable
from pipeline.read.files import Document, Unreadable, read_bytes
from pipeline.read.metadata import read_sidecar
from pipeline.read.pieces import Limits
from pipeline.read.records import Record, parse, read, records
from pipeline.read.said import Sidecar

__all__ = [
    "Document",
    "InputError",
    "Limits",
    "Record",
    "Sidecar",
    "Source",
    "Unreadable",
    "discover",
    "parse",
    "printable",
    "read",
    "read_bytes",
    "read_sidecar",
    "records",
]
