"""The cards of the backward graph: the messages, and the local derivatives that they are multiplied by."""

from ..symbols import at, hat
from .facts import (
    BACKWARD,
    DY_HAT,
    Card,
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
from .formulas import Formula, Term


def _dy(run):
    return Card(
        "y - Y",
        "the first message: the error",
        error_of(run),
        "7.2.1, the derivative of 7.3",
        "mse_loss_derivative in bptt_core/loss.py",
        gradient=from_the_loss(run, "y - Y", error_of(run), "dy"),
    )


def _dh(run, t):
    when = step_named(run, t) if t >= 0 else "before the first input"
    origin = ", from the dense layer" if t == last_step(run) else ""
    value = run.back.dh[t] if t >= 0 else run.back.dh_init
    name = f"the message at the state {'of ' if t >= 0 else ''}{when}{origin}"
    note = DY_HAT if t == last_step(run) else ""
    return Card(at("dh", t), name, value, source_of_dh(run, t), BACKWARD, gradient=into_state(run, t), note=note)


def _f_prime(run, t):
    slope = slope_of_f(run, t)
    return Card(
        f"f'({hat(t)})",
        f"the slope of {run.trace.net.activation.name} in {step_named(run, t)}: a local derivative",
        slope,
        "7.2.3, the first local derivative",
        "Activation.df in bptt_core/activations.py",
        formula=Formula(
            (Term("", slope), "=", "f'(", Term(hat(t), run.trace.h_hat[t]), ")"),
            (("f'", f"{run.trace.net.activation.name}′"),),
        ),
        gradient=through_f(run, t),
    )


def _delta(run, t):
    return Card(
        at(r"\delta", t),
        f"the message at the pre-activation of {step_named(run, t)}: the factor that all three sums share",
        run.back.delta[t],
        "7.2.3; part of 7.6 to 7.9",
        BACKWARD,
        gradient=through_f(run, t),
    )


def _U_T(run, t):
    return Card(
        "${}^t U$",
        "the last local derivative: from the pre-activation to the state before it",
        run.trace.net.params.U.T,
        "7.2.3; part of 7.6",
        BACKWARD,
        gradient=back_through_U(run, t),
    )


OF_A_STEP = {"dh": _dh, "f'(h_hat)": _f_prime, "delta": _delta, "U.T": _U_T}
OF_THE_RUN = {"dy": _dy}
