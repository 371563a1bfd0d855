"""Fig. 7-6: gradients, right to left."""

from ..symbols import at
from . import answers, messages, uses
from .layout import (
    BUS,
    DENSE,
    HEAD,
    MIDDLE,
    SIGN,
    TOP,
    TRUNK,
    builder,
    columns_of,
    fold,
    free_above,
    heading,
    rows_of_answers,
    rows_of_terms,
)
from .quantity import U_T, V_T, answers_often, last_step
from .scene import WIDTH, Scene


def backward_scene(run, unit=0, sequence=0) -> Scene:
    """Fig. 7-6 for this net: at each node its gradient, and below each column its terms of 7.7, 7.8 and 7.9.

    unit : the hidden unit whose row of the terms and sums is shown, and whose numbers, where not all of them fit
    sequence : whose messages are shown
    The stages: the dense layer's message, then column by column from T back to 0, then the sums.
    """
    columns, half, width = columns_of(len(run.trace.x))
    down, often = free_above(run, "backward"), answers_often(run)
    rows = rows_of_terms(run, down)
    graph = builder(run, "backward", "The backward graph, Fig. 7-6,", unit, sequence)
    after = _loss_on_the_way_back(graph, run) if often else _loss_and_dense_layer(graph, run)
    for stage, (t, middle) in enumerate(reversed(columns), start=1):
        label = V_T if stage == 1 else U_T if after.kind != "fold" else ""
        if t is None:
            after = fold(graph, run, "backward", after, middle, TOP + down, width + half, stage, label)
            for y in rows.values():
                graph.note("…  +", middle + half, y)
            continue
        left, right = middle - half, middle + half
        heading(graph, middle, t, run.labels, 4 * half)
        dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
        if often:
            _first_message(graph, run, t, right, width)
        graph.add(dh, right, TOP + down, width=width, stage=stage)
        graph.add(f_prime, left, MIDDLE - 8 + down, width=width)
        graph.add(delta, right, MIDDLE - 8 + down, width=width, stage=stage + 1)
        if often:
            graph.join("backward", messages.dy(run, t), dh, messages.grad_dense(run, t), V_T)
        if not (often and stage == 1):
            leaves = graph.nodes[after.key]  # from the top of delta, clear of the f' beside it
            way = () if label != U_T else ((leaves.x - leaves.width / 4, leaves.top),)
            graph.join("backward", after, dh, dh, label, way=way)
        graph.join("backward", dh, delta, delta, r"\odot f'")
        graph.join("factor", f_prime, delta, f_prime)
        _terms(graph, run, t, delta, right, 4 * half, rows, stage + 1)
        after = delta
    _sums(graph, run, WIDTH - DENSE / 2, rows, stage + 2)
    if often:
        _dense_gradients(graph, run, MIDDLE - 8 + down, stage + 2)
    graph.note(r"sums over $t$", WIDTH - DENSE / 2, MIDDLE - 62 + down if often else rows["dU"] - 46)
    return graph.scene(stages=stage + 2)


def _loss_and_dense_layer(graph, run):
    """The nodes behind the last column; returns the quantity from which the message leaves."""
    left = WIDTH - DENSE
    loss, dy = answers.loss(run), messages.dy(run, last_step(run))
    graph.note("loss and dense layer", left + DENSE / 2, HEAD)
    graph.add(loss, left + 0.8 * DENSE, TOP, width=46)
    graph.add(dy, left + 0.35 * DENSE, TOP, width=50, stage=1)
    dV, dc = _dense_gradients(graph, run, MIDDLE - 8, stage=1)
    graph.join("backward", loss, dy)
    graph.join("backward", dy, dV, dV, uses.transposed("h^{(T)}"))
    graph.join("backward", dy, dc, dc, "1")
    return dy


def _loss_on_the_way_back(graph, run):
    loss, x = answers.loss(run), WIDTH - DENSE / 2
    graph.note("loss", x, HEAD)
    graph.add(loss, x, rows_of_answers(run)[0], width=46)
    return loss


def _first_message(graph, run, t, x, width):
    """Where each step has an answer, the loss sends each a message."""
    dy, loss = messages.dy(run, t), graph.nodes["loss"]
    graph.add(dy, x, rows_of_answers(run)[0], width=width, stage=1)
    graph.join("backward", loss.quantity, dy, way=((loss.x, loss.top), (loss.x, BUS), (x, BUS)))


def _dense_gradients(graph, run, y, stage):
    left, (dV, dc) = WIDTH - DENSE, (uses.dense_gradient(run, grad) for grad in ("dV", "dc"))
    graph.matrix(dV, left + 68, y, width=132, stage=stage)
    graph.add(dc, left + 160, y, width=44, stage=stage)
    return dV, dc


def _terms(graph, run, t, delta, x, pitch, rows, stage):
    """The terms of step t below each other. A line runs down beside them from delta, and turns off to each.

    pitch : from column to column
    """
    trunk = graph.nodes[delta.key]
    width = trunk.width
    beside = min(TRUNK, pitch - width - SIGN)
    bus = x - width / 2 - beside
    sign = x + width / 2 + (pitch - width - beside) / 2  # half way to the next line
    last = t == last_step(run)
    turn = trunk.y + trunk.height / 2 + 12
    factors = {"dU": uses.transposed(at("h", t - 1)), "dW": uses.transposed(at("x", t)), "db": "1"}
    for grad, factor in factors.items():
        term, y = uses.term(run, t, grad), rows[grad]
        graph.row(term, x, y, width=width, stage=stage)
        way = ((trunk.x, turn - 12), (trunk.x, turn), (bus, turn), (bus, y))
        graph.join("backward", delta, term, term, factor, way=way, place=(bus + (beside - 4) / 2, y))
        graph.note("=" if last else "+", sign, y)


def _sums(graph, run, x, rows, stage):
    for grad, y in rows.items():
        graph.row(uses.total(run, grad), x, y, width=56, stage=stage)
