"""What the front page says of JupyterLite, tried as it says."""

from tests.harness.hosts import answer, wait_until

FIRST = "00-start-here.ipynb"
START = "(code) => void bptt.notebook.sessionContext.session.kernel.requestExecute({ code })"
BUSY = "bptt.notebook.sessionContext.session.kernel.status === 'busy'"
CELLS = "async (name) => (await jupyterapp.serviceManager.contents.get(name, { content: true })).content.cells.length"
CUT = """async (name) => {
    const { contents } = jupyterapp.serviceManager;
    const model = await contents.get(name, { content: true });
    model.content.cells.length = 1;
    await contents.save(name, model);
}"""


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
