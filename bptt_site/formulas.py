"""Formulas as MathML, which browsers show without a script, and the font that they are set in."""

import html
import re
import unicodedata
from base64 import b64encode
from importlib.metadata import distribution
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from latex2mathml.converter import convert

from bptt_site.lights import marked

# STIX Two Math, under the SIL Open Font Licence
FONT = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
TAG = re.compile(r"\\tag\{(?P<number>[^}]*)\}")
BAR = '<mo stretchy="false">&#x0007C;</mo>'
CLOSE_BAR = '<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo>'
# A superscript is raised above its base's accent too, and would float there: so the accent gets no height of its own.
ACCENTED = re.compile(r"(?<=<msup>|<msub>)<mover accent=.*?</mover>|(?<=<msubsup>)<mover accent=.*?</mover>")
ASCENT = r'<mpadded height="0.7em">\g<0></mpadded>'
MATH = re.compile(r"<math.*?</math>", re.DOTALL)


def inline(formula) -> str:
    return _mathml(formula, "inline")


def block(formula) -> str:
    """On a line of its own; MathML has no number at the margin, so \\tag is set beside it."""
    tag = TAG.search(formula)
    number = f'<span class="number">({tag["number"]})</span>' if tag else ""
    return f'<span class="formula">{_mathml(TAG.sub("", formula), "block")}{number}</span>'


def _mathml(formula, display):
    # a bar in the middle of a formula would get the space of an operator; here it is always one side of |...|
    return marked(ACCENTED.sub(ASCENT, convert(formula.strip(), display=display).replace(BAR, CLOSE_BAR)))


def characters(page) -> set:
    """The characters that a page's formulas need: a variable's letter is drawn as an italic one of Unicode's."""
    formulas = html.unescape(re.sub(r"<[^>]*>", "", "".join(MATH.findall(page))))
    return set(formulas) | {_italic(letter) for letter in formulas if letter.isalpha()}


def _italic(letter):
    if letter == "h":
        return "ℎ"  # Unicode had it already, as Planck's constant
    _, _, rest = unicodedata.name(letter).partition(" ")  # LATIN SMALL LETTER A, GREEK CAPITAL LETTER DELTA
    return unicodedata.lookup(f"MATHEMATICAL ITALIC {rest.replace('LETTER ', '')}")


def font_face(wanted) -> str:
    """CSS that brings the font along, cut down to these characters."""
    font = TTFont(FONT)
    options = Options(hinting=False, name_IDs=["*"], layout_features=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, wanted))
    subsetter.subset(font)
    font.flavor = "woff"
    file = BytesIO()
    font.save(file)
    data = b64encode(file.getvalue()).decode()
    return f'@font-face {{ font-family: "STIX Two Math"; src: url(data:font/woff;base64,{data}) format("woff"); }}'
