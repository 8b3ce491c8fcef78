"""Cardinal numbers put together from the parts of number words.

Units, tens and hundreds make a group below ten thousand; scale words multiply what stands before
them, and a larger scale word multiplies everything smaller before it ("dua ribu lima ratus juta").
Which words have which role is data: ``languages/<code>/numbers.toml``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

JOINER, UNIT, TEEN, TEN = "joiner", "unit", "teen", "ten"
TEEN_SUFFIX, TEN_SUFFIX = "teen suffix", "ten suffix"
HUNDRED, SCALE, POINT = "hundred", "scale", "point"
HALF, MIXED, DENOMINATOR = "half", "mixed", "denominator"

HALF_OF_ONE = Decimal("0.5")
# A unit before one of these is no part of the number before it: "dua puluh lima | belas".
_OWN = frozenset({TEEN_SUFFIX, TEN_SUFFIX, HUNDRED, DENOMINATOR})
_CLOSED = frozenset({HUNDRED, DENOMINATOR})
_NOT_JOINED = frozenset({HALF, DENOMINATOR})
# Nobody reads out more decimals.
_MOST_DECIMALS = 12
# What a reader looks at beyond the last part.
_BEYOND = ("", "", "", "")


class Morpheme(NamedTuple):
    """One part of a number word: its role in the grammar and its value."""

    role: str
    value: int | Decimal


class Cardinal(NamedTuple):
    """A number of ``used`` parts; ``of`` is the whole of a fraction.

    ``factor`` is the scale word it ends with, 1 without: "dua juta" ends with a million.
    """

    value: int | Decimal
    used: int
    of: int | Decimal | None
    factor: int | Decimal


class Reader:
    """Reads the number at the beginning of a sequence of parts."""

    __slots__ = ("_bare_hundred", "_bare_scales", "_roles", "_values")

    def __init__(
        self,
        parts: Sequence[Morpheme],
        *,
        bare_hundred: bool,
        bare_scales: Collection[int | Decimal],
    ) -> None:
        """``bare_hundred`` and ``bare_scales``: which of them are a number by themselves."""
        roles, self._values = zip(*parts, strict=True)
        self._roles = roles + _BEYOND
        self._bare_hundred = bare_hundred
        self._bare_scales = bare_scales

    def number(self, stops: Collection[int]) -> Cardinal | None:
        """The longest number that ends where a word ends; ``stops`` are the counts of parts there.

        ``None`` when no number begins here.
        """
        roles, values = self._roles, self._values
        # What each scale word has multiplied so far, the largest first, and their sum.
        stack: list[tuple[int | Decimal, int | Decimal]] = []
        total: int | Decimal = 0
        best: Cardinal | None = None
        i = 0
        while True:
            joined = bool(stack) and roles[i] == JOINER
            at = i + 1 if joined else i
            role = roles[at]
            mixed = role == MIXED and not stack
            value: int | Decimal
            if mixed:
                value, j = values[at], at + 1
            elif role == SCALE:
                scale = values[at]
                if scale not in self._bare_scales or (stack and stack[-1][1] <= scale):
                    break
                value, j = 1, at
            else:
                value, j = self._group(at)
                if value < 0:
                    break
            if not stack and not mixed:
                value, j, fraction = self._tail(value, j, stops)
                if fraction is not None:
                    return fraction
            if joined and roles[j] in _NOT_JOINED:
                break
            factor = 1
            end = j
            if mixed and roles[end] == HUNDRED:
                factor, end = 100, end + 1
            while roles[end] == SCALE:
                # "seribu juta", "honderdduizend": scale words multiply each other upwards.
                if values[end] < factor:
                    break
                factor *= values[end]
                end += 1
            if end == j or value == 0:
                if stack and value >= stack[-1][1]:
                    break
                if j in stops:
                    best = Cardinal(total + value, j, None, 1)
                break
            if joined and factor >= stack[-1][1]:
                break  # "vijfduizend en tien miljoen" are two
            lower: int | Decimal = 0
            if stack and stack[-1][1] <= factor:
                if value >= stack[-1][1] or any(s == factor for _, s in stack):
                    break
                lower = sum(v for v, s in stack if s < factor)
                stack = [entry for entry in stack if entry[1] > factor]
            size = (value + lower) * factor
            stack.append((size, factor))
            total, i = total - lower + size, end
            if i in stops:
                best = Cardinal(total, i, None, factor)
        return best

    def _below_hundred(self, i: int) -> tuple[int | Decimal, int]:
        """The value from part ``i`` on and the part after it; below zero when there is none."""
        roles, values = self._roles, self._values
        role = roles[i]
        if role == UNIT:
            value, after = values[i], roles[i + 1]
            if value == 0:
                return 0, i + 1
            if after == TEEN_SUFFIX:
                return value + 10, i + 2
            if after == TEN_SUFFIX:
                value *= 10
                if roles[i + 2] == UNIT and values[i + 2] and roles[i + 3] not in _OWN:
                    return value + values[i + 2], i + 3
                return value, i + 2
            if after == JOINER and roles[i + 2] == TEN:
                return value + values[i + 2], i + 3
            return value, i + 1
        if role in (TEEN, TEN):
            return values[i], i + 1
        return -1, i

    def _group(self, i: int) -> tuple[int | Decimal, int]:
        """The same with hundreds: up to 9999 in "negenennegentighonderdnegenennegentig"."""
        roles = self._roles
        if roles[i] == HUNDRED:
            value, j = (1 if self._bare_hundred else -1), i
        else:
            value, j = self._below_hundred(i)  # type: ignore[assignment]
        if value <= 0 or roles[j] != HUNDRED:
            return value, j
        value, j = value * 100, j + 1
        joined = roles[j] == JOINER
        rest, end = self._below_hundred(j + joined)
        if rest > 0 and roles[end] not in _CLOSED and not (joined and roles[end] == HALF):
            return value + rest, end
        return value, j

    def _tail(
        self, value: int | Decimal, j: int, stops: Collection[int]
    ) -> tuple[int | Decimal, int, Cardinal | None]:
        """Decimals or a half after the first group; or the fraction that it is the top of."""
        roles, values = self._roles, self._values
        role = roles[j]
        if role == DENOMINATOR:
            if 0 < value < 100 and j + 1 in stops:
                return value, j, Cardinal(value, j + 1, values[j], 1)
        elif role == JOINER:
            k = j + 1
            if roles[k] == UNIT and values[k] == 1:
                k += 1
            if roles[k] == HALF:
                return value + HALF_OF_ONE, k + 1, None
        elif role == POINT:
            k, digits = j + 1, ""
            while roles[k] == UNIT and len(digits) < _MOST_DECIMALS:
                after = self._below_hundred(k)[1]
                if after > k + 1:
                    break
                digits += str(values[k])
                k += 1
            if not digits.strip("0"):
                # "dua perpuluhan dua puluh lima", "drie komma nul vijfentwintig"
                pair, after = self._below_hundred(k)
                if pair > 0:
                    digits, k = digits + str(pair), after
            if digits:
                return value + Decimal("0." + digits), k, None
        return value, j, None
