"""What a front end may take away from a panel: its keys, and its place in the page."""

from contextlib import closing

import pytest

from bptt_lab.panel.notice import HERE
from tests.harness.checks import check_no_errors
from tests.harness.lab import write_notebook

CELLS = {
    "graph": (
        "from bptt_lab.pages import check, predict\nfrom bptt_lab.pages.graphs import GraphPanel\n"
        'from bptt_lab.pages.sums import TermsPanel\nGraphPanel("backward")'
    ),
    "long": 'print("a line\\n" * 200)',
    "guess": 'predict(TermsPanel(), "05-dW", "05-first-year")',
    "longer": 'print("a line\\n" * 200)',
    "exercise": 'def sum_dU(delta, h):\n    return ...\ncheck("05-dU", sum_dU)',
}
AT = list(CELLS).index
NOTEBOOK = (
    "[bptt.notebook.content.model.cells.length, bptt.notebook.content.activeCellIndex, bptt.notebook.content.mode]"
)


@pytest.fixture(scope="module", params=["open_in_lab", "open_in_notebook"])
def opened(request, pages):
    """Open in each front end, and run."""
    name = f"front-{request.param}.ipynb"
    write_notebook(pages / name, CELLS.values())
    with request.getfixturevalue(request.param)(name) as lab:
        lab.run_all()
        yield lab


@pytest.fixture
def graph(opened):
    """The panel with the graph, as it was at first. No test may leave an error."""
    panel = opened.panels[0]
    panel.root.scroll_into_view_if_needed()
    panel.reset()
    yield panel
    check_no_errors(opened)


def press(panel, *keys):
    for key in keys:
        panel.lab.page.keyboard.press(key)
        panel.lab.settle()


def fresh(panel):
    return panel.root.locator("g.node.fresh").evaluate_all("nodes => nodes.map(node => node.dataset.key)")


def focused(panel):
    return panel.root.evaluate("root => root.contains(document.activeElement) && document.activeElement.dataset.key")


CONTEXTS = {  # that a widget manager may have of its notebook
    "of Colab": "undefined",
    "of VS Code": "{ saveState: {}, sessionContext: {}, model: { metadata: new Map() } }",
}


@pytest.mark.parametrize("notebook", CONTEXTS.values(), ids=CONTEXTS)
def test_where_a_notebook_cannot_be_told_what_to_save_nothing_is_asked_of_it(browser, notebook):
    keep = (HERE / "keep.js").read_text(encoding="utf-8")
    ask = f"{keep}\nconst manager = {{ context: {notebook} }};\nkeepState(manager); return !manager.keepsState;"
    with closing(browser.new_page()) as page:
        assert page.evaluate(f"() => {{ {ask} }}")


def test_it_asks_nothing_about_news_or_updates(opened):
    """By the settings that come with an install, and not by a user's own."""
    ask = "jupyterapp.serviceManager.settings.fetch('@jupyterlab/apputils-extension:notification')"
    asked = opened.page.evaluate(f"{ask}.then(({{ schema, raw }}) => [schema.properties, raw])")
    assert {name: asked[0][name]["default"] for name in ("fetchNews", "checkForUpdates")} == {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
    assert asked[1] == "{}"


def test_the_graph_has_its_keys_and_the_notebook_stays_where_it_is(graph):
    graph.root.locator('[data-key="dh[1]"]').click()
    graph.lab.settle()
    before = graph.lab.page.evaluate(NOTEBOOK)
    stage = graph.control("stage")
    press(graph, "ArrowLeft")
    first = fresh(graph)
    assert first
    press(graph, "ArrowLeft")
    assert fresh(graph) not in ([], first)
    press(graph, "ArrowRight")
    assert fresh(graph) == first
    assert focused(graph) == "dh[1]"
    press(graph, "ArrowDown")
    below = focused(graph)
    assert below not in (False, "dh[1]")
    press(graph, "Enter")
    assert graph.root.locator(f'[data-key="{below}"]').get_attribute("aria-pressed") == "true"
    press(graph, "ArrowUp")
    assert focused(graph) == "dh[1]"
    at = stage.value
    press(graph, "Space")
    graph.root.locator(".widget-play .fa-pause").wait_for()
    graph.lab.page.wait_for_function(
        "([root, at]) => [...root.querySelectorAll('.widget-readout')].at(-1).textContent !== at",
        arg=[graph.root.element_handle(), at],
    )
    press(graph, "Space", "Escape")
    assert fresh(graph) == []
    assert "Choose a node" in graph.root.locator(".card").inner_text()
    assert graph.lab.page.evaluate(NOTEBOOK) == before


@pytest.mark.parametrize(
    ("key", "value"),
    [("ArrowRight", "5"), ("ArrowUp", "5"), ("ArrowLeft", "3"), ("ArrowDown", "3"), ("Home", "0"), ("End", "30")],
)
def test_a_slider_has_its_keys(graph, key, value):
    slider = graph.control("T")
    slider.row.get_by_role("slider").focus()
    before = graph.lab.page.evaluate(NOTEBOOK)
    press(graph, key)
    assert slider.value == value
    assert graph.lab.page.evaluate(NOTEBOOK) == before


def test_a_menu_has_its_keys(graph):
    unit = graph.control("hidden unit")
    first = unit.value
    unit.row.locator("select").focus()
    before = graph.lab.page.evaluate(NOTEBOOK)
    press(graph, "ArrowDown")
    assert unit.value != first
    press(graph, "ArrowUp")
    assert unit.value == first
    assert graph.lab.page.evaluate(NOTEBOOK) == before


def test_letters_pressed_on_a_slider_change_nothing_in_the_notebook(graph):
    graph.control("T").row.get_by_role("slider").focus()
    before = graph.lab.page.evaluate(NOTEBOOK)
    press(graph, *"abddxmyz")
    assert graph.lab.page.evaluate(NOTEBOOK) == before


def test_the_front_end_keeps_the_keys_that_are_its_own(graph):
    """Shift+Enter runs the cell, from a slider too."""
    count = f"[...bptt.notebook.content.model.cells][{AT('graph')}].executionCount"
    before = graph.lab.page.evaluate(count)
    graph.control("T").row.get_by_role("slider").focus()
    graph.lab.page.keyboard.press("Shift+Enter")
    graph.lab.page.wait_for_function(f"{count} > {before}")
    graph.lab.ask("shown")


def scroll_to(lab, name):
    lab.page.evaluate("n => void bptt.notebook.content.scrollToItem(n)", AT(name))
    lab.page.wait_for_function(
        "n => bptt.notebook.content.widgets[n].node.checkVisibility({ contentVisibilityAuto: true })", arg=AT(name)
    )


def test_scrolled_away_and_back_all_is_as_it_was(graph):
    """By default a front end does not draw what is out of sight; in its older mode it takes that out of the page."""
    lab = graph.lab
    guess, verdict = lab.panels[1], lab.page.locator(".bptt-verdict")
    graph.root.locator('[data-key="dU[2]"]').click()
    lab.settle()
    press(graph, "ArrowLeft", "ArrowLeft")
    graph.root.locator("summary").click()
    graph.root.locator(".table tbody tr").first.wait_for()
    guess.root.get_by_role("button", name="1952", exact=True).click()
    lab.settle()
    verdict.locator("summary").first.click()

    def seen():
        texts = []
        for name, part in (("graph", graph.root), ("guess", guess.root), ("exercise", verdict)):
            scroll_to(lab, name)
            texts.append(part.evaluate("part => part.textContent"))
        opened = lab.page.locator(".jp-Notebook details").evaluate_all("all => all.map(one => one.open)")
        return texts, opened, graph.pictures(), guess.pictures(), fresh(graph)

    before = seen()
    texts, opened, *_ = before
    for text, part in zip(
        texts, ("the same numbers as a table", "Computed just now: 1956", "not attempted"), strict=True
    ):
        assert part.lower() in text.lower()
    assert opened.count(True) == 2
    for mode in ("contentVisibility", "full"):
        lab.page.evaluate(
            """windowingMode => {
                const { content } = bptt.notebook;
                content.notebookConfig = { ...content.notebookConfig, windowingMode };
            }""",
            mode,
        )
        for name in ("exercise", "long", "graph", "longer", "graph"):
            scroll_to(lab, name)
        assert seen() == before, mode
