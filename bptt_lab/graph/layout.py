"""Where the rows and columns of the three graphs stand, and what the graphs have in common.

Of many steps the middle ones fold into one column. Above the columns there is room for the answers of each step, if the
net has them.
"""

from ..symbols import short
from . import values
from .quantity import answers_often, last_step
from .scene import WIDTH, SceneBuilder, height_of

MOST_COLUMNS = 8  # T = 7 is the last that is drawn in full: with more steps the numbers would be too small
KEPT = 3  # columns on either side of the fold
DENSE = 184  # the width of the dense layer and the loss, right of the last column
WIDEST = 140  # the width of a column, at most
NOTE = 11.4  # the font size of a note
HEAD, TOP, MIDDLE, LOW, BOTTOM = 22, 84, 212, 325, 415  # the y of each row
LEGEND = {
    "forward": "On a line: what multiplies the value, or + where it is added. In grey: the shape of the value.",
    "backward": "On a line: what the message is multiplied by. ᵗU and ᵗV stand to its left, ᵗh and ᵗx to its right; "
    "⊙ goes entry by entry. Row {unit}: of hidden unit {unit}.",
    "link": "× is the product of a matrix and the column that arrives; ⊙ goes entry by entry.",
}
END, GAP = 65, 34  # from the last row to the rim; between the boxes of two rows
LINK = 336  # the height of one link
TRUNK, SIGN = 46, 13  # from the line down to the terms to their boxes, at most; what a sign needs before it
BUS = 46  # the y of the line between the answers of all steps and the loss


def last_stage(mode, steps) -> int:
    """The stage that shows the whole pass over so many steps; in mode link, the number of links back to h^(-1)."""
    return steps if mode == "link" else len(columns_of(steps)[0]) + {"forward": 2, "backward": 3}[mode]


def height_of_graph(kind, run):
    """The height of its picture. A dW of several inputs is a higher box, and so is the answer of each step."""
    return LINK if kind == "link" else BOTTOM + END + free_above(run, kind) + more_for_inputs(run)


def builder(run, kind, what, unit, sequence):
    N, height = run.trace.x.shape[2], height_of_graph(kind, run)
    steps = "" if kind == "link" else f" for T = {last_step(run)}"
    graph = SceneBuilder(kind, what + steps + f", sequence {sequence} of {N}" * (N > 1), height, unit, sequence)
    graph.note(LEGEND[kind].format(unit=unit), WIDTH / 2, height - 12)
    return graph


def columns_of(steps):
    """Returns (t, x) for each column, (None, x) for the fold; a quarter of a column's width; a node's width."""
    shown = list(range(steps))
    if steps > MOST_COLUMNS:
        shown[KEPT : steps - KEPT] = [None]
    pitch = min(WIDEST, (WIDTH - DENSE) / len(shown))
    left = WIDTH - DENSE - pitch * len(shown)  # free space, when there are few columns
    columns = [(t, left + (i + 0.5) * pitch) for i, t in enumerate(shown)]
    half = pitch / 4  # from the middle of a column to the middle of each half
    return columns, half, min(56, 2 * half - 5)


def heading(graph, x, t, labels, width):
    label = short(labels[t], (width - 6) / NOTE).replace("$", r"\$")
    graph.note(f"$t = {t}$\n{label}", x, HEAD)


def fold(graph, run, kind, neighbour, x, y, width, stage, label=""):
    """The column of the steps that do not fit, joined to the one before it; returns its quantity."""
    fold = values.fold(MOST_COLUMNS)
    graph.fold(fold, x, y + 4, KEPT, len(run.trace.x) - KEPT - 1, width, stage)
    graph.join(kind, neighbour, fold, fold, label)
    return fold


def rows_of_terms(run, down):
    """The y of the terms and of their sums."""
    more = more_for_inputs(run)
    return {"dU": 304 + down, "dW": 374 + down + more / 2, "db": 429 + down + more}


def more_for_inputs(run):
    """How much higher the box of several inputs is than that of one."""
    return height_of(run.trace.x.shape[1]) - height_of(1)


def rows_of_answers(run):
    """The y of y and of y_hat, where each step has its own."""
    box = height_of(len(run.trace.net.params.V))
    top = BUS + 12 + box / 2
    return top, top + box + GAP


def free_above(run, kind):
    """How far down the columns begin, to leave room for the answers of each step."""
    if not answers_often(run):
        return 0
    (n_h, _), n_y = run.trace.net.params.W.shape, len(run.trace.net.params.V)
    lowest = rows_of_answers(run)[kind == "forward"]
    return lowest + (height_of(n_y) + height_of(n_h)) / 2 + GAP - TOP
