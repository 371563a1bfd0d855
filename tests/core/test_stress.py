"""Under stress: 2,000 random models, hundreds of kinds of bad input for each argument, four threads at once."""

import re
import sys
import threading
import warnings
from array import array as flat_array
from collections import UserList, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import partial
from inspect import getgeneratorstate, isgenerator
from itertools import chain, product
from types import SimpleNamespace
from typing import NamedTuple

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import bptt_core
from bptt_core import (
    ACTIVATIONS,
    Activation,
    Gradients,
    Net,
    Params,
    backward,
    central_difference,
    complex_step,
    forward,
    gradients,
    init_params,
    loss_and_gradients,
    mse_loss,
    mse_loss_derivative,
    numerical_gradients,
    state_jacobians,
    step_terms,
    untied_terms,
)
from bptt_lab import train
from bptt_lab.train import Workspace, clip_by_global_norm, fit, global_norm
from tests.harness.judges import ARRAY, h_init_of
from tests.harness.nets import KINKED, Case, make_case, needs_threads, relative_error

# 2,000 random models

MODELS, BATCH = 2000, 100
FIRSTS = range(0, MODELS, BATCH)
LONG = (40, 130)  # steps; a workspace goes through more than 64 in blocks
COMBINATIONS = list(product(ACTIVATIONS, ("identity", "tanh", "sigmoid", "softplus"), ("last", "all"), (True, False)))
TOLERANCE = 1e-11  # a hundred times what rounding makes of these models; 1e-9 would do


def answers(m, case, weights):
    """h_hat of each step, and y_hat, in m = numpy or autograd.numpy."""
    W, U, b, V, c = weights
    h, h_hat, y_hat = h_init_of(case), [], []
    for x in case.x:
        h_hat.append(m.dot(W, x) + m.dot(U, h) + b)
        h = ARRAY[case.net.activation.name](m, h_hat[-1])
        y_hat.append(m.dot(V, h) + c)
    return h_hat, m.array(y_hat) if case.net.outputs == "all" else y_hat[-1]


def automatic(case):
    """The gradients of eq. 7.3 by autograd, which finds the chain rule itself."""

    def loss(weights):
        y = ARRAY[case.net.dense_activation.name](anp, answers(anp, case, weights)[1])
        return anp.sum((y - case.Y) ** 2) / 2

    return autograd.grad(loss)(tuple(case.net.params))


def can_be_judged(case):
    """Not within 1e-6 of a kink, where f' is a matter of rounding, nor past 6, where autograd loses digits of tanh'."""
    h_hat, y_hat = answers(np, case, case.net.params)
    largest = max(np.abs(h_hat).max(), np.abs(y_hat).max())
    return largest < 6 and (case.net.activation.name not in KINKED or np.abs(h_hat).min() > 1e-6)


def model(index):
    """Model number `index`. The combinations take turns, and one model in 49 is long."""
    activation, dense_activation, outputs, with_h_init = COMBINATIONS[index % len(COMBINATIONS)]
    rng = np.random.default_rng([MODELS, index])

    def draw(*shape):
        return rng.normal(size=shape) * 10 ** rng.uniform(-2, 0.3) / np.sqrt(shape[-1])

    for _ in range(1000):
        steps = LONG[index % 2] if index % 49 == 0 else rng.integers(1, 13)
        n_x, n_h, n_y, N = (rng.integers(1, most, endpoint=True) for most in (4, 8, 3, 5))
        U = rng.normal(size=(n_h, n_h))
        U *= rng.uniform(0.1, 1.3) / np.linalg.norm(U, 2)
        params = Params(draw(n_h, n_x), U, draw(n_h, 1), draw(n_y, n_h), draw(n_y, 1))
        Y = draw(steps, n_y, N) if outputs == "all" else draw(n_y, N)
        h_init = draw(n_h, N) if with_h_init else None
        case = Case(Net(params, activation, dense_activation, outputs), rng.normal(size=(steps, n_x, N)), Y, h_init)
        if can_be_judged(case):
            return case
    raise AssertionError(f"nothing drawn for model {index} can be judged")


@pytest.mark.parametrize("first", FIRSTS)
def test_random_models_against_autograd(first):
    """A gradient that is wrong for some size, length, activation, outputs or h^(-1), with a workspace or without."""
    judged, off = 0, []
    for index in range(first, first + BATCH):
        case = model(index)
        want = automatic(case)
        for function in (loss_and_gradients, Workspace(case.net, case.x).loss_and_gradients):
            _, grads = function(case.net, case.x, case.Y, h_init=case.h_init)
            for what, got, grad in zip(Gradients._fields, grads, want, strict=True):
                error = relative_error(got, grad) if got.shape == grad.shape else np.inf
                if not error <= TOLERANCE:  # a nan too
                    off.append(f"model {index}, {function}: {what} is off by {error:.2g}")
        judged += 1
    assert not off, "\n".join(off)
    assert judged == BATCH


def test_which_models_are_judged():
    """All 2,000; every combination equally often or once more, and every size and length."""
    numbers = [index for first in FIRSTS for index in range(first, first + BATCH)]
    assert numbers == list(range(2000))
    combinations = [COMBINATIONS[index % len(COMBINATIONS)] for index in numbers]
    assert len(set(combinations)) == len(ACTIVATIONS) * 4 * 2 * 2
    assert min(map(combinations.count, COMBINATIONS)) >= MODELS // len(COMBINATIONS)
    cases = [model(index) for index in numbers]
    for case, (activation, dense_activation, outputs, with_h_init) in zip(cases, combinations, strict=True):
        assert (case.net.activation.name, case.net.dense_activation.name) == (activation, dense_activation)
        assert case.net.outputs == outputs
        assert (case.Y.ndim == 3, case.h_init is not None) == (outputs == "all", with_h_init)
    lengths = [len(case.x) for case in cases]
    assert set(lengths) == {*range(1, 13), *LONG}
    assert [lengths.count(steps) for steps in LONG] == [21, 20]
    assert {case.net.params.W.shape for case in cases} == set(product(range(1, 9), range(1, 5)))
    assert {case.Y.shape[-2:] for case in cases} == set(product(range(1, 4), range(1, 6)))


# Kinds of bad and strange input: (label, the value, the plain value that it stands for or REFUSED)

REFUSED = object()
LARGEST = sys.float_info.max
LONG_IS_DOUBLE = np.dtype(np.longdouble).itemsize == 8
Whole = IntEnum("Whole", {"ONE": 1})
CIRCLE = [1.0]
CIRCLE.append(CIRCLE)


class Wrapped:
    """What gives numpy its array when asked."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


class Elsewhere:
    """What cannot give its array, like a tensor on another device."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("the array is elsewhere")


class Index:
    """What can be made a number, and is none."""

    def __index__(self):
        return 1

    __float__ = __index__


def every_second(array):
    larger = np.full([2 * size for size in array.shape], np.nan, array.dtype)
    view = larger[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    return view


def backwards(array):
    reverse = (slice(None, None, -1),) * array.ndim
    return array[reverse].copy()[reverse]


def unaligned(array):
    view = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view


def as_matrix(array):
    with warnings.catch_warnings(action="ignore"):
        return np.matrix(array)


def nested(kind, array):
    return kind(nested(kind, row) for row in array) if array.ndim else array.item()


def with_entry(array, entry, value):
    array = array.copy()
    array.flat[entry] = value
    return array


LAYOUTS = {
    "plain": np.copy,
    "read-only": lambda array: np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape),
    "fortran": lambda array: np.array(array, order="F"),
    "every second": every_second,
    "backwards": backwards,
    "unaligned": unaligned,
    "subclass": lambda array: array.copy().view(type("Own", (np.ndarray,), {})),
    "memoryview": memoryview,
    "__array__": Wrapped,
    "list of arrays": list,
}


def the_same_numbers(good):
    """Every layout of an array, every type of number in it, and numbers of every size."""
    for dtype, (label, layout) in product(("<f8", ">f8", "<f4", ">f4"), LAYOUTS.items()):
        yield f"{label} {dtype}", layout(good.astype(dtype)), good.astype(dtype)
    for kind in (list, tuple, deque, UserList):
        yield f"{kind.__name__} of numbers", nested(kind, good), good
    yield "array.array", memoryview(flat_array("d", good.ravel())).cast("B").cast("d", good.shape), good
    if good.ndim == 2:
        yield "matrix", as_matrix(good), good
    given = [np.broadcast_to(part, good.shape) for part in (good[..., :1], good[:1], good.ravel()[0])]
    small = np.arange(good.size).reshape(good.shape) % 2
    for code, order in product("?bBhHiIlLqQefd", "<>"):
        given.append(small.astype(np.dtype(code).newbyteorder(order)))
        yield f"list of {given[-1].dtype}", [list(row) for row in given[-1]], given[-1]
    for code in "bBhHiIlLqQ":
        given += [np.full(good.shape, extreme, code) for extreme in (np.iinfo(code).min, np.iinfo(code).max)]
    for number in (0.0, -0.0, 5e-324, 1e-308, 1e-30, 1e154, 1e308, -1e308, LARGEST):
        given += [np.full(good.shape, number), with_entry(good, 0, number), with_entry(good, -1, number)]
    given += [np.full(good.shape, number, np.float32) for number in (1e-45, 1e30, 3.4e38)]
    yield from ((f"{array.dtype} {array.flat[0]} to {array.flat[-1]}", array, array) for array in given)


def other_shapes(good):
    """More and fewer axes, and other sizes along each, none empty."""
    shapes = [good.T, good.ravel(), good[..., None]]
    for axis, size in enumerate(good.shape):
        others = {1, size - 1, size + 1, 2 * size} - {0, size}
        shapes += [np.take(good, np.arange(other) % size, axis) for other in others]
        shapes += [np.take(good, 0, axis), np.expand_dims(good, axis), np.stack([good, good], axis)]
    shapes += [np.full((1,) * axes, 0.5) for axes in (*range(7), 32)]
    yield from ((f"shape {array.shape}", array, array) for array in shapes)


def not_real_numbers(good):
    """What no array argument may be, though most have the right shape: (label, value)."""
    flags = np.arange(good.size).reshape(good.shape) == 1
    for dtype in ("F", "D", "g", "G", "O", "U8", "S8", "M8[D]", "m8[s]", np.dtypes.StringDType()):
        if dtype != "g" or not LONG_IS_DOUBLE:
            yield f"dtype {dtype}", flags.astype("i8").astype(dtype)
    yield from (("bytes of no type", np.zeros(good.shape, "V8")), ("records", np.zeros(good.shape, "f8,i4")))
    for number in (np.nan, np.inf, -np.inf):
        for entry, dtype in product((0, good.size // 2, good.size - 1), ("<f8", ">f8", "<f4", "<f2")):
            yield f"{dtype} with {number} at {entry}", with_entry(good.astype(dtype), entry, number)
        for label, layout in LAYOUTS.items():
            yield f"{label} with {number}", layout(with_entry(good, -1, number))
        yield f"list with {number}", with_entry(good, -1, number).tolist()
        yield f"{number} broadcast", np.broadcast_to(number, good.shape)
    for label, mask in (("nothing", False), ("all", True), ("one", flags)):
        masked = np.ma.array(good, mask=mask)
        yield from ((f"{label} masked", masked), (f"{label} masked, in a list", list(masked)))
        yield f"{label} masked, in lists", [[row] for row in masked]
    odd = (None, "1", b"1", 1j, [1.0, 2.0], {}, Index(), Decimal(1), Fraction(1, 2), 2**64, 10**400, np.ma.masked)
    for value, entry in product(odd, (0, -1)):
        rows = row = good.tolist()
        while isinstance(row[entry], list):
            row = row[entry]
        row[entry] = value
        yield f"{type(value).__name__} {value!r:.9} at {entry} of the lists", rows
    rows = good.tolist()
    yield from (("a row too long", [[*rows[0], rows[0][0]], *rows[1:]]), ("a number for a row", [1.0, *rows[1:]]))
    yield from ((f"axis {axis} empty", np.take(good, [], axis)) for axis in range(good.ndim))
    yield from (("all axes empty", np.empty((0,) * good.ndim)), ("empty lists", [[]] * len(good)))


def scalars():
    """Numbers of each type: (label, value)."""
    for number in (-(10**5000), -(2**63), *range(-1, 8), 2**63, 2**64, 10**400, 10**5000):
        for kind in (int, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
            if kind is int or np.iinfo(kind).min <= number <= np.iinfo(kind).max:
                label = number if abs(number) <= 2**64 else f"{'-' * (number < 0)}2^{number.bit_length()}"
                yield f"{kind.__name__} {label}", kind(number)
    floats = (float, np.float16, np.float32, np.float64, np.longdouble)
    for number, kind in product((np.nan, np.inf, -np.inf, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0), floats):
        yield f"{kind.__name__} {number}", kind(number)
    yield from ((f"float {number}", number) for number in (5e-324, 1e-308, LARGEST))
    if not LONG_IS_DOUBLE:
        yield from ((f"longdouble {number}", np.longdouble(number)) for number in ("1e-4000", "1e4000"))
    yield from (("IntEnum", Whole.ONE), ("True", True), ("False", False), ("bool_", np.True_))


def boxes():
    """Numbers in a box: an array, but no number: (label, value)."""
    for value in (
        *(np.array(0.5), np.array(1), np.array([0.5]), as_matrix([[0.5]]), [0.5], (1,), deque([1.0]), UserList([1.0])),
        *(range(2), bytearray(b"12"), memoryview(b"12"), flat_array("d", [1.0, 2.0])),
    ):
        yield f"{type(value).__name__} {value!r:.30}", value


def oddities():
    """Neither a number nor an array of numbers: (label, value)."""
    for value in (
        *(None, ..., NotImplemented, 1j, "", "tanh", "1.0", "\0", "\ud800", "x" * 9999, b"", b"1", (), [], {}, set()),
        *([None], ["1"], [1j], [b"1"], [1.0, "1"], [[1.0], [1.0, 2.0]], [[], [[]]], [np.ma.masked], {"W": 1.0}, {1.0}),
        *(frozenset([1.0]), {1.0: 1}.keys(), {1.0: 1}.values(), slice(3), float, int, print, Decimal("0.5"), CIRCLE),
        *(Fraction(1, 2), date(2020, 1, 1), timedelta(1), ValueError("W"), SimpleNamespace(W=1.0), sys, object()),
        *((number for number in (1.0, 2.0)), iter([1.0]), map(float, "12"), lambda *given: given, [].append),
        *(Index(), Elsewhere(), [Elsewhere()], threading.Lock(), np, np.tanh, np.float64, np.ndarray, np.dtype(float)),
        *(np.array(None), np.array("1"), np.array(1j), np.array([]), np.array([None, 1.0]), np.zeros(2, "f8,i4")),
        *(np.complex64(1), np.str_("tanh"), np.bytes_(b"1"), np.void(b"abc"), np.timedelta64(1, "s"), np.ma.masked),
        *(np.datetime64("2020-01-01"), np.datetime64("NaT"), np.random.default_rng(0)),
    ):
        yield f"{type(value).__name__} {value!r:.30}", value


def array_kinds(good, fits=None, none=REFUSED):
    """For an array: fits(shape) tells which shapes are right, and `none` is what None stands for."""
    fits = fits or (lambda shape: shape == good.shape)
    numbers = ((label, value, np.asarray(value)) for label, value in chain(boxes(), scalars()))
    for label, value, plain in chain(the_same_numbers(good), other_shapes(good), numbers):
        taken = plain.dtype.kind in "fiub" and plain.itemsize <= 8 and np.isfinite(plain).all() and fits(plain.shape)
        dtype = np.float32 if plain.dtype.kind == "f" and plain.itemsize == 4 else np.float64
        yield label, value, np.array(plain, dtype, order="C") if taken else REFUSED
    for label, value in chain(not_real_numbers(good), oddities()):
        yield label, value, none if value is None else REFUSED


def anything_else(optional=False):
    """For what is none of these: all are refused, but for None where it is optional."""
    for label, value in chain(scalars(), boxes(), oddities()):
        yield label, value, None if optional and value is None else REFUSED


def number_kinds(number, optional=False):
    """For a number: number(value) is the number that a value stands for, or None."""
    for label, value, plain in anything_else(optional):
        is_number = isinstance(value, int | float | np.integer | np.floating)
        taken = number(value) if is_number and not isinstance(value, bool | np.timedelta64) else None
        yield label, value, plain if taken is None else taken


def whole(low, high=np.inf):
    return lambda value: int(value) if isinstance(value, int | np.integer) and low <= value <= high else None


def above_zero(value):
    in_range = abs(value) <= LARGEST if isinstance(value, int) else 0 < float(value) < np.inf
    return float(value) if in_range and value > 0 else None


def choice_kinds(*names):
    """For one of these names."""
    for name in names:
        yield from ((name, name, name), (f"str_ {name}", np.str_(name), name))
        texts = (name.upper(), name.title(), f" {name}", f"{name}\n", name[:-1], f"{name}\0", f"{name},")
        for wrong in (*texts, name.encode(), [name], (name,), {name: 1}, np.array(name), np.array([name]), {name}):
            yield f"{wrong!r}", wrong, REFUSED
    yield from (kind for kind in anything_else() if not (isinstance(kind[1], str) and kind[1] in names))


def activation_kinds():
    """For an activation, by its name or one of the reader's own."""
    f, df = np.tanh, lambda z: 1 - np.tanh(z) ** 2
    yield from choice_kinds(*ACTIVATIONS)
    yield from (("an Activation", ACTIVATIONS["tanh"], "tanh"), ("own", Activation("own", f, df), "tanh"))
    yield "an equal one", Activation(*ACTIVATIONS["tanh"]), "tanh"
    yield "own, of lists", Activation("own", lambda z: f(z).tolist(), lambda z: df(z).tolist()), "tanh"
    for name in (None, 3, b"tanh", ["tanh"], np.array(["tanh", "tanh"])):
        yield f"named {name!r}", Activation(name, f, df), REFUSED
    bad = [(label, value) for label, value, _ in anything_else() if not callable(value)]
    bad += [
        ("sum", np.sum),
        ("transposed", np.transpose),
        ("None", lambda z: None),
        ("ragged", lambda z: [[1], [1, 2]]),
    ]
    bad += [("changes z", lambda z: f(z, out=z)), ("masks", lambda z: np.ma.array(f(z), mask=True))]
    bad += [(kind, lambda z, kind=kind: np.zeros(z.shape, kind)) for kind in ("D", "U8", "O", "M8[D]", "f8,i4")]
    for (label, function), role, name in product(bad, ("f", "df"), ("own", "tanh")):
        yield f"{role} of {name}: {label}", Activation(name, f, df)._replace(**{role: function}), REFUSED


def record_kinds(record, optional=False):
    """For a record: its fields without its name, other records, arrays."""
    fields = tuple(record) if isinstance(record, tuple) else tuple(vars(record).values())
    others = [
        other for other in (CASE.net.params, CASE.net, TRACE, BACK, BACK.grads) if type(other) is not type(record)
    ]
    for value in (fields, list(fields), [record], type(record), type(record).__name__, *others):
        yield f"{type(value).__name__} {value!r:.20}", value, REFUSED
    yield from anything_else(optional)
    yield from ((label, value, REFUSED) for label, value, _ in the_same_numbers(GOOD["W"]))


def trace_kinds():
    """For a trace, which keeps the arrays that forward was handed in their layout."""
    yield from record_kinds(TRACE)
    for name in ("U", "x"):
        for label, value, plain in the_same_numbers(GOOD[name]):
            traces = (joined(forward)(**{**GOOD, name: given}) for given in (value, plain))
            yield f"of {name} {label}", *traces


def back_kinds():
    """For a backward pass: those of other nets and of other outputs too."""
    yield from record_kinds(BACK)
    other_sizes = ((1, 3, 4, 5), (2, 2, 4, 5), (2, 3, 1, 5), (2, 3, 4, 1))
    for steps, sizes in ((5, SIZES), *((6, sizes) for sizes in other_sizes)):
        other = make_case("tanh", steps, sizes)
        yield f"of {steps} steps and sizes {sizes}", backward(other.trace(), other.Y), REFUSED
    yield "of outputs all", backward(forward(CASE.net._replace(outputs="all"), CASE.x), EACH), REFUSED


def function_kinds(optional=False):
    """For a function: what cannot be called."""
    kinds = chain(anything_else(optional), the_same_numbers(GOOD["W"]))
    yield from (
        (label, value, None if plain is None else REFUSED) for label, value, plain in kinds if not callable(value)
    )


# Public functions, and the kinds of input that each argument meets

SIZES = (2, 3, 4, 5)  # n_x, n_h, n_y, N, and T+1 = 6: all different
CASE = make_case("tanh", 6, SIZES, dense_activation="tanh")
EACH = np.linspace(-1, 1, 6)[:, None, None] * CASE.Y  # targets for outputs "all"
TRACE = CASE.trace()
BACK = backward(TRACE, CASE.Y)
GOOD = {**CASE.net.params._asdict(), "x": CASE.x, "h_init": CASE.h_init}
LEARNT = {**CASE.net.params._asdict(), "x": CASE.x, "Y": CASE.Y}
PARTNERS = {"W": "U|x", "V": "c", "x": "h_init|Y|net and x", "y": "Y", "back": "trace"}  # may be named in its place


class Entry(NamedTuple):
    """A public function, arguments that it takes, and the kinds of value to put in the place of each."""

    call: Callable
    good: dict
    kinds: dict
    tolerance: float = 1e-12  # a product of matrices may take another path for another layout


def joined(function, /, **fixed):
    """`function` of W, U, b, V and c, and of what else makes a net, instead of net; a net may still be given."""

    def call(**given):
        of_net = {"dense_activation": "tanh", "params": Params(*(given.pop(name) for name in Params._fields)), **fixed}
        of_net |= {name: given.pop(name) for name in Net._fields if name in given}
        return function(**{"net": given.pop("net") if "net" in given else Net(**of_net), **given})

    return call


def entry(function, good, fixed=None, /, **kinds):
    """An entry whose arrays meet all kinds of array; `kinds` are those of the others, or replace one."""
    arrays = {name: partial(array_kinds, value) for name, value in good.items() if isinstance(value, np.ndarray)}
    if "x" in good:  # T+1 is free
        arrays["x"] = partial(arrays["x"], lambda shape: len(shape) == 3 and shape[1:] == good["x"].shape[1:])
    if "h_init" in good:
        arrays["h_init"] = partial(arrays["h_init"], none=np.zeros_like(good["h_init"]))
    if "W" in good:
        kinds = {"net": partial(record_kinds, CASE.net), "params": partial(record_kinds, CASE.net.params), **kinds}
    return Entry(joined(function, **(fixed or {})) if "W" in good else function, good, {**arrays, **kinds})


def entry_for_each(function, steps=6, **fixed):
    """With targets for each step, and all that depends on T+1."""
    good = {**GOOD, "x": CASE.x[:steps], "Y": EACH[:steps]}
    return entry(partial(function, **fixed), good, {"outputs": "all"}, x=partial(array_kinds, good["x"]))


def quietly(function):
    """fit says in a RuntimeWarning that it stopped early; any other warning remains an error."""

    def call(**given):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "stopped in epoch", RuntimeWarning)
            return function(**given)

    return call


def bend(at):
    """A function of an array of any shape: curved up to 1e100, and flat beyond, so that it stays finite."""
    at = np.where(np.abs(at) < 1e100, at, 0)
    return np.sum(np.arange(1, at.size + 1).reshape(at.shape) * at * at)


POSITIVE = partial(number_kinds, above_zero)
SIZE = partial(number_kinds, whole(1, 7))  # what is tried above 7 is too large for any array
SEED = partial(number_kinds, whole(0))
STEPS = {"steps": partial(number_kinds, whole(1, 6), optional=True)}
OPTIONS = {"activation": activation_kinds, "dense_activation": activation_kinds}
LAST = {"outputs": partial(choice_kinds, "last")}  # "all" is right too, but not for these targets
WORKSPACE = Workspace(CASE.net, CASE.x)
NET_AND_Y = {**GOOD, "Y": CASE.Y}
SHORT = {**NET_AND_Y, "x": CASE.x[:2]}  # for the slow ones
DIFFERENCES = {"at": partial(array_kinds, GOOD["W"], lambda shape: True), "eps": POSITIVE, "function": function_kinds}
FIXED = partial(array_kinds, CASE.x)

ENTRIES = {
    "Net": entry(
        lambda net: net,
        CASE.net.params._asdict(),
        **OPTIONS,
        W=partial(array_kinds, GOOD["W"], lambda shape: len(shape) == 2 and shape[0] == 3),  # n_x is free
        outputs=partial(choice_kinds, "last", "all"),
    ),
    "forward": entry(forward, GOOD, **OPTIONS, outputs=partial(choice_kinds, "last", "all")),
    "backward": entry(backward, {"trace": TRACE, "Y": CASE.Y}, trace=trace_kinds, **STEPS),
    "gradients": entry(gradients, NET_AND_Y, **OPTIONS, **LAST, **STEPS),
    "gradients, each step": entry_for_each(gradients),
    "loss_and_gradients": entry(loss_and_gradients, NET_AND_Y, **STEPS),
    "Workspace, gradients": entry(WORKSPACE.loss_and_gradients, NET_AND_Y, **OPTIONS, **STEPS, x=FIXED),
    "Workspace, each step": entry_for_each(WORKSPACE.loss_and_gradients),
    "step_terms": entry(step_terms, {"trace": TRACE, "back": BACK}, trace=trace_kinds, back=back_kinds),
    "numerical_gradients": entry(
        numerical_gradients,
        SHORT,
        **OPTIONS,
        **LAST,
        method=partial(choice_kinds, "central", "complex"),
        eps=partial(POSITIVE, optional=True),
    )._replace(tolerance=1e-7),  # a difference divides that by 2e = 1.2e-5
    "numerical_gradients, each step": entry_for_each(numerical_gradients, steps=2, method="complex"),
    "untied_terms": entry(untied_terms, SHORT, **OPTIONS, **LAST),
    "central_difference": entry(central_difference, {"function": bend, "at": GOOD["W"]}, **DIFFERENCES),
    "complex_step": entry(complex_step, {"function": bend, "at": GOOD["W"]}, **DIFFERENCES),
    "mse_loss": entry(mse_loss, {"y": TRACE.y, "Y": CASE.Y}),
    "mse_loss_derivative": entry(mse_loss_derivative, {"y": TRACE.y, "Y": CASE.Y}),
    "init_params": entry(
        init_params, {"n_x": 2, "n_h": 3, "n_y": 1, "seed": 0}, n_x=SIZE, n_h=SIZE, n_y=SIZE, seed=SEED
    ),
    "state_jacobians": entry(state_jacobians, {"trace": TRACE}, trace=trace_kinds),
    "Workspace": entry(
        lambda **given: repr(Workspace(**given)),
        {**CASE.net.params._asdict(), "x": CASE.x},
        x=partial(array_kinds, CASE.x, lambda shape: len(shape) == 3 and shape[1] == 2),
    ),
    "fit": entry(
        quietly(fit),
        {**LEARNT, "epochs": 2, "learning_rate": 0.01},
        **OPTIONS,
        **LAST,
        **STEPS,
        epochs=lambda: (kind for kind in SEED() if kind[2] is REFUSED or kind[2] < 8),  # more would take long
        learning_rate=POSITIVE,
        optimizer=partial(choice_kinds, "adam", "sgd"),
        batch_size=partial(number_kinds, whole(1, 5), optional=True),
        clip_norm=partial(POSITIVE, optional=True),
        seed=SEED,
        callback=partial(function_kinds, optional=True),
    ),
    "global_norm": entry(global_norm, {"grads": BACK.grads}, grads=partial(record_kinds, BACK.grads)),
    "clip_by_global_norm": entry(
        clip_by_global_norm,
        {"grads": BACK.grads, "clip_norm": 0.01},
        grads=partial(record_kinds, BACK.grads),
        clip_norm=POSITIVE,
    ),
}


del ENTRIES["Net"].kinds["net"]  # it makes one, and is handed none


def fingerprint(value, depth=9):
    """What tells that a value was changed, and tells two values apart."""
    if isinstance(value, Wrapped):
        return Wrapped, fingerprint(value.array)
    if isinstance(value, np.ndarray):
        around = value.base if isinstance(value.base, np.ndarray) else value  # what a view leaves out, too
        mask = value.mask.tobytes() if isinstance(value, np.ma.MaskedArray) else b""
        data = [np.ma.getdata(array).tobytes() for array in (value, around)]
        return type(value), str(value.dtype), value.shape, value.strides, str(value.flags), *data, mask
    if isinstance(value, list | tuple | deque | UserList) and depth:
        return type(value), tuple(fingerprint(part, depth - 1) for part in value)
    if isinstance(value, memoryview | flat_array | bytearray):
        return type(value), memoryview(value).tobytes(), memoryview(value).shape
    if isgenerator(value):
        return value, getgeneratorstate(value)
    try:
        hash(value)
    except TypeError:
        return type(value), repr(value)
    return type(value), value


def parts(result):
    """The numbers and texts in what a function returned."""
    if isinstance(result, tuple):
        return [part for field in result if not isinstance(field, Activation) for part in parts(field)]
    return [result if isinstance(result, str | np.ndarray) else np.asarray(result)]


def is_the_same(got, want, tolerance):
    """Whether all is equal up to `tolerance`, in units of the largest number of its array, and nothing is nan."""
    if isinstance(want, str):
        return got == want
    if type(got) is not np.ndarray or got.dtype != want.dtype or got.shape != want.shape:
        return False
    scale = np.abs(want[np.isfinite(want)]).max(initial=0)
    return np.array_equal(got, want) or np.isclose(got, want, rtol=0, atol=tolerance * scale).all()


def complaints(entry, argument):
    """What is wrong with the answers to the kinds of that argument, and how many different kinds there were."""
    named = re.compile(rf"({argument}|{PARTNERS.get(argument, argument)})[ .(]")
    found, seen, answers_to_plain = [], set(), {}

    def answer(value):
        with np.errstate(all="raise"):  # a reader may have told numpy so: it must make no difference
            return parts(entry.call(**{**entry.good, argument: value}))

    for label, value, plain in entry.kinds[argument]():
        before, said = fingerprint(value), ""
        seen.add(before)
        try:
            got = answer(value)
        except (ValueError, TypeError) as error:
            if plain is not REFUSED or not named.match(str(error)):
                said = f"raised {error!r}"
        except Exception as error:  # a warning, too
            said = f"raised {error!r}"
        else:
            key = fingerprint(plain)
            if plain is not REFUSED and key not in answers_to_plain:
                answers_to_plain[key] = answer(plain)
            want = answers_to_plain.get(key)
            if want is None:
                said = "was taken"
            elif not all(is_the_same(*pair, entry.tolerance) for pair in zip(got, want, strict=True)):
                said = f"gave {got}, not {want}"
        if said or fingerprint(value) != before:
            found.append(f"{argument} = {label}: {said or 'was changed':.500}")
    return found, len(seen)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_input_is_right_or_refused_by_name(name):
    """Each argument meets 200 kinds and more: the answer is that to a plain array of the same numbers, or the error
    names the argument. No other error, not of numpy's either, no warning, and nothing that was handed in is changed.
    """
    entry = ENTRIES[name]
    untouched = fingerprint(tuple(entry.good.values()))
    for argument in entry.kinds:
        found, kinds = complaints(entry, argument)
        assert not found, f"{len(found)} of {kinds} kinds:\n" + "\n".join(found)
        assert kinds >= 200, argument
    assert fingerprint(tuple(entry.good.values())) == untouched


def test_no_public_function_is_left_out():
    public = {name: getattr(module, name) for module in (bptt_core, train) for name in module.__all__}
    functions = {name for name, value in public.items() if callable(value) and not hasattr(value, "_fields")}
    assert {name.split(",")[0] for name in ENTRIES} == functions | {"Net"}


# Four threads at once

KEPT_BY_THREAD = threading.local()


def in_its_own_workspace(case):
    """The gradients, in a workspace that no other thread has."""
    workspaces = vars(KEPT_BY_THREAD)
    if id(case) not in workspaces:
        workspaces[id(case)] = Workspace(case.net, case.x)
    return workspaces[id(case)].loss_and_gradients(case.net, case.x, case.Y, h_init=case.h_init)


THREADED = {
    "gradients": lambda case: gradients(case.net, case.x, case.Y, h_init=case.h_init),
    "gradients, workspace": in_its_own_workspace,
    "gradients, overflow": lambda case: gradients(case.net._replace(activation="identity"), case.x * 1e308, case.Y),
    "numerical_gradients": lambda case: numerical_gradients(case.net, case.x[:2], case.Y, h_init=case.h_init),
    "fit": lambda case: fit(case.net, case.x, case.Y, epochs=3, learning_rate=0.01, batch_size=2),
}


@needs_threads
def test_four_threads_at_once():
    """A buffer or an error state that two threads share.

    Bit for bit: the same call on the same arrays takes the same path through BLAS, whichever thread makes it.
    """
    cases = [make_case("tanh", 5), make_case("relu", 12, (3, 2, 1, 2)), make_case("softplus", 30, (4, 8, 2, 16))]
    jobs = list(product(THREADED, range(len(cases))))

    def answer(name, number):
        return parts(THREADED[name](cases[number]))

    want = {job: answer(*job) for job in jobs}
    start, interval = threading.Barrier(4), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # the threads take turns within a call
    try:
        with ThreadPoolExecutor(4, initializer=start.wait) as pool:
            found = [(job, pool.submit(answer, *job)) for job in jobs * 30]
    finally:
        sys.setswitchinterval(interval)
    assert len(found) == 450
    off = [job for job, got in found if not all(map(np.array_equal, got.result(), want[job]))]
    assert not off
