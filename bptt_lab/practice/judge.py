"""Is an answer right? It may come in rows or columns, in float32, with axes of length 1 more or fewer."""

import numpy as np

from ..compare import relative_difference

EXACT, SINGLE = 1e-7, 1e-4  # the relative differences that are allowed to float64 and to float32
NUMBERS = "fiub"  # kinds of dtype
OTHERS = {"c": "complex numbers", "U": "text", "S": "text"}


def as_arrays(answer, count) -> list:
    """An answer in `count` parts as a list of that many arrays.

    Raises ValueError that says what came instead.
    """
    if count == 1:
        return [_as_array(answer)]
    if not isinstance(answer, tuple | list) or len(answer) != count:
        came = f"{len(answer)}" if isinstance(answer, tuple | list) else a(answer)
        raise ValueError(f"{count} arrays are expected, as a tuple or a list; got {came}")
    return [_as_array(part) for part in answer]


def _as_array(answer):
    try:
        array = np.asarray(answer)
    except Exception:  # lists of different lengths, or an object with a faulty __array__
        array = np.array(None)
    if array.dtype.kind not in NUMBERS:
        raise ValueError(f"numbers are expected; got {OTHERS.get(array.dtype.kind, a(answer))}")
    return array if array.dtype == np.float32 else array.astype(float)


def a(thing) -> str:
    noun = type(thing).__name__
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def fits(answer, expected, rows=True) -> bool:
    """Whether it has the shape of the expected array, or one that says the same."""
    return any(True for _ in _forms(answer, expected, rows))


def same(answer, expected, rows=True) -> bool:
    """Of two arrays. rows : whether rows may stand for columns"""
    return any(_close(answer, form) for form in _forms(answer, expected, rows))


def in_rows(answer, expected) -> bool:
    """Whether it is the same only with rows for columns."""
    return not same(answer, expected, rows=False)


def difference(answer, expected) -> float:
    """The relative difference; inf if the shapes do not fit."""
    return min((_difference(answer, form) for form in _forms(answer, expected, rows=False)), default=np.inf)


def first_wrong(answer, expected, rows=True):
    """The entry that is furthest off: its index in the answer, what it is, and what it should be."""
    form = min(_forms(answer, expected, rows), key=lambda form: _difference(answer, form))
    with np.errstate(invalid="ignore"):
        off = np.abs(answer - form)
    index = np.unravel_index(np.nan_to_num(off, nan=np.inf, posinf=np.inf).argmax(), answer.shape)
    return tuple(map(int, index)), answer[index], form[index]


def _close(answer, expected):
    return _difference(answer, expected) <= (SINGLE if answer.dtype == np.float32 else EXACT)


def _difference(answer, expected):
    odd = ~np.isfinite(answer)  # a nan, or an infinity, is the same as its like
    if not np.array_equal(answer[odd], expected[odd], equal_nan=True):
        return np.inf
    return relative_difference(answer[~odd], expected[~odd]) if not odd.all() else 0.0


def _forms(answer, expected, rows):
    """The expected array, then with rows for columns: those of as many numbers along the axes above 1, reshaped."""
    forms = [expected, np.swapaxes(expected, -1, -2)] if rows and expected.ndim > 1 else [expected]
    for form in forms:
        if _bare(form) == _bare(answer):
            yield form.reshape(answer.shape)


def _bare(array):
    return [size for size in array.shape if size != 1]
