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
    "← → one step in time &ensp; Space plays and stops &ensp; ↑ ↓ from node to node &ensp; Enter shows its card &ensp; "
    "Esc clears"
)


def card_html(scene, run, key, stage, unit) -> str:
    """The card of the chosen node or edge; before it is computed it gives the formula and no numbers."""
    part = scene.find(key)
    if part is None:
        return NOTHING_CHOSEN
    shown = card(run, part.about if isinstance(part, Edge) else key)
    known = part.stage <= stage
    rows = [("formula", shown.formula), ("gradient", shown.gradient)]
    lines = []
    if known and shown.value is not None:
        lines.append(("value", f"{html_matrix(shown.value)} {_shape(shown.value)}"))
    for name, formula in rows:
        if formula is None:
            continue
        lines.append((name, formula.symbols()))
        if known:
            lines.append(("in numbers", formula.numbers()))
            if len(formula.result.value) > unit and len(formula.result.value) > 1:
                lines.append((f"unit {unit + 1}", formula.row(unit)))
    if not known:
        lines.append(("value", "not computed yet: step on"))
    lines += [("equation", escape(shown.source)), ("computed by", f"<code>{escape(shown.function)}</code>")]
    listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in lines)
    note = f"<p>{escape(shown.note)}</p>" if shown.note else ""
    table = _terms(shown, run, unit) if known and shown.terms is not None else ""
    head = f"<h4>{html_symbol(shown.symbol)} <small>{escape(shown.name)}</small></h4>"
    return f"{head}<dl>{listed}</dl>{note}{table}"


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
