"""What the graph says in words: the card beside it, and the table of all its numbers below it. HTML, as strings."""

from html import escape

from ..wording import number
from .cards import card
from .markup import flat, html_matrix, html_symbol, html_table
from .scene import Edge

NOTHING_CHOSEN = (
    "<p>Choose a node or a line: click it, or reach it with Tab and the keys ↑ ↓ and press Enter. "
    "Here stands what it computes, with its numbers.</p>"
)
HELP = (
    "← → one year back or on &ensp; Space plays and stops &ensp; ↑ ↓ from node to node &ensp; "
    "Enter shows its card &ensp; Esc clears"
)


def card_html(scene, run, key, stage, unit) -> str:
    """The card of the chosen node or edge; before it is computed it gives the formula and no numbers."""
    part = scene.find(key)
    if part is None:
        return NOTHING_CHOSEN
    shown = card(run, part.about if isinstance(part, Edge) else key)
    known = part.stage <= stage
    entries = [("formula", _written(shown.formula, unit, known)), ("gradient", _written(shown.gradient, unit, known))]
    if not known:
        entries.insert(0, ("value", "not computed yet: step on"))
    elif shown.value is not None:
        entries.insert(0, ("value", f"{html_matrix(shown.value)} {_shape(shown.value)}"))
    entries += [("equation", escape(shown.source)), ("computed by", f"<code>{escape(shown.function)}</code>")]
    listed = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in entries if text)
    note = f"<p>{escape(shown.note)}</p>" if shown.note else ""
    table = _terms(shown, run, unit) if known and shown.terms is not None else ""
    head = f"<h4>{html_symbol(shown.symbol)} <small>{escape(shown.name)}</small></h4>"
    return f"{head}<dl>{listed}</dl>{note}{table}"


def _written(formula, unit, known):
    """A formula with its symbols and, when it is computed, with its numbers: all of them, and those of one unit."""
    if formula is None:
        return ""
    lines = [formula.symbols()]
    if known:
        lines.append(formula.numbers())
        if 1 < len(formula.result.value) > unit:
            lines.append(f'<span class="unit">unit {unit + 1}: {formula.row(unit)}</span>')
    return "".join(f"<div>{line}</div>" for line in lines)


def _terms(shown, run, unit):
    """The terms of a weight over all steps, and their sum: the row of the chosen unit."""
    total = shown.terms.sum(axis=0)
    entries = [f"[{unit}, {j}]" for j in range(total.shape[1])]
    rows = [
        (f"{year}, t = {t}", *(number(entry) for entry in term[unit]))
        for t, (year, term) in enumerate(zip(run.example.years, shown.terms, strict=True))
    ]
    rows.append(("sum", *(f"<b>{number(entry)}</b>" for entry in total[unit])))
    name = shown.total
    return html_table(("step", *(f"{name}{entry}" for entry in entries)), rows, f"{name} is the sum over all its uses")


def table_html(scene, stage) -> str:
    """Every number of the picture, in the order in which the pass computes it."""
    rows = [
        (
            html_symbol(node.label),
            escape(node.key),
            f"({node.value.shape[0]}, {node.value.shape[1]})",
            _entries(node, stage),
        )
        for node in scene.nodes
        if node.value.size
    ]
    return html_table(("symbol", "in code", "shape", "value, row by row"), rows, escape(scene.name))


def _entries(node, stage):
    return escape(flat(node.value)) if node.stage <= stage else "not computed yet"


def _shape(value):
    return f'<span class="shape">shape {value.shape}</span>'
