"""Page 01: the loss."""

from bptt_core import mse_loss_derivative

from ...data import run_example
from ...numbers import number
from ...predict.question import Found, Question

MOVED_TARGET = ("it doubles", "it changes its sign", "it moves by one")


def _moved_target():
    run = run_example(4, "tanh")
    y, Y = run.trace.y, run.example.Y
    before, after = mse_loss_derivative(y, Y).item(), mse_loss_derivative(y, Y + 1).item()
    claims = dict(zip(MOVED_TARGET, (2 * before, -before, before - 1), strict=True))
    return Found(
        min(claims, key=lambda option: abs(claims[option] - after)),
        f"The slope was {number(before)} and is now {number(after)}: it moved by {number(after - before)}.",
        {
            MOVED_TARGET[0]: f"The slope is y − Y. Twice {number(before)} would need a Y that is "
            f"{number(abs(before))} higher, not 1.",
            MOVED_TARGET[1]: "The slope changes its sign where Y passes y. Here Y moves away from y.",
            MOVED_TARGET[2]: "The slope is y − Y. It moves as far as Y does, the other way.",
        },
    )


QUESTIONS = {
    "01-target": Question("Y moves one up, and y stays. What does the slope do?", MOVED_TARGET, _moved_target),
}
