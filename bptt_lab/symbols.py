"""How a symbol is spelled: as TeX, SVG, HTML, in words and aloud.

    at("dh", 2)          dh^{(2)}          TeX, of a label or a formula: what all but words are made of
    svg_text, html_symbol                  the same on a page
    spoken               dh^(2)            the same in words: what a panel, a question or a verdict writes
    rich                 dh<sup>(2)</sup>  words on a page
    plain                dh^(2)            HTML as words again, for a terminal and for stored outputs

The part of TeX: letters, ^{...} and _{...}, \\hat{h}, \\hat{y} and the commands in SIGNS. More is an error.
"""

import re
from functools import lru_cache
from html import escape, unescape
from unicodedata import east_asian_width

CODE = "background: rgba(128, 128, 128, 0.15); color: inherit; padding: 0 3px"  # a tint of the page, light or dark
SIGNS = {r"\hat{h}": "ĥ", r"\hat{y}": "ŷ", r"\delta": "δ", r"\times": "×", r"\partial": "∂", r"\odot": "⊙", "'": "′"}
PIECE = re.compile(r"\^\{([^{}]*)\}|_\{([^{}]*)\}|\^(\w) ?|([^\\{}^_]+)")


def at(name, t) -> str:
    """The symbol of step t, in TeX."""
    return f"{name}^{{({t})}}"


def hat(t) -> str:
    """The pre-activation of step t, in TeX."""
    return at(r"\hat{h}", t)


def pieces(tex):
    """The symbol as (text, shift) pairs, where shift is 1 for raised, -1 for lowered, 0 for the line."""
    text = tex.replace("$", "").replace("{}", "")
    for command, sign in SIGNS.items():
        text = text.replace(command, sign)
    if PIECE.sub("", text):
        raise ValueError(f"tex must be of the part that symbols.py knows; got {tex!r}")
    shifts = (1, -1, 1, 0)  # of the groups of PIECE
    found = [
        next((part, shift) for part, shift in zip(groups, shifts, strict=True) if part)
        for groups in PIECE.findall(text)
    ]
    return [(_minus(part), shift) for part, shift in found]


@lru_cache(512)
def spoken(tex):
    """The symbol as one line of plain text: h^(2)."""
    return "".join({1: "^", -1: "_", 0: ""}[shift] + part for part, shift in pieces(tex))


@lru_cache(512)
def svg_text(tex, size):
    """The symbol as tspans of an SVG text of that font size."""
    spans, height = [], 0.0
    for part, shift in pieces(tex):
        rise = {1: -0.4, -1: 0.25, 0: 0.0}[shift] * size
        dy = f' dy="{rise - height:.1f}"' if rise != height else ""
        small = f' font-size="{0.72 * size:.1f}"' if shift else ""
        written = escape(part).replace("f′", "f\N{THIN SPACE}′")  # a slanted f would run into its prime
        spans.append(f"<tspan{dy}{small}>{written}</tspan>" if dy or small else written)
        height = rise
    return "".join(spans)


@lru_cache(512)
def html_symbol(tex):
    """The symbol as HTML."""
    tags = {1: ("<sup>", "</sup>"), -1: ("<sub>", "</sub>"), 0: ("", "")}
    inner = "".join(tags[shift][0] + escape(part) + tags[shift][1] for part, shift in pieces(tex))
    return f'<span class="symbol">{inner}</span>'


def plain(words) -> str:
    """HTML words as plain text, for a terminal and for stored outputs: h<sup>(t)</sup> becomes h^(t)."""
    text = re.sub(r"<sup>(.*?)</sup>", r"^\1", words)
    text = re.sub(r"<sub>(.*?)</sub>", r"_\1", text)
    text = re.sub(r"<br>|</p>|</tr>|</caption>|<table>", "\n", text)
    text = re.sub(r"</t[hd]>(?=<t)", "   ", text)
    return unescape(re.sub(r"<[^>]*>", "", text)).strip()


def short(name, most) -> str:
    """A name from the reader on one line that is at most so many font sizes wide."""
    text = " ".join(str(name).split())
    if _wide(text) <= most:
        return text
    fits = next(n for n in range(len(text), -1, -1) if _wide(text[:n] + "…") <= most)
    return text[:fits].rstrip() + "…"


def _wide(text):
    """How wide a text without serifs is, in font sizes: rather too much than too little."""
    return sum(
        1.0
        if letter in "MWmw@%…" or east_asian_width(letter) in "WF"
        else 0.35
        if letter in " fijlrtI.,:;!|'()[]-"
        else 0.78
        if letter.isupper()
        else 0.64
        for letter in text
    )


def rich(text) -> str:
    """Words as HTML: h^(t) and ^tU are raised, what stands between backticks is code. Nothing else has a meaning."""
    return re.sub(r"`([^`]+)`|\^(\([^)]*\)|t(?=[A-Zhx]))", _tagged, escape(text, quote=False)).replace("\n", "<br>")


def _tagged(found):
    code, raised = found.groups()
    return f'<code style="{CODE}">{code}</code>' if code else f"<sup>{_minus(raised)}</sup>"


def _minus(text):
    return text.replace("-", "\N{MINUS SIGN}")
