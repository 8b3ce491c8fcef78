"""Files to article texts: which files there are, and what each one says."""

from pipeline.read.discover import InputError, Source, discover, printable
from pipeline.read.files import Document, Unreadable, read, read_bytes
from pipeline.read.metadata import Sidecar, read_sidecar

__all__ = [
    "Document",
    "InputError",
    "Sidecar",
    "Source",
    "Unreadable",
    "discover",
    "printable",
    "read",
    "read_bytes",
    "read_sidecar",
]
