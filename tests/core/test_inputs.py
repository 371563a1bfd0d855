"""What bptt_core accepts, what it says otherwise, and that it never changes what it is given."""

import copy
import pickle
import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from bptt_core import (
    ACTIVATIONS,
    Activation,
    Backward,
    Gradients,
    Net,
    Params,
    backward,
    forward,
    gradients,
    init_params,
    mse_loss,
    mse_loss_derivative,
    numerical_gradients,
    step_terms,
    untied_terms,
)
from tests.harness.judges import plain_loop
from tests.harness.nets import Case, all_arrays, assert_agree, make_case, rounding

CASE = make_case("tanh", 5, (1, 3, 2, 4))  # T+1 = 5, n_x = 1, n_h = 3, n_y = 2, N = 4
ARRAYS = ("W", "U", "b", "V", "c", "x", "h_init", "Y")
CALLS = {"gradients": gradients, "numerical_gradients": numerical_gradients, "untied_terms": untied_terms}


def as_given(case):
    """The arrays of a net by their symbols."""
    return {**case.net.params._asdict(), "x": case.x, "h_init": case.h_init, "Y": case.Y}


def net_of(arrays, **options):
    return Net(Params(*(arrays[name] for name in Params._fields)), **options)


def call(function, arrays, **options):
    return function(net_of(arrays, **options), arrays["x"], arrays["Y"], h_init=arrays["h_init"])


def exactly(message):
    return f"^{re.escape(message)}$"


def saying(name, expected, got):
    """Begins with the symbol and what it must be, ends in what came."""
    return f"^{re.escape(name)} must .*{re.escape(expected)}.*; .*{re.escape(got)}"


# Arrays: shapes

SHAPES = [
    ("W", (3,), "(n_h, n_x)", "(3,)"),
    ("W", (), "(n_h, n_x)", "()"),
    ("W", (1, 3, 1), "(n_h, n_x)", "(1, 3, 1)"),
    ("U", (3, 4), "(n_h, n_h) with n_h = 3 (from W)", "(3, 4)"),
    ("U", (4, 3), "(n_h, n_h) with n_h = 3 (from W)", "(4, 3)"),
    ("U", (2, 2), "(n_h, n_h) with n_h = 3 (from W)", "(2, 2)"),
    ("U", (1, 1), "(n_h, n_h) with n_h = 3 (from W)", "(1, 1)"),
    ("U", (9,), "(n_h, n_h) with n_h = 3 (from W)", "(9,)"),
    ("b", (3,), "(n_h, 1) with n_h = 3 (from W)", "(3,)"),
    ("b", (1, 3), "(n_h, 1) with n_h = 3 (from W)", "(1, 3)"),
    ("b", (1, 1), "(n_h, 1) with n_h = 3 (from W)", "(1, 1)"),
    ("b", (3, 4), "(n_h, 1) with n_h = 3 (from W)", "(3, 4)"),
    ("V", (3,), "(n_y, n_h) with n_h = 3 (from W)", "(3,)"),
    ("V", (2, 4), "(n_y, n_h) with n_h = 3 (from W)", "(2, 4)"),
    ("V", (3, 2), "(n_y, n_h) with n_h = 3 (from W)", "(3, 2)"),
    ("c", (2,), "(n_y, 1) with n_y = 2 (from V)", "(2,)"),
    ("c", (1, 1), "(n_y, 1) with n_y = 2 (from V)", "(1, 1)"),
    ("c", (2, 4), "(n_y, 1) with n_y = 2 (from V)", "(2, 4)"),
    ("x", (25, 32), "(T+1, n_x, N) with n_x = 1 (from W)", "(25, 32)"),
    ("x", (25,), "(T+1, n_x, N) with n_x = 1 (from W)", "(25,)"),
    ("x", (5, 2, 4), "(T+1, n_x, N) with n_x = 1 (from W)", "(5, 2, 4)"),
    ("x", (5, 4, 1), "(T+1, n_x, N) with n_x = 1 (from W)", "(5, 4, 1)"),
    ("x", (1, 5, 1, 4), "(T+1, n_x, N) with n_x = 1 (from W)", "(1, 5, 1, 4)"),
    ("h_init", (3,), "(n_h, N) with n_h = 3 (from W) and N = 4 (from x)", "(3,)"),
    ("h_init", (3, 1), "(n_h, N) with n_h = 3 (from W) and N = 4 (from x)", "(3, 1)"),
    ("h_init", (4, 3), "(n_h, N) with n_h = 3 (from W) and N = 4 (from x)", "(4, 3)"),
    ("h_init", (1, 3, 4), "(n_h, N) with n_h = 3 (from W) and N = 4 (from x)", "(1, 3, 4)"),
    ("Y", (4,), "(n_y, N) with n_y = 2 (from V) and N = 4 (from x)", "(4,)"),
    ("Y", (2, 1), "(n_y, N) with n_y = 2 (from V) and N = 4 (from x)", "(2, 1)"),
    ("Y", (1, 4), "(n_y, N) with n_y = 2 (from V) and N = 4 (from x)", "(1, 4)"),
    ("Y", (4, 2), "(n_y, N) with n_y = 2 (from V) and N = 4 (from x)", "(4, 2)"),
    ("Y", (), "(n_y, N) with n_y = 2 (from V) and N = 4 (from x)", "()"),
]


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize(("name", "shape", "expected", "got"), SHAPES)
def test_a_wrong_shape(name, shape, expected, got, function):
    arrays = {**as_given(CASE), name: np.ones(shape)}
    with pytest.raises(ValueError, match=exactly(f"{name} must have shape {expected}; got {got}")):
        call(CALLS[function], arrays)


def test_the_size_of_W_is_what_the_others_are_measured_by():
    arrays = {**as_given(CASE), "W": np.ones((4, 1))}
    with pytest.raises(ValueError, match=exactly("U must have shape (n_h, n_h) with n_h = 4 (from W); got (3, 3)")):
        call(gradients, arrays)


@pytest.mark.parametrize("function", [mse_loss, mse_loss_derivative])
@pytest.mark.parametrize(
    ("y", "Y", "message"),
    [
        ((3,), (3,), "y must have shape (n_y, N); got (3,)"),
        (
            (1, 2, 3),
            (2, 3),
            "Y must have shape (T+1, n_y, N) with T+1 = 1 (from y) and n_y = 2 (from y) and N = 3 (from y); got (2, 3)",
        ),
        ((1, 1, 2, 3), (2, 3), "y must have shape (n_y, N); got (1, 1, 2, 3)"),
        ((2, 3), (3, 2), "Y must have shape (n_y, N) with n_y = 2 (from y) and N = 3 (from y); got (3, 2)"),
        ((2, 3), (2, 1), "Y must have shape (n_y, N) with n_y = 2 (from y) and N = 3 (from y); got (2, 1)"),
        ((2, 3), (3,), "Y must have shape (n_y, N) with n_y = 2 (from y) and N = 3 (from y); got (3,)"),
        ((0, 3), (0, 3), "y must not have an empty axis; got shape (0, 3)"),
    ],
)
def test_a_wrong_shape_for_the_loss(function, y, Y, message):
    with pytest.raises(ValueError, match=exactly(message)):
        function(np.ones(y), np.ones(Y))


# Arrays: what is in them


class NotAnArray:
    """Something that numpy can only wrap."""


def _ragged(array):
    rows = array.tolist()
    rows[0] = [*rows[0], rows[0][0]]
    return rows


def _with(array, value):
    array = array.copy()
    array[(-1,) * array.ndim] = value
    return array


# fault: (what becomes of the array, the error, what it must be, what came)
FAULTS = {
    "nan": (lambda a: _with(a, np.nan), ValueError, "be finite", "nan at index"),
    "inf": (lambda a: _with(a, np.inf), ValueError, "be finite", "inf at index"),
    "minus-inf": (lambda a: _with(a, -np.inf), ValueError, "be finite", "-inf at index"),
    "float32-nan": (lambda a: _with(a.astype(np.float32), np.nan), ValueError, "be finite", "nan at index"),
    "complex": (lambda a: a + 0j, ValueError, "real numbers", "complex128"),
    "object": (lambda a: a.astype(object), ValueError, "real numbers", "object"),
    "fractions": (lambda a: [[Fraction(1, 2)]], ValueError, "real numbers", "object"),
    "not-an-array": (lambda a: NotAnArray(), ValueError, "real numbers", "object"),
    "dict": (lambda a: {"W": a}, ValueError, "real numbers", "object"),
    "huge-integers": (lambda a: [[10**400]], ValueError, "real numbers", "object"),
    "string": (lambda a: "many", TypeError, "float32 or float64", "<U4"),
    "strings": (lambda a: a.astype(str), TypeError, "float32 or float64", "<U"),
    "bytes": (lambda a: a.astype("S8"), TypeError, "float32 or float64", "|S8"),
    "dates": (lambda a: np.ones(a.shape, dtype="M8[D]"), TypeError, "float32 or float64", "datetime64[D]"),
    "longdouble": (lambda a: a.astype(np.longdouble), TypeError, "float32 or float64", str(np.dtype(np.longdouble))),
    "masked": (np.ma.masked_invalid, TypeError, "plain array", "masked array"),
    "ragged": (_ragged, ValueError, "array of numbers", "list with rows of unequal length"),
    "empty-first": (lambda a: a[:0], ValueError, "empty axis", "shape (0,"),
    "empty-last": (lambda a: a[..., :0], ValueError, "empty axis", ", 0)"),
    "empty-list": (lambda a: [], ValueError, "empty axis", "(0,)"),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_an_array(name, fault):
    spoil, error, expected, got = FAULTS[fault]
    if fault == "longdouble" and np.dtype(np.longdouble).itemsize == 8:
        pytest.skip("longdouble is float64 here")
    arrays = as_given(CASE)
    arrays[name] = spoil(arrays[name])
    with pytest.raises(error, match=saying(name, expected, got)):
        call(gradients, arrays)


@pytest.mark.parametrize("name", [name for name in ARRAYS if name != "h_init"])
def test_none_is_no_array(name):
    with pytest.raises(ValueError, match=saying(name, "real numbers", "object")):
        call(gradients, {**as_given(CASE), name: None})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["y", "Y"])
@pytest.mark.parametrize("function", [mse_loss, mse_loss_derivative])
def test_a_fault_in_an_array_for_the_loss(function, name, fault):
    spoil, error, expected, got = FAULTS[fault]
    if fault == "longdouble" and np.dtype(np.longdouble).itemsize == 8:
        pytest.skip("longdouble is float64 here")
    arrays = {"y": np.ones((2, 3)), "Y": np.zeros((2, 3))}
    arrays[name] = spoil(arrays[name])
    with pytest.raises(error, match=saying(name, expected, got)):
        function(**arrays)


def test_the_place_of_a_nan_is_told():
    x = CASE.x.copy()
    x[3, 0, 1] = x[4, 0, 0] = np.nan
    with pytest.raises(ValueError, match=exactly("x must be finite; got nan at index (3, 0, 1)")):
        forward(CASE.net, x)


# Records


@pytest.mark.parametrize(
    ("params", "got"),
    [
        (tuple(CASE.net.params), "tuple"),
        (list(CASE.net.params), "list"),
        (CASE.net.params._asdict(), "dict"),
        (Gradients(*CASE.net.params), "Gradients"),
        (None, "NoneType"),
        (Params, "type"),
    ],
)
@pytest.mark.parametrize("make", [Net, lambda params: CASE.net._replace(params=params)])
def test_params_of_a_wrong_type(params, got, make):
    with pytest.raises(TypeError, match=exactly(f"params must be Params(W, U, b, V, c); got {got}")):
        make(params)


@pytest.mark.parametrize(
    "net",
    [CASE.net.params, tuple(CASE.net), CASE.net._asdict(), CASE.trace(), None, Net],
    ids=lambda net: type(net).__name__,
)
@pytest.mark.parametrize("function", [*CALLS, "forward"])
def test_a_net_of_a_wrong_type(net, function):
    """Most often: Params in its place."""
    expected = exactly(f"net must be a Net; got {type(net).__name__}. Net(params) makes one")
    with pytest.raises(TypeError, match=expected):
        {**CALLS, "forward": lambda net, x, Y: forward(net, x)}[function](net, CASE.x, CASE.Y)


def test_a_net_cannot_be_changed():
    with pytest.raises(AttributeError):
        CASE.net.params = CASE.net.params
    with pytest.raises(AttributeError):
        CASE.net.depth = 2


@pytest.mark.parametrize(
    "changed", [lambda net, params: net._replace(params=params), lambda net, params: net._make([params, *net[1:]])]
)
def test_a_changed_net_is_checked_too(changed):
    worse = CASE.net.params._replace(b=np.ones((4, 1)))
    with pytest.raises(ValueError, match=exactly("b must have shape (n_h, 1) with n_h = 3 (from W); got (4, 1)")):
        changed(CASE.net, worse)
    better = changed(CASE.net, CASE.net.params._replace(b=np.ones((3, 1), int)))
    assert isinstance(better, Net)
    assert better.params.b.dtype == np.float64
    assert better[1:] == CASE.net[1:]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copied_net_is_the_same(copied):
    net = copied(CASE.net)
    assert isinstance(net, Net)
    assert repr(net) == repr(CASE.net)
    assert all(map(np.array_equal, net.params, CASE.net.params))


def test_a_net_says_what_it_is():
    assert repr(Net(CASE.net.params, Activation("own", np.sin, np.cos), outputs="all")) == (
        "Net(n_x=1, n_h=3, n_y=2, activation='own', dense_activation='identity', outputs='all')"
    )


def test_what_is_written_into_a_net_later_is_named():
    """It refers to the arrays: nan would look like an overflow."""
    params = Params(*(weight.copy() for weight in CASE.net.params))
    net = Net(params)
    params.U[1, 2] = np.nan
    for function in CALLS.values():
        with pytest.raises(ValueError, match=exactly("U must be finite; got nan at index (1, 2)")):
            function(net, CASE.x, CASE.Y)


@pytest.mark.parametrize("trace", [None, CASE.net, tuple(CASE.trace()), CASE.x], ids=lambda value: type(value).__name__)
def test_a_trace_of_a_wrong_type(trace):
    fields = "net, x, h_init, h_hat, h, y_hat, y"
    expected = exactly(f"trace must be Trace({fields}); got {type(trace).__name__}")
    with pytest.raises(TypeError, match=expected):
        backward(trace, CASE.Y)
    with pytest.raises(TypeError, match=expected):
        step_terms(trace, backward(CASE.trace(), CASE.Y))


@pytest.mark.parametrize("pick", [lambda back: back.grads, tuple, lambda back: None, lambda back: back.delta])
def test_a_back_of_a_wrong_type(pick):
    wrong = pick(backward(CASE.trace(), CASE.Y))
    fields = ", ".join(Backward._fields)
    with pytest.raises(TypeError, match=exactly(f"back must be Backward({fields}); got {type(wrong).__name__}")):
        step_terms(CASE.trace(), wrong)


@pytest.mark.parametrize(("steps", "sizes"), [(6, (1, 3, 2, 4)), (5, (1, 2, 2, 4)), (5, (1, 3, 2, 3))])
def test_a_back_of_another_trace(steps, sizes):
    other = make_case("tanh", steps, sizes)
    back = backward(other.trace(), other.Y)
    expected = f"back must belong to trace, with delta of shape (5, 3, 4); got {(steps, sizes[1], sizes[3])}"
    with pytest.raises(ValueError, match=exactly(expected)):
        step_terms(CASE.trace(), back)


@pytest.mark.parametrize(
    ("sizes", "name", "expected", "got"),
    [((2, 3, 2, 4), "dx", (5, 1, 4), (5, 2, 4)), ((1, 3, 1, 4), "dy_hat", (2, 4), (1, 4))],
)
def test_a_back_of_a_net_with_other_inputs_or_outputs(sizes, name, expected, got):
    other = make_case("tanh", 5, sizes)
    back = backward(other.trace(), other.Y)
    said = f"back must belong to trace, with {name} of shape {expected}; got {got}"
    with pytest.raises(ValueError, match=exactly(said)):
        step_terms(CASE.trace(), back)


# Activations

WHERE = pytest.mark.parametrize("where", ["activation", "dense_activation"])


@WHERE
@pytest.mark.parametrize("unknown", ["swish", "Tanh", "", " tanh", "tanh\n"])
def test_an_unknown_activation(where, unknown):
    expected = exactly(f"{where} must be one of {', '.join(ACTIVATIONS)}, or an Activation; got {unknown!r}")
    for make in (partial(Net, CASE.net.params), CASE.net._replace):
        with pytest.raises(ValueError, match=expected):
            make(**{where: unknown})


@WHERE
@pytest.mark.parametrize("wrong", [None, 3, np.tanh, ("tanh", np.tanh, np.tanh), ["tanh"], b"tanh", {"name": "tanh"}])
def test_an_activation_of_a_wrong_type(where, wrong):
    expected = f"{where} must be a name or an Activation(name, f, df); got {type(wrong).__name__}"
    with pytest.raises(TypeError, match=exactly(expected)):
        Net(CASE.net.params, **{where: wrong})


def _writes(z):
    z *= 2
    return z


# what is wrong with it: (the function, the error, its message after "activation.f ")
BAD_FUNCTIONS = {
    "name": ("tanh", TypeError, "must be a function of h_hat; got str"),
    "none": (None, TypeError, "must be a function of h_hat; got NoneType"),
    "sum": (np.sum, ValueError, "must return an array of the shape it is given, (2, 3); got ()"),
    "constant": (lambda z: 1.0, ValueError, "must return an array of the shape it is given, (2, 3); got ()"),
    "column": (
        lambda z: z.sum(axis=1, keepdims=True),
        ValueError,
        "must return an array of the shape it is given, (2, 3); got (2, 1)",
    ),
    "nothing": (lambda z: None, ValueError, "must return an array of the shape it is given, (2, 3); got ()"),
    "transpose": (lambda z: z.T, ValueError, "must return an array of the shape it is given, (2, 3); got (3, 2)"),
    "in-place": (_writes, ValueError, "must not change the array it is given; it wrote into it"),
}


@WHERE
@pytest.mark.parametrize("role", ["f", "df"])
@pytest.mark.parametrize("fault", BAD_FUNCTIONS)
def test_an_activation_that_does_not_work(where, role, fault):
    function, error, message = BAD_FUNCTIONS[fault]
    own = Activation("own", np.sin, np.cos)._replace(**{role: function})
    with pytest.raises(error, match=exactly(f"{where}.{role} {message}")):
        Net(CASE.net.params, **{where: own})


def test_an_activation_by_name_and_by_itself_is_the_same():
    for name, activation in ACTIVATIONS.items():
        for net in (Net(CASE.net.params, name), Net(CASE.net.params, activation)):
            assert net.activation is activation


# Numbers


@pytest.mark.parametrize("steps", [0, -1, 6, 100, np.int64(6)])
def test_steps_out_of_range(steps):
    expected = exactly(f"steps must be from 1 to 5; got {steps}")
    with pytest.raises(ValueError, match=expected):
        backward(CASE.trace(), CASE.Y, steps=steps)
    with pytest.raises(ValueError, match=expected):
        gradients(CASE.net, CASE.x, CASE.Y, steps=steps)


@pytest.mark.parametrize("steps", [1.0, np.float64(2), "2", True, np.True_, [2], np.array([2]), float("nan"), 1j])
def test_steps_of_a_wrong_type(steps):
    with pytest.raises(TypeError, match=exactly(f"steps must be a whole number; got {type(steps).__name__}")):
        backward(CASE.trace(), CASE.Y, steps=steps)


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("eps", [0, 0.0, -1e-6, float("nan"), float("inf"), -float("inf"), np.float32("nan")])
def test_eps_out_of_range(eps, method):
    with pytest.raises(ValueError, match=exactly(f"eps must be finite and above 0; got {eps}")):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, method=method, eps=eps)


@pytest.mark.parametrize("eps", ["1e-6", True, np.False_, 1e-6j, [1e-6], np.array([1e-6])])
def test_eps_of_a_wrong_type(eps):
    with pytest.raises(TypeError, match=exactly(f"eps must be a number; got {type(eps).__name__}")):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, eps=eps)


@pytest.mark.parametrize("method", ["forward", "Central", ""])
def test_an_unknown_method(method):
    with pytest.raises(ValueError, match=exactly(f"method must be one of central, complex; got {method!r}")):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, method=method)


@pytest.mark.parametrize("method", [None, 3, ["central"], np.sin])
def test_a_method_of_a_wrong_type(method):
    with pytest.raises((TypeError, ValueError), match=r"^method must be "):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, method=method)


@pytest.mark.parametrize("name", ["n_x", "n_h", "n_y"])
def test_more_units_than_there_can_be(name):
    with pytest.raises(ValueError, match=exactly(f"{name} must be from 1 to 2147483647; got 2147483648")):
        init_params(**{"n_x": 1, "n_h": 2, "n_y": 1, name: 2**31})


@pytest.mark.parametrize("name", ["n_x", "n_h", "n_y", "seed"])
@pytest.mark.parametrize("value", [-1, 0, np.int64(-3)])
def test_init_params_out_of_range(name, value):
    sizes = {"n_x": 1, "n_h": 2, "n_y": 1, "seed": 0, name: value}
    if (name, value) == ("seed", 0):
        init_params(**sizes)
        return
    bounds = "at least 0" if name == "seed" else "from 1 to 2147483647"
    expected = exactly(f"{name} must be {bounds}; got {value}")
    with pytest.raises(ValueError, match=expected):
        init_params(**sizes)


@pytest.mark.parametrize("name", ["n_x", "n_h", "n_y", "seed"])
@pytest.mark.parametrize("value", [1.0, "2", None, True, np.True_, [1], 2j, np.float64(3)])
def test_init_params_of_a_wrong_type(name, value):
    sizes = {"n_x": 1, "n_h": 2, "n_y": 1, "seed": 0, name: value}
    with pytest.raises(TypeError, match=exactly(f"{name} must be a whole number; got {type(value).__name__}")):
        init_params(**sizes)


# What is accepted


def everything(arrays, **options):
    """Every array that bptt_core makes of these inputs."""
    net = net_of(arrays, **options)
    trace = forward(net, arrays["x"], h_init=arrays["h_init"])
    back = backward(trace, arrays["Y"])
    records = {
        "trace": trace,
        "back": back,
        "terms": step_terms(trace, back),
        "numerical": numerical_gradients(net, arrays["x"], arrays["Y"], h_init=arrays["h_init"]),
        "untied": untied_terms(net, arrays["x"], arrays["Y"], h_init=arrays["h_init"]),
    }
    found = {
        f"{what} of {name}": array for name, record in records.items() for what, array in all_arrays(record).items()
    }
    return {
        **found,
        "loss": np.array(mse_loss(trace.y, arrays["Y"])),
        "derivative": mse_loss_derivative(trace.y, arrays["Y"]),
    }


def _strided(array):
    """Every second entry of each axis of a larger array."""
    larger = np.full([2 * size for size in array.shape], np.nan)
    view = larger[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    return view


def _backwards(array):
    """Negative strides along each axis."""
    reverse = (slice(None, None, -1),) * array.ndim
    return array[reverse].copy()[reverse]


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "read-only": _read_only,
    "fortran": np.asfortranarray,
    "strided": _strided,
    "negative-strides": _backwards,
    "big-endian": lambda array: array.astype(">f8"),
    "lists": np.ndarray.tolist,
    "tuples of rows": lambda array: tuple(array.tolist()),
    "subclass": lambda array: array.copy().view(type("Own", (np.ndarray,), {})),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_gives_the_same_numbers(layout):
    case = make_case("sine", 4, (2, 3, 2, 3), dense_activation="tanh")
    options = {"activation": case.net.activation, "dense_activation": "tanh"}
    want = everything(as_given(case), **options)
    got = everything({name: LAYOUTS[layout](array) for name, array in as_given(case).items()}, **options)
    for what, array in got.items():
        assert type(array) is np.ndarray, what
        assert array.dtype == np.float64, what
        # another layout may take another path through the matrix product; differences divide that by 2e = 1.2e-5
        tolerance = rounding(case) / 1.2e-5 if what.endswith("numerical") else rounding(case)
        assert_agree(what, array, want[what], tolerance, floor=1)


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout not in ("lists", "tuples of rows")])
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
def test_the_inputs_are_never_changed(layout, activation):
    arrays = {name: LAYOUTS[layout](array) for name, array in as_given(make_case(activation)).items()}
    before = {name: array.copy() for name, array in arrays.items()}
    everything(arrays, activation=activation, dense_activation=activation)
    for name, array in arrays.items():
        assert np.array_equal(array, before[name]), name


def test_the_inputs_are_not_changed_where_numbers_overflow():
    """There, nan is rewritten as inf in place: in arrays of bptt_core's own."""
    case = make_case("identity", dense_activation="identity")
    arrays = {name: _read_only(array * 1e200) for name, array in as_given(case).items()}
    before = {name: array.copy() for name, array in arrays.items()}
    call(gradients, arrays, activation="identity")
    for name, array in arrays.items():
        assert np.array_equal(array, before[name]), name


@pytest.mark.parametrize("dtype", [int, np.int8, np.uint8, np.int64, np.uint64, bool, np.float16])
def test_integers_become_float64(dtype):
    """bool and float16 too: whatever is a number and not float32."""
    rng = np.random.default_rng(3)
    case = CASE
    arrays = {name: rng.integers(0, 3, array.shape).astype(dtype) for name, array in as_given(case).items()}
    floats = {name: array.astype(np.float64) for name, array in arrays.items()}
    want = everything(floats)
    for what, array in everything(arrays).items():
        assert array.dtype == np.float64, what
        assert np.array_equal(array, want[what]), what


def test_lists_of_integers():
    params = Params(W=[[1]], U=[[2]], b=[[1]], V=[[3]], c=[[-1]])
    trace = forward(Net(params, activation="identity"), [[[1]], [[2]]], h_init=[[1]])
    # by hand: h_hat = 1 + 2 + 1 = 4, then 2 + 8 + 1 = 11; y = 33 - 1 = 32
    assert trace.h.ravel().tolist() == [4, 11]
    assert trace.y.tolist() == [[32]]
    back = backward(trace, [[30]])
    # y - Y = 2, dh = 6 and 12: dW = 6*2 + 12*1, dU = 6*4 + 12*1, db = 18, dV = 2*11, dc = 2
    assert back.loss == 2
    assert [grad.item() for grad in back.grads] == [24, 36, 18, 22, 2]
    assert back.dh_init.item() == 24
    assert back.dx.ravel().tolist() == [12, 6]


@pytest.mark.parametrize("wide", ARRAYS)
def test_one_float64_among_float32_makes_float64(wide):
    """Y takes no part in the forward pass: there, the others decide."""
    arrays = {name: array.astype(np.float32) for name, array in as_given(CASE).items()}
    arrays[wide] = arrays[wide].astype(np.float64)
    trace = forward(net_of(arrays), arrays["x"], h_init=arrays["h_init"])
    assert {array.dtype for array in all_arrays(trace).values()} == {
        np.dtype(np.float32 if wide == "Y" else np.float64)
    }
    assert {grad.dtype for grad in backward(trace, arrays["Y"]).grads} == {np.dtype(np.float64)}
    if wide != "Y":  # computed in float64 throughout, from numbers that were rounded once
        double = {name: array.astype(np.float64) for name, array in arrays.items()}
        case = Case(net_of(double), double["x"], double["Y"], double["h_init"])
        want = plain_loop(case)
        for what, grad in call(gradients, arrays)._asdict().items():
            assert_agree(what, grad, want[what], rounding(case))


def test_float32_without_a_state_before_stays_float32():
    """The zeros that stand in for h^(-1) must not widen it."""
    arrays = {name: array.astype(np.float32) for name, array in as_given(CASE).items()}
    arrays["h_init"] = None
    for what, array in everything(arrays).items():
        assert array.dtype == np.float32 or what == "loss", what


# What a reader's own functions return


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_an_own_activation_may_return_lists_or_float64_or_its_argument(where):
    """The trace holds arrays of its own, in the dtype of the inputs, all the same."""
    net, x, Y, _ = make_case("identity", 3).in_dtype(np.float32)
    want = gradients(net, x, Y)
    for f in (lambda z: z, lambda z: z.tolist(), lambda z: z.astype(np.float64)):
        own = Activation("own", f, lambda z: np.ones(z.shape).tolist())
        trace = forward(net._replace(**{where: own}), x)
        assert not np.shares_memory(trace.y, trace.y_hat)
        back = backward(trace, Y)
        assert back.df.dtype == np.float32
        for name in Gradients._fields:
            assert getattr(back.grads, name).dtype == np.float32
            assert np.array_equal(getattr(back.grads, name), getattr(want, name))


def test_float32_of_either_byte_order_stays_float32():
    case = make_case("tanh", 3)
    little = [array.astype("<f4") for array in (*case.net.params, case.x)]
    big = [array.astype(">f4") for array in (*case.net.params, case.x)]
    one, other = (forward(Net(Params(*arrays[:5])), arrays[5]) for arrays in (little, big))
    assert other.y.dtype == np.float32
    assert np.array_equal(one.y, other.y)


def test_an_eps_too_large_for_a_float():
    with pytest.raises(ValueError, match="eps must be finite and above 0; got 1000"):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, eps=10**400)


@pytest.mark.parametrize("method", [3, None, ["central"]])
def test_a_method_of_the_wrong_type(method):
    with pytest.raises(TypeError, match=f"method must be one of central, complex; got {type(method).__name__}"):
        numerical_gradients(CASE.net, CASE.x, CASE.Y, method=method)
