"""The three graphs of the section for one run of a net: what stands where, with which numbers.

    forward_scene    Fig. 7-5   values, left to right
    backward_scene   Fig. 7-6   gradients, right to left
    link_scene       Fig. 7-7   one step back, from h^(t) to h^(t-1)

Pure functions, which show the first of several sequences. If not all steps fit, the middle ones fold into one column.
"""

import numpy as np

from bptt_core import mse_loss_derivative

from .scene import WIDTH, Scene, SceneBuilder

HEIGHT, LINK_HEIGHT = 456, 290
MOST_COLUMNS = 8  # T = 7 is the last that is drawn in full: with more steps the numbers would be too small
KEPT = 3  # columns on either side of the fold
DENSE = 174  # the width of the dense layer and the loss, right of the last column
WIDEST = 140  # the width of a column, at most
HEAD, TOP, MIDDLE, LOW, BOTTOM = 22, 84, 212, 325, 413  # the y of each row
SIGN = 6  # from a term's box to the middle of the sign after it
TERMS = {"dU": 304, "dW": 371, "db": 424}  # the y of the terms, and of their sums


def forward_scene(run) -> Scene:
    """Fig. 7-5 for this net: at each node its value and its shape. The stages are the columns, then the dense layer."""
    trace, (W, U, b, *_) = run.trace, run.trace.net.params
    columns, half, width = _columns(len(trace.x))
    graph = SceneBuilder(f"The forward graph, Fig. 7-5, for T = {len(trace.x) - 1}", HEIGHT)
    before = "h_init"
    for stage, (t, x) in enumerate(columns, start=1):
        if t is None:
            graph.fold(x, TOP + 4, KEPT, len(trace.x) - KEPT - 1, width + half, stage)
            graph.join("forward", before, "fold", "fold")
            before = "fold"
            continue
        left, right = x - half, x + half
        _heading(graph, x, t, run.labels)
        if t == 0:
            graph.add("h_init", "$h^{(-1)}$", "given", trace.h_init, left, TOP, width=width)
        h_prev = trace.h[t - 1] if t > 0 else trace.h_init
        Wx, Uh, h_hat, f, h = f"W @ x[{t}]", f"U @ h[{t - 1}]", f"h_hat[{t}]", f"f[{t}]", f"h[{t}]"
        graph.add(f"x[{t}]", f"$x^{{({t})}}$", "given", trace.x[t], right, BOTTOM, width=width)
        graph.add(Wx, f"$W x^{{({t})}}$", "value", W @ trace.x[t], right, LOW, width=width, stage=stage)
        graph.add(Uh, f"$U h^{{({t - 1})}}$", "value", U @ h_prev, left, MIDDLE, width=width, stage=stage)
        graph.add(f"b[{t}]", "$b$", "given", b, left, LOW, width=width)
        graph.add(h_hat, rf"$\hat{{h}}^{{({t})}}$", "value", trace.h_hat[t], right, MIDDLE, width=width, stage=stage)
        graph.operation(f, "$f$", run.back.df[t], right, (TOP + MIDDLE) / 2, stage)
        graph.add(h, f"$h^{{({t})}}$", "value", trace.h[t], right, TOP, width=width, stage=stage)
        graph.join("forward", f"x[{t}]", Wx, f"W[{t}]", "$W$")
        graph.join("forward", before, Uh, f"U[{t}]", "$U$")
        graph.join("forward", Wx, h_hat, Wx, "$+$")
        graph.join("forward", Uh, h_hat, Uh)
        graph.join("forward", f"b[{t}]", h_hat, f"b[{t}]", "$+$")
        graph.join("forward", h_hat, f, f)
        graph.join("forward", f, h, h)
        before = h
    _dense_layer(graph, run, before, stage + 1)
    return graph.scene(stages=stage + 1)


def _dense_layer(graph, run, last, stage):
    trace, left = run.trace, WIDTH - DENSE
    places = [left + share * DENSE for share in (0.2, 0.53, 0.85)]
    graph.note("dense layer and loss", left + DENSE / 2, HEAD)
    graph.add("V", "$V$", "given", trace.net.params.V, left + 100, LOW, width=126, shown=trace.net.params.V[:1])
    graph.add("c", "$c$", "given", trace.net.params.c, left + 30, MIDDLE, width=46)
    graph.add("y_hat", r"$\hat{y}$", "value", trace.y_hat, places[0], TOP, width=46, stage=stage)
    graph.add("y", "$y^{(T)}$", "value", trace.y, places[1], TOP, width=46, stage=stage)
    graph.add("Y", "$Y^{(T)}$", "given", run.Y, places[2], MIDDLE, width=46)
    graph.add("loss", "$L$", "value", np.array([[run.back.loss]]), places[2], TOP, width=46, stage=stage)
    graph.join("forward", last, "y_hat", "y_hat")
    graph.join("forward", "V", "y_hat", "V", r"$\times$")
    graph.join("forward", "c", "y_hat", "c", "$+$")
    graph.join("forward", "y_hat", "y", "y")
    graph.note("$g$", (places[0] + places[1]) / 2, TOP - 12)
    graph.join("forward", "y", "loss", "loss")
    graph.join("forward", "Y", "loss", "Y")


def backward_scene(run, unit=0) -> Scene:
    """Fig. 7-6 for this net: at each node its gradient, and below each column its terms of 7.7, 7.8 and 7.9.

    unit : the hidden unit whose row of the terms and sums is shown
    The stages: the dense layer's message, then column by column from T back to 0, then the sums.
    """
    trace, back = run.trace, run.back
    columns, half, width = _columns(len(trace.x))
    graph = SceneBuilder(f"The backward graph, Fig. 7-6, for T = {len(trace.x) - 1}", HEIGHT)
    after = _loss_and_dense_layer(graph, run)
    for stage, (t, x) in enumerate(reversed(columns), start=1):
        label = "${}^t V$" if stage == 1 else "${}^t U$" if after != "fold" else ""
        if t is None:
            graph.fold(x, TOP + 4, KEPT, len(trace.x) - KEPT - 1, width + half, stage)
            graph.join("backward", after, "fold", "fold", label)
            after = "fold"
            continue
        left, right = x - half, x + half
        _heading(graph, x, t, run.labels)
        dh, f_prime, delta = f"dh[{t}]", f"f'(h_hat[{t}])", f"delta[{t}]"
        slope = run.back.df[t]
        graph.add(dh, f"$dh^{{({t})}}$", "gradient", back.dh[t], right, TOP, width=width, stage=stage)
        graph.add(f_prime, rf"$f'(\hat{{h}}^{{({t})}})$", "local", slope, left, MIDDLE - 8, width=width)
        graph.add(
            delta, rf"$\delta^{{({t})}}$", "gradient", back.delta[t], right, MIDDLE - 8, width=width, stage=stage + 1
        )
        graph.join("backward", after, dh, dh, label)
        graph.join("backward", dh, delta, delta, "$f'$")
        graph.join("factor", f_prime, delta, f_prime)
        _terms(graph, run, t, x, half, width, unit, stage + 1)
        after = delta
    _sums(graph, run, WIDTH - DENSE / 2, unit, stage + 2)
    return graph.scene(stages=stage + 2)


def _loss_and_dense_layer(graph, run):
    """The nodes right of the last column; returns the key of the one that the message leaves."""
    grads, left = run.back.grads, WIDTH - DENSE
    graph.note("loss and dense layer", left + DENSE / 2, HEAD)
    dy = mse_loss_derivative(run.trace.y, run.Y)
    graph.add("loss", "$L$", "value", np.array([[run.back.loss]]), left + 0.8 * DENSE, TOP, width=46)
    graph.add("dy", "$y - Y$", "gradient", dy, left + 0.35 * DENSE, TOP, width=50, stage=1)
    graph.add("dV", "$dV$", "total", grads.dV, left + 63, MIDDLE - 8, width=124, shown=grads.dV[:1], stage=1)
    graph.add("dc", "$dc$", "total", grads.dc, left + 151, MIDDLE - 8, width=42, stage=1)
    graph.join("backward", "loss", "dy", "dy")
    graph.join("backward", "dy", "dV", "dV", "${}^t h^{(T)}$")
    graph.join("backward", "dy", "dc", "dc", "$1$")
    return "dy"


def _terms(graph, run, t, x, half, width, unit, stage):
    """The terms of step t, one below the other. A line runs down beside them from delta and branches off to each."""
    delta = graph.nodes[f"delta[{t}]"]
    bus = x + half - width / 2 - 9
    for name, local in (("dU", f"${{}}^t h^{{({t - 1})}}$"), ("dW", f"${{}}^t x^{{({t})}}$"), ("db", "$1$")):
        key, y = f"{name}[{t}]", TERMS[name]
        _row(graph, key, f"${name}_{{{t}}}$", "gradient", getattr(run.terms, name)[t], unit, x + half, y, width, stage)
        turn = delta.y + delta.height / 2 + 12
        way = ((delta.x, turn - 12), (delta.x, turn), (bus, turn), (bus, y))
        graph.join("backward", delta.key, key, key, local, way=way, place=(bus - 17, y))
        graph.note("+" if t < len(run.trace.x) - 1 else "=", x + half + width / 2 + SIGN, y)


def _sums(graph, run, x, unit, stage):
    graph.note(r"sums over $t$", x, TERMS["dU"] - 46)
    for name, y in TERMS.items():
        _row(graph, name, f"${name}$", "total", getattr(run.back.grads, name), unit, x, y, 56, stage)


def _row(graph, key, label, kind, value, unit, x, y, width, stage):
    """A node that shows one row of its matrix, written downwards."""
    shown = value[unit][:, None]
    graph.add(key, label, kind, value, x, y, width=width, stage=stage, shown=shown, rows=(), shape=f"row {unit}")


def link_scene(run, t) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t : from T down to 0; from t = 0 the link leads back to h^(-1)
    At stage 0 the message has not left dh^(t) yet, at stage 1 it has.
    """
    trace, back = run.trace, run.back
    U = trace.net.params.U
    h_prev, dh_prev = (trace.h[t - 1], back.dh[t - 1]) if t > 0 else (trace.h_init, back.dh_init)
    graph = SceneBuilder(f"One link, Fig. 7-7, from t = {t} back to t = {t - 1}", LINK_HEIGHT)
    at, top, low = (90, 290, 500, 660, 820), 80, 226
    graph.note("forward: solid lines", at[0], HEAD)
    graph.note("backward: dashed lines", at[0], low - 58)
    before, U_t, h_hat, h = f"h[{t - 1}]", f"U[{t}]", f"h_hat[{t}]", f"h[{t}]"
    dh_before, U_T, delta, f_prime, dh = f"dh[{t - 1}]", f"U.T[{t}]", f"delta[{t}]", f"f'(h_hat[{t}])", f"dh[{t}]"
    slope = run.back.df[t]
    graph.add(before, f"$h^{{({t - 1})}}$", "value", h_prev, at[0], top, width=60)
    graph.add(U_t, "$U$", "given", U, at[1], top, width=140, shown=U)
    graph.add(h_hat, rf"$\hat{{h}}^{{({t})}}$", "value", trace.h_hat[t], at[2], top, width=60)
    graph.add(h, f"$h^{{({t})}}$", "value", trace.h[t], at[4], top, width=60)
    graph.join("forward", before, U_t, U_t)
    graph.join("forward", U_t, h_hat, h_hat, f"$+ W x^{{({t})}} + b$")
    graph.join("forward", h_hat, h, h, "$f$")
    graph.add(dh, f"$dh^{{({t})}}$", "gradient", back.dh[t], at[4], low, width=60)
    graph.add(f_prime, rf"$f'(\hat{{h}}^{{({t})}})$", "local", slope, at[3], low, width=60)
    graph.add(delta, rf"$\delta^{{({t})}}$", "gradient", back.delta[t], at[2], low, width=60, stage=1)
    graph.add(U_T, "${}^t U$", "local", U.T, at[1], low, width=140, shown=U.T)
    graph.add(dh_before, f"$dh^{{({t - 1})}}$", "gradient", dh_prev, at[0], low, width=60, stage=1)
    graph.join("backward", dh, f_prime, f_prime)
    graph.join("backward", f_prime, delta, delta)
    graph.join("backward", delta, U_T, U_T)
    graph.join("backward", U_T, dh_before, dh_before)
    return graph.scene(stages=1, link=t)


def last_stage(mode, steps) -> int:
    """The stage that shows the whole pass over so many steps; in mode link, the number of links back to h^(-1)."""
    return steps if mode == "link" else len(_columns(steps)[0]) + {"forward": 2, "backward": 3}[mode]


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


def _heading(graph, x, t, labels):
    graph.note(f"$t = {t}$\n{labels[t]}", x, HEAD)
