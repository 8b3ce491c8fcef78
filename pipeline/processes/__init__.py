"""Processes of our own: one that may die (``child``), several that help (``helpers``)."""

from pipeline.processes.child import Child, Died, ready
from pipeline.processes.helpers import Helpers

__all__ = ["Child", "Died", "Helpers", "ready"]
