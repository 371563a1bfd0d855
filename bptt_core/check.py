"""Does a gradient tell the truth? Witnesses that know the forward pass and nothing of the chain rule.

    central difference   (L(w + e) - L(w - e)) / 2e       error about e^2, and rounding about 1e-16 / e
    complex step         Im L(w + ie) / e                 no difference is taken: exact to rounding
    untied copies        a W^(t) of its own for each step: disturb one copy, and exactly term t of 7.7 appears

Each entry of each parameter is disturbed on its own, with a whole forward pass for it. That is slow on purpose: a
witness should be too plain to be wrong. For the same reason the forward pass stands here once more, in one line.
"""

from functools import partial

import numpy as np

from .backward import Gradients, target_of
from .forward import OUTPUTS, Params, forward
from .inputs import one_of, positive, real_array
from .overflow import check_no_nan_made, quiet, say_inf


@quiet()
def central_difference(function, at, eps=6e-6) -> np.ndarray:
    """(function(at + e) - function(at - e)) / 2e, for each entry of `at` on its own.

    function : takes an array like `at` and returns one number
    at       : an array of any shape
    eps      : e, in units of `at`. Unless given, the cube root of float64's rounding: there the two errors balance.
    Returns the derivative in float64, of the shape of `at`.
    Raises ValueError, or TypeError for a wrong type, if `at` or eps is not finite, eps is not above 0, function is none
    or does not return one number.
    Source: what a derivative is.
    """
    _check_callable(function)
    at, eps = real_array("at", at).astype(np.float64), positive("eps", eps)
    slopes = [
        (_number(function(_disturbed(at, entry, eps))) - _number(function(_disturbed(at, entry, -eps)))) / (2 * eps)
        for entry in np.ndindex(at.shape)
    ]
    return np.reshape(slopes, at.shape)


@quiet()
def complex_step(function, at, eps=1e-20) -> np.ndarray:
    """Im function(at + ie) / e, for each entry of `at` on its own.

    function : as for central_difference; it must be analytic, and take and return complex numbers
    at, eps  : as for central_difference. Nothing is subtracted, so e can be as small as you like.
    Returns and raises the same.
    Source: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40
    (1998).
    """
    _check_callable(function)
    at, eps = real_array("at", at).astype(np.float64), positive("eps", eps)
    slopes = [np.imag(_number(function(_disturbed(at, entry, 1j * eps)))) / eps for entry in np.ndindex(at.shape)]
    return np.reshape(slopes, at.shape)


METHODS = {"central": central_difference, "complex": complex_step}


def numerical_gradients(
    params,
    x,
    Y,
    *,
    activation="tanh",
    h_init=None,
    dense_activation="identity",
    outputs="last",
    method="central",
    eps=None,
) -> Gradients:
    """The gradients of eq. 7.3, entry by entry, from what a derivative is.

    params, x, activation, h_init, dense_activation, outputs : as for forward
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
        derivative = partial(derivative, eps=positive("eps", eps))
    trace = forward(params, x, activation=activation, h_init=h_init, dense_activation=dense_activation, outputs=outputs)
    if method == "complex":
        _check_takes_complex(trace)
    untied_loss = _untied_loss(trace, Y)

    def loss(tied):
        return untied_loss(_copies(tied, len(trace.x)))

    return _for_each_parameter(derivative, loss, trace.params)


def untied_terms(
    params, x, Y, *, activation="tanh", h_init=None, dense_activation="identity", outputs="last"
) -> Gradients:
    """dL/dW^(t), dL/dU^(t), dL/db^(t) when each step has a copy of its own, by complex step.

    The copies are equal, so y is the same. Their gradients are the terms of 7.7 to 7.9, found without the chain
    rule; tied together again they add up to dW, dU, db. V and c have copies too: where the net answers only once,
    at t = T, their other terms are 0.

    params, x, Y, activation, h_init, dense_activation, outputs : as for numerical_gradients with method "complex"
    Returns Gradients with a leading axis of T+1 steps, as step_terms does.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: section 7.2.4, each term of the sums on its own.
    """
    trace = forward(params, x, activation=activation, h_init=h_init, dense_activation=dense_activation, outputs=outputs)
    _check_takes_complex(trace)
    return _for_each_parameter(complex_step, _untied_loss(trace, Y), _copies(trace.params, len(trace.x)))


def _untied_loss(trace, Y):
    """Eq. 7.3 as a function of params that have a leading axis of T+1: a copy for each step."""
    Y = target_of(trace, Y)
    x, h_init, f, g = trace.x, trace.h_init, trace.activation.f, trace.dense_activation.f
    at = OUTPUTS[trace.outputs]

    def loss(params):
        W, U, b, V, c = params
        h_hat, h = [], [h_init]
        for t in range(len(x)):
            h_hat.append(W[t] @ x[t] + U[t] @ h[-1] + b[t])
            h.append(np.asarray(f(h_hat[-1])))
        y_hat = V[at] @ np.array(h[1:])[at] + c[at]
        y = np.asarray(g(y_hat))
        total = 0.5 * np.sum((y - Y) ** 2)
        if np.isnan(total):
            for before, after in zip(h_hat, h[1:], strict=True):
                _check_no_nan_made("activation", trace.activation, before, after)
            _check_no_nan_made("dense_activation", trace.dense_activation, y_hat, y)
        return total

    return loss


def _check_no_nan_made(name, activation, before, after):
    """As in forward; but what is inf on the real line may be nan off it, where complex arithmetic makes it of 2 inf."""
    too_large = np.isinf(np.asarray(activation.f(before.real)))
    check_no_nan_made(f"{name} {activation.name!r}", before, np.where(too_large, np.inf, after))


def _copies(params, steps):
    """Each parameter once for each step, all equal."""
    return Params(*(np.broadcast_to(weight, (steps, *weight.shape)) for weight in params))


@quiet()
def _for_each_parameter(derivative, loss, params):
    """The derivative of the loss for W, U, b, V and c, one after the other, in the dtype of the parameters."""
    params64 = Params(*(weight.astype(np.float64) for weight in params))
    grads = []
    for name, weight in params._asdict().items():
        grad = derivative(lambda w, name=name: loss(params64._replace(**{name: w})), weight)
        say_inf(grad)
        grads.append(grad.astype(weight.dtype))
    return Gradients(*grads)


def _check_callable(function):
    if not callable(function):
        raise TypeError(f"function must be a function of an array; got {type(function).__name__}")


def _number(value):
    """What a reader's function has returned, if it is one number."""
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.number):
        raise TypeError(f"function must return one number; got {type(value).__name__}")
    if array.size != 1:
        raise TypeError(f"function must return one number; got shape {array.shape}")
    return array.item()


def _disturbed(array, entry, step):
    """A copy of the array with `step` added to one entry; complex if the step is."""
    copy = np.array(array + 0 * step)
    copy[entry] += step
    return copy


@quiet()
def _check_takes_complex(trace):
    for name, activation in (("activation", trace.activation), ("dense_activation", trace.dense_activation)):
        if not np.iscomplexobj(activation.f(np.array([[0.5 + 1e-20j]]))):
            raise ValueError(
                f"{name} must keep complex numbers complex for a complex step; {activation.name!r} gave real ones "
                '(method="central" needs no complex numbers)'
            )
