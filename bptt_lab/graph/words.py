"""What the graph says in words: the card beside it, and the table of all its numbers below it. HTML, as strings."""

from html import escape

from ..numbers import number
from ..symbols import html_symbol
from .formulas import Term
from .markup import flat, html_matrix, html_table
from .scene import Edge

MESSAGES = ("gradient", "total")  # the kinds of quantities that are gradients
# What a finger cannot do is marked: graph.css hides it where there is nothing else
NOTHING_CHOSEN = (
    "<p>Choose a node or a line: click it"
    '<span class="keys">, or reach it with Tab and the keys ↑ ↓ and press Enter</span>. '
    "Here stands what it computes, with its numbers.</p>"
)
HELP = (
    '<span class="keys">← → one step back or on &ensp; Space plays and stops &ensp; ↑ ↓ from node to node &ensp; '
    "Enter: its card &ensp; Esc clears &ensp; </span>Numbers are rounded"
)


def stage_in_words(scene, stage) -> str:
    """What that stage of the pass has just computed."""
    if stage == 0:
        before = {
            "forward": "only what is given is known. Nothing is computed yet",
            "backward": "the forward pass is done, so L and every f′(ĥ) are known. No message has been sent yet",
        }
        return f"Stage 0 of {scene.whole}: {before[scene.kind]}."
    fresh = [node for node in scene.nodes if node.stage == stage and node.lines]
    computed = "; ".join(f"{_whose(node)}{html_symbol(node.label)} = {_column(node)}" for node in fresh)
    return f"Stage {stage} of {scene.whole}, just computed: {computed or 'the steps that are folded'}."


def _whose(node):
    """Which row of its matrix a node shows, if it shows only one."""
    return f"{node.shape} of " if node.shape.startswith("row") else ""


def _column(node):
    numbers = ", ".join(line.strip() for line in node.lines).replace("⋮", "…")
    return f"({numbers})" if len(node.lines) > 1 else numbers


def cards_html(frames, unit) -> dict:
    """The card of each quantity, by its key. Its numbers carry the stage from which they are told."""
    known, returned = _stages(frames)
    cards = {}
    for frame in frames:
        for part in frame.scene.parts:
            shown = part.about
            if shown.key not in cards:
                of_terms = _terms(shown, frame, known, unit) if shown.sum else ""
                stages = known[shown.key], returned[shown.key]
                cards[shown.key] = _card(shown, *stages, unit, frame.scene.sequence) + of_terms
    return cards


def _stages(frames):
    """From which stages on the value and the gradient of each quantity are known: two dicts, by its key."""
    known, returned = {}, {}
    for frame in frames:
        nodes = {part.key for part in frame.scene.nodes}
        for part, start in frame.parts:
            about = part.about
            if part.key == about.key or about.key not in nodes:
                known[about.key] = min(start, known.get(about.key, start))
            # a value's gradient is known when the whole pass is done; a message is itself a gradient
            returned.setdefault(about.key, frame.scene.stages + frame.offset)
            if about.kind in MESSAGES and about.key in known:
                returned[about.key] = known[about.key]
    return known, returned


def _card(shown, known, returned, unit, sequence):
    value = _value(shown, unit, sequence)
    entries = [
        ("value", value and _from(known, value) + _until(known, "not computed yet: step on")),
        ("formula", _written(shown, shown.formula, unit, sequence, known)),
        ("gradient", _written(shown, shown.gradient, unit, sequence, returned)),
        ("equation", escape(shown.source)),
        ("computed by", f"<code>{escape(shown.function)}</code>"),
    ]
    listed = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in entries if text)
    note = f"<p>{escape(shown.note)}</p>" if shown.note else ""
    head = f"<h4>{html_symbol(shown.symbol)} <small>{escape(shown.name)}</small></h4>"
    return f"<div>{head}<dl>{listed}</dl>{note}</div>"


def _from(stage, text):
    return f'<span data-from="{stage}">{text}</span>'


def _until(stage, text):
    """What stands there before that stage."""
    return f'<span data-until="{stage}">{text}</span>'


def _value(shown, unit, sequence):
    if not shown.value.size:
        return ""
    return f"{html_matrix(shown.value, *Term(shown.symbol, shown.value).chosen(unit, sequence))} {_shape(shown.value)}"


def _written(shown, formula, unit, sequence, known):
    """A formula with its symbols and, from the stage `known` on, its numbers: all of them, and those of one unit."""
    if formula is None:
        return ""
    lines = [formula.numbers(unit, sequence)]
    if shown.of_units and len(formula.result.value) > 1:
        row = formula.row(unit, None if shown.sum else sequence)
        lines.append(f'<span class="unit">unit {unit}: {row}</span>')
    told = "".join(f'<div data-from="{known}">{line}</div>' for line in lines)
    return f"<div>{formula.symbols()}</div>{told}"


def _terms(shown, frame, known, unit):
    """The terms of a weight over all steps, and their sum: those of the chosen unit, as far as they are computed."""
    name, terms, total, labels = shown.sum
    line, other, at = ("Row", "column", unit) if shown.of_units else ("Column", "row", min(unit, total.shape[1] - 1))
    scene, T = frame.scene, len(terms) - 1

    def entries(stage, matrix):
        values = matrix[at] if shown.of_units else matrix[:, at]
        return [_from(stage, number(value)) + _until(stage, "?") for value in values]

    def computed(key, t):
        """In links, when the message has passed step t; else with its node, or, if it has none, at the end."""
        return T - t + 1 if scene.link is not None else known.get(key, scene.stages)

    rows = [
        (f"{escape(str(label))}, t = {t}", *entries(computed(f"{name}[{t}]", t), term))
        for t, (label, term) in enumerate(zip(labels, terms, strict=True))
    ]
    rows.append(("sum", *(f"<b>{entry}</b>" for entry in entries(computed(name, 0), total))))
    heads = (f"{other} {j}" for j in range(total.shape[shown.of_units]))
    return html_table(("step", *heads), rows, f"{name} is the sum over all its uses. {line} {at}:")


def table_html(frames) -> str:
    """Every number of the picture, in the order in which the pass computes it; a table for each frame."""
    return "".join(
        f'<div class="frame" data-first="{frame.first}" data-last="{frame.last}">{_table(frame)}</div>'
        for frame in frames
    )


def _table(frame):
    rows = [
        (
            html_symbol(part.label),
            escape(part.quantity.in_code),
            str(part.value.shape),
            _from(start, escape(flat(part.value, part.first_row, part.column))) + _until(start, "not computed yet"),
        )
        for part, start in frame.parts
        if not isinstance(part, Edge) and part.lines
    ]
    return html_table(("symbol", "in code", "shape", "value, row by row"), rows, escape(frame.scene.name))


def _shape(value):
    return f'<span class="shape">shape {value.shape}</span>'
