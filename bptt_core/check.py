"""Does a gradient tell the truth? Witnesses that know the forward pass and nothing of the chain rule.

    central difference   (L(w + e) - L(w - e)) / 2e       error about e^2, and rounding about 1e-16 / e
    complex step         Im L(w + ie) / e                 no difference is taken: exact to rounding
    untied copies        a W^(t) of its own for each step: disturb one copy, and exactly term t of 7.7 appears

Each entry of each parameter is disturbed on its own, with a whole forward pass for it. That is slow on purpose: a
witness should be too plain to be wrong. For the same reason the forward pass stands here once more, in one line.
"""

import numpy as np

from .backward import Gradients, target_of
from .forward import Params, forward
from .inputs import positive


def _central_difference(loss, params, name, entry, eps):
    return (loss(_disturbed(params, name, entry, eps)) - loss(_disturbed(params, name, entry, -eps))) / (2 * eps)


def _complex_step(loss, params, name, entry, eps):
    return loss(_disturbed(params, name, entry, 1j * eps)).imag / eps


# Each with its eps. 6e-6 is the cube root of float64's rounding: there the two errors of a central difference balance.
METHODS = {
    "central": (_central_difference, 6e-6),
    "complex": (_complex_step, 1e-20),
}


def numerical_gradients(
    params, x, Y, *, activation="tanh", h_init=None, dense_activation="identity", method="central", eps=None
) -> Gradients:
    """The gradients of eq. 7.3, entry by entry, from what a derivative is.

    params, x, activation, h_init, dense_activation : as for forward
    Y      : (n_y, N), the targets Y^(T)
    method : "central" or "complex"; the second needs activations that are analytic and take complex numbers
    eps    : the size e of the disturbance, in units of the parameter; 6e-6 (central) or 1e-20 (complex) unless given
    Returns Gradients in the dtype of the trace. They are computed in float64 all the same: a check in float32 needs
    a tolerance so wide that it hardly fails.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: eq. 7.3 and the forward pass of section 7.2.2, disturbed.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    partial, usual_eps = METHODS[method]
    eps = usual_eps if eps is None else positive("eps", eps)
    trace = forward(params, x, activation=activation, h_init=h_init, dense_activation=dense_activation)
    if method == "complex":
        _check_takes_complex(trace)
    untied_loss = _untied_loss(trace, Y)

    def loss(tied):
        return untied_loss(_copies(tied, len(trace.x)))

    return _entry_by_entry(partial, loss, trace.params, eps)


def untied_terms(params, x, Y, *, activation="tanh", h_init=None, dense_activation="identity") -> Gradients:
    """dL/dW^(t), dL/dU^(t), dL/db^(t) when each step has a copy of its own, by complex step.

    The copies are equal, so y is the same. Their gradients are the terms of 7.7 to 7.9, found without the chain
    rule; tied together again they add up to dW, dU, db. V and c are used once, at t = T: their other terms are 0.

    params, x, Y, activation, h_init, dense_activation : as for numerical_gradients with method "complex"
    Returns Gradients with a leading axis of T+1 steps, as step_terms does.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: section 7.2.4, each term of the sums on its own.
    """
    trace = forward(params, x, activation=activation, h_init=h_init, dense_activation=dense_activation)
    _check_takes_complex(trace)
    steps = len(trace.x)
    partial, eps = METHODS["complex"]
    terms = _entry_by_entry(partial, _untied_loss(trace, Y), _copies(trace.params, steps), eps)
    dV, dc = (np.concatenate([np.zeros((steps - 1, *last.shape), last.dtype), [last]]) for last in terms[3:])
    return terms._replace(dV=dV, dc=dc)


def _untied_loss(trace, Y):
    """Eq. 7.3 as a function of params in which W, U and b have a leading axis of T+1: a copy for each step."""
    Y = target_of(trace, Y)
    x, h_init, f, g = trace.x, trace.h_init, trace.activation.f, trace.dense_activation.f

    @np.errstate(over="ignore", invalid="ignore")
    def loss(params):
        W, U, b, V, c = params
        h = h_init
        for t in range(len(x)):
            h = f(W[t] @ x[t] + U[t] @ h + b[t])
        y = g(V @ h + c)
        return 0.5 * np.sum((y - Y) ** 2)

    return loss


def _copies(params, steps):
    """W, U and b once for each step, all equal."""
    W, U, b = (np.broadcast_to(weight, (steps, *weight.shape)) for weight in params[:3])
    return params._replace(W=W, U=U, b=b)


def _entry_by_entry(partial, loss, params, eps):
    """The partial derivative of the loss for each entry of each parameter."""
    params64 = Params(*(weight.astype(np.float64) for weight in params))
    grads = []
    for name, weight in params64._asdict().items():
        grad = [partial(loss, params64, name, entry, eps) for entry in np.ndindex(weight.shape)]
        grads.append(np.reshape(grad, weight.shape).astype(getattr(params, name).dtype))
    return Gradients(*grads)


def _disturbed(params, name, entry, step):
    """The parameters with `step` added to one entry of one of them."""
    weight = getattr(params, name) + 0 * step  # a new array, complex if the step is
    weight[entry] += step
    return params._replace(**{name: weight})


def _check_takes_complex(trace):
    for name, activation in (("activation", trace.activation), ("dense_activation", trace.dense_activation)):
        if not np.iscomplexobj(activation.f(np.array([[0.5 + 1e-20j]]))):
            raise ValueError(
                f"{name} must keep complex numbers complex for a complex step; {activation.name!r} gave real ones "
                '(method="central" needs no complex numbers)'
            )
