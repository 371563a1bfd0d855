"""Fig. 7-5: values, left to right."""

from . import answers, uses, values
from .layout import (
    BOTTOM,
    BUS,
    DENSE,
    HEAD,
    LOW,
    MIDDLE,
    TOP,
    builder,
    columns_of,
    fold,
    free_above,
    heading,
    more_for_inputs,
    rows_of_answers,
)
from .quantity import answers_often, last_step
from .scene import WIDTH, Scene


def forward_scene(run, unit=0, sequence=0) -> Scene:
    """Fig. 7-5 for this net: at each node its value and its shape. The stages are the columns, then the dense layer.

    unit, sequence : whose numbers are shown, where not all of them fit
    """
    columns, half, width = columns_of(len(run.trace.x))
    down, more = free_above(run, "forward"), more_for_inputs(run)
    graph = builder(run, "forward", "The forward graph, Fig. 7-5,", unit, sequence)
    before = values.h(run, -1)
    for stage, (t, middle) in enumerate(columns, start=1):
        if t is None:
            before = fold(graph, run, "forward", before, middle, TOP + down, width + half, stage)
            continue
        left, right = middle - half, middle + half
        heading(graph, middle, t, run.labels, 4 * half)
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
    top, low = rows_of_answers(run)
    y_hat, y, Y, c = (made(run, t) for made in (answers.y_hat, answers.y, answers.Y, uses.c))
    graph.add(c, left, low, width=width)
    graph.add(y_hat, right, low, width=width, stage=stage)
    graph.add(Y, left, top, width=width)
    graph.add(y, right, top, width=width, stage=stage)
    graph.join("forward", values.h(run, t), y_hat, uses.V(run, t), "V")
    graph.join("forward", c, y_hat)
    graph.join("forward", y_hat, y, label="g")


def _loss_of_all(graph, run, last, stage):
    """The loss, which adds up over the answers of all steps."""
    loss, x = answers.loss(run), WIDTH - DENSE / 2
    graph.note("loss", x, HEAD)
    graph.add(loss, x, rows_of_answers(run)[0], width=46, stage=stage)
    for t, _ in columns_of(len(run.trace.x))[0]:
        for part in () if t is None else (answers.y(run, t), answers.Y(run, t)):
            start = graph.nodes[part.key]
            graph.join("forward", part, loss, part, way=((start.x, start.top), (start.x, BUS), (x, BUS)))


def _dense_layer(graph, run, last, stage):
    left, T = WIDTH - DENSE, last_step(run)
    places = [left + 44, left + 105, left + 159]
    c, Y = uses.c(run, T), answers.Y(run, T)
    y_hat, y, loss = answers.y_hat(run, T), answers.y(run, T), answers.loss(run)
    graph.note("dense layer and loss", left + DENSE / 2, HEAD)
    graph.add(c, places[0], MIDDLE, width=46)
    graph.add(y_hat, places[0], TOP, width=46, stage=stage)
    graph.add(y, places[1], TOP, width=46, stage=stage)
    graph.add(Y, places[2], MIDDLE, width=46)
    graph.add(loss, places[2], TOP, width=46, stage=stage)
    graph.join("forward", last, y_hat, uses.V(run, T), "V")
    graph.join("forward", c, y_hat, c, "+")
    graph.join("forward", y_hat, y)
    graph.note("$g$", (places[0] + places[1]) / 2, TOP - 12)
    graph.join("forward", y, loss)
    graph.join("forward", Y, loss, Y)
