"""The quantities of the backward graph: the messages, and the local derivatives that they pass."""

from ..symbols import at, hat
from . import answers, quantity
from .formulas import Formula, Term
from .quantity import (
    BACKWARD,
    Quantity,
    about_dy_hat,
    answers_often,
    back_through_U,
    error_named,
    error_of,
    from_above,
    from_the_loss,
    g_is_identity,
    into_state,
    keyed,
    last_step,
    named,
    of_step,
    slope_of_f,
    source_of_dh,
    step_named,
    through_f,
    when,
)


def dy(run, t) -> Quantity:
    """The first message, as the dense layer has it: behind its activation g."""
    error = error_of(run, t)
    sent = Quantity(
        keyed(run, "dy", t),
        at("dy", t) if answers_often(run) else "y - Y",
        f"the first message: the error{when(run, t)}",
        "gradient",
        error,
        "7.2.1, the derivative of 7.3",
        "mse_loss_derivative in bptt_core/loss.py",
        gradient=from_the_loss(run, error_named(run, t), error, named(run, "dy", t)),
        code=f"{keyed(run, 'y', t)} - {keyed(run, 'Y', t)}",
        of_units=False,
    )
    return sent if g_is_identity(run) else _through_g(run, t, sent)


def _through_g(run, t, sent):
    y_hat = answers.y_hat(run, t)
    return sent._replace(
        symbol=y_hat.gradient.result.symbol,
        name=f"the first message: the error times the slope of g{when(run, t)}",
        value=y_hat.gradient.result.value,
        source="7.2.3, by way of the dense layer",
        function=BACKWARD,
        gradient=y_hat.gradient,
        code=keyed(run, "dy_hat", t),
    )


def grad_dense(run, t) -> Quantity:
    """What the dense layer sends back to h^(t), where a message comes from the step after it too."""
    symbol = f"{quantity.V_T} " + at(r"d\hat{y}", t)
    return Quantity(
        f"grad_dense[{t}]",
        symbol,
        f"the message from the dense layer of {step_named(run, t)}",
        "gradient",
        of_step(run, run.back.grad_dense, t),
        "7.4",
        BACKWARD,
        gradient=from_above(run, t, symbol),
        note=about_dy_hat(run),
    )


def dh(run, t) -> Quantity:
    """The message at the state of step t; of step -1, at the one before the first input."""
    place = step_named(run, t) if t >= 0 else "before the first input"
    origin = ", from the dense layer" if t == last_step(run) else ""
    answered = t >= 0 and answers_often(run)
    if answered and not origin:
        origin = ", from the dense layer and from the step after it"
    return Quantity(
        f"dh[{t}]",
        at("dh", t),
        f"the message at the state {'of ' if t >= 0 else ''}{place}{origin}",
        "gradient",
        run.back.dh[t] if t >= 0 else run.back.dh_init,
        source_of_dh(run, t),
        BACKWARD,
        gradient=into_state(run, t),
        note=about_dy_hat(run) if answered or t == last_step(run) else "",
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
        "the transpose of U: the factor from the pre-activation back to the state before it",
        "local",
        run.trace.net.params.U.T,
        "7.2.3; part of 7.6",
        BACKWARD,
        gradient=back_through_U(run, t),
        code="U.T",
    )
