"""How sure a share of right ones is that was counted on a sample.

The interval is the score interval (E. B. Wilson, "Probable inference, the law of succession, and
statistical inference", Journal of the American Statistical Association 22, 1927): it stays between
0 and 1 and is honest for few judgements and for shares near 1, where the textbook's is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

Interval = tuple[float, float]


def wilson(share: float, size: float) -> Interval:
    """The 95 % score interval of a ``share`` that was seen among ``size``, which may be infinite.

    ``size`` above 0 need not be whole: it may be an effective one. Raises ``ValueError`` for a
    share that is none.
    """
    if not 0 <= share <= 1 or not size > 0:
        raise ValueError(f"no share of a sample: {share} of {size}")
    if math.isinf(size):
        return share, share
    square = _Z**2 / size
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * math.sqrt(share * (1 - share) / size + square / (4 * size))
    # At the ends the bound is the end itself, which rounding may miss.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    return low, 1.0 if share == 1 else min(1.0, middle + half)


def effective(judged: int, of: int) -> float:
    """The size of a sample without end that says as much as ``judged`` drawn from ``of``.

    The finite population correction: the nearer a sample comes to all, the less is left to chance;
    infinite when all are judged (W. G. Cochran, *Sampling Techniques*, 1977, chapter 2).
    """
    return math.inf if judged >= of else judged * (of - 1) / (of - judged)


@dataclass(frozen=True, slots=True)
class Stratum:
    """What was judged of one stratum: ``right`` of ``judged``, drawn from ``size`` in all."""

    right: int
    judged: int
    size: int


def of_stratum(stratum: Stratum) -> tuple[float, Interval] | None:
    """The share of right ones in a stratum and its interval; ``None`` when none is judged."""
    if not stratum.judged:
        return None
    share = stratum.right / stratum.judged
    return share, wilson(share, effective(stratum.judged, stratum.size))


def together(strata: Sequence[Stratum]) -> tuple[float, Interval] | None:
    """The share over all strata of which some are judged, and its interval.

    Each stratum weighs as many as it has, not as many as were judged of it. The interval is
    Wilson's for the effective size of a weighted sample (L. Kish, *Survey Sampling*, 1965, chapter
    11): 1 / sum of squared weights over sizes.
    """
    known = [s for s in strata if s.judged]
    total = sum(s.size for s in known)
    if not total:
        return None
    share = math.fsum(s.size / total * s.right / s.judged for s in known)
    spread = math.fsum((s.size / total) ** 2 / effective(s.judged, s.size) for s in known)
    return min(share, 1.0), wilson(min(share, 1.0), 1 / spread if spread else math.inf)


def of_clusters(clusters: Sequence[tuple[int, int]]) -> tuple[float, Interval] | None:
    """The share of right ones where whole clusters were drawn, ``(right, judged)`` of each.

    What stands in one article is right or wrong together more often than by chance: the variance is
    that of a ratio between clusters (Cochran, chapter 9A), and the interval Wilson's for the size
    that has it, at most the number judged. Where all are right or all wrong, or there is one
    cluster, the spread between clusters cannot be seen, and the clusters are counted instead.
    """
    judged = sum(of for _, of in clusters)
    if not judged:
        return None
    share = sum(right for right, _ in clusters) / judged
    some = [(right, of) for right, of in clusters if of]
    spread = math.fsum((right - share * of) ** 2 for right, of in some)
    if share in (0, 1) or len(some) == 1:
        size = float(len(some))
    elif not spread:
        size = float(judged)
    else:
        variance = len(some) / (len(some) - 1) * spread / judged**2
        size = min(float(judged), max(1.0, share * (1 - share) / variance))
    return share, wilson(share, size)
