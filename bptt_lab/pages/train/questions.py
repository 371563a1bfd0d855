"""Page 07: the message to the oldest year, before and after training."""

from ...data import sunspot_split
from ...numbers import number
from ...predict.question import Found, Question
from .panels import message_sizes
from .sunspots import sunspot_run

OLDEST = ("larger", "smaller", "exactly 0")


def _oldest():
    run = sunspot_run()
    before, after = (message_sizes(net, sunspot_split()) for net in (run.nets[0], run.net))
    right = OLDEST[2] if after[0] == 0 else OLDEST[0] if after[0] > before[0] else OLDEST[1]
    T = len(before) - 1
    share = f"{number(before[0] / before[-1])} before and {number(after[0] / after[-1])} after"
    return Found(
        right,
        f"The size of dh^(0), a mean over the test windows, is {number(before[0])} before and {number(after[0])} after "
        f"training. That of dh^({T}) is {number(before[-1])} before and {number(after[-1])} after.",
        {
            OLDEST[1]: "Every message starts from the error, and the error is smaller after training.",
            OLDEST[0]: f"As a share of dh^({T}) it is, in this net: {share}. But the message starts smaller, because "
            "the error is smaller.",
            OLDEST[2]: "It fades, but nothing on its way is exactly 0.",
        },
    )


QUESTIONS = {
    "07-oldest": Question(
        "After training, is the size of the message to the oldest year larger or smaller than before?",
        OLDEST,
        _oldest,
        told=True,
    ),
}
