"""The small nets that bptt_core is tested on, what they read, and the one way in which two arrays are compared."""

import sys
from typing import NamedTuple

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Activation, Net, Params, forward

from .judges import plain_loop

LENGTHS = (1, 2, 3, 7, 40)  # T+1
KINKED = ("relu", "leaky_relu")
SINE = Activation("sine", np.sin, np.cos)  # an activation of the reader's own
ACTIVATIONS_TESTED = (*ACTIVATIONS, "sine")
EPS = float(np.finfo(np.float64).eps)
EPS32 = float(np.finfo(np.float32).eps)
needs_threads = pytest.mark.skipif(sys.platform == "emscripten", reason="Python in a browser has no threads")

# U is drawn larger where f' is small, so that a gradient is still there after 40 steps.
_GAIN = {"tanh": 1.3, "sigmoid": 5.0, "relu": 1.1, "softplus": 1.2, "leaky_relu": 1.3, "sine": 1.5}
_SIZES = ((1, 3, 1, 1), (2, 4, 1, 3), (1, 3, 2, 4), (3, 2, 2, 1))  # n_x, n_h, n_y, N
_DENSE = ("identity", "tanh", "sigmoid", "sine", "softplus")


class Case(NamedTuple):
    """A net, what it reads, and what it should answer."""

    net: Net
    x: np.ndarray
    Y: np.ndarray
    h_init: np.ndarray | None = None

    def trace(self):
        return forward(self.net, self.x, h_init=self.h_init)

    def but(self, **changes):
        """The same with other arrays; params, activation, dense_activation and outputs are those of its net."""
        of_net = {name: changes.pop(name) for name in Net._fields if name in changes}
        return self._replace(net=self.net._replace(**of_net), **changes)

    def in_dtype(self, dtype):
        """The same case in float32 or float64."""
        params = Params(*(weight.astype(dtype) for weight in self.net.params))
        h_init = None if self.h_init is None else self.h_init.astype(dtype)
        return self.but(params=params, x=self.x.astype(dtype), Y=self.Y.astype(dtype), h_init=h_init)


def of_name(name):
    """What to hand to bptt_core for that name: it has no "sine" of its own."""
    return SINE if name == "sine" else name


def make_case(
    activation="tanh", steps=5, sizes=(2, 3, 2, 4), *, dense_activation="identity", with_h_init=True, seed=0
) -> Case:
    """A net without a zero in it: every entry lies between 0.3 and 1 in size, on either side of 0."""
    n_x, n_h, n_y, N = sizes
    rng = np.random.default_rng([seed, steps, *sizes])

    def draw(*shape):
        return rng.uniform(0.3, 1, shape) * rng.choice([-1, 1], shape)

    params = Params(
        W=draw(n_h, n_x),
        U=draw(n_h, n_h) * _GAIN.get(activation, 1.0) / np.sqrt(n_h),
        b=draw(n_h, 1) / 2,
        V=draw(n_y, n_h),
        c=draw(n_y, 1),
    )
    h_init = draw(n_h, N) if with_h_init else None
    x, Y = draw(steps, n_x, N), draw(n_y, N)
    return Case(Net(params, of_name(activation), of_name(dense_activation)), x, Y, h_init)


def weakness(case) -> str:
    """What of this net would hide a mistake, or "" if nothing would."""
    U = case.net.params.U
    if min(np.abs(array).min() for array in (*case.net.params, case.x, case.Y)) <= 0.05:
        return "a zero, or nearly, hides what it is multiplied with"
    if len(U) > 1 and np.abs(U - U.T).max() <= 0.3 * np.abs(U).max():
        return "only the asymmetry of U, which is square, tells it from its transpose"
    try:
        found = plain_loop(case)
    except OverflowError:
        return "it overflows"
    if np.abs(found["y"] - case.Y).min() <= 0.05:
        return "a loss near 0 hides its gradient in rounding"
    if case.net.activation.name in KINKED and np.abs(found["h_hat"]).min() <= 1e-3:
        return "central differences, which move h_hat by 6e-6 times a factor of at most about 10, cross the kink"
    if np.abs(found["h_hat"]).max() >= 6:
        return "a saturated unit passes nothing on"
    per_step = np.abs(found["delta"]).max(axis=(1, 2))
    if not 1e-6 < per_step.min() <= per_step.max() < 10:
        return "the message is gone at t = 0, or has exploded"
    return ""


def _telling(*given, **more):
    """The first net, by its seed, that would hide no mistake."""
    for seed in range(1000):
        case = make_case(*given, **more, seed=seed)
        if not weakness(case):
            return case
    raise AssertionError(f"each of 1000 nets {given} hides a mistake: try another gain in _GAIN")


def _all_cases():
    """Each activation with each length. Sizes, g and h^(-1) take turns, so that each length meets all of them."""
    for j, steps in enumerate(LENGTHS):
        for activation in ACTIVATIONS_TESTED:
            i = sum(activation.encode())  # of the name alone: another activation beside it moves nothing
            sizes = _SIZES[(i + j) % len(_SIZES)]
            dense, with_h_init = _DENSE[(i + 2 * j) % len(_DENSE)], (i // 2 + j) % 2 == 0
            case = _telling(activation, steps, sizes, dense_activation=dense, with_h_init=with_h_init)
            given = "h_init" if with_h_init else "no-h_init"
            yield f"{activation}-{steps}-{'x'.join(map(str, sizes))}-{dense}-{given}", case


CASES = dict(_all_cases())
CASES["tanh-3-1x1x1x1-identity-h_init"] = make_case("tanh", 3, (1, 1, 1, 1))  # all scalar


def relative_error(got, want, floor=1e-30):
    """The largest |got - want|, in units of the largest |want| of the same matrix (so: of the same time step).

    The floor keeps 0/0 from becoming nan, and is so low that a number in the place of a 0 is a large error all the
    same. A nan in `got` gives nan, which no `<=` lets pass.
    """
    got, want = np.asarray(got), np.asarray(want)
    scale = np.abs(want).max(axis=(-2, -1), keepdims=True) if want.ndim > 1 else np.abs(want)
    return (np.abs(got - want) / np.maximum(scale, floor)).max()


def assert_agree(what, got, want, tolerance, floor=1e-30):
    """The same shape, and the same numbers up to `tolerance`."""
    assert np.shape(got) == np.shape(want), f"{what} has shape {np.shape(got)}, not {np.shape(want)}"
    error = relative_error(got, want, floor)
    assert error <= tolerance, f"{what} is off by {error:.2g} (at most {tolerance:.2g})\ngot\n{got}\nwant\n{want}"


def rounding(case, eps=EPS):
    """How far apart two ways to compute the same thing may end up by rounding alone.

    Each of the T+1 steps adds up n_x + n_h + 1 terms forward and n_h backward, and each sum over steps and sequences
    has (T+1) N terms; each term costs a rounding. The factor 32 is for cancellation in those sums.
    """
    steps, n_x, N = case.x.shape
    n_h = len(case.net.params.W)
    return 32 * eps * steps * (n_x + 2 * n_h + 1 + N)


def all_arrays(record):
    """The arrays of a Params, Trace, Gradients or Backward by name, those of a record inside it too."""
    arrays = {}
    for name, value in record._asdict().items():
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif hasattr(value, "_asdict") and not isinstance(value, Activation):
            arrays |= all_arrays(value)
    return arrays
