"""Page 00: the net's answer, and the derivative of a number that is used twice."""

from bptt_core import numerical_gradients, untied_terms

from ...data import SUNSPOT_UNIT, T_MAX, run_example
from ...numbers import fixed, number
from ...predict.question import Found, Question
from .unit import one_unit

OLDER_YEARS = ("it settles", "it goes on moving as before", "it moves more and more")


def _older_years():
    answers = {T: SUNSPOT_UNIT * run_example(T, "tanh").trace.y.item() for T in (0, 4, 12, T_MAX)}
    early, late = abs(answers[4] - answers[0]), abs(answers[T_MAX] - answers[12])
    return Found(
        OLDER_YEARS[0] if late < early / 2 else OLDER_YEARS[2] if late > 2 * early else OLDER_YEARS[1],
        f"From T = 0 to 4 the answer moves by {fixed(early, 1)} sunspots, from T = 12 to {T_MAX} by {fixed(late, 1)}.",
        {
            OLDER_YEARS[0]: "Each state passes on only a part of what the state before it held: in this net an old "
            "year is soon lost.",
            OLDER_YEARS[1]: "It would if the net passed on all that it has read. But each tanh weakens what comes "
            "from the years before.",
            OLDER_YEARS[2]: "The state would have to grow. With tanh its numbers cannot pass 1. With identity they "
            "can: try it.",
        },
    )


TERMS = ("one product, as for u", "a sum of two products", "one product of all the factors")


def _terms():
    net, x, Y, years = one_unit()
    older, newer = untied_terms(net, x, Y).dW.ravel()
    whole = numerical_gradients(net, x, Y).dW.item()
    claims = dict(zip(TERMS, (newer, older + newer, older * newer), strict=True))
    return Found(
        min(claims, key=lambda option: abs(claims[option] - whole)),
        f"Move w in {years[0]} alone: L changes at the rate {number(older)}. In {years[1]} alone: {number(newer)}. "
        f"In both: {number(whole)}.",
        {
            TERMS[0]: "That is one place where w stands. Moving w moves the other one too, and L feels both.",
            TERMS[1]: "Each place where w stands has its own way to L, with its own factors. Moving w moves both.",
            TERMS[2]: "Factors multiply along one way from w to L. There are two ways, and L feels the one and the "
            "other.",
        },
    )


QUESTIONS = {
    "00-older-years": Question(
        "f is tanh, and T goes from 4 to 30: older and older years are added. What does the answer do?",
        OLDER_YEARS,
        _older_years,
    ),
    "00-terms": Question("w stands in the formula twice. What is ∂L/∂w?", TERMS, _terms),
}
