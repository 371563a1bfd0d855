"""A chart on the page: two layers of SVG that agree with the figure, drawn no more often than they must be."""

import io
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from ipywidgets import __version__ as ipywidgets_version
from matplotlib.colors import to_hex

from bptt_lab.look import BLUE, LINE_SPACING, PALE
from bptt_lab.pages import PANELS
from bptt_lab.panel.chart import POWER_SIZE, REMEMBERED, Chart, PageRenderer

# pixels between a label's line here and in matplotlib; before 3.11 it spaced the lines of a text a little otherwise
LINES_AGREE = 1 if matplotlib.__version_info__ >= (3, 11) else 4
WITH_CHART = [name for name in PANELS if name != "GraphPanel"]
every_chart = pytest.mark.parametrize("name", WITH_CHART)


def make(name):
    return PANELS[name](*([1.243] if name == "LossPanel" else []))


def layers(panel):
    return panel.chart.widget.behind, panel.chart.widget.moving


@every_chart
def test_both_layers_are_svg_of_one_size(name):
    panel = make(name)
    for layer in layers(panel):
        root = ElementTree.fromstring(layer)
        width, height = map(float, root.get("viewBox").split()[2:])
        assert width / height == pytest.approx(910 / panel.chart.height)
        assert "Matplotlib v" not in layer
        assert "<style" not in layer  # it would hold for the whole page


@every_chart
def test_no_two_charts_of_a_page_share_an_id(name):
    """But for the shapes of letters, which are the same everywhere."""
    charts = [make(name), make(name)]
    ids = [set(re.findall(r'\bid="([^"]+)"', layer)) for panel in charts for layer in layers(panel)]
    for i, some in enumerate(ids):
        for others in ids[i + 1 :]:
            assert all(re.match(r"(DejaVuSans|Cmsy10)-", shared) for shared in some & others)  # a font and a letter
        referred = set(re.findall(r'(?:url\(#|href="#)([^")]+)', layers(charts[i // 2])[i % 2]))
        assert referred <= some  # what is referred to is there


def test_a_line_stands_where_the_axes_say():
    panel = make("WindowPanel")
    panel.inputs["T"].value = 6
    (path,) = re.findall(rf'<path d="([^"]*)"[^>]*style="fill: none; stroke: {BLUE.lower()}', panel.chart.widget.moving)
    drawn = np.array([[float(c) for c in point.split()] for point in re.findall(r"[ML] ([\d.]+ [\d.]+)", path)])
    ax = panel.chart.figure.axes[0]
    height = panel.chart.figure.bbox.height
    expected = ax.transData.transform(panel.inputs_line.get_xydata()) * (1, -1) + (0, height)  # y points down
    np.testing.assert_allclose(drawn, expected, atol=1e-5)  # written with six decimals
    assert len(drawn) == 7


def test_what_stands_still_is_drawn_once_for_each_limits():
    panel = make("BlamePanel")
    drawn = []
    draw = panel.chart.figure.draw
    panel.chart.figure.draw = lambda renderer: drawn.append(panel.inputs["T"].value) or draw(renderer)
    for T in (5, 4, 5, 4, 30, 4, 30):  # 30 has other limits
        panel.inputs["T"].value = T
    assert drawn == [30]


def test_only_so_many_still_parts_are_kept():
    def build(figure):
        figure.add_axes((0.1, 0.1, 0.8, 0.8))

    chart = Chart(200, build)
    ax = chart.figure.axes[0]
    for n in range(3 * REMEMBERED):
        ax.set_xlim(0, n + 1)
        chart.paint()
    assert len(chart._behind) == REMEMBERED
    *_, ((limits,), newest) = chart._behind.items()
    assert limits[:2] == ((0, 3 * REMEMBERED), (0, 1))
    assert chart.widget.behind == newest


@every_chart
def test_ticks_that_come_later_look_like_the_first(name):
    """The style holds while a chart is built; limits that change afterwards may need more ticks."""
    panel = make(name)
    for control in panel.inputs.values():
        if hasattr(control, "options"):
            control.index = len(control.options) - 1
        else:
            control.value = control.max
    for ax in panel.chart.figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                assert tick.label1.get_fontsize() == (POWER_SIZE if axis.get_scale() == "log" else 9)
                assert to_hex(tick.gridline.get_color(), keep_alpha=False) == PALE


@pytest.mark.skipif(ipywidgets_version.startswith("7."), reason="ipywidgets 7 sends nothing where there is no kernel")
def test_a_change_is_one_message_to_the_page():
    panel = make("RadiusPanel")
    sent = []
    panel.chart.widget.send_state = lambda keys: sent.append(set(keys))
    panel.inputs["T"].value = 4  # both layers change
    assert sent == [{"behind", "moving"}]


@pytest.mark.parametrize("va", ["top", "center", "baseline"])
@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize(("text", "spacing"), [("t = 4\n<1956>", {"linespacing": LINE_SPACING}), ("<1956>", {})])
def test_a_moving_label_stands_where_matplotlib_puts_it(text, spacing, ha, va):
    """To a pixel: baseline and the side that it is tied to. The page's letters may be a little wider or narrower."""

    def build(figure):
        ax = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        look = {"ha": ha, "va": va, "fontsize": 9, "color": BLUE, **spacing}
        ax.text(0.3, 0.6, text, **look, animated=True)

    chart = Chart(200, build)
    chart.paint()
    moving = _texts(chart.widget.moving)
    (label,) = chart.figure.axes[0].texts
    expected = matplotlib_places(label)
    assert [element.text for element in moving] == [line for line, *_ in expected] == text.split("\n")
    for element, (_, left, width, baseline) in zip(moving, expected, strict=True):
        tied = {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor")]
        assert float(element.get("x")) == pytest.approx(left + tied, abs=1)
        assert float(element.get("y")) == pytest.approx(baseline, abs=LINES_AGREE)
        assert element.get("fill") == BLUE.lower()


def matplotlib_places(label):
    """Each line of a label as matplotlib draws it: the line, its left end, its width, its baseline."""
    found = []

    class Recorder(PageRenderer):
        def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
            found.append((s, x, self.get_text_width_height_descent(s, prop, ismath)[0], y))

    label.draw(Recorder(*label.figure.bbox.size, io.StringIO()))
    return found


def test_plain_text_that_stands_still_is_text_too():
    words = [element.text for element in _texts(make("StatesPanel").chart.widget.behind)]
    assert {"unit 0", "unit 1", "unit 2", "0.0"} <= set(words)


def _texts(layer):
    return list(ElementTree.fromstring(layer).iter("{http://www.w3.org/2000/svg}text"))
