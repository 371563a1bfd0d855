"""Fig. 7-7: one step back, from h^(t) to h^(t-1)."""

from ..symbols import at
from . import messages, uses, values
from .layout import HEAD, builder
from .quantity import answers_often
from .scene import Scene


def link_scene(run, t, unit=0, sequence=0) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t : from T down to 0; below 0 stands h^(-1)
    unit, sequence : whose numbers are shown, where not all of them fit
    At stage 0 the message has not left dh^(t) yet, at stage 1 it has.
    """
    places, top, low, above = (90, 290, 500, 660, 820), 80, 226, 330
    often = answers_often(run)
    height = above + 54 if often else low + 64
    graph = builder(run, "link", f"One link, Fig. 7-7, from t = {t} back to t = {t - 1}", height, unit, sequence)
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
