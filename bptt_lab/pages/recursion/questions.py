"""Page 04: the message on its way back."""

import numpy as np

from bptt_core import state_jacobians

from ...data import T_MAX, run_example
from ...numbers import number
from ...predict.question import Found, Question
from .panels import LOPSIDED, turning
from .reach import lengths

ONE_LINK = ("shorter", "as long as before", "longer")


def _one_link():
    run = run_example(4, "tanh")
    after, before = np.linalg.norm(run.back.dh[4]), np.linalg.norm(run.back.dh[3])
    slope = run.back.df[4].max()
    right = ONE_LINK[1] if np.isclose(before, after) else ONE_LINK[0 if before < after else 2]
    return Found(
        right,
        f"|dh| is {number(after)} in 1956 and {number(before)} in 1955. The largest f′ of 1956 is {number(slope)}.",
        {
            ONE_LINK[0]: "f′ comes first, and it is below 1. Then U, which is orthogonal, keeps the length.",
            ONE_LINK[1]: "U is orthogonal and keeps the length. But before it comes f′, and it is below 1.",
            ONE_LINK[2]: "An orthogonal U cannot stretch the message, and no f′ of tanh is above 1.",
        },
    )


FADES = ("tanh", "sigmoid", "identity")


def _fades_fastest():
    share = {f: lengths(run_example(T_MAX, f).back)[-1] for f in FADES}
    said = ", ".join(f"{number(share[f])} with {f}" for f in FADES)
    return Found(
        min(share, key=share.get),
        f"After 30 steps back this share of the message is left: {said}.",
        {
            "sigmoid": "Its f′ is never above ¼, and this U keeps every length: a link takes at least three quarters.",
            "tanh": "f′ of tanh can be as large as 1. The sigmoid's is never above ¼.",
            "identity": "Its f′ is 1, and this U keeps every length: nothing fades at all.",
        },
    )


HALF = ("about a half", "about a sixteenth", "less than a sixteenth")


def _half_of_U():
    share, promised = lengths(run_example(4, "tanh", U=0.5 * turning()).back)[-1], 0.5**4
    right = HALF[0] if share > 2 * promised else HALF[1] if share > 0.9 * promised else HALF[2]
    return Found(
        right,
        f"{number(share)} of it is left. Four factors of 0.5 alone would leave {number(promised)}.",
        {
            HALF[0]: "U stands in each of the four links, not once.",
            HALF[1]: "Four factors of 0.5 make a sixteenth. Each link also has its f′, which takes more.",
            HALF[2]: "Each of the four links brings its 0.5, and also its f′, which is never above 1.",
        },
    )


RADIUS_2 = ("it doubles at each step", "it grows, but slower", "it shrinks")


def _radius_2():
    share = lengths(run_example(T_MAX, "tanh", U=2 * turning()).back)[-1]
    right = RADIUS_2[0] if share > 2**20 else RADIUS_2[2] if share < 1 else RADIUS_2[1]
    return Found(
        right,
        f"After 30 steps back it is {number(share)} times what it was. The radius promises {number(2.0**30)}.",
        {
            RADIUS_2[0]: "A larger U also makes larger states. They saturate tanh, and f′ falls.",
            RADIUS_2[1]: "The larger states saturate tanh, and a saturated tanh lets next to nothing through.",
            RADIUS_2[2]: "The larger U makes larger states. They saturate tanh, and here its small f′ outweighs the 2.",
        },
    )


CAN_GROW = ("no, it shrinks at every step", "yes, for some steps", "yes, for ever")


def _lopsided():
    run = run_example(T_MAX, "identity", U=0.9 * LOPSIDED)
    share = lengths(run.back)
    most = float(np.linalg.norm(state_jacobians(run.trace)[:, 0], 2, axis=(1, 2)).max())
    right = CAN_GROW[0] if share.max() <= 1 else CAN_GROW[1] if share[-1] < share.max() else CAN_GROW[2]
    return Found(
        right,
        f"After one step it is {number(share[1])} times what it was. Then it grows to {number(share.max())} times, "
        f"{int(share.argmax())} steps back, and is {number(share[-1])} times after 30. Some other message would "
        f"grow to {number(most)} times.",
        {
            CAN_GROW[0]: "The radius speaks about the long run. Before that, parts that cancelled may stop cancelling.",
            CAN_GROW[
                1
            ]: "At first, parts that cancelled stop cancelling. In the long run the radius decides: it is below 1.",
            CAN_GROW[2]: "In the long run the radius decides, and it is below 1.",
        },
    )


QUESTIONS = {
    "04-link": Question(
        "One step back from 1956: how long is the message for 1955, beside the one it came from?", ONE_LINK, _one_link
    ),
    "04-fade": Question("With which f does the message fade fastest?", FADES, _fades_fastest),
    "04-half": Question("U is scaled by 0.5, and T = 4. How much of dh^(4) is left at t = 0?", HALF, _half_of_U),
    "04-radius": Question("Turning, tanh, radius 2: what does the message do, going back?", RADIUS_2, _radius_2),
    "04-lopsided": Question("Lopsided, identity, radius 0.9: can the message grow?", CAN_GROW, _lopsided),
}
