"""The symbols of formulas, sentences and code, marked: what stands for a quantity of the graph carries its name, as
data-symbol, and its step, as data-step, where that is a number or T.

A page colours them as the graph does, and lights up what belongs together (live/lights.js). Names are bptt_core's:
h_hat, delta; "f'" is a local derivative, "U.T" what a message is multiplied by.
"""

import re
from html import escape
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
TAG = f"{{{NAMESPACE}}}"
NAMES = {"δ": "delta", "L": "loss", "ĥ": "h_hat", "ŷ": "y_hat", "grad": "dh"}  # others are called as they are written
NAMES |= {letter: letter for letter in "hxyYWUbVcf"}
DIFFERENTIALS = {"h_hat": "delta", "y_hat": "dy"}  # a quantity: the name of its gradient, where that is not d...
LOCAL = {
    ("h", "ĥ"): "f'",
    ("ĥ", "h"): "U.T",
    ("ĥ", "U"): "h.T",
    ("ĥ", "W"): "x.T",
    ("ŷ", "h"): "V.T",
    ("ŷ", "V"): "h.T",
}
HATS = {"h^": "ĥ", "y^": "ŷ"}
SCRIPTS = ("msup", "msub", "msubsup")
BARRED = {"U", "V", "x", "h"}  # what the graph shows transposed
SAME = ["h", "h_hat", "h_init", "x", "y", "y_hat", "Y", "W", "U", "b", "V", "c", "loss", "delta", "U.T", "V.T"]
SAME += ["dh", "dW", "dU", "db", "dV", "dc"]
# a name in the code: of which quantity
IN_CODE = {"df": "f'", "df_next": "f'", "dh_next": "dh", "grad_dense": "dh", "dy_hat": "dy", "h_prev": "h"}
IN_CODE |= {name: name for name in SAME}
STEP = re.compile(r"\(([-−]?\d+|T)\)")
# In a text of HTML: what is passed over, code, a tag, or a symbol with the step that is raised behind it.
TEXT = re.compile(
    r"<(?P<skip>math|pre|a|summary|script|style)\b.*?</(?P=skip)>|<code\b[^>]*>(?P<code>.*?)</code>"
    r"|(?<![\w.'’/-])(?P<symbol>(?P<raised><sup>t</sup>)?"
    r"(?P<letter>y − Y|f′|d?ĥ|d?ŷ|d[hWUbVc]|δ|[hxyYWUbVcfL])(?:_\d+)?"
    r"(?:<sup>(?P<step>[^<]*)</sup>)?)(?![\w'’-])|<[^>]*>|&\w+;",
    re.DOTALL,
)
NAME_IN_CODE = re.compile(r"\b(?P<name>[A-Za-z_]+(?:\.T\b)?)(?:\[(?P<step>\d+)\])?")

ElementTree.register_namespace("", NAMESPACE)


def marked(mathml) -> str:
    """MathML with an mrow around each symbol."""
    root = ElementTree.fromstring(mathml)
    _mark_row(root)
    return ElementTree.tostring(root, encoding="unicode")


def marked_text(markup) -> str:
    """HTML with a span around each symbol of its sentences and of its code. Its formulas are as they were."""
    return TEXT.sub(_marked_part, markup)


def _marked_part(found):
    if found["code"] is not None:
        start, end = found.start("code") - found.start(), found.end("code") - found.start()
        return found[0][:start] + NAME_IN_CODE.sub(_marked_name, found["code"]) + found[0][end:]
    if not found["symbol"]:
        return found[0]
    letter = found["letter"]
    name = {"y − Y": "dy", "f′": "f'"}.get(letter) or NAMES.get(letter) or _differential(NAMES[letter[1:]])
    if found["raised"]:
        name = f"{name}.T"
    return _span(*_of_step(name, found["step"] or ""), found[0])


def _marked_name(found):
    name = IN_CODE.get(found["name"])
    step = "T" if found["name"] == "grad_dense" else found["step"]
    return _span(name, step, found[0]) if name else found[0]


def _span(name, step, markup):
    at = f' data-step="{step}"' if step else ""
    return f'<span data-symbol="{escape(name)}"{at}>{markup}</span>'


def _of_step(name, raised):
    """The name and the step of a symbol with that superscript: h^(-1) has a name of its own."""
    step = STEP.fullmatch(raised.replace(" ", ""))
    step = step and step[1].replace("−", "-")
    return ("h_init", None) if (name, step) == ("h", "-1") else (name, step)


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
    name, step = _of_step(name, _raised(parts[-1]))
    step = "T" if _base(parts[-1]) == "grad" else step
    element = ElementTree.Element(f"{TAG}mrow", {"data-symbol": name} | ({"data-step": step} if step else {}))
    element.extend(parts)
    return element


def _raised(element):
    """What is raised behind it; of a derivative, behind what it is by."""
    if _kind(element, "mfrac"):
        return _raised(element[1][-1])
    if _kind(element, "mpadded", "mrow") and len(element) == 1:
        return _raised(element[0])
    return _text(element[-1]) if _kind(element, "msup", "msubsup") else ""


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
    if _kind(element, "mrow") and len(element) == 1:
        return _name(element[0])
    base = _base(element)
    if base == "f" and _kind(element, "msup") and _text(element[1]) in "′'":
        return "f'"
    return NAMES.get(base)


def _of_fraction(above, below):
    """The name of a derivative: of the loss by a quantity, or a local one."""
    found = [re.match(r"∂(\w\^?)", text) for text in (above, below)]
    if not all(found):
        return None
    top, bottom = (HATS.get(each[1], each[1]) for each in found)
    return _differential(NAMES[bottom]) if top == "L" and bottom in NAMES else LOCAL.get((top, bottom))


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
