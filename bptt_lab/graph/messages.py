"""The quantities of the backward graph: the messages, and the local derivatives that they pass."""

from ..symbols import at, hat
from . import quantity
from .formulas import Formula, Term
from .quantity import (
    BACKWARD,
    DY_HAT,
    Quantity,
    back_through_U,
    error_of,
    from_the_loss,
    into_state,
    last_step,
    slope_of_f,
    source_of_dh,
    step_named,
    through_f,
)


def dy(run) -> Quantity:
    return Quantity(
        "dy",
        "y - Y",
        "the first message: the error",
        "gradient",
        error_of(run),
        "7.2.1, the derivative of 7.3",
        "mse_loss_derivative in bptt_core/loss.py",
        gradient=from_the_loss(run, "y - Y", error_of(run), "dy"),
        code="y - Y",
    )


def dh(run, t) -> Quantity:
    """The message at the state of step t; of step -1, at the one before the first input."""
    when = step_named(run, t) if t >= 0 else "before the first input"
    origin = ", from the dense layer" if t == last_step(run) else ""
    return Quantity(
        f"dh[{t}]",
        at("dh", t),
        f"the message at the state {'of ' if t >= 0 else ''}{when}{origin}",
        "gradient",
        run.back.dh[t] if t >= 0 else run.back.dh_init,
        source_of_dh(run, t),
        BACKWARD,
        gradient=into_state(run, t),
        note=DY_HAT if t == last_step(run) else "",
        code="" if t >= 0 else "dh_init",
    )


def f_prime(run, t) -> Quantity:
    slope = slope_of_f(run, t)
    return Quantity(
        f"f'(h_hat[{t}])",
        f"f'({hat(t)})",
        f"the slope of {run.trace.net.activation.name} in {step_named(run, t)}: a local derivative",
        "local",
        slope,
        "7.2.3, the first local derivative",
        "Activation.df in bptt_core/activations.py",
        formula=Formula(
            (Term("", slope), "=", "f'(", Term(hat(t), run.trace.h_hat[t]), ")"),
            (("f'", f"{run.trace.net.activation.name}′"),),
        ),
        gradient=through_f(run, t),
        code=f"df(h_hat[{t}])",
    )


def delta(run, t) -> Quantity:
    return Quantity(
        f"delta[{t}]",
        at(r"\delta", t),
        f"the message at the pre-activation of {step_named(run, t)}: the factor that all three sums share",
        "gradient",
        run.back.delta[t],
        "7.2.3; part of 7.6 to 7.9",
        BACKWARD,
        gradient=through_f(run, t),
    )


def U_T(run, t) -> Quantity:
    return Quantity(
        f"U.T[{t}]",
        quantity.U_T,
        "the last local derivative: from the pre-activation to the state before it",
        "local",
        run.trace.net.params.U.T,
        "7.2.3; part of 7.6",
        BACKWARD,
        gradient=back_through_U(run, t),
        code="U.T",
    )
