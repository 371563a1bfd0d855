"""Panels in windows of several sizes: one screen holds what belongs together, and no number is too small to read."""

import pytest

from tests.harness.checks import check_no_errors, check_readable
from tests.harness.lab import write_notebook

LAPTOP, SMALL, PHONE = (1280, 720), (1000, 800), (390, 800)
CELLS = {
    "forward": 'from bptt_lab.pages import PANELS\nglobals().update(PANELS)\nGraphPanel("forward")',
    "backward": 'GraphPanel("backward")',
    "link": "StepBackPanel()",
    "chart": "StatesPanel()",
    "errors": "WitnessPanel()",
    "asks": 'from bptt_lab.pages import predict\npredict(TermsPanel(), "05-dW", "05-dU")',
}
GRAPHS = ("forward", "backward", "link")
SHOWN = [name for name in CELLS if name != "asks"]
# font sizes on the screen: those of the SVG's texts, by what the picture is scaled
SIZES = """(picture) => [...picture.querySelectorAll("svg text")].filter((text) => text.getScreenCTM()).map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
NUMBERS = """(picture) => [...picture.querySelectorAll(".frame:not([hidden]) :is(text.line, text.shape)")].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""

# the parts of a card that do not end within it
CUT_OFF = """(card) => {
    const { bottom } = card.getBoundingClientRect();
    const scrolls = card.scrollHeight > card.clientHeight + 1 || card.scrollWidth > card.clientWidth + 1;
    const beyond = (part) => part.getBoundingClientRect().bottom > bottom;
    return [...(scrolls ? [card] : []), ...[...card.querySelectorAll("dd, table, p, h4")].filter(beyond)]
        .map((part) => part.textContent);
}"""


@pytest.fixture(scope="module")
def opened(run_notebook, pages):
    write_notebook(pages / "layout.ipynb", CELLS.values())
    with run_notebook("layout.ipynb") as lab:
        yield lab
        check_no_errors(lab)


@pytest.fixture
def at(opened):
    """at(size, name): the panel of that name in a window of that size."""

    def panel(size, name):
        opened.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        if size != LAPTOP:
            opened.page.evaluate("jupyterapp.shell.collapseLeft()")
        found = opened.panels[list(CELLS).index(name)]
        found.root.evaluate("panel => panel.scrollIntoView({ block: 'start' })")
        opened.settle()
        return found

    yield panel
    opened.page.evaluate("jupyterapp.shell.expandLeft()")


def box(part):
    return part.evaluate(
        "e => { const { top, bottom, left, right } = e.getBoundingClientRect(); return { top, bottom, left, right } }"
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_controls_picture_and_words_are_on_one_screen_of_a_laptop(at, opened, name):
    panel = at(LAPTOP, name)
    notebook = box(opened.page.locator(".jp-WindowedPanel-outer, .jp-Notebook").first)
    controls = box(panel.root.locator(".bptt-controls"))
    picture = box(panel.root.locator(".scene"))
    words = box(panel.root.locator(".bptt-words"))
    assert notebook["top"] - 1 <= controls["top"]
    assert controls["bottom"] <= picture["top"] + 1
    assert picture["bottom"] <= words["top"] + 1
    assert words["bottom"] <= notebook["bottom"]
    assert picture["right"] <= notebook["right"]
    if name == "link":  # the chart below the words belongs to them too
        assert box(panel.root.locator(".bptt-chart"))["top"] >= words["bottom"] - 1


@pytest.mark.parametrize("size", [LAPTOP, SMALL, PHONE])
@pytest.mark.parametrize("name", SHOWN)
def test_no_number_is_below_nine_pixels(at, size, name):
    for picture in at(size, name).root.locator(".bptt-picture").all():
        sizes = picture.evaluate(NUMBERS if picture.locator(".line").count() else SIZES)
        assert sizes
        assert min(sizes) >= 9 - 1e-3


@pytest.mark.parametrize("size", [SMALL, PHONE])
@pytest.mark.parametrize("name", SHOWN)
def test_what_does_not_fit_scrolls_in_its_place_and_not_the_page(at, size, name):
    panel = at(size, name)
    scrollers = panel.root.locator(".bptt-scroller").all()
    assert len(scrollers) == panel.root.locator(".bptt-picture").count()
    for scroller in scrollers:
        assert scroller.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX == 'auto'")
        assert scroller.evaluate("e => e.scrollHeight <= e.clientHeight")
    assert panel.root.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("size", [LAPTOP, (1900, 900)])
def test_a_card_shows_all_that_it_holds(at, opened, size, name):
    panel = at(size, name)
    card = panel.root.locator(".card")
    for node in panel.root.locator("svg .frame:not([hidden]) g.node:not(.fold)").all():
        node.dispatch_event("click")
        opened.settle()
        assert node.get_attribute("aria-pressed") == "true"
        assert card.evaluate(CUT_OFF) == [], node.get_attribute("data-key")
    panel.reset()


@pytest.mark.parametrize("name", ["forward", "chart"])
def test_a_phone_enlarges_by_a_tap(at, opened, name):
    panel = at(PHONE, name)
    small = panel.root.locator(".bptt-picture svg").first.evaluate("e => e.getBoundingClientRect().width")
    if name == "chart":
        panel.root.locator(".bptt-chart").click(position={"x": 50, "y": 50})
    else:
        panel.root.get_by_role("button", name="Enlarge the picture").click()
    large = opened.page.get_by_role("dialog")
    large.wait_for()
    assert large.evaluate("e => e.getBoundingClientRect().width") == PHONE[0]
    assert large.locator("svg").first.evaluate("e => e.getBoundingClientRect().width") > 1.5 * small
    large.get_by_role("button", name="Close").click()
    large.wait_for(state="detached")
    assert panel.root.get_by_role("button", name="Enlarge the picture").evaluate("e => e === document.activeElement")


def test_a_wide_window_needs_no_button_to_enlarge(at, opened):
    panel = at((1440, 900), "chart")
    assert not panel.root.get_by_role("button", name="Enlarge the picture").is_visible()
    panel.root.locator(".bptt-chart").click(position={"x": 50, "y": 50})
    assert opened.page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("name", SHOWN)
def test_every_control_has_a_name_that_can_be_spoken(at, name):
    panel = at(LAPTOP, name)
    names = [control.get_attribute("aria-label") for control in panel.root.get_by_role("slider").all()]
    labels = [row.locator(".widget-label").inner_text() for row in panel.root.locator(".widget-slider").all()]
    assert names == labels
    assert all(labels)
    player = [button.get_attribute("aria-label") for button in panel.root.locator(".widget-play button").all()]
    assert player == (["Play or pause", "Stop", "Repeat"] if name in GRAPHS else [])
    for button in panel.root.get_by_role("button").all():
        spoken = button.get_attribute("aria-label") or button.inner_text()
        assert spoken.strip()
        assert not any("\ue000" <= letter <= "\uf8ff" for letter in spoken), "a glyph of a private font"


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_all_panels_are_readable_in_both_themes_and_by_a_screen_reader(at, opened, theme):
    """Before a guess, and after one."""
    with opened.in_theme(theme):
        asks = at(LAPTOP, "asks").root
        if asks.get_by_role("button", name="1952").first.is_enabled():
            check_readable(opened, ".bptt-panel", least=20)
            asks.get_by_role("button", name="1952").first.click()
            opened.settle()
        check_readable(opened, ".bptt-panel", least=20)


def test_a_dark_theme_turns_the_pictures(at, opened):
    """Light on dark, each colour with its hue. In the light theme they are as they were drawn."""
    picture = at(LAPTOP, "chart").root.locator(".bptt-picture")
    with opened.in_theme("JupyterLab Dark"):
        assert picture.evaluate("e => getComputedStyle(e).filter") == "invert(0.93) hue-rotate(180deg)"
    assert picture.evaluate("e => getComputedStyle(e).filter") == "none"
