"""Is an answer right? It may come in rows or columns, in float32, with axes of length 1 more or fewer."""

import numpy as np

from ..compare import relative_difference

EXACT, SINGLE = 1e-7, 1e-4  # the relative differences that are allowed in float64 and in float32
ROUNDED = 0.1  # a small message, written in two or three decimals, may be off by this share of its size
LARGEST = 1_000_000  # numbers; no answer has a thousand
NUMBERS = "fiub"  # kinds of dtype
OTHERS = {"c": "complex numbers", "U": "text", "S": "text"}


class Refused(Exception):
    """The answer is no array of numbers. The text says what came instead."""


def as_arrays(answer, count) -> list:
    """An answer in `count` parts as a list of that many new arrays, which share nothing with the reader's objects.

    Raises Refused, or whatever the answer's own methods raise.
    """
    if count == 1:
        return [_as_array(answer)]
    if not isinstance(answer, tuple | list) or len(answer) != count:
        came = f"{len(answer)}" if isinstance(answer, tuple | list) else a(answer)
        raise Refused(f"{count} arrays are expected, as a tuple or a list; got {came}")
    return [_as_array(part) for part in answer]


def _as_array(answer):
    if any(np.ma.getmaskarray(part).any() for part in _masked(answer)):
        raise Refused("some of the numbers are masked")
    try:
        array = np.asarray(answer)
    except Exception:  # lists of different lengths, or an object with a faulty __array__
        array = np.array(None)
    if array.dtype.kind not in NUMBERS:
        raise Refused(f"{_wanted(answer)}; got {_instead(answer, array.dtype.kind)}")
    if array.size > LARGEST:  # its shape is enough to know that it is wrong
        return np.broadcast_to(0.0, array.shape)
    return np.array(array, np.float32 if array.dtype == np.float32 else float)


def _wanted(answer):
    return "one array is expected" if isinstance(answer, tuple) else "numbers are expected"


def _instead(answer, kind):
    if isinstance(answer, tuple):
        return f"a tuple of {len(answer)}"
    if kind == "O" and isinstance(answer, np.ndarray):
        return "an array of objects"
    return OTHERS.get(kind, a(answer))


def _masked(answer):
    parts = answer if isinstance(answer, tuple | list) else [answer]
    return [part for part in parts if isinstance(part, np.ma.MaskedArray)]


def a(thing) -> str:
    noun = named(thing)
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def named(thing) -> str:
    """The name of its type. A reader's type may have a faulty one, or none."""
    try:
        return f"{type(thing).__name__:.40}" or "object"
    except BaseException:
        return "object"


def fits(answer, expected, rows=True) -> bool:
    """Whether the answer has the shape of the expected array, or an equivalent one."""
    return any(True for _ in _forms(answer, expected, rows))


def same(answer, expected, rows=True) -> bool:
    """Whether two arrays agree. rows : whether rows may stand for columns"""
    return any(_close(answer, form) for form in _forms(answer, expected, rows))


def in_rows(answer, expected) -> bool:
    """Whether the answer agrees only with rows for columns."""
    return not same(answer, expected, rows=False)


def decimals(answer, expected, rows=True) -> int:
    """To how many decimals a rounded answer is right; 0 if it is not rounded, or not right."""
    return max((_decimals(answer, form) for form in _forms(answer, expected, rows)), default=0)


def _decimals(answer, expected):
    if not np.isfinite(answer).all() or _difference(answer, expected) > ROUNDED:
        return 0
    off = np.abs(answer - expected).max()
    right = next((n for n in range(9, 0, -1) if off <= 0.5001 * 10.0**-n), 0)
    more = np.abs(answer - np.round(answer, right))[np.abs(answer) >= 10.0**-right]  # a card writes 0.0004 as 4e−4
    return right if (more <= 1e-6 * 10.0**-right).all() else 0


def difference(answer, expected) -> float:
    """The relative difference; inf if the shapes do not fit."""
    return min((_difference(answer, form) for form in _forms(answer, expected, rows=False)), default=np.inf)


def first_wrong(answer, expected, rows=True):
    """The entry that is furthest off: its index in the answer, what it is, and what it should be."""
    form = min(_forms(answer, expected, rows), key=lambda form: _difference(answer, form))
    off = np.abs(answer - form)
    index = np.unravel_index(np.nan_to_num(off, nan=np.inf, posinf=np.inf).argmax(), answer.shape)
    return tuple(map(int, index)), answer[index], form[index]


def _close(answer, expected):
    return _difference(answer, expected) <= (SINGLE if answer.dtype == np.float32 else EXACT)


def _difference(answer, expected):
    odd = ~np.isfinite(answer)  # a nan agrees with a nan, an infinity with the same infinity
    if not np.array_equal(answer[odd], expected[odd], equal_nan=True):
        return np.inf
    return relative_difference(answer[~odd], expected[~odd]) if not odd.all() else 0.0


def _forms(answer, expected, rows):
    """The expected array, then its transpose: each in the answer's shape, if axes of length 1 are all that differs."""
    forms = [expected, np.swapaxes(expected, -1, -2)] if rows and expected.ndim > 1 else [expected]
    for form in forms:
        if _bare(form) == _bare(answer):
            yield form.reshape(answer.shape)


def _bare(array):
    return [size for size in array.shape if size != 1]
