"""How a reader comes to the site: by its front page, once more, without a network; and to one that asks elsewhere."""

import json
import shutil
from hashlib import sha256

import pytest
from playwright.sync_api import Error

from bptt_lab import published
from bptt_site.serve import server_for
from tests.harness.checks import check_no_errors, check_painted
from tests.harness.hosts import (
    NO_PYTHON,
    POLICY,
    Recorder,
    answer,
    keep_all,
    moving,
    running,
    serving,
    site_page,
    wait_until,
)
from tests.harness.lab import NOTEBOOKS
from tests.harness.stored import code_cells

PAGES = [path.name for path in published.PAGES]
FIRST = PAGES[0]
RICHER = {"text/html", "image/png"}  # what JupyterLab shows in place of plain text
KEPT = """async () => {
    const name = (await caches.keys()).find((name) => name.startsWith("bptt-companion-"));
    return (await (await caches.open(name)).keys()).length;
}"""
OPEN = "[...jupyterapp.shell.widgets('main')].map(({ context }) => context.path)"
REMEMBERED = """async (path) => (await jupyterapp.serviceManager.workspaces.list()).values.some(({ data }) =>
    data[`notebook:${path}`] && data["layout-restorer:data"].main.dock?.widgets.includes(`notebook:${path}`))
"""
RUNNING = "(name) => [...jupyterapp.serviceManager.sessions.running()].some(({ path }) => path === name)"
READABLE = """(name) => [...jupyterapp.shell.widgets("main")].some(({ context }) =>
    context?.path === name && context.isReady)
"""
# The notebook's file comes when the test says so.
HOLD = """
const fetchNow = window.fetch;
const wanted = new Promise((resolve) => (window.letGo = resolve));
window.fetch = async (what, ...options) => {
    if (/[/]files[/].*[.]ipynb/.test(what.url ?? what)) await wanted;
    return fetchNow(what, ...options);
};
"""
SAVE = "jupyterapp.commands.execute('docmanager:save')"
TRACEBACK = """async (code) => {
    let text = "";
    const asked = bptt.notebook.sessionContext.session.kernel.requestExecute({ code });
    asked.onIOPub = ({ content }) => (text += content.traceback?.join("\\n") ?? "");
    await asked.done;
    return text;
}"""
START = "(code) => void bptt.notebook.sessionContext.session.kernel.requestExecute({ code })"
BUSY = "bptt.notebook.sessionContext.session.kernel.status === 'busy'"
CELLS = "async (name) => (await jupyterapp.serviceManager.contents.get(name, { content: true })).content.cells.length"
CUT = """async (name) => {
    const { contents } = jupyterapp.serviceManager;
    const model = await contents.get(name, { content: true });
    model.content.cells.length = 1;
    await contents.save(name, model);
}"""
LATE = 30  # seconds, for what should never come
# What the official runtime does not have: pip brings it when the site is built.
NOT_IN_PYODIDE = ("anywidget", "comm", "ipywidgets", "psygnal")


def run_first_page(lab):
    lab.open(FIRST)
    lab.run_all()
    for panel in lab.panels:
        check_painted(panel)
    check_no_errors(lab)


def test_the_front_page_leads_to_the_first_notebook(browser, host, outside):
    lab = site_page(browser, host.address, outside)
    lab.page.add_init_script(NO_PYTHON)
    lab.page.goto(host.address)
    lab.page.get_by_role("link", name="Open it in your browser").click()
    lab.page.get_by_role("heading", name="Start here: find out who is to blame").wait_for()
    assert lab.page.get_by_role("tab", name=FIRST).is_visible()
    lab.page.goto(f"{host.address}lite/")  # who leaves the rest of the address away comes there too
    lab.page.get_by_role("heading", name="Start here: find out who is to blame").wait_for()
    lab.context.close()
    assert outside.asked == []


def test_python_starts_before_the_notebook_is_there(browser, host, outside):
    """And the notebook takes that one: a second would make both slow."""
    lab = site_page(browser, host.address, outside)
    lab.page.add_init_script(HOLD)
    lab.go(FIRST)
    wait_until(lab, RUNNING, FIRST)
    assert not lab.page.evaluate(READABLE, FIRST)
    lab.page.evaluate("letGo()")
    lab.ask("opened", FIRST)
    assert answer(lab, "import sys; print('bptt_lab.pages' in sys.modules)") == "True"
    assert len(lab.page.workers) == 1
    check_no_errors(lab)
    lab.context.close()
    assert outside.asked == []


def test_a_page_is_run_alone_whatever_was_open_before(browser, host, outside):
    """Else a reader who comes back for the sixth page would wait for the Pythons of six."""
    lab = site_page(browser, host.address, outside)
    lab.page.add_init_script(NO_PYTHON)
    for number in ("00", "01"):
        lab.page.goto(host.address)
        lab.page.get_by_role("link", name=f"run page {number}").click()
        lab.page.wait_for_function("window.jupyterapp")
        lab.page.evaluate("jupyterapp.restored")
        lab.page.get_by_role("tab", name=number).wait_for()
        pages = [path for path in PAGES if path.startswith(number)]
        assert lab.page.evaluate(OPEN) == pages
        wait_until(lab, REMEMBERED, pages[0])
    lab.context.close()
    assert outside.asked == []


def test_a_later_visit_needs_no_host(browser, site, outside):
    """Once the browser has what the site has, it asks only whether there is a newer one, and can do without an answer.

    Where the host is still there it asks no more than that either: test_pages_run holds that for every later page.
    """
    with moving(site.parent) as host:
        lab = site_page(browser, f"{host.address}{site.name}/", outside)
        run_first_page(lab)
        keep_all(lab.page, site)
        first, host.given[:] = list(host.given), []
        host.gone = True
        run_first_page(lab)
    asked = {path.split("?")[0].rpartition("/")[2] for path, _ in host.given}
    assert asked <= {"service-worker.js"}, host.given
    print(f"first visit {sum(sent for _, sent in first)} bytes, later {host.given}")
    lab.context.close()
    assert outside.asked == []


def test_a_browser_without_room_shows_the_page_all_the_same(browser, host, outside):
    """As a private window may be: nothing is kept, everything works."""
    lab = site_page(browser, host.address, outside)
    session = lab.context.new_cdp_session(lab.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": host.address, "quotaSize": 5_000_000})
    run_first_page(lab)
    kept = lab.page.evaluate(KEPT)
    lab.context.close()
    assert 0 < kept < 200  # of more than five hundred: while there was room
    assert outside.asked == []


def test_stored_outputs_are_shown_before_anything_runs(first_page):
    """What was printed, and the questions that stand alone; pictures and folds are seen elsewhere."""
    outputs = [output for cell in code_cells(FIRST) for output in cell.outputs]
    texts = [
        output.get("text") or output.data["text/plain"] for output in outputs if not RICHER & {*output.get("data", {})}
    ]
    shown = [text.text_content() for text in first_page.page.locator(".jp-OutputArea .jp-RenderedText pre").all()]
    assert [text.strip() for text in shown] == [text.strip() for text in texts]


def test_what_a_reader_has_done_and_saved_is_there_after_a_reload(open_page):
    """What was solved, and the pictures, asleep but at once: what was saved needs no Python."""
    name = "01-loss.ipynb"
    lab = open_page(name)
    lab.run_all()
    before = [panel.words() for panel in lab.panels]
    solve = "from bptt_lab.pages import check\ncheck('01-loss', lambda y, Y: 0.5 * ((y - Y) ** 2).sum())"
    answer(lab, solve)
    lab.page.evaluate(SAVE)
    lab.open(name)
    asleep = lab.page.locator(".bptt-panel .bptt-asleep")
    for n, words in enumerate(before):
        asleep.nth(n).wait_for()
        check_painted(lab.panels[n])
        assert lab.panels[n].words() == words
    assert len(lab.panels) == len(before) > 0
    text = lab.page.locator("body").inner_text()
    assert "Loading widget" not in text
    assert "model not found" not in text
    told = answer(lab, "print(open('progress.json').read())")
    assert json.loads(told) == {"01-loss": "right"}
    lab.run_all()
    assert not any(told.is_visible() for told in asleep.all())
    check_no_errors(lab)
    lab.close()


def test_a_cell_that_is_run_on_its_own_says_what_to_do(first_page):
    assert "choose Run ▸ Run All Cells" in first_page.page.evaluate(TRACEBACK, "predict")


@pytest.mark.parametrize("width", [390, 820])
def test_a_narrow_window_is_the_notebooks(browser, host, outside, width):
    """And the list of files opens when a reader asks for it."""
    lab = site_page(browser, host.address, outside)
    lab.page.set_viewport_size({"width": width, "height": 1000})
    run_first_page(lab)
    assert all(panel.root.bounding_box()["width"] > 0.75 * width for panel in lab.panels)
    files = lab.page.locator(".jp-FileBrowser")
    assert not files.is_visible()
    lab.page.get_by_role("tab", name="File Browser").click()
    files.wait_for()
    lab.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    assert files.is_visible()
    lab.context.close()
    assert outside.asked == []


def test_the_host_of_these_tests_forbids_scripts_within_pages(browser, host, outside):
    page = browser.new_page(proxy={"server": outside.address, "bypass": host.address.split("/")[2]})
    assert page.goto(host.address).headers["content-security-policy"] == POLICY
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'ran = 1' }))")
    assert page.evaluate("typeof ran") == "undefined"
    page.context.close()
    assert outside.asked == []


def test_the_page_about_the_site_names_that_policy():
    assert f"`{POLICY}`" in (NOTEBOOKS.parent / "docs" / "site.md").read_text(encoding="utf-8")


# What the front page says of JupyterLite, tried as it says. (The first page is not as it was after that.)


def test_restart_ends_a_run_that_has_no_end(first_page):
    lab = first_page
    assert answer(lab, "print(6 * 7)") == "42"
    lab.page.evaluate(START, "while True: pass")
    lab.page.wait_for_function(BUSY)
    lab.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    lab.page.get_by_role("menuitem", name="Restart Kernel…").click()
    lab.page.get_by_role("dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    lab.page.wait_for_function(f"!({BUSY})")
    assert answer(lab, "print(6 * 7)") == "42"


def test_a_page_that_is_deleted_is_there_again_as_it_was(first_page):
    lab = first_page
    whole = lab.page.evaluate(CELLS, FIRST)
    lab.page.evaluate(CUT, FIRST)
    assert lab.page.evaluate(CELLS, FIRST) == 1
    listed = lab.page.locator(".jp-DirListing-item", has_text=FIRST)
    listed.click(button="right")
    lab.page.get_by_role("menuitem", name="Delete").click()
    lab.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    lab.page.get_by_role("dialog").wait_for(state="detached")
    wait_until(lab, f"async ([name, whole]) => await ({CELLS})(name) === whole", [FIRST, whole])
    assert listed.is_visible()


# A site that was built without PYODIDE_DIR asks another host for Python. Here a folder on this computer stands for it.


@pytest.fixture(scope="module")
def elsewhere(pyodide_dir, tmp_path_factory):
    """A host that has what the official one has."""
    folder = shutil.copytree(pyodide_dir, tmp_path_factory.mktemp("elsewhere") / "full")
    path = folder / "pyodide-lock.json"
    path.chmod(0o644)
    lock = json.loads(path.read_text())
    lock["packages"] = {name: entry for name, entry in lock["packages"].items() if name not in NOT_IN_PYODIDE}
    path.write_text(json.dumps(lock))
    with running(server_for(folder, handler=Recorder)) as server:
        server.lock_hash = sha256(path.read_bytes()).hexdigest()
        yield server


@pytest.fixture(scope="module")
def usual_host(build_site, elsewhere):
    folder = build_site("--still", "--python", elsewhere.address, "--lock-sha256", elsewhere.lock_hash)
    with serving(folder) as server:
        yield server


def test_control_without_the_runtime_the_site_needs_another_host(browser, usual_host, elsewhere, outside):
    """What the tests here ask of the site fails for this one, as it must."""
    lab = site_page(browser, usual_host.address, outside, patience=LATE)
    with pytest.raises(Error, match="has not come to an end"):
        run_first_page(lab)
    lab.context.close()
    with pytest.raises(AssertionError):
        assert outside.asked == []
    assert outside.asked[0] == f"{elsewhere.address}pyodide.mjs"


def test_the_usual_site_runs_where_it_reaches_that_host(browser, usual_host, elsewhere, outside):
    lab = site_page(browser, usual_host.address, outside, also=elsewhere.address)
    run_first_page(lab)
    lab.context.close()
    assert outside.asked == []
    assert "/pyodide.asm.wasm" in {path for path, _ in elsewhere.given}
    assert any("ipywidgets" in path for path, _ in usual_host.given)  # pip brought it
