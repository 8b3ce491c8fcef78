"""The engine of many machines: the stages of a run on Ray Data.

``supervision`` is in the process of the command: it starts a ``driver``, in a process of its own,
which is the one that speaks with Ray, and starts another when that one dies or nothing comes any
more. ``stages`` is what Ray's processes do.
"""

from pipeline.run.on_ray.supervision import Patience, extract

__all__ = ["Patience", "extract"]
