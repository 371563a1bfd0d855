"""What somebody hands over, as arrays, and what is said of arrays that cannot be read."""

from typing import NamedTuple

import numpy as np

NEEDED = ("W", "U", "x")
GRADIENTS = ("dW", "dU", "db", "dV", "dc")
NAMES = (*"WUbVc", "x", "Y", "y", "h", "loss", "h_init", "dy", "dh", *GRADIENTS, "b2", "db2")
SAFE = "doctor.case() makes a case that hides nothing"


class Unreadable(ValueError):
    """Why no diagnosis can be made: a sentence."""


class Given(NamedTuple):
    """Arrays of floats, by their names; None for what is not there."""

    arrays: dict
    n_x: int
    n_h: int
    n_y: int  # 0 without a dense layer
    single: bool  # all of it is in float32

    def __getattr__(self, name):
        return self.arrays.get(name)


def read(**given) -> Given:
    """The arrays, or Unreadable with the first thing that does not fit."""
    given = {name: value for name, value in given.items() if value is not None}
    given |= _two("b", given) | _two("db", given)
    for name in NEEDED:
        if name not in given:
            raise Unreadable(f"{name} is missing: without the weights W and U and the inputs x nothing can be computed")
    arrays = {name: _array(name, value) for name, value in given.items()}
    claims = [name for name in (*GRADIENTS, "db2") if name in arrays]
    if not claims:
        raise Unreadable("no gradient is there: hand over what you have of dW, dU, db, dV and dc")
    if not {"Y", "dy", "dh"} & set(arrays):
        raise Unreadable(
            "Y is missing: hand over the targets Y, or dy (the derivative of your loss with respect to y), or dh (the "
            "messages that arrive at the states from above)"
        )
    n_h, n_x = _of_U(arrays["U"]), _across("W", arrays, "U")
    n_y = _across("V", arrays, "U") if "V" in arrays else 0
    _check_presence(arrays)
    arrays |= _one_hot(arrays, n_x, n_y)
    _check_sizes(arrays, n_x, n_h, n_y)
    single = all(np.asarray(given[name]).dtype.itemsize <= 4 for name in ("W", "x", *claims) if name in given)
    return Given({name: array.astype(float) for name, array in arrays.items()}, n_x, n_h, n_y, single)


def _two(name, given):
    """Two biases for one sum, as a list of two or as two rows: b and b2."""
    value, n_h = given.get(name), np.shape(given.get("U", ()))[:1]
    if value is None or name + "2" in given or not n_h:
        return {}
    if len(np.shape(value)) and len(value) == 2 and np.size(value) == 2 * n_h[0] and np.size(value[0]) == n_h[0]:
        pair = name == "b" or "b2" in given or np.size(given.get("b", ())) == 2 * n_h[0]
        return {name: value[0], name + "2": value[1]} if pair else {}
    return {}


def _array(name, value):
    try:
        array = np.asarray(value)
    except ValueError:
        raise Unreadable(f"{name} must be one array: its parts have different shapes") from None
    if array.dtype.kind not in "fiub":
        raise Unreadable(f"{name} must hold real numbers; got dtype {array.dtype}")
    if array.size == 0:
        raise Unreadable(f"{name} must not be empty; got shape {array.shape}")
    if not np.isfinite(array).all() and name not in (*GRADIENTS, "db2"):
        raise Unreadable(f"{name} must be finite: {_count(array)} of its numbers are nan or inf. Try a smaller case")
    return array


def _count(array):
    return f"{int((~np.isfinite(array)).sum())} of {array.size}" if array.size > 1 else "1"


def _of_U(U):
    side = round(U.size**0.5)
    if side * side != U.size or (U.ndim == 2 and U.shape[0] != U.shape[1]) or U.ndim > 2:
        raise Unreadable(f"U must be square, (n_h, n_h): it takes a state to a state; got shape {U.shape}")
    return side


def _across(name, arrays, _):
    """n_x from W, n_y from V."""
    array, n_h = arrays[name], _of_U(arrays["U"])
    other = {"W": "n_x", "V": "n_y"}[name]
    if array.ndim > 2 or (array.ndim == 2 and n_h not in array.shape) or array.size % n_h:
        raise Unreadable(
            f"{name} must have an axis of n_h = {n_h} (from U), for ({other}, n_h) or (n_h, {other}); got shape "
            f"{array.shape}"
        )
    return array.size // n_h


def _check_presence(arrays):
    for name, needs in (("dV", "V"), ("dc", "V"), ("dc", "c"), ("db", "b"), ("Y", "V"), ("dy", "V"), ("db2", "b2")):
        if name in arrays and needs not in arrays:
            raise Unreadable(f"{name} is there and {needs} is not: hand over {needs} too")


def _one_hot(arrays, n_x, n_y):
    """Numbers of classes as columns of zeros and a one."""
    made = {}
    for name, size in (("x", n_x), ("Y", n_y)):
        array = arrays.get(name)
        if array is not None and size not in array.shape and _may_be_classes(array, size):
            made[name] = np.eye(size)[array]
    return made


def _may_be_classes(array, size):
    integers = size > 1 and array.dtype.kind in "iu" and array.ndim <= 2 and array.size > 0
    return integers and array.min() >= 0 and array.max() < size


def other_readings(given) -> list:
    """What is given, with numbers of classes spelled out where they could be a column too: 4 classes, 4 steps."""
    found = {}
    try:
        arrays = {name: _array(name, given[name]) for name in ("U", "W", "V", "x", "Y") if given.get(name) is not None}
    except Unreadable:
        return []
    for name, weight in (("x", "W"), ("Y", "V")):
        if {name, weight, "U"} <= set(arrays):
            array, size = arrays[name], arrays[weight].size // round(arrays["U"].size ** 0.5)
            if size in array.shape and _may_be_classes(array, size) and array.max() > 1:  # else it may be one-hot
                found[name] = np.eye(size)[array]
    each = [given | {name: found[name]} for name in found]
    return [*each, given | found] if len(found) > 1 else each


def _check_sizes(arrays, n_x, n_h, n_y):
    for name, size, of in (("b", n_h, "U"), ("b2", n_h, "U"), ("c", n_y, "V")):
        if name in arrays and arrays[name].size != size:
            raise Unreadable(f"{name} must have {size} numbers (from {of}); got shape {arrays[name].shape}")
    if arrays["x"].size % n_x or (n_x > 1 and n_x not in arrays["x"].shape):
        raise Unreadable(f"x must have an axis of n_x = {n_x} (from W and U); got shape {arrays['x'].shape}")
    for name, size, of in (("Y", n_y, "V"), ("y", n_y, "V"), ("dy", n_y, "V"), ("h", n_h, "U"), ("dh", n_h, "U")):
        array = arrays.get(name)
        if array is not None and size and (array.size % size or (size > 1 and size not in array.shape)):
            axis = "n_y" if of == "V" else "n_h"
            raise Unreadable(f"{name} must have an axis of {axis} = {size} (from {of}); got shape {array.shape}")
    if "loss" in arrays and arrays["loss"].size != 1:
        raise Unreadable(f"loss must be one number; got shape {arrays['loss'].shape}")
