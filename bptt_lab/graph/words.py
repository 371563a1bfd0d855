"""What the graph says in words: the card beside it, and the table of all its numbers below it. HTML, as strings."""

from html import escape

from ..numbers import number
from ..symbols import html_symbol
from .markup import flat, html_matrix, html_table
from .svg import whole

MESSAGES = ("gradient", "total", "backward")  # the kinds of nodes and edges that are gradients
NOTHING_CHOSEN = (
    "<p>Choose a node or a line: click it, or reach it with Tab and the keys ↑ ↓ and press Enter. "
    "Here stands what it computes, with its numbers.</p>"
)
HELP = (
    "← → one step back or on &ensp; Space plays and stops &ensp; ↑ ↓ from node to node &ensp; "
    "Enter: its card &ensp; Esc clears &ensp; Numbers are rounded"
)


def stage_in_words(scene, stage) -> str:
    """What that stage of the pass has just computed."""
    if stage == 0:
        before = {
            "forward": "only what is given is known. Nothing is computed yet",
            "backward": "the forward pass is done, so L and every f′(ĥ) are known. No message has been sent yet",
        }
        return f"Stage 0 of {whole(scene)}: {before[scene.kind]}."
    fresh = [node for node in scene.nodes if node.stage == stage and node.lines]
    computed = "; ".join(f"{_whose(node)}{html_symbol(node.label)} = {_column(node)}" for node in fresh)
    return f"Stage {stage} of {whole(scene)}, just computed: {computed or 'the steps that are folded'}."


def _whose(node):
    """Which row of its matrix a node shows, if it shows only one."""
    return f"{node.shape} of " if node.shape.startswith("row") else ""


def _column(node):
    numbers = ", ".join(line.strip() for line in node.lines).replace("⋮", "…")
    return f"({numbers})" if len(node.lines) > 1 else numbers


def card_html(scene, key, stage, unit) -> str:
    """The card of the chosen node or edge. What is not computed at that stage is told in symbols only."""
    part = scene.find(key)
    if part is None:
        return NOTHING_CHOSEN
    shown = part.about
    about = scene.find(shown.key) or part
    known = about.stage <= stage
    # a value's gradient is known when the whole pass is done; a message is itself a gradient
    returned = part.stage <= stage and (part.kind in MESSAGES or stage >= scene.stages)
    entries = [
        ("value", _value(shown, unit, scene.sequence) if known else "not computed yet: step on"),
        ("formula", _written(shown, shown.formula, unit, scene.sequence, known)),
        ("gradient", _written(shown, shown.gradient, unit, scene.sequence, returned)),
        ("equation", escape(shown.source)),
        ("computed by", f"<code>{escape(shown.function)}</code>"),
    ]
    listed = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in entries if text)
    note = f"<p>{escape(shown.note)}</p>" if shown.note else ""
    table = _terms(shown, scene, stage, unit) if shown.sum else ""
    head = f"<h4>{html_symbol(shown.symbol)} <small>{escape(shown.name)}</small></h4>"
    return f"<div>{head}<dl>{listed}</dl>{note}</div>{table}"


def _value(shown, unit, sequence):
    if not shown.value.size:
        return ""
    row, column = unit if shown.of_units else 0, 0 if shown.sum else sequence
    return f"{html_matrix(shown.value, row, column)} {_shape(shown.value)}"


def _written(shown, formula, unit, sequence, known):
    """A formula with its symbols and, when it is computed, with its numbers: all of them, and those of one unit."""
    if formula is None:
        return ""
    lines = [formula.symbols()]
    if known:
        lines.append(formula.numbers())
        if shown.of_units and len(formula.result.value) > 1:
            row = formula.row(unit, None if shown.sum else sequence)
            lines.append(f'<span class="unit">unit {unit}: {row}</span>')
    return "".join(f"<div>{line}</div>" for line in lines)


def _terms(shown, scene, stage, unit):
    """The terms of a weight over all steps, and their sum: those of the chosen unit, as far as they are computed."""
    name, terms, total, labels = shown.sum
    line, other, at = ("Row", "column", unit) if shown.of_units else ("Column", "row", min(unit, total.shape[1] - 1))

    def entries(key, t, matrix):
        values = matrix[at] if shown.of_units else matrix[:, at]
        return [number(value) if _is_known(scene, stage, key, t) else "?" for value in values]

    rows = [
        (f"{escape(str(label))}, t = {t}", *entries(f"{name}[{t}]", t, term))
        for t, (label, term) in enumerate(zip(labels, terms, strict=True))
    ]
    rows.append(("sum", *(f"<b>{entry}</b>" for entry in entries(name, 0, total))))
    heads = (f"{other} {j}" for j in range(total.shape[shown.of_units]))
    return html_table(("step", *heads), rows, f"{name} is the sum over all its uses. {line} {at}:")


def _is_known(scene, stage, key, t):
    """Whether the term of step t is computed, or the sum, which needs them back to t = 0."""
    if scene.link is not None:
        return t > scene.link - stage
    node = scene.find(key)
    return stage >= (node.stage if node else scene.stages)


def table_html(scene, stage) -> str:
    """Every number of the picture, in the order in which the pass computes it."""
    rows = [
        (
            html_symbol("f'" if node.kind == "operation" else node.label),
            escape(node.quantity.in_code),
            str(node.value.shape),
            _entries(node, stage),
        )
        for node in scene.nodes
        if node.value.size
    ]
    return html_table(("symbol", "in code", "shape", "value, row by row"), rows, escape(scene.name))


def _entries(node, stage):
    return escape(flat(node.value, node.first_row, node.column)) if node.stage <= stage else "not computed yet"


def _shape(value):
    return f'<span class="shape">shape {value.shape}</span>'
