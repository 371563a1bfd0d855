"""Page 08: which gradients a forgotten transpose spoils."""

from bptt_core import backward, forward

from ...doctor import diagnose
from ...predict.question import Found, Question
from ...slips import SLIPS
from .word import spelling

ACCUSED = ("dU", "dW, dU and db", "dW, dU, db, dV and dc")


def spelling_told(slip=None):
    """The doctor's Report of the net that spells a word."""
    net, x, Y, _ = spelling()
    trace = forward(net, x)
    grads = slip.gradients(net, x, Y) if slip else backward(trace, Y).grads
    brought = {f"d{name}": grad for name, grad in zip("WUbVc", grads, strict=True)}
    return diagnose(**net.params._asdict(), x=x, Y=Y, y=trace.y, **brought)


def _accused():
    (finding,) = spelling_told(SLIPS["transpose"]).findings
    *most, last = finding.gradients
    T = max(finding.steps) + 1
    return Found(
        f"{', '.join(most)} and {last}" if most else last,
        f"The doctor finds one mistake, in {', '.join(finding.gradients)}, at t = {min(finding.steps)} to {T - 1}.",
        {
            ACCUSED[0]: "U stands in the wrong line, but the message that passes it is a factor of all three sums.",
            ACCUSED[1]: f"The message is wrong from t = {T - 1} backwards, and 7.7, 7.8 and 7.9 all have it as a "
            "factor. V and c take theirs from the answers, before any step back.",
            ACCUSED[2]: "V and c take their messages from the answers, before any step back.",
        },
    )


QUESTIONS = {
    "08-accused": Question(
        "A net answers at each step. On the way back, U is not transposed. Which gradients are wrong?",
        ACCUSED,
        _accused,
    ),
}
