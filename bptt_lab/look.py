"""The look that all pictures share, for matplotlib and for CSS: colours, dashes, fonts and sizes.

A stylesheet writes `var(--bptt-backward)` for what is BACKWARD here, and `css` tells it what that is.
"""

# Okabe and Ito's palette: told apart by colour-blind readers too. A marker or a dash always says the same.
BLACK, GREY, PALE, WHITE = "#000000", "#767676", "#e8e8e8", "#fff"
BLUE, ORANGE, GREEN, VERMILLION = "#0072b2", "#e69f00", "#009e73", "#d55e00"


def _channels(color):
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    return [int(digits[i : i + 2], 16) for i in (0, 2, 4)]


def _hex(channels):
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)


def tint(color, share) -> str:
    """That share of the colour, on white."""
    return _hex(255 - share * (255 - channel) for channel in _channels(color))


def contrast(color, other) -> float:
    """How well one is read on the other, from 1 to 21: WCAG 2.2, 1.4.3 asks for 4.5."""
    light, dark = sorted(map(_luminance, (color, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color):
    shares = (channel / 255 for channel in _channels(color))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def for_text(color) -> str:
    """The same hue, dark enough for letters on white. A line may be lighter."""
    shades = (_hex(percent / 100 * channel for channel in _channels(color)) for percent in range(100, -1, -1))
    return next(shade for shade in shades if contrast(shade, WHITE) >= 5)


# what a colour says
FORWARD = {"color": BLUE, "linestyle": "-"}
BACKWARD = {"color": VERMILLION, "linestyle": "--"}
FACTOR = {"color": GREY, "linestyle": ":"}
FORWARD_TEXT, BACKWARD_TEXT = (for_text(way["color"]) for way in (FORWARD, BACKWARD))
FORWARD_TINT, BACKWARD_TINT, TOTAL_TINT = tint(BLUE, 0.08), tint(BACKWARD["color"], 0.09), tint(BACKWARD["color"], 0.23)
GIVEN_TINT, FOLD, CHOSEN = "#f4f4f4", "#b8b8b8", "#fff3c4"
DOUBTFUL = "#f3f3f3"  # between white, which agrees, and PALE, which is wrong
SMALL_PRINT = "#5f5f5f"
RIGHT, WRONG, OPEN = "#00674b", "#a34700", SMALL_PRINT  # labels that white letters are read on
DARK_PAPER = "#121212"  # what white becomes in a dark theme, where panel.css inverts a picture
INK, SOFT_INK, BORDER, FLAT = "#212121", "#616161", "#bdbdbd", "#eeeeee"  # where no theme says another
UNIT_STYLES = (  # hidden unit 0, 1, 2
    {"color": BLUE, "marker": "o"},
    {"color": ORANGE, "marker": "s"},
    {"color": GREEN, "marker": "^"},
)
NODE_LOOKS = {  # kind of node -> how its box looks
    "given": {"ec": GREY, "fc": GIVEN_TINT},
    "value": {"ec": FORWARD["color"], "fc": FORWARD_TINT},
    "operation": {"ec": FORWARD["color"], "fc": FORWARD_TINT},
    "local": {"ec": GREY, "fc": WHITE},
    "fold": {"ec": FOLD, "fc": WHITE, "ls": ":"},
    "passing": {"ec": BACKWARD["color"], "fc": BACKWARD_TINT},
    "gradient": {"ec": BACKWARD["color"], "fc": BACKWARD_TINT, "ls": (0, (4, 2))},
    "total": {"ec": BACKWARD["color"], "fc": TOTAL_TINT},
}

# lengths are CSS pixels, but for font sizes, which are matplotlib's points
PIXELS_PER_INCH = 96  # a CSS pixel is 1/96 inch
LINE_SPACING = 1.4  # of labels with two lines, in font sizes
SHARPNESS = 1.5  # of a stored picture: image pixels per CSS pixel
NOTE_HEIGHT = 36  # image pixels
WIDTH = 910  # of every picture
LEAST_WIDTH = 845  # a picture that is narrower scrolls: at this width no number is below 9 pixels
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.markersize": 5,
}

VARIABLES = {  # of the stylesheets
    "black": BLACK,
    "paper": WHITE,
    "dark-paper": DARK_PAPER,
    "grey": GREY,
    "small-print": SMALL_PRINT,
    "forward": FORWARD["color"],
    "forward-text": FORWARD_TEXT,
    "forward-tint": FORWARD_TINT,
    "backward": BACKWARD["color"],
    "backward-text": BACKWARD_TEXT,
    "backward-tint": BACKWARD_TINT,
    "backward-dash": "5 3",
    "total-tint": TOTAL_TINT,
    "given-tint": GIVEN_TINT,
    "fold": FOLD,
    "chosen": CHOSEN,
    "focus": ORANGE + "80",
    "outline": BLUE,
    "asleep": ORANGE,
    "right": RIGHT,
    "wrong": WRONG,
    "ink": INK,
    "soft-ink": SOFT_INK,
    "border": BORDER,
    "flat": FLAT,
    "sans": '"DejaVu Sans", Verdana, sans-serif',  # as matplotlib sets the labels that stand still
    "serif": '"STIX Two Text", Cambria, "DejaVu Serif", serif',
    "mono": '"DejaVu Sans Mono", Menlo, Consolas, monospace',
    "width": WIDTH,
}

PAGE_COLORS = {  # of a whole page that no front end draws: in light, in dark
    "paper": (WHITE, "#17181c"),
    "ink": ("#1b1b1f", "#e6e6ea"),
    "quiet": ("#5c5c66", "#a9a9b4"),
    "line": ("#d9d9e0", "#3a3b42"),
    "code": ("#f8f8fa", "#202127"),
    "link": ("#0b57a4", "#8ab8f5"),
    "on-link": (WHITE, "#10131a"),
    "failed": ("#5d3a9b", "#5d3a9b"),  # a label that white letters are read on
}


def css(sheet) -> str:
    """A stylesheet, with the variables that it uses. A container query takes none, so LEAST_WIDTH is put into it."""
    variables = "".join(f"--bptt-{name}: {value}; " for name, value in VARIABLES.items())
    return f":root {{ {variables}}}\n" + sheet.replace("LEAST_WIDTH", f"{LEAST_WIDTH}px")


def page_css(sheet) -> str:
    """The stylesheet of a whole page, with PAGE_COLORS as the reader's system has it: light or dark."""
    light, dark = ("".join(f"--{name}: {pair[i]}; " for name, pair in PAGE_COLORS.items()) for i in (0, 1))
    return (
        f":root {{ color-scheme: light dark; {light}}}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n" + sheet
    )
