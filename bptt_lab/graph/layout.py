"""The three graphs of the section for one run of a net: where each quantity stands.

    forward_scene    Fig. 7-5   values, left to right
    backward_scene   Fig. 7-6   gradients, right to left
    link_scene       Fig. 7-7   one step back, from h^(t) to h^(t-1)

Pure functions. Of many steps the middle ones fold into one column, of many units the others fold around the chosen one.
Above the columns there is room for the answers of each step, if the net has them.
"""

from ..symbols import at, short
from . import messages, uses, values
from .quantity import U_T, V_T, answers_often, last_step
from .scene import WIDTH, Scene, SceneBuilder, height_of

MOST_COLUMNS = 8  # T = 7 is the last that is drawn in full: with more steps the numbers would be too small
KEPT = 3  # columns on either side of the fold
DENSE = 174  # the width of the dense layer and the loss, right of the last column
WIDEST = 140  # the width of a column, at most
NOTE = 11.4  # the font size of a note
HEAD, TOP, MIDDLE, LOW, BOTTOM = 22, 84, 212, 325, 413  # the y of each row
END, GAP = 43, 34  # from the last row to the rim; between the boxes of two rows
SIGN = 6  # from a term's box to the middle of the sign after it
BUS = 46  # the y of the line between the answers of all steps and the loss


def forward_scene(run, unit=0, sequence=0) -> Scene:
    """Fig. 7-5 for this net: at each node its value and its shape. The stages are the columns, then the dense layer.

    unit, sequence : whose numbers are shown, where not all of them fit
    """
    columns, half, width = _columns(len(run.trace.x))
    down, more = _free_above(run, "forward"), _more_for_inputs(run)
    graph = _builder(run, "forward", "The forward graph, Fig. 7-5,", BOTTOM + END + down + more, unit, sequence)
    before = values.h(run, -1)
    for stage, (t, middle) in enumerate(columns, start=1):
        if t is None:
            before = _fold(graph, run, "forward", before, middle, TOP + down, width + half, stage)
            continue
        left, right = middle - half, middle + half
        _heading(graph, middle, t, run.labels, 4 * half)
        if t == 0:
            graph.add(before, left, TOP + down, width=width)
        x, b = values.x(run, t), uses.b(run, t)
        Wx, Uh, h_hat = values.Wx(run, t), values.Uh(run, t), values.h_hat(run, t)
        f, h = values.f(run, t), values.h(run, t)
        graph.add(x, right, BOTTOM + down + more / 2, width=width)
        graph.add(Wx, right, LOW + down, width=width, stage=stage)
        graph.add(Uh, left, MIDDLE + down, width=width, stage=stage)
        graph.add(b, left, LOW + down, width=width)
        graph.add(h_hat, right, MIDDLE + down, width=width, stage=stage)
        graph.operation(f, right, (TOP + MIDDLE) / 2 + down, stage)
        graph.add(h, right, TOP + down, width=width, stage=stage)
        graph.join("forward", x, Wx, uses.W(run, t), "W")
        graph.join("forward", before, Uh, uses.U(run, t), "U")
        graph.join("forward", Wx, h_hat, Wx, "+")
        graph.join("forward", Uh, h_hat, Uh)
        graph.join("forward", b, h_hat, b, "+")
        graph.join("forward", h_hat, f)
        graph.join("forward", f, h)
        if answers_often(run):
            _answer(graph, run, t, left, right, width, stage)
        before = h
    (_loss_of_all if answers_often(run) else _dense_layer)(graph, run, before, stage + 1)
    return graph.scene(stages=stage + 1)


def _answer(graph, run, t, left, right, width, stage):
    """Above the state of step t: what the dense layer makes of it, and the target."""
    top, low = _rows_of_answers(run)
    y_hat, y, Y, c = (made(run, t) for made in (values.y_hat, values.y, values.Y, uses.c))
    graph.add(c, left, low, width=width)
    graph.add(y_hat, right, low, width=width, stage=stage)
    graph.add(Y, left, top, width=width)
    graph.add(y, right, top, width=width, stage=stage)
    graph.join("forward", values.h(run, t), y_hat, uses.V(run, t), "V")
    graph.join("forward", c, y_hat)
    graph.join("forward", y_hat, y, label="g")


def _loss_of_all(graph, run, last, stage):
    """The loss, which adds up over the answers of all steps."""
    loss, x = values.loss(run), WIDTH - DENSE / 2
    graph.note("loss", x, HEAD)
    graph.add(loss, x, _rows_of_answers(run)[0], width=46, stage=stage)
    for t, _ in _columns(len(run.trace.x))[0]:
        for part in () if t is None else (values.y(run, t), values.Y(run, t)):
            start = graph.nodes[part.key]
            graph.join("forward", part, loss, part, way=((start.x, start.top), (start.x, BUS), (x, BUS)))


def _dense_layer(graph, run, last, stage):
    left, T = WIDTH - DENSE, last_step(run)
    places = [left + share * DENSE for share in (0.2, 0.53, 0.85)]
    V, c, Y = uses.V(run, T), uses.c(run, T), values.Y(run, T)
    y_hat, y, loss = values.y_hat(run, T), values.y(run, T), values.loss(run)
    graph.note("dense layer and loss", left + DENSE / 2, HEAD)
    graph.matrix(V, left + 100, LOW, width=126)
    graph.add(c, left + 30, MIDDLE, width=46)
    graph.add(y_hat, places[0], TOP, width=46, stage=stage)
    graph.add(y, places[1], TOP, width=46, stage=stage)
    graph.add(Y, places[2], MIDDLE, width=46)
    graph.add(loss, places[2], TOP, width=46, stage=stage)
    graph.join("forward", last, y_hat)
    graph.join("forward", V, y_hat, V, r"\times")
    graph.join("forward", c, y_hat, c, "+")
    graph.join("forward", y_hat, y)
    graph.note("$g$", (places[0] + places[1]) / 2, TOP - 12)
    graph.join("forward", y, loss)
    graph.join("forward", Y, loss, Y)


def backward_scene(run, unit=0, sequence=0) -> Scene:
    """Fig. 7-6 for this net: at each node its gradient, and below each column its terms of 7.7, 7.8 and 7.9.

    unit : the hidden unit whose row of the terms and sums is shown, and whose numbers, where not all of them fit
    sequence : whose messages are shown
    The stages: the dense layer's message, then column by column from T back to 0, then the sums.
    """
    columns, half, width = _columns(len(run.trace.x))
    down, often = _free_above(run, "backward"), answers_often(run)
    rows, height = _rows_of_terms(run, down)
    graph = _builder(run, "backward", "The backward graph, Fig. 7-6,", height, unit, sequence)
    after = _loss_on_the_way_back(graph, run) if often else _loss_and_dense_layer(graph, run)
    for stage, (t, middle) in enumerate(reversed(columns), start=1):
        label = V_T if stage == 1 else U_T if after.kind != "fold" else ""
        if t is None:
            after = _fold(graph, run, "backward", after, middle, TOP + down, width + half, stage, label)
            continue
        left, right = middle - half, middle + half
        _heading(graph, middle, t, run.labels, 4 * half)
        dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
        if often:
            _first_message(graph, run, t, right, width)
        graph.add(dh, right, TOP + down, width=width, stage=stage)
        graph.add(f_prime, left, MIDDLE - 8 + down, width=width)
        graph.add(delta, right, MIDDLE - 8 + down, width=width, stage=stage + 1)
        if often:
            graph.join("backward", messages.dy(run, t), dh, messages.grad_dense(run, t), V_T)
        if not (often and stage == 1):
            graph.join("backward", after, dh, dh, label)
        graph.join("backward", dh, delta, delta, "f'")
        graph.join("factor", f_prime, delta, f_prime)
        _terms(graph, run, t, delta, right, width, rows, stage + 1)
        after = delta
    _sums(graph, run, WIDTH - DENSE / 2, rows, stage + 2)
    if often:
        _dense_sums(graph, run, MIDDLE - 8 + down, stage + 2)
    graph.note(r"sums over $t$", WIDTH - DENSE / 2, MIDDLE - 62 + down if often else rows["dU"] - 46)
    return graph.scene(stages=stage + 2)


def _loss_and_dense_layer(graph, run):
    """The nodes behind the last column; returns the quantity from which the message leaves."""
    left = WIDTH - DENSE
    loss, dy = values.loss(run), messages.dy(run, last_step(run))
    dV, dc = uses.dense_gradient(run, "dV"), uses.dense_gradient(run, "dc")
    graph.note("loss and dense layer", left + DENSE / 2, HEAD)
    graph.add(loss, left + 0.8 * DENSE, TOP, width=46)
    graph.add(dy, left + 0.35 * DENSE, TOP, width=50, stage=1)
    graph.matrix(dV, left + 63, MIDDLE - 8, width=124, stage=1)
    graph.add(dc, left + 151, MIDDLE - 8, width=42, stage=1)
    graph.join("backward", loss, dy)
    graph.join("backward", dy, dV, dV, uses.transposed("h^{(T)}"))
    graph.join("backward", dy, dc, dc, "1")
    return dy


def _loss_on_the_way_back(graph, run):
    loss, x = values.loss(run), WIDTH - DENSE / 2
    graph.note("loss", x, HEAD)
    graph.add(loss, x, _rows_of_answers(run)[0], width=46)
    return loss


def _first_message(graph, run, t, x, width):
    """Where each step has an answer, the loss sends each a message."""
    dy, loss = messages.dy(run, t), graph.nodes["loss"]
    graph.add(dy, x, _rows_of_answers(run)[0], width=width, stage=1)
    graph.join("backward", loss.quantity, dy, way=((loss.x, loss.top), (loss.x, BUS), (x, BUS)))


def _dense_sums(graph, run, y, stage):
    left = WIDTH - DENSE
    graph.matrix(uses.dense_gradient(run, "dV"), left + 63, y, width=124, stage=stage)
    graph.add(uses.dense_gradient(run, "dc"), left + 151, y, width=42, stage=stage)


def _fold(graph, run, kind, neighbour, x, y, width, stage, label=""):
    """The column of the steps that do not fit, joined to the one before it; returns its quantity."""
    fold = values.fold(MOST_COLUMNS)
    graph.fold(fold, x, y + 4, KEPT, len(run.trace.x) - KEPT - 1, width, stage)
    graph.join(kind, neighbour, fold, fold, label)
    return fold


def _terms(graph, run, t, delta, x, width, rows, stage):
    """The terms of step t below each other. A line runs down beside them from delta, and turns off to each."""
    trunk = graph.nodes[delta.key]
    bus = x - width / 2 - 9
    turn = trunk.y + trunk.height / 2 + 12
    factors = {"dU": uses.transposed(at("h", t - 1)), "dW": uses.transposed(at("x", t)), "db": "1"}
    for grad, factor in factors.items():
        term, y = uses.term(run, t, grad), rows[grad]
        graph.row(term, x, y, width=width, stage=stage)
        way = ((trunk.x, turn - 12), (trunk.x, turn), (bus, turn), (bus, y))
        graph.join("backward", delta, term, term, factor, way=way, place=(bus - 17, y))
        graph.note("+" if t < len(run.trace.x) - 1 else "=", x + width / 2 + SIGN, y)


def _sums(graph, run, x, rows, stage):
    for grad, y in rows.items():
        graph.row(uses.total(run, grad), x, y, width=56, stage=stage)


def link_scene(run, t, unit=0, sequence=0) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t : from T down to 0; below 0 stands h^(-1)
    unit, sequence : whose numbers are shown, where not all of them fit
    At stage 0 the message has not left dh^(t) yet, at stage 1 it has.
    """
    places, top, low, above = (90, 290, 500, 660, 820), 80, 226, 330
    often = answers_often(run)
    height = above + 54 if often else low + 64
    graph = _builder(run, "link", f"One link, Fig. 7-7, from t = {t} back to t = {t - 1}", height, unit, sequence)
    graph.note("forward: solid lines", places[0], HEAD)
    graph.note("backward: dashed lines", places[0], low - 58)
    before, U, h_hat, h = values.h(run, t - 1), uses.U(run, t), values.h_hat(run, t), values.h(run, t)
    graph.add(before, places[0], top, width=60)
    graph.matrix(U, places[1], top, width=140)
    graph.add(h_hat, places[2], top, width=60)
    graph.add(h, places[4], top, width=60)
    graph.join("forward", before, U)
    graph.join("forward", U, h_hat, h_hat, f"+ W {at('x', t)} + b")
    graph.join("forward", h_hat, h, h, "f")
    dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
    U_T, dh_before = messages.U_T(run, t), messages.dh(run, t - 1)
    graph.add(dh, places[4], low, width=60)
    graph.add(f_prime, places[3], low, width=60)
    graph.add(delta, places[2], low, width=60, stage=1)
    graph.matrix(U_T, places[1], low, width=140)
    graph.add(dh_before, places[0], low, width=60, stage=1)
    graph.join("backward", dh, f_prime)
    graph.join("backward", f_prime, delta)
    graph.join("backward", delta, U_T)
    graph.join("backward", U_T, dh_before, label="+" if often and t > 0 else "")
    if often and t > 0:
        sent = messages.grad_dense(run, t - 1)
        graph.add(sent, places[1], above, width=60)
        graph.join("backward", sent, dh_before, sent, "+")
        graph.note(f"from the answer of step {t - 1}", places[1] + 130, above)
    return graph.scene(stages=1, link=t)


def last_stage(mode, steps) -> int:
    """The stage that shows the whole pass over so many steps; in mode link, the number of links back to h^(-1)."""
    return steps if mode == "link" else len(_columns(steps)[0]) + {"forward": 2, "backward": 3}[mode]


def _builder(run, kind, what, height, unit, sequence):
    N = run.trace.x.shape[2]
    steps = "" if kind == "link" else f" for T = {last_step(run)}"
    return SceneBuilder(kind, what + steps + f", sequence {sequence} of {N}" * (N > 1), height, unit, sequence)


def _columns(steps):
    """Returns (t, x) for each column, (None, x) for the fold; a quarter of a column's width; a node's width."""
    shown = list(range(steps))
    if steps > MOST_COLUMNS:
        shown[KEPT : steps - KEPT] = [None]
    pitch = min(WIDEST, (WIDTH - DENSE) / len(shown))
    left = WIDTH - DENSE - pitch * len(shown)  # free space, when there are few columns
    columns = [(t, left + (i + 0.5) * pitch) for i, t in enumerate(shown)]
    half = pitch / 4  # from the middle of a column to the middle of each half
    return columns, half, min(56, 2 * half - 5)


def _heading(graph, x, t, labels, width):
    label = short(labels[t], (width - 6) / NOTE).replace("$", r"\$")
    graph.note(f"$t = {t}$\n{label}", x, HEAD)


def _rows_of_terms(run, down):
    """The y of the terms and of their sums, and the height of the picture. A dW of several columns is a higher box."""
    more = _more_for_inputs(run)
    return {"dU": 304 + down, "dW": 371 + down + more / 2, "db": 424 + down + more}, BOTTOM + END + down + more


def _more_for_inputs(run):
    """How much higher the box of several inputs is than that of one."""
    return height_of(run.trace.x.shape[1]) - height_of(1)


def _rows_of_answers(run):
    """The y of y and of y_hat, where each step has its own."""
    box = height_of(len(run.trace.net.params.V))
    top = BUS + 12 + box / 2
    return top, top + box + GAP


def _free_above(run, kind):
    """How far down the columns begin, to leave room for the answers of each step."""
    if not answers_often(run):
        return 0
    (n_h, _), n_y = run.trace.net.params.W.shape, len(run.trace.net.params.V)
    lowest = _rows_of_answers(run)[kind == "forward"]
    return lowest + (height_of(n_y) + height_of(n_h)) / 2 + GAP - TOP
