"""The look that all pictures share: colours, dashes, fonts and sizes. Lengths are CSS pixels."""

# Okabe and Ito's palette: told apart by colour-blind readers too. A marker or a dash always says the same.
BLACK, GREY, PALE = "#000000", "#767676", "#E8E8E8"
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
UNIT_STYLES = (  # hidden unit 0, 1, 2
    {"color": BLUE, "marker": "o"},
    {"color": ORANGE, "marker": "s"},
    {"color": GREEN, "marker": "^"},
)
FORWARD = {"color": BLUE, "linestyle": "-"}
BACKWARD = {"color": VERMILLION, "linestyle": "--"}
FACTOR = {"color": GREY, "linestyle": ":"}

PIXELS_PER_INCH = 96  # a CSS pixel is 1/96 inch
LINE_SPACING = 1.4  # of labels with two lines, in font sizes
SHARPNESS = 1.5  # of a stored picture: image pixels per CSS pixel
NOTE_HEIGHT = 36  # image pixels
WIDTH = 910  # of every picture
LEAST_WIDTH = 845  # CSS pixels: the pictures are drawn for 910, and at this width no number is below 9 pixels
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


NODE_LOOKS = {  # kind of node -> how its box looks
    "given": {"ec": GREY, "fc": "#F4F4F4"},
    "value": {"ec": BLUE, "fc": "#EAF4FB"},
    "operation": {"ec": BLUE, "fc": "#EAF4FB"},
    "local": {"ec": GREY, "fc": "#FFFFFF"},
    "fold": {"ec": "#B8B8B8", "fc": "#FFFFFF", "ls": ":"},
    "gradient": {"ec": VERMILLION, "fc": "#FDF0E7", "ls": (0, (4, 2))},
    "total": {"ec": VERMILLION, "fc": "#FBD9C3"},
}
