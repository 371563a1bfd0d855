"""Does a gradient tell the truth? Witnesses that know the forward pass and nothing of the chain rule.

    central difference   (L(w + e) - L(w - e)) / 2e       error about e^2, and rounding about 1e-16 / e
    complex step         Im L(w + ie) / e                 no difference is taken: exact to rounding
    untied copies        a W^(t) of its own for each step: disturb one copy, and exactly term t of 7.7 appears

Each entry of each parameter is disturbed on its own, with a whole forward pass for it. That is slow on purpose: a
witness should be too plain to be wrong. For the same reason the forward pass stands here once more, in one line.
"""

from functools import partial

import numpy as np

from .backward import Gradients
from .forward import forward
from .inputs import checked_target, need_complex, numeric, one_of, positive, quiet, real_array, refuse_nan, say_inf
from .net import OUTPUTS, Params


def central_difference(function, at, eps=6e-6) -> np.ndarray:
    """(function(at + e) - function(at - e)) / 2e, for each entry of `at` on its own.

    function : takes an array like `at` and returns one number
    at       : an array of any shape
    eps      : e, in units of `at`. Unless given, the cube root of float64's rounding: there the two errors balance.
    Returns the derivative in float64, of the shape of `at`.
    Raises ValueError, or TypeError for a wrong type, if `at` or eps is not finite, eps is not above 0, or function is
    not a function or does not return one number.
    Source: what a derivative is.
    """
    return _entry_by_entry(function, at, eps, lambda moved, e: (moved(e) - moved(-e)) / (2 * e))


def complex_step(function, at, eps=1e-20) -> np.ndarray:
    """Im function(at + ie) / e, for each entry of `at` on its own.

    function : as for central_difference; it must be analytic, and take and return complex numbers
    at, eps  : as for central_difference. Nothing is subtracted, so e can be as small as you like.
    Returns and raises the same.
    Source: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40
    (1998).
    """
    return _entry_by_entry(function, at, eps, lambda moved, e: moved(1j * e).imag / e)


METHODS = {"central": central_difference, "complex": complex_step}


def numerical_gradients(net, x, Y, *, h_init=None, method="central", eps=None) -> Gradients:
    """The gradients of eq. 7.3, entry by entry, from what a derivative is.

    net, x, h_init : as for forward
    Y      : (n_y, N), the targets Y^(T); (T+1, n_y, N) with outputs "all"
    method : "central" or "complex"; the second needs activations that are analytic and take complex numbers
    eps    : the size e of the disturbance, in units of the parameter; 6e-6 (central) or 1e-20 (complex) unless given
    Returns Gradients in the dtype of the trace. They are computed in float64 all the same: a check in float32 needs
    a tolerance so wide that it hardly fails.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: eq. 7.3 and the forward pass of section 7.2.2, disturbed.
    """
    derivative = METHODS[one_of("method", method, METHODS)]
    if eps is not None:
        derivative = partial(derivative, eps=eps)
    trace = forward(net, x, h_init=h_init)
    if method == "complex":
        need_complex(trace.net)
    return _for_each_parameter(derivative, _untied_loss(trace, Y), trace.net.params, len(trace.x))


def untied_terms(net, x, Y, *, h_init=None) -> Gradients:
    """dL/dW^(t), dL/dU^(t), dL/db^(t) when each step has a copy of its own, by complex step.

    The copies are equal, so y is the same. Their gradients are the terms of 7.7 to 7.9, found without the chain
    rule; tied together again they add up to dW, dU, db. V and c have copies too: where the net answers only once,
    at t = T, their other terms are 0.

    net, x, Y, h_init : as for numerical_gradients with method "complex"
    Returns Gradients with a leading axis of T+1 steps, as step_terms does.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: section 7.2.4, each term of the sums on its own.
    """
    trace = forward(net, x, h_init=h_init)
    need_complex(trace.net)
    steps = len(trace.x)
    return _for_each_parameter(complex_step, _untied_loss(trace, Y), _copies(trace.net.params, steps), steps)


def _untied_loss(trace, Y):
    """Eq. 7.3 as a function of params that have a leading axis of T+1: a copy for each step."""
    net, x, h_init = trace.net, trace.x, trace.h_init
    Y, at = checked_target(Y, net, x), OUTPUTS[net.outputs]
    f, g = net.activation.f, net.dense_activation.f

    def loss(params):
        W, U, b, V, c = params
        h_hat, h = [], [h_init]
        for t in range(len(x)):
            h_hat.append(W[t] @ x[t] + U[t] @ h[-1] + b[t])
            h.append(np.asarray(f(h_hat[-1])))
        y_hat = V[at] @ np.array(h[1:])[at] + c[at]
        total = 0.5 * np.sum((np.asarray(g(y_hat)) - Y) ** 2)
        if np.isnan(total):
            refuse_nan(net, "f", activation=np.array(h_hat), dense_activation=y_hat)
        return total

    return loss


def _copies(params, steps):
    """Each parameter once for each step, all equal; those that have steps stay as they are."""
    return Params(*(np.broadcast_to(weight, (steps, *weight.shape[-2:])) for weight in params))


def _for_each_parameter(derivative, loss, params, steps):
    """The derivative of the loss for W, U, b, V and c, one after the other, in the dtype of the parameters.

    params : with a leading axis of so many steps, or tied: without it
    """
    copies = _copies(Params(*(weight.astype(np.float64) for weight in params)), steps)
    grads = []
    for name, weight in params._asdict().items():
        shape = getattr(copies, name).shape
        grad = derivative(
            lambda w, name=name, shape=shape: loss(copies._replace(**{name: np.broadcast_to(w, shape)})), weight
        )
        say_inf(grad)
        with quiet():
            grads.append(grad.astype(weight.dtype))
    return Gradients(*grads)


def _entry_by_entry(function, at, eps, slope):
    """slope(moved, eps) for each entry of `at`: moved(step) is the function, with `step` added to that entry."""
    function, eps = numeric("function", function), positive("eps", eps)
    at = real_array("at", at).astype(np.float64)

    def moved(entry, step):
        copy = np.array(at + 0 * step)  # complex if the step is
        copy[entry] += step
        return function(copy)

    with quiet():
        slopes = [slope(partial(moved, entry), eps) for entry in np.ndindex(at.shape)]
    return np.reshape(slopes, at.shape)
