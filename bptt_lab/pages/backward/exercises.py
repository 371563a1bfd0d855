"""Page 03: the dense layer's messages, the slope of f, the messages of the sum, and one term of 7.8."""

import numpy as np

from bptt_core import ACTIVATIONS

from ...data import run_example
from ...practice.exercise import NO_CASE, Exercise, Mistake, batches, drawn
from ...slips import SLIPS
from .answers import (
    added,
    as_is,
    averaged,
    averaged_alone,
    dense,
    dense_case,
    halves,
    message_with,
    of_h,
    slope,
    state_of,
    sum_case,
    term,
    through_sum,
    turned,
)

SLOPES = ("tanh", "sigmoid", "relu", "identity")
LOCAL = "7.2.3, the local derivatives"
DENSE_LAYER = "page 03, The dense layer"


def _slope(name):
    def made(rng):
        h_hat = rng.normal(size=(3, 2)) * 1.5
        h_hat[1, 0] = 0  # where relu has its kink
        return name, h_hat

    return drawn(f"name = {name!r}", made, 3)


EXERCISES = (
    Exercise(
        "03-dense",
        "Write dV, dc and grad_dense of eq. 7.4, in this order, from V, h of step T, y and Y. g is the identity.",
        "dense(V, h, y, Y)",
        dense,
        batches(dense_case),
        (
            Mistake.of(SLIPS["sign"]),
            Mistake.of(SLIPS["half"], {"factor": 2}),
            Mistake(
                "the 2 of the square is forgotten",
                {"factor": 0.5},
                "The derivative of a square brings down a 2, and it cancels the ½.",
                "eqs. 7.3 and 7.4",
            ),
            Mistake.of(SLIPS["mean"], {"count": lambda y: y.shape[1]}),
            Mistake(
                "the outputs are averaged",
                {"count": len},
                "All n_y outputs count in full, and so do their messages.",
                "eq. 7.3",
            ),
            Mistake.of(SLIPS["entries"], {"count": np.size}, {"count": np.size, "factor": 2}),
            Mistake.of(SLIPS["answer"]),
            Mistake(
                "the error is left out",
                {"error": lambda y, Y: np.ones_like(y)},
                "These are the local derivatives. Upstream of them comes the message y − Y.",
                "eq. 7.4",
            ),
            Mistake(
                "dV is transposed",
                {"into_V": turned},
                "A gradient has the shape of what it belongs to: entry (i, j) of dV is the message of output i times h "
                "of unit j.",
                DENSE_LAYER,
            ),
            Mistake(
                "c gets a column for each sequence",
                {"into_c": as_is},
                "All N sequences share one c. Its messages come from all of them, and add.",
                DENSE_LAYER,
            ),
            Mistake(
                "dc is averaged over the sequences",
                {"into_c": averaged_alone},
                "Messages that come back to one place add: a sum, and no mean.",
                DENSE_LAYER,
            ),
            Mistake(
                "dV is averaged over the sequences",
                {"into_V": averaged},
                "Messages that come back to one place add: a sum, and no mean.",
                DENSE_LAYER,
            ),
            Mistake(
                "dV and dc are averaged over the sequences",
                {"into_V": averaged, "into_c": averaged_alone},
                "grad_dense is right. All N sequences share V and c, and their messages add: sums, and no means.",
                DENSE_LAYER,
            ),
            Mistake(
                "the sequences are added up in grad_dense",
                {"kept": added},
                "Each sequence has a state of its own, so it gets a message of its own: (n_h, N).",
                "eq. 7.4",
            ),
        ),
        (
            "The first message is y − Y. V_ij is multiplied by h_j, and stands in output i alone; h_j goes into all "
            "outputs. Write one entry of each gradient, and then the sum over i or over the sequences.",
            "dV is `(y - Y) @ ...` and then rows; grad_dense has V transposed in front; for dc add along axis 1 and "
            "keep the column.",
        ),
        parts=("dV", "dc", "grad_dense"),
        rows=(False, False, True),
    ),
    Exercise(
        "03-slope",
        "Write f′(ĥ), entry by entry, for the names tanh, sigmoid, relu and identity.",
        "slope(name, h_hat)",
        slope,
        tuple(map(_slope, SLOPES)),
        (
            Mistake(
                "ĥ is put where h belongs",
                {"tanh": lambda a: 1 - a**2, "sigmoid": lambda a: a * (1 - a)},
                "1 − h² and h (1 − h) are written with the state h = f(ĥ). You have ĥ: take f of it first.",
                LOCAL,
            ),
            Mistake(
                "ĥ is put where h belongs, in tanh",
                {"tanh": lambda a: 1 - a**2},
                "1 − h² is written with the state h = tanh(ĥ). You have ĥ: take tanh of it first.",
                LOCAL,
            ),
            Mistake(
                "ĥ is put where h belongs, in the sigmoid",
                {"sigmoid": lambda a: a * (1 - a)},
                "h (1 − h) is written with the state h = σ(ĥ). You have ĥ: take σ of it first.",
                LOCAL,
            ),
            Mistake(
                "tanh is returned for its derivative",
                {"tanh": np.tanh},
                "The derivative of tanh is 1 − tanh²: it says how much tanh moves when ĥ moves.",
                LOCAL,
            ),
            Mistake(
                "tanh is not squared",
                {"tanh": lambda a: 1 - np.tanh(a)},
                "The derivative of tanh is 1 − tanh². It is 1 at 0, and never above.",
                LOCAL,
            ),
            Mistake(
                "the sigmoid's second factor is missing",
                {"sigmoid": ACTIVATIONS["sigmoid"].f},
                "The derivative of the sigmoid h is h (1 − h). It is never above ¼.",
                LOCAL,
            ),
            Mistake(
                "relu is returned for its derivative",
                {"relu": ACTIVATIONS["relu"].f},
                "Where relu passes ĥ on, its slope is 1, and where it does not, 0.",
                LOCAL,
            ),
            Mistake(
                "the slope of relu at 0 is 1",
                {"relu": lambda a: (a >= 0) * 1.0},
                "At the kink there is no slope. This companion says 0 there: `h_hat > 0`.",
                "page 03, A kink",
            ),
            Mistake(
                "the slope of relu is −1 below 0",
                {"relu": np.sign},
                "Below 0 relu is flat: its slope there is 0.",
                LOCAL,
            ),
            Mistake(
                "the identity is returned for its derivative",
                {"identity": lambda a: a},
                "The slope of the identity is 1 everywhere.",
                LOCAL,
            ),
            Mistake(
                "the slope of the identity is one number",
                {"identity": lambda a: 1.0},
                "It is 1 in each entry: an array of the shape of ĥ, as `np.ones_like(h_hat)` makes it.",
                LOCAL,
            ),
            Mistake.of(SLIPS["state"], of_h("tanh", "sigmoid"), of_h("tanh"), of_h("sigmoid")),
            Mistake.of(SLIPS["half angle"], *halves()),
            Mistake("f is returned for f′", state_of, "f′ says how much f moves when ĥ moves.", LOCAL),
        ),
        (
            "Sketch each curve. Where is it flat, where is it steepest, and how steep is it there?",
            "With `h = np.tanh(h_hat)` the first is `1 - h**2`. The sigmoid is "
            "`1 / (1 + np.exp(-h_hat))`; for relu compare ĥ with 0.",
        ),
    ),
    Exercise(
        "03-sum",
        "Write what the sum passes on: dW, dU and db of this one step, and the message for the state before it.",
        "through_sum(U, x, h_prev, delta)",
        through_sum,
        batches(sum_case),
        (
            Mistake.of(SLIPS["transpose"]),
            Mistake.of(SLIPS["no U"]),
            Mistake(
                "dW and dU are transposed",
                {"into_W": turned, "into_U": turned},
                "A gradient has the shape of what it belongs to: the message stands first, and entry (i, j) of dU is δ "
                "of unit i times h of unit j.",
                LOCAL,
            ),
            Mistake(
                "dW is transposed",
                {"into_W": turned},
                "A gradient has the shape of what it belongs to: entry (i, j) of dW is δ of unit i times input j.",
                LOCAL,
            ),
            Mistake(
                "dU is transposed",
                {"into_U": turned},
                "U is square, so no shape complains: entry (i, j) of dU is δ of unit i times h of unit j.",
                LOCAL,
            ),
            Mistake.of(SLIPS["columns"], {"into_b": as_is}),
            Mistake.of(SLIPS["units"], {"into_b": lambda delta: 0 * delta[:, :1] + added(delta).mean()}),
            Mistake(
                "db is 1",
                {"into_b": lambda delta: np.ones_like(delta[:, :1])},
                "1 is the local derivative. It multiplies the message δ.",
                LOCAL,
            ),
            Mistake.of(SLIPS["mean"], {"sent": lambda delta: delta / delta.shape[1]}),
            Mistake(
                "the sequences are added up in the message for the state",
                {"kept": added},
                "Each sequence has a state of its own, so it gets a message of its own: (n_h, N).",
                LOCAL,
            ),
        ),
        (
            "It is the dense layer once more, with W and U where V stood: which entry goes into which entries of ĥ?",
            "dW is `delta @ x.T`. dU has the state in the same place. For the state, U comes in as V did.",
        ),
        parts=("dW", "dU", "db", "the message"),
        rows=(False, False, False, True),
    ),
    Exercise(
        "03-term",
        "Give what the use of U in step 2 of the running example adds to dU: an array of shape (3, 3).",
        "",
        term,
        NO_CASE,
        (
            Mistake(
                "the state of the same step is taken",
                {"state": lambda of: of.h[2]},
                "In step 2, U multiplies the state of step 1.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "f′ is left out",
                {"message": lambda of: of.dh[2]},
                SLIPS["bare"].why,
                "eq. 7.8, term t = 2",
            ),
            Mistake.of(SLIPS["state"], *message_with("state")),
            Mistake.of(SLIPS["half angle"], *message_with("half angle")),
            Mistake.of(SLIPS["before"], *message_with("before")),
            Mistake.of(SLIPS["last slope"], *message_with("last slope")),
            Mistake(
                "the message of the step before is taken",
                lambda: term(message=lambda of: of.delta[1], state=lambda of: of.h[2]),
                "What U did in step 2 is answered for by the message at ĥ of step 2.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "message and state are both of step 1",
                {"message": lambda of: of.delta[1]},
                "The state is right. The message is that at ĥ of step 2.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of step 1 is taken",
                lambda: term(message=lambda of: of.delta[1], state=lambda of: of.h[0]),
                "That is the use one step before.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of step 3 is taken",
                lambda: term(message=lambda of: of.delta[3], state=lambda of: of.h[2]),
                "That is the use one step after.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of step 4 is taken",
                lambda: term(message=lambda of: of.delta[4], state=lambda of: of.h[3]),
                "That is the use that this page works out. The one two steps before is asked for.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of W is taken",
                {"state": lambda of: of.x[2]},
                "W multiplies the input. U multiplies the state of the step before.",
                "eqs. 7.7 and 7.8",
            ),
            Mistake(
                "message and state change places",
                {"product": lambda message, state: state @ message.T},
                "That is the transpose. The message is the column and the state the row: entry (i, j) is δ of unit i "
                "times h of unit j.",
                "eq. 7.8",
            ),
            Mistake(
                "message and state are multiplied entry by entry",
                {"product": np.multiply},
                "U has 3 · 3 entries, and each has its own slope: a column times a row.",
                "eq. 7.8",
            ),
            Mistake(
                "the whole sum is taken",
                lambda: run_example(4, "tanh").back.grads.dU,
                "dU has a term for each of t = 1 … 4. One of them is asked for.",
                "eq. 7.8",
            ),
        ),
        (
            "Click the node dU of step 2 in the graph: upstream, local derivative, result.",
            "`back.delta[2] @ ...` and then a row: which state did U multiply in step 2?",
        ),
        rows=False,
    ),
)
