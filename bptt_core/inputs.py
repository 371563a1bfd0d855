"""What bptt_core accepts, the one sentence it says otherwise, and what it makes of an overflow.

Every public function takes its arguments through here, so that the files of the section hold only its mathematics.
A message names the symbol, what was expected and what came. Nothing that is handed in is changed.

What grows past the largest float is inf, and never nan. IEEE arithmetic makes inf of an overflow, but then nan of
inf - inf and of 0 * inf. Inputs hold no nan, so a nan in a result comes from an overflow: it is written as inf, "too
large, or computed from what was too large". The value itself tells; no warning is needed. A bounded activation takes
an inf as it takes every large number: tanh(inf) is 1. What is computed from that is finite.
"""

from math import inf

import numpy as np


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
    """`value` as a real array whose axes have these letters, or are 1; n_x=(2, "W") says that n_x is 2, from W."""
    array = real_array(name, value)
    sizes = {1: 1} | {axis: size for axis, (size, _) in known.items()}
    if array.ndim != len(shape) or any(sizes.get(axis, n) != n for axis, n in zip(shape, array.shape, strict=True)):
        settled = [f"{axis} = {size} (from {source})" for axis, (size, source) in known.items() if axis in shape]
        expected = f"({', '.join(map(str, shape))})" + f" with {' and '.join(settled)}" * bool(settled)
        raise ValueError(f"{name} must have shape {expected}; got {array.shape}")
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
    """The number as a message shows it: Python refuses to write an integer of thousands of digits."""
    try:
        return str(number)
    except ValueError:
        return f"an integer of {number.bit_length()} bits"


def numeric(name, function):
    """The function, with a check that it returns one number each time."""
    if not callable(function):
        raise TypeError(f"{name} must be a function of an array; got {type(function).__name__}")

    def checked(at):
        value = function(at)
        array = np.asarray(value)
        of_numbers = np.issubdtype(array.dtype, np.number)
        if array.size != 1 or not of_numbers:
            got = f"shape {array.shape}" if of_numbers else type(value).__name__
            raise TypeError(f"{name} must return one number; got {got}")
        return array.item()

    return checked


def known_activation(name, value, Activation, known):
    """The Activation that `value` names among the known ones, or `value` itself if it is an Activation that works."""
    if isinstance(value, str):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, or an Activation; got {value!r}")
        return known[value]
    if not isinstance(value, Activation):
        raise TypeError(f"{name} must be a name or an Activation(name, f, df); got {type(value).__name__}")
    if not isinstance(value.name, str):
        raise TypeError(f"{name}.name must be a string; got {type(value.name).__name__}")
    if not any(value is ours for ours in known.values()):
        _try_out(name, value)
    return value


def _try_out(name, activation):
    """Try a reader's own Activation on a small array: one that broadcasts or writes in place would spoil the trace."""
    for role in ("f", "df"):
        function = getattr(activation, role)
        if not callable(function):
            raise TypeError(f"{name}.{role} must be a function of h_hat; got {type(function).__name__}")
        probe = np.array([[0.25, 0.5, 0.75], [1.0, 1.25, 1.5]])
        given = probe.copy()
        with quiet():
            result = _read(f"{name}.{role}(h_hat)", function(given))
        if result.shape != probe.shape:
            raise ValueError(f"{name}.{role} must return an array of the shape it is given, (2, 3); got {result.shape}")
        if result.dtype.kind not in "fiub":
            raise ValueError(f"{name}.{role} must return real numbers; got dtype {result.dtype}")
        if not np.array_equal(given, probe):
            raise ValueError(f"{name}.{role} must not change the array it is given; it wrote into it")


def need_complex(net):
    """An error, unless f and g keep complex numbers complex."""
    for name in ("activation", "dense_activation"):
        own = getattr(net, name)
        with quiet():
            kept = np.iscomplexobj(own.f(np.array([[0.5 + 1e-20j]])))
        if not kept:
            said = f"{name} must keep complex numbers complex for a complex step; {own.name!r} gave real ones"
            raise ValueError(f'{said} (method="central" needs no complex numbers)')


def instance_of(name, value, kind):
    """`value`, if it is one of the records that bptt_core hands out."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}({', '.join(kind._fields)}); got {type(value).__name__}")
    return value


def checked_weights(W, U, b, V, c):
    """The weights as arrays of one dtype that fit each other, or an error that says which does not."""
    W = shaped_array("W", W, ("n_h", "n_x"))
    n_h = (W.shape[0], "W")
    U = shaped_array("U", U, ("n_h", "n_h"), n_h=n_h)
    b = shaped_array("b", b, ("n_h", 1), n_h=n_h)
    V = shaped_array("V", V, ("n_y", "n_h"), n_h=n_h)
    c = shaped_array("c", c, ("n_y", 1), n_y=(V.shape[0], "V"))
    return common_dtype(W, U, b, V, c)


def checked_inputs(net, x, h_init, Net):
    """The net, x and h_init in one dtype, with zeros for an h_init of None; or an error that says what does not fit."""
    if not isinstance(net, Net):
        raise TypeError(f"net must be a Net; got {type(net).__name__}. Net(params) makes one")
    n_h, n_x = net.params.W.shape
    x = shaped_array("x", x, ("T+1", "n_x", "N"), n_x=(n_x, "W"))
    h_init = np.zeros((n_h, x.shape[2]), dtype=x.dtype) if h_init is None else h_init
    h_init = shaped_array("h_init", h_init, ("n_h", "N"), n_h=(n_h, "W"), N=(x.shape[2], "x"))
    *weights, x, h_init = common_dtype(*net.params, x, h_init)
    if x.dtype != net.params.W.dtype:
        net = net._replace(params=net.params._make(weights))
    return net, x, h_init


def checked_target(Y, net, x):
    """Y as an array that fits what the net answers to x."""
    axes = ("T+1", "n_y", "N") if net.outputs == "all" else ("n_y", "N")
    sizes = {"T+1": (len(x), "x"), "n_y": (len(net.params.V), "V"), "N": (x.shape[2], "x")}
    return shaped_array("Y", Y, axes, **sizes)


def outputs_and_targets(y, Y):
    """y and Y as arrays of one shape, with steps or without."""
    y = real_array("y", y)
    axes = ("T+1", "n_y", "N") if y.ndim == 3 else ("n_y", "N")
    y = shaped_array("y", y, axes)
    sizes = {axis: (size, "y") for axis, size in zip(axes, y.shape, strict=True)}
    return y, shaped_array("Y", Y, axes, **sizes)


def check_same_shapes(back, **of_trace):
    """An error, unless each array of back that is named here has the shape of the one given for it."""
    for name, array in of_trace.items():
        if (got := getattr(back, name).shape) != array.shape:
            raise ValueError(f"back must belong to trace, with {name} of shape {array.shape}; got {got}")


def quiet():
    """No warning and no error, whatever np.seterr says, where inf tells of an overflow and 0 of an underflow."""
    return np.errstate(over="ignore", invalid="ignore", under="ignore")


def say_inf(*arrays):
    """Write inf for nan, in place."""
    for array in arrays:
        array[np.isnan(array)] = np.inf


def refuse_nan(net, role, **asked):
    """A nan that a reader's own f or df makes of a finite number is no overflow, and must not become inf."""
    for name, at in asked.items():
        activation = getattr(net, name)
        function = getattr(activation, role)
        with quiet():
            made = np.isnan(function(at)) & np.isfinite(at)
            made &= ~np.isinf(function(at.real))  # complex arithmetic makes inf + nan i of 2 (inf + 0 i)
        if made.any():
            which = f"{name} {activation.name!r}" + ", df" * (role == "df")
            raise ValueError(f"{which} must not give nan for a finite number; it did")


def forward_without_nan(trace):
    """A trace in which inf stands for nan; or an error, if a nan comes from no overflow."""
    net, x, h_init, h_hat, h, y_hat, y = trace
    if np.isnan(h_hat).any() or np.isnan(y_hat).any() or np.isnan(y).any():
        checked_weights(*net.params)  # somebody may have written into them since the net was made
        refuse_nan(net, "f", activation=h_hat, dense_activation=y_hat)
        lost = np.maximum.accumulate(np.isnan(h_hat).any(axis=1))  # (T+1, N), from the first such step on
        lost = lost[:, None] if net.outputs == "all" else lost[-1]
        np.copyto(y, np.inf, where=lost | np.isnan(y_hat))  # even if an activation made a number of a nan
        say_inf(h_hat, h, y_hat, y)
    return trace


def backward_without_nan(trace, back):
    """What backward computed, with inf for nan; or an error, if a nan comes from no overflow."""
    if not all(np.isfinite(array).all() for array in (*back.grads, back.dh_init, back.dx, back.df)):
        refuse_nan(trace.net, "df", activation=trace.h_hat, dense_activation=trace.y_hat)
        say_inf(back.dy_hat, back.grad_dense, back.dh, back.delta, back.df, *back.grads, back.dh_init, back.dx)
    return back
