"""What a panel forgets to declare is an error when it is made, in a sentence that names the panel and the part."""

from functools import wraps

import pytest

from bptt_lab.panel import Panel, menu, slider


class Square(Panel):
    """A panel that declares all it must."""

    def controls(self):
        return {"x": slider("x", 1, 0, 4), "end": menu("end", ["a", "b"], "a")}

    def build(self, figure):
        self.axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        (self.line,) = self.axes.plot([0, 4], [0, 4], label="still")
        (self.point,) = self.axes.plot([], [], "o", animated=True)
        self.bars = [self.axes.bar([0], [1], animated=True)[0]]
        self.label = self.axes.text(0, 0, "", animated=True)
        self.legend = self.axes.legend()

    def update(self, x, end):
        self.point.set_data([x], [x**2])
        self.bars[0].set_height(x)
        self.label.set_text(f"{x} {end}")
        return f"The square of {x} is {x**2}."


def test_a_panel_that_declares_all_is_made_and_moves():
    panel = Square()
    before = panel.chart.widget.moving
    panel.inputs["x"].value = 3
    assert panel.said == "The square of 3 is 9."
    assert panel.chart.widget.moving != before


class Nameless(Square):
    def controls(self):
        return super().controls() | {"x": slider("", 1, 0, 4)}


class Unused(Square):
    def controls(self):
        return super().controls() | {"y": slider("y", 1, 0, 4)}


class Ignoring(Unused):
    def update(self, x, end, y):
        return super().update(x, end)


class Wanting(Square):
    def update(self, x, end, z):
        return super().update(x, end)


class Wordless(Square):
    def update(self, x, end):
        super().update(x, end)


class Blank(Square):
    def update(self, x, end):
        super().update(x, end)
        return " "


class Mover(Square):
    def update(self, x, end):
        self.inputs["x"].max = 3
        return super().update(x, end)


class Chooser(Square):
    def update(self, x, end):
        self.inputs["end"].value = "b"
        return super().update(x, end)


class Frozen(Square):
    def update(self, x, end):
        self.line.set_ydata([0, x])
        return super().update(x, end)


class FrozenBar(Square):
    def update(self, x, end):
        self.bars[0].set_animated(False)
        return super().update(x, end)


class FrozenText(Square):
    def update(self, x, end):
        self.axes.set_xlabel(f"x = {x}")
        return super().update(x, end)


class FrozenLegend(Square):
    def update(self, x, end):
        self.legend.get_texts()[0].set_text(end)
        return super().update(x, end)


class Added(Square):
    def update(self, x, end):
        self.axes.plot([x], [x], "x")
        return super().update(x, end)


class Elsewhere(Square):
    def adjust(self, x, end):
        return {"z": {"max": 3}}


class Painter(Square):
    def adjust(self, x, end):
        return {"x": {"disabled": True}}


class Boundless(Square):
    def adjust(self, x, end):
        return {"end": {"max": 3}}


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        (Nameless, ValueError, r"^Nameless: the control 'x' must have a description"),
        (Unused, TypeError, r"^Unused\.update must take the values of its controls, x, end, y; got update\(x, end\)$"),
        (
            Ignoring,
            ValueError,
            r"^Ignoring\.update must use the control 'y'; got update\(x, end, y\), which never reads it$",
        ),
        (Wanting, TypeError, r"^Wanting\.update must take .*; got update\(x, end, z\)$"),
        (Wordless, TypeError, r"^Wordless\.update must return words, .*; got None$"),
        (Blank, TypeError, r"^Blank\.update must return words, .*; got ' '$"),
        (Mover, ValueError, r"^Mover\.update moved the control 'x': only adjust may do that$"),
        (Chooser, ValueError, r"^Chooser\.update moved the control 'end'"),
        (Frozen, ValueError, r"^Frozen\.update changed `line` \(Line2D\): build it with animated=True"),
        (FrozenBar, ValueError, r"^FrozenBar\.update changed `bars` \(Rectangle\): build it with animated=True"),
        (FrozenText, ValueError, r"^FrozenText\.update changed an artist \(Text\)"),
        (FrozenLegend, ValueError, r"^FrozenLegend\.update changed an artist \(Text\)"),
        (Added, ValueError, r"^Added\.update changed an artist \(Line2D\)"),
        (Elsewhere, ValueError, r"^Elsewhere\.adjust must name controls, of x, end; got 'z'$"),
        (Painter, ValueError, r"^Painter\.adjust must set value, min, max or options of 'x'; got 'disabled'$"),
        (Boundless, ValueError, r"^Boundless\.adjust must set .* of 'end'; got 'max'$"),
    ],
)
def test_what_is_forgotten_is_an_error_when_the_panel_is_made(kind, error, says):
    with pytest.raises(error, match=says):
        kind()


class Late(Square):
    """It moves the line that stands still, but not at first."""

    def update(self, x, end):
        if end == "b":
            self.line.set_ydata([0, x])
        return super().update(x, end)


def test_what_freezes_later_is_an_error_in_the_panel():
    panel = Late()
    with pytest.raises(ValueError, match=r"^Late\.update changed `line` \(Line2D\)"):
        panel.inputs["end"].value = "b"
    assert "Late.update changed `line`" in panel.notice.alert


class Following(Square):
    """`x` goes as far as `most`, and stands at the end whenever the end moves."""

    def controls(self):
        return {"most": slider("most", 4, 1, 9), **super().controls()}

    def adjust(self, most, x, end):
        return {"x": {"max": most, "value": most if self.inputs["x"].max != most else x}}

    def update(self, most, x, end):
        return super().update(x, end)


def test_a_control_may_follow_another_before_the_update():
    panel = Following()
    panel.inputs["most"].value = 9
    assert (panel.inputs["x"].max, panel.inputs["x"].value) == (9, 9)
    assert panel.said == "The square of 9 is 81."
    panel.inputs["x"].value = 2
    assert panel.said == "The square of 2 is 4."


class ByOtherWays(Unused):
    """`y` is used in a function within, or handed on by a decorator that knows no names."""

    def update(self, x, end, y):
        return (lambda: super(Unused, self).update(x + y - 1, end))()


class Decorated(Unused):
    @staticmethod
    def passing(update):
        @wraps(update)
        def call(*args, **values):
            return update(*args, **values)

        return call

    @passing
    def update(self, x, end, y):
        return super().update(x, end)


@pytest.mark.parametrize("kind", [ByOtherWays, Decorated])
def test_what_may_be_used_is_not_accused(kind):
    assert kind().said.startswith("The square of 1")


class Ticking(Square):
    """Its ticks stand still between changes: limits and ticks may follow the values."""

    def update(self, x, end):
        self.axes.set_xticks(range(x + 1))
        self.axes.set_ylim(0, 5 + x)
        return super().update(x, end)


def test_new_ticks_are_drawn():
    panel = Ticking()
    panel.inputs["x"].value = 4
    four = panel.chart.widget.behind
    panel.axes.set_ylim(0, 9)
    panel.axes.set_xticks([0])
    panel.chart.paint()
    assert panel.chart.widget.behind != four
