"""Wrong backward passes from public code, each rewritten as one plain loop that keeps its mistakes."""

import numpy as np

LIMIT, RATE = 1.0, 0.1
CASES = {  # the outputs that have a target, last or all; and the slips that together explain the case
    "the bias without its first term": ("all", ("late b", "units")),
    "dc plus dc": ("all", ("no c",)),
    "the initial state cut off": ("all", ("wrap",)),
    "a loop over the sequences": ("last", ("loop N",)),
    "the message clipped inside the loop": ("all", ("clip", "times 2 / N")),
    "one activation for all steps": ("all", ("last slope",)),
    "overwritten, and not transposed": ("last", ("transpose", "overwrite")),
    "readouts pile up": ("all", ("pile", "wrap", "without T")),
    "a bias for each sequence": ("last", ("transpose", "columns")),
    "the same message at every step": ("last", ("pile",)),
    "the slope of the state before": ("all", ("before", "no link")),
    "no slope on the message through time": ("last", ("late",)),
    "a sum, where the loss is a mean": ("all", ()),
    "the sums clipped inside the loop": ("all", ("no c", "clip sums")),
    "tanh of tanh": ("last", ("state",)),
    "U not transposed": ("last", ("transpose",)),
    "upstream changed in place": ("all", ("upstream",)),
    "weights moved inside the loop": ("all", ("moved",)),
}


def wrong_gradients(name, params, x, Y, h_init=None):
    """dW, dU, db, dV, dc as such code computes them, for tanh."""
    W, U, b, V, c = params
    steps, N = len(x), x.shape[2]
    before = [np.zeros((len(U), N)) if h_init is None else h_init]  # h^(t-1)
    for t in range(steps):
        before.append(np.tanh(W @ x[t] + U @ before[t] + b))
    h = before[1:]  # h^(t)
    every = CASES[name][0] == "all"
    target = Y if every else [Y] * steps
    e = [(V @ h[t] + c - target[t]) * (every or t == steps - 1) for t in range(steps)]
    if name == "the message clipped inside the loop":
        e = [2 * each / N for each in e]
    sent = [V.T @ each for each in e]

    dW, dU, db, dV, dc = (np.zeros_like(weight) for weight in params)
    if name == "a bias for each sequence":
        db = np.zeros((len(b), N))
    order = list(range(steps - 1, -1, -1))
    message = np.zeros_like(h[0])
    if name == "a loop over the sequences":
        order = order[:N]
    if name == "readouts pile up":
        message = sent[-1]
        order = order[1:]
    if name == "upstream changed in place":  # as the first call has left it
        for t in order[:-1]:
            sent[t - 1] = sent[t - 1] + U.T @ (sent[t] * (1 - h[t] ** 2))

    for t in order:
        slope = 1 - h[t] ** 2
        if name == "one activation for all steps":
            slope = 1 - h[-1] ** 2
        elif name == "the slope of the state before":
            slope = 1 - before[t] ** 2
        elif name == "tanh of tanh":
            slope = 1 - np.tanh(h[t]) ** 2

        delta = (sent[t] + message) * slope
        if name == "the slope of the state before":
            delta = sent[t] * slope
        elif name == "no slope on the message through time":
            delta = sent[t] * slope + message
        elif name == "the same message at every step":
            delta = sent[-1] * slope

        state = before[t]
        if name in ("the initial state cut off", "readouts pile up"):
            state = h[t - 1]
        if name == "overwritten, and not transposed":
            dW, dU, db = 0 * dW, 0 * dU, 0 * db
        dW = dW + delta @ x[t].T
        dU = dU + delta @ state.T
        if name == "the bias without its first term":
            db = db + delta.sum(1, keepdims=True).mean() * (t > 0)
        else:
            db = db + (delta if name == "a bias for each sequence" else delta.sum(1, keepdims=True))
        dV = dV + e[t] @ h[t].T
        if name not in ("dc plus dc", "the sums clipped inside the loop"):
            dc = dc + e[t].sum(1, keepdims=True)
        if name == "the sums clipped inside the loop":
            dW, dU, db, dV = (np.clip(each, -LIMIT, LIMIT) for each in (dW, dU, db, dV))

        if name in ("overwritten, and not transposed", "U not transposed", "a bias for each sequence"):
            message = U @ delta
        elif name == "readouts pile up":
            message = message + sent[t]
        else:
            message = U.T @ delta
        if name == "the message clipped inside the loop":
            message = np.clip(message, -LIMIT, LIMIT)
        if name == "weights moved inside the loop":
            U = U - RATE * delta @ before[t].T
    return dW, dU, db, dV, dc
