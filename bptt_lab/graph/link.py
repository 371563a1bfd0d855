"""Fig. 7-7: one step back, from h^(t) to h^(t-1)."""

from ..symbols import at
from . import messages, uses, values
from .layout import builder
from .quantity import answers_often
from .scene import Scene

AHEAD, UPPER, LOWER, BACK = 44, 114, 201, 272  # the y of each row: the two ways, and between them what they multiply by
BEFORE, PLUS, PRODUCT, SUM, SLOPE, AFTER = 90, 190, 310, 560, 690, 820  # the x of each column
WIDTH, MATRIX = 60, 140  # of a box


def link_scene(run, t, unit=0, sequence=0) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t : from T down to 0; below 0 stands h^(-1)
    unit, sequence : whose numbers are shown, where not all of them fit
    At stage 0 the message has not left dh^(t) yet, at stage 1 it has.
    """
    graph = builder(run, "link", f"One link, Fig. 7-7, from t = {t} back to t = {t - 1}", unit, sequence)
    graph.note("forward: solid lines", BEFORE, AHEAD + 50)
    graph.note("backward: dashed lines", BEFORE, BACK - 50)
    _ahead(graph, run, t)
    _back(graph, run, t)
    return graph.scene(stages=1, link=t)


def _ahead(graph, run, t):
    before, U, h_hat, f, h = (
        values.h(run, t - 1),
        uses.U(run, t),
        values.h_hat(run, t),
        values.f(run, t),
        values.h(run, t),
    )
    graph.add(before, BEFORE, AHEAD, width=WIDTH)
    graph.matrix(U, PRODUCT, UPPER, width=MATRIX)
    product = graph.operation(values.Uh(run, t), PRODUCT, AHEAD, sign=r"\times")
    graph.add(h_hat, SUM, AHEAD, width=WIDTH)
    graph.operation(f, SLOPE, AHEAD)
    graph.add(h, AFTER, AHEAD, width=WIDTH)
    graph.join("forward", before, product)
    graph.join("forward", U, product, U)
    graph.join("forward", product, h_hat, h_hat, f"+ W {at('x', t)} + b")
    graph.join("forward", h_hat, f)
    graph.join("forward", f, h)


def _back(graph, run, t):
    dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
    U_T, before = messages.U_T(run, t), messages.dh(run, t - 1)
    graph.add(dh, AFTER, BACK, width=WIDTH)
    graph.add(f_prime, SLOPE, LOWER, width=WIDTH)
    slope = graph.operation(delta, SLOPE, BACK, stage=1, sign=r"\odot")
    graph.add(delta, SUM, BACK, width=WIDTH, stage=1)
    graph.matrix(U_T, PRODUCT, LOWER, width=MATRIX)
    product = graph.operation(U_T, PRODUCT, BACK, stage=1, sign=r"\times")
    graph.join("backward", dh, slope)
    graph.join("factor", f_prime, slope, f_prime)
    graph.join("backward", slope, delta)
    graph.join("backward", delta, product)
    graph.join("factor", U_T, product, U_T)
    arriving = product
    if answers_often(run) and t > 0:
        sent = messages.grad_dense(run, t - 1)
        graph.add(sent, PLUS, LOWER, width=WIDTH)
        arriving = graph.operation(before, PLUS, BACK, stage=1, sign="+")
        graph.join("backward", product, arriving, U_T)
        graph.join("backward", sent, arriving, sent)
    graph.add(before, BEFORE, BACK, width=WIDTH, stage=1)
    graph.join("backward", arriving, before)
