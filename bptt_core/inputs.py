"""What bptt_core accepts, and the one sentence it says otherwise.

Every public function takes its arguments through here, so that the files of the section hold only its mathematics.
A message names the symbol, what was expected and what came. Nothing that is handed in is changed.
"""

from math import inf

import numpy as np

from .activations import ACTIVATIONS, Activation
from .overflow import quiet


def real_array(name, value):
    """`value` as an array that is finite and not empty: float32 if it was, else float64."""
    array = _read(name, value)
    if array.dtype.kind in "cO":
        raise ValueError(f"{name} must hold real numbers; got dtype {array.dtype}")
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(f"{name} must hold float32 or float64 numbers, or integers; got dtype {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} must not have an empty axis; got shape {array.shape}")
    single = array.dtype.kind == "f" and array.dtype.itemsize == 4
    array = array.astype(np.float32 if single else np.float64, copy=False)
    if not np.isfinite(array).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite; got {array[first]} at index {first}")
    return array.view(np.ndarray)


def _read(name, value):
    """`value` as an array of whatever it holds."""
    if _holds_masked(value):
        raise TypeError(f"{name} must be a plain array; got a masked array, whose mask would be lost")
    try:
        return np.asarray(value)
    except Exception as error:  # numpy asks `value` for its numbers, and that may raise anything
        ragged = isinstance(error, ValueError) and isinstance(value, list | tuple)
        what = "with rows of unequal length" if ragged else f"that numpy cannot read: {error}"
        raise ValueError(f"{name} must be an array of numbers; got a {type(value).__name__} {what}") from error


def _holds_masked(value):
    """Whether `value` is a masked array, or has one in its lists: numpy would drop the mask, or warn and give nan."""
    found, lists = [value], set()
    while found:
        one = found.pop()
        if isinstance(one, np.ma.MaskedArray):
            return True
        if isinstance(one, list | tuple) and id(one) not in lists:  # a list may hold itself
            lists.add(id(one))
            found.extend(one)
    return False


def shaped_array(name, value, shape, **known):
    """`value` as a real array of the given shape.

    shape : the axes in the book's letters, like ("T+1", "n_x", "N"), or numbers
    known : sizes that are settled, each with the symbol they come from, like n_x=(1, "W")
    """
    array = real_array(name, value)
    expected = [known[axis][0] if axis in known else axis for axis in shape]
    fits = array.ndim == len(shape) and all(
        isinstance(want, str) or want == size for want, size in zip(expected, array.shape, strict=True)
    )
    if not fits:
        letters = f"({', '.join(map(str, shape))})"
        settled = [
            f"{axis} = {known[axis][0]} (from {known[axis][1]})" for axis in dict.fromkeys(shape) if axis in known
        ]
        sizes = f" with {' and '.join(settled)}" if settled else ""
        raise ValueError(f"{name} must have shape {letters}{sizes}; got {array.shape}")
    return array


def common_dtype(*arrays):
    """float32 if every array is float32, else float64: the arrays, all in that dtype."""
    dtype = np.result_type(*arrays)
    return [array.astype(dtype, copy=False) for array in arrays]


def count(name, value, low, high=None):
    """`value` as an int between low and high, both included."""
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number; got {type(value).__name__}")
    if value < low or (high is not None and value > high):
        bounds = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be {bounds}; got {_shown(value)}")
    return int(value)


def one_of(name, value, choices):
    """`value`, if it is one of the names in `choices`."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {', '.join(choices)}; got {type(value).__name__}")
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
    return value


def positive(name, value):
    """`value` as a finite float above 0."""
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number; got {type(value).__name__}")
    try:
        number = float(value)  # before it is compared: float32 and longdouble have other bounds
    except OverflowError:
        number = inf
    if not 0 < number < inf:
        raise ValueError(f"{name} must be finite and above 0; got {_shown(value)}")
    return number


def _shown(number):
    """The number in words for a message: Python refuses to write integers of thousands of digits."""
    try:
        return str(number)
    except ValueError:
        return f"an integer of {number.bit_length()} bits"


def instance_of(name, value, kind):
    """`value`, if it is one of the records that bptt_core hands out."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}({', '.join(kind._fields)}); got {type(value).__name__}")
    return value


def known_activation(name, value):
    """The Activation that `value` names, or `value` itself if it is one that works."""
    if isinstance(value, str):
        if value not in ACTIVATIONS:
            raise ValueError(f"{name} must be one of {', '.join(ACTIVATIONS)}, or an Activation; got {value!r}")
        return ACTIVATIONS[value]
    if not isinstance(value, Activation):
        raise TypeError(f"{name} must be a name or an Activation(name, f, df); got {type(value).__name__}")
    if not isinstance(value.name, str):
        raise TypeError(f"{name}.name must be a string; got {type(value.name).__name__}")
    if not any(value is known for known in ACTIVATIONS.values()):
        _try_out(name, value)
    return value


@quiet()
def _try_out(name, activation):
    """A reader's own Activation meets a small array first: broadcasting or writing in place would spoil the trace."""
    for role in ("f", "df"):
        function = getattr(activation, role)
        if not callable(function):
            raise TypeError(f"{name}.{role} must be a function of h_hat; got {type(function).__name__}")
        probe = np.array([[0.25, 0.5, 0.75], [1.0, 1.25, 1.5]])
        given = probe.copy()
        result = _read(f"{name}.{role}(h_hat)", function(given))
        if result.shape != probe.shape:
            raise ValueError(f"{name}.{role} must return an array of the shape it is given, (2, 3); got {result.shape}")
        if result.dtype.kind not in "fiub":
            raise ValueError(f"{name}.{role} must return real numbers; got dtype {result.dtype}")
        if not np.array_equal(given, probe):
            raise ValueError(f"{name}.{role} must not change the array it is given; it wrote into it")
