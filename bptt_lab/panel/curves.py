"""One curve for each row of a quantity: of few each in a style of its own, of many the chosen one among grey ones."""

from ..look import BLACK, GREY, UNIT_STYLES

OTHERS = {"color": GREY, "lw": 0.8}
ALONE = {"color": BLACK, "marker": "D"}


class Curves:
    def __init__(self, ax, rows, name, alone=None, **look):
        """name : of a row, such as "unit".  alone : the style of one row that is no unit.  look : of all curves"""
        self.few = rows <= len(UNIT_STYLES)
        styles = UNIT_STYLES[:rows] if self.few else [OTHERS] * (rows - 1) + [UNIT_STYLES[0]]
        if alone and rows == 1:
            styles = [alone]
        self.lines = [ax.plot([], [], animated=True, **{**style, **look})[0] for style in styles]
        named = self.lines if self.few else self.lines[-2:]
        names = [f"{name} {i}" for i in range(rows)] if self.few else ["others", "chosen"]
        if rows > 1 or not alone:
            ax.legend(named, names, loc="upper left", bbox_to_anchor=(1.01, 1))

    def draw(self, x, values, chosen=0, apart=0.0):
        """values : (points, rows).  chosen : the row that stands out of many.  apart : of few, how far side by side"""
        rows = range(len(self.lines))
        order = rows if self.few else [*(i for i in rows if i != chosen), chosen]
        for i, line in zip(order, self.lines, strict=True):
            line.set_data(x + ((i - 1) * apart if self.few else 0), values[:, i])
