"""How engines that stand on PyTorch compute: where, and so that numbers come out the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


def device() -> str:
    """``cuda`` where PyTorch finds such a device, else ``cpu``."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def inference() -> Iterator[None]:
    """No gradients, and one thread: sums split over threads differ in their last digits, and the
    workers of a run use the other cores."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(threads)
