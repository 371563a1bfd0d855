"""Page 06: what a check notices."""

from ...compare import verdict
from ...predict.question import Found, Question
from .checks import CHECKS, MISTAKES

NOTICES = ("yes", "no")


def _transposed():
    errors = {key: CHECKS[key].errors(MISTAKES["transpose"]) for key in ("2", "4")}
    notices = verdict(errors["2"]["dU"]) != "agrees"
    return Found(
        NOTICES[0 if notices else 1],
        f"With T+1 = 2 the check says of dU: {verdict(errors['2']['dU'])}; of dW: {verdict(errors['2']['dW'])}. "
        f"With T+1 = 4 it says of dU: {verdict(errors['4']['dU'])}.",
        {
            NOTICES[0]: "With two inputs dU has one term, at t = 1. Its message is that of the last step and has not "
            "passed any U yet.",
            NOTICES[
                1
            ]: "With two inputs dU has one term, and its message has not passed any U yet. dW has two terms: the "
            "older one has.",
        },
    )


QUESTIONS = {
    "06-transposed": Question(
        "U is not transposed, and the check has two inputs, T+1 = 2. Does the check of dU notice?",
        NOTICES,
        _transposed,
    ),
}
