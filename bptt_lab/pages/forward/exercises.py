"""Page 02: one step of the net, all its steps, and the count of its weights."""

from types import FunctionType, ModuleType

import numpy as np

from ...practice.exercise import BATCH_FIRST, N_H, N_X, NO_CASE, Exercise, Mistake, batches, cases
from ...slips import SLIPS


def same(array):
    return array


def step(W, U, b, x, h_prev, *, f=np.tanh, of_x=same, of_U=same, of_b=same):
    return f(of_x(W) @ x + of_U(U) @ h_prev + of_b(b))


def states(W, U, b, x, step=step, *, of_U=same, of_b=same, read=same, kept=same):
    """h of every step, from h^(-1) = 0."""
    U, b, x = of_U(U), of_b(b), read(x)
    h = np.zeros((len(x), len(U), x.shape[2]))
    before = np.zeros((len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] = before = step(W, U, b, x[t], before)
    return kept(h)


def _weights(rng):
    return rng.normal(size=(N_H, N_X)), rng.normal(size=(N_H, N_H)), rng.normal(size=(N_H, 1))


def _step(rng, N):
    return *_weights(rng), rng.normal(size=(N_X, N)), np.tanh(rng.normal(size=(N_H, N)))


def _states(rng, steps, N):
    return *_weights(rng), rng.normal(size=(steps, N_X, N))


def _h_hat(W, U, b, x, h_prev):
    return W @ x + U @ h_prev + b


def _with_h_hat_carried(W, U, b, x):
    return np.tanh(states(W, U, b, x, _h_hat))


def _with_h_hat_returned(W, U, b, x):
    h = states(W, U, b, x)
    before = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
    return np.array([_h_hat(W, U, b, x[t], before[t]) for t in range(len(x))])


def _with_zeros_at(steps):
    """steps(h) : which steps are set to zero"""

    def kept(h):
        h = h.copy()
        h[steps(h)] = 0
        return h

    return kept


def _as_far_as_N(x):
    """Returns x; raises IndexError if it has fewer steps than sequences."""
    x[np.arange(x.shape[2])]
    return x


def _with_first_step_left_out(W, U, b, x):
    h = np.zeros((len(x), len(U), x.shape[2]))
    h[1:] = states(W, U, b, x[1:])
    return h


STATES = cases(_states)
BY_LUCK = (
    " But at t = 0 it is so by luck: `h[t-1]` is `h[-1]` there, the end of the array, and only as long as no state is "
    "written there is it zeros. With `np.empty`, or with an h^(-1) that is given, it goes wrong: keep the state before "
    "in a variable."
)


def by_luck(function):
    """BY_LUCK if the first state is read from the end of the array, and changes with what stands there; else ""."""
    W, U, b, x = STATES[-1].arguments
    begun = _numpy_with((len(x), len(U), x.shape[2]))
    its = {name: begun if value is np else value for name, value in function.__globals__.items()}
    other = FunctionType(function.__code__, its, function.__name__, function.__defaults__, function.__closure__)
    first = (np.asarray(each(W.copy(), U.copy(), b.copy(), x.copy()))[0] for each in (function, other))
    return "" if np.array_equal(*first) else BY_LUCK


def _numpy_with(shape):
    """A numpy whose new arrays of that shape have ones in their last step. numpy itself stays as it is."""

    def begun(make):
        def makes(*given, **named):
            array = make(*given, **named)
            if array.shape == shape:
                array[-1] = 1
            return array

        return makes

    numpy = ModuleType("numpy")
    vars(numpy).update(vars(np))
    vars(numpy).update({name: begun(getattr(np, name)) for name in ("zeros", "zeros_like", "full", "full_like")})
    return numpy


EQUATION = "7.2.2, the node ĥ of Fig. 7-5"
CHAIN = "7.2.2, Fig. 7-5"

EXERCISES = (
    Exercise(
        "02-step",
        "Write one step of the net with f = tanh: h of shape (n_h, N), from the input x and the state before.",
        "step(W, U, b, x, h_prev)",
        step,
        batches(_step),
        (
            Mistake(
                "the activation is left out",
                {"f": same},
                "That is the pre-activation ĥ. The state is f of it.",
                "7.2.2, the node f of Fig. 7-5",
            ),
            Mistake(
                "U is transposed",
                {"of_U": np.transpose},
                "Forward it is U itself. The transpose appears on the way back.",
                EQUATION,
            ),
            Mistake("b is left out", {"of_b": np.zeros_like}, "Three terms meet in ĥ.", EQUATION),
            Mistake(
                "b is added after the activation",
                lambda W, U, b, x, h: np.tanh(W @ x + U @ h) + b,
                "It is one of the three terms of ĥ, inside of f.",
                EQUATION,
            ),
            Mistake(
                "the state before is left out",
                {"of_U": np.zeros_like},
                "Without U h of the step before, the net has no memory.",
                EQUATION,
            ),
            Mistake(
                "the input is left out",
                {"of_x": np.zeros_like},
                "W x of this step is one of the three terms of ĥ.",
                EQUATION,
            ),
            Mistake(
                "input and state get an activation each",
                lambda W, U, b, x, h: np.tanh(W @ x + b) + np.tanh(U @ h),
                "Add first, then one f for the sum.",
                EQUATION,
            ),
            Mistake(
                "the axes are lost",
                {"f": lambda h_hat: np.tanh(h_hat).ravel()},
                "`.ravel()` makes one row of all units and all sequences. Keep the axes: (n_h, N).",
                "the notation on page 00",
            ),
            Mistake(
                "f is a sigmoid",
                {"f": lambda h_hat: 1 / (1 + np.exp(-h_hat))},
                "The exercise asks for tanh.",
                "7.2.2, the node f of Fig. 7-5",
            ),
        ),
        (
            "Three terms meet in the pre-activation ĥ. Which are they? Then comes f.",
            "`h_hat = W @ x + ...`, and `return np.tanh(h_hat)`",
        ),
    ),
    Exercise(
        "02-states",
        "Write the whole pass with f = tanh: h of shape (T+1, n_h, N) from x of shape (T+1, n_x, N), beginning with "
        "a state of zeros.",
        "states(W, U, b, x)",
        states,
        STATES,
        (
            Mistake(
                "the state is not carried on",
                {"of_U": np.zeros_like},
                "Each step must start from the state that the step before has left.",
                CHAIN,
            ),
            Mistake(
                "ĥ is carried on instead of h",
                _with_h_hat_carried,
                "U multiplies the state before, and the state is f of ĥ.",
                CHAIN,
            ),
            Mistake(
                "ĥ is returned instead of h", _with_h_hat_returned, "The states are asked for: f of each ĥ.", CHAIN
            ),
            Mistake(
                "only the last state is returned",
                {"kept": lambda h: h[-1]},
                "The dense layer needs that one alone. The way back needs all of them, so keep them.",
                CHAIN,
            ),
            Mistake(
                "the last step is left out",
                ({"kept": lambda h: h[:-1]}, {"kept": _with_zeros_at(lambda h: -1)}),
                "T is the last index: there are T+1 inputs, so T+1 states. `range(T)` stops before T.",
                "the notation on page 00",
            ),
            Mistake.of(
                SLIPS["loop N"],
                {"kept": lambda h: h[: h.shape[2]]},
                {"kept": _with_zeros_at(lambda h: slice(h.shape[2], None))},
                {"read": _as_far_as_N, "kept": _with_zeros_at(lambda h: slice(h.shape[2], None))},
            ),
            Mistake(
                "the first step is left out",
                _with_first_step_left_out,
                "The input of t = 0 counts too. Only the state before it is zero.",
                "the notation on page 00",
            ),
            Mistake(
                "the state before the first input is returned with the others",
                {"kept": lambda h: np.concatenate([0 * h[:1], h])},
                "h^(-1) is kept on its own, so that h[t] is the state of step t.",
                "the trap on page 02",
            ),
            Mistake(
                "the sequence stands first",
                {"kept": lambda h: h.transpose(2, 0, 1)},
                BATCH_FIRST,
                "the notation on page 00",
            ),
            Mistake(
                "the series is read from its end",
                {"read": lambda x: x[::-1]},
                "Forward, time runs from 0 to T.",
                CHAIN,
            ),
            Mistake(
                "U is transposed",
                {"of_U": np.transpose},
                "Forward it is U itself. The transpose appears on the way back.",
                EQUATION,
            ),
            Mistake("b is left out", {"of_b": np.zeros_like}, "Every step adds b to its ĥ.", EQUATION),
        ),
        (
            "Make room for all states, keep the state before in a variable, and loop over t = 0 … T.",
            "`h_prev = np.zeros((len(U), x.shape[2]))`, then in the loop `h_prev = np.tanh(...)` and `h[t] = h_prev`",
        ),
        beware=by_luck,
    ),
    Exercise(
        "02-count",
        "How many numbers may learn in a net with n_x = 3 inputs, n_h = 5 hidden units and n_y = 2 outputs that reads "
        "T+1 = 10 steps? Count W, U, b, V and c.",
        "",
        lambda: 5 * 3 + 5 * 5 + 5 + 2 * 5 + 2,
        NO_CASE,
        (
            Mistake(
                "each step has its own W, U and b",
                lambda: 10 * (5 * 3 + 5 * 5 + 5) + 2 * 5 + 2,
                "They are the same in all columns of the graph: used ten times, counted once.",
                CHAIN,
            ),
            Mistake(
                "the whole net is counted once for each step",
                lambda: 10 * 57,
                "The weights are the same in all columns of the graph, and the dense layer is there once.",
                CHAIN,
            ),
            Mistake(
                "b is counted twice",
                lambda: 62,
                "PyTorch keeps two biases of the state, one beside W and one beside U. They add: here it is one b.",
                CHAIN,
            ),
            Mistake("the dense layer is left out", lambda: 45, "V and c learn too: 2 · 5 and 2 numbers.", CHAIN),
            Mistake("both biases are left out", lambda: 50, "b has 5 numbers, and c has 2.", CHAIN),
            Mistake("c is left out", lambda: 55, "The dense layer has a bias of n_y numbers.", CHAIN),
            Mistake("b is left out", lambda: 52, "The state has a bias of n_h numbers.", CHAIN),
            Mistake(
                "U is counted as a column",
                lambda: 37,
                "U goes from every hidden unit to every hidden unit: n_h · n_h numbers.",
                "the notation on page 00",
            ),
            Mistake("U is left out", lambda: 32, "U is n_h · n_h more numbers.", CHAIN),
        ),
        (
            "The shapes of the five are in the notation on page 00. Does any of them depend on T?",
            "W has 5 · 3 numbers. Four more products, and their sum.",
        ),
    ),
)
