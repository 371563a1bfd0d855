"""The symbols of a formula, marked: what stands for a quantity of the graph carries its name, as data-symbol.

A page colours them as the graph does, and lights up what belongs together (live/lights.js). Names are bptt_core's:
h_hat, delta; "f'" is a local derivative, "U.T" what a message is multiplied by.
"""

import re
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
TAG = f"{{{NAMESPACE}}}"
NAMES = {"δ": "delta", "L": "loss", "ĥ": "h_hat", "ŷ": "y_hat", "grad": "dh"}  # others are called as they are written
NAMES |= {letter: letter for letter in "hxyYWUbVcf"}
DIFFERENTIALS = {"h_hat": "delta", "y_hat": "dy"}  # a quantity: the name of its gradient, where that is not d...
SCRIPTS = ("msup", "msub", "msubsup")
BARRED = {"U", "V"}  # what the graph shows transposed

ElementTree.register_namespace("", NAMESPACE)


def marked(mathml) -> str:
    """MathML with an mrow around each symbol."""
    root = ElementTree.fromstring(mathml)
    _mark_row(root)
    return ElementTree.tostring(root, encoding="unicode")


def symbols_in(page) -> set:
    return set(re.findall(r'data-symbol="([^"]*)"', page))


def _mark_row(row):
    """Mark the children of a row, two at a time where two make a symbol: d h, and a raised t with the U behind it."""
    parts, children, n = [], list(row), 0
    while n < len(children):
        following = children[n + 1] if n + 1 < len(children) else None
        if name := _pair(children[n], following):
            parts.append(_symbol(name, children[n : n + 2]))
            n += 2
            continue
        name = _name(children[n])
        if name:
            parts.append(_symbol(name, [children[n]]))
        else:
            if children[n].tag != f"{TAG}mover" and not _kind(children[n], *SCRIPTS):
                _mark_row(children[n])
            parts.append(children[n])
        n += 1
    if _kind(row, "math", "mrow", "mtd"):
        row[:] = parts
    else:  # a fraction's or a root's children have their places, and each is one
        row[:] = parts if len(parts) == len(children) else children


def _symbol(name, parts):
    element = ElementTree.Element(f"{TAG}mrow", {"data-symbol": name})
    element.extend(parts)
    return element


def _kind(element, *tags):
    return element.tag.removeprefix(TAG) in tags


def _text(element):
    return "".join(element.itertext()).strip()


def _base(element):
    """The letter that scripts stand at, with its hat."""
    if _kind(element, *SCRIPTS) or (_kind(element, "mpadded", "mrow") and len(element) == 1):
        return _base(element[0])
    if _kind(element, "mover"):
        return {"h": "ĥ", "y": "ŷ"}.get(_text(element[0]), "")
    return _text(element) if _kind(element, "mi", "mtext") else ""


def _name(element):
    """Of which quantity an element is the symbol; None if of none."""
    if _kind(element, "mfrac"):
        return _of_fraction(*map(_text, element))
    base = _base(element)
    if base == "f" and _kind(element, "msup") and _text(element[1]) in "′'":
        return "f'"
    return NAMES.get(base)


def _of_fraction(above, below):
    """The name of a derivative: of the loss by a quantity, or of h by its pre-activation."""
    numerator, denominator = (re.match(r"∂(\w)(\^)?", text) for text in (above, below))
    if not (numerator and denominator):
        return None
    top, bottom = (("ĥ" if found[1] == "h" and found[2] else found[1]) for found in (numerator, denominator))
    if top == "L" and bottom in NAMES:
        return _differential(NAMES[bottom])
    return "f'" if (top, bottom) == ("h", "ĥ") else None


def _differential(name):
    return DIFFERENTIALS.get(name, f"d{name}")


def _pair(first, second):
    if second is None:
        return None
    name = NAMES.get(_base(second))
    if name and _kind(first, "mi") and first.text == "d" and name not in ("f", "delta", "loss"):
        return _differential(name)
    raised = _kind(first, "msup") and not _text(first[0]) and _text(first[1]) == "t"
    return f"{name}.T" if raised and name in BARRED else None
