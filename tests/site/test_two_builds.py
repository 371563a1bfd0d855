"""After a new version of the site is put up, what a reader has belongs together: the new one, or the old one whole.

Two builds: the site, and one of changed sources, with one page. They lie at one address, the newer after the older.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bptt_site.lite import run_address
from tests.harness.hosts import NO_PYTHON, answer, keep_all, listed, moving, site_page
from tests.harness.once import made_once
from tests.site.conftest import ROOT, UNDER
from tests.site.test_updates import HASH

PAGE = "00-start-here"
NOTEBOOK = f"{PAGE}.ipynb"
WORDS = {"first": "Nobody has trained it", "second": "No one has trained it"}  # of its first panel, in every state
WHICH = "import bptt_core; print(getattr(bptt_core, 'SECOND', 'first'))"
DAY = 24 * 60 * 60
GIVEN = """async ([hash, file]) => {
    const answer = await fetch(new URL(file, location.href.replace(/lab[/].*/, "")));
    return (await eval(hash))(answer);
}"""  # the sha256 of a file of JupyterLite, as its open page gets it
CHANGED = ("pyodide/pyodide-lock.json", f"files/{NOTEBOOK}")


def changed_sources(folder):
    """The project with one page, a line more in the core, and another sentence in every state of that page's panel."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "tests", "benchmarks", "site", "build", "pyodide")
    shutil.copytree(ROOT, folder, ignore=ignored)
    listed = folder / "bptt_lab" / "published.py"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(re.sub(rf'^ +"(?!{PAGE})\d\d-.*\n', "", text, flags=re.MULTILINE), encoding="utf-8")
    with (folder / "bptt_core" / "__init__.py").open("a", encoding="utf-8") as core:
        core.write("\nSECOND = 'second'\n")
    for path in (folder / "bptt_lab/pages/start/panels.py", folder / "notebooks" / NOTEBOOK):
        text = path.read_text(encoding="utf-8")
        assert WORDS["first"] in text
        path.write_text(text.replace(WORDS["first"], WORDS["second"]), encoding="utf-8")


def build_changed(folder, pyodide_dir):
    changed_sources(folder / "sources")
    environment = os.environ | {"PYTHONPATH": str(folder / "sources")}
    command = [sys.executable, "-m", "bptt_lab.cli", "site", folder / UNDER, "--python", pyodide_dir]
    done = subprocess.run(command, cwd=folder / "sources", env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / UNDER


@pytest.fixture(scope="session")
def newer(pyodide_dir, tmp_path_factory, worker_id):
    folder = tmp_path_factory.mktemp("newer")
    if worker_id == "master":
        return build_changed(folder, pyodide_dir)
    shared = tmp_path_factory.getbasetemp().parent / "newer"
    return Path(made_once(shared, lambda: str(build_changed(folder, pyodide_dir))))


@pytest.fixture(scope="module")
def builds(site, newer, tmp_path_factory):
    """{"first": folder, "second": folder}, in which the site lies. All files have one date, as some hosts say."""
    builds, date = {}, time.time() - 6 * DAY
    for name, build in (("first", site), ("second", newer)):
        builds[name] = tmp_path_factory.mktemp(name)
        for path in shutil.copytree(build, builds[name] / UNDER).rglob("*"):
            os.utime(path, (date, date))
    return builds


class Reader:
    """A browser, and the host whose site it reads."""

    def __init__(self, browser, host, outside, builds):
        self.host, self.builds = host, builds
        self.lab = site_page(browser, f"{host.address}{UNDER}/", outside)
        self.context, self.page = self.lab.context, self.lab.page

    def put_up(self, name):
        self.host.folder = self.builds[name]

    def read(self, path=f"read/{PAGE}.html"):
        self.page.goto(self.lab.address + path)
        self.words()
        return self.page

    def panel(self):
        return self.page.locator("#window .bptt-panel")

    def words(self):
        """Of the page's first panel."""
        self.panel().wait_for()
        button = self.panel().get_by_role("button", name="Go on without a guess")
        if button.count():
            button.click()
        return self.panel().locator(".bptt-said").inner_text()

    def move(self, T):
        self.panel().get_by_label("T", exact=True).evaluate(
            "(input, T) => { input.value = T; input.dispatchEvent(new Event('input')); }", T
        )

    def said(self, version, T):
        """Once the panel's words are those of this version and position."""
        self.words()
        self.panel().locator(".bptt-said", has_text=f"(T = {T}:").wait_for()
        assert WORDS[version] in self.words()

    def keep_lite(self, name):
        """A visit to JupyterLite, until the browser has kept all of it."""
        page = self.context.new_page()
        page.add_init_script(NO_PYTHON)
        page.goto(f"{self.lab.address}lite/{run_address(Path(NOTEBOOK))}")
        page.wait_for_function("window.jupyterapp")
        keep_all(page, self.builds[name] / UNDER)
        return page

    def run_link(self):
        """The one at the top of the page; exercises have theirs."""
        return self.page.get_by_role("banner").get_by_role("link", name="Run this page")

    def run_this_page(self):
        """Follow the link; the page of JupyterLite."""
        self.run_link().click()

    def check_lite(self, version):
        """JupyterLite is there, in this version."""
        self.page.wait_for_url("**/lab/index.html?*")
        self.page.wait_for_function("window.jupyterapp")
        files = listed(self.builds[version] / UNDER)["files"]
        given = {file: self.page.evaluate(GIVEN, [HASH, file]) for file in CHANGED}
        assert given == {file: files[file] for file in CHANGED}


WHATEVER = pytest.mark.parametrize("etags", [True, False], ids=["etag-and-max-age", "last-modified-alone"])


@pytest.fixture
def etags():
    """What the host says of its files. JupyterLite's service worker goes by hashes alone (test_updates)."""
    return True


@pytest.fixture
def reader(etags, browser, builds, outside):
    with moving(builds["first"], etags) as host:
        reader = Reader(browser, host, outside, builds)
        yield reader
        reader.context.close()
    assert outside.asked == []


@WHATEVER
def test_an_open_page_moves_on_to_a_picture_that_is_gone(reader):
    """It keeps its picture and its words, says so, and brings the new page at that position."""
    reader.read()
    reader.put_up("second")
    reader.move(7)
    again = reader.panel().get_by_role("button", name="Load the page again")
    again.wait_for()
    assert WORDS["first"] in reader.words()
    assert "(T = 4:" in reader.words()
    reader.page.wait_for_function("location.hash === '#window&T=7'")
    with reader.page.expect_event("load"):
        again.click()
    reader.said("second", 7)


def test_an_open_page_has_what_both_builds_have(reader):
    page = reader.read()
    reader.put_up("second")
    graph = page.locator("[id='00-backward-graph'] .bptt-panel")
    drawn = graph.locator(".scene").inner_html()
    graph.get_by_label("activation f", exact=True).select_option("relu")
    page.wait_for_function(
        "([graph, drawn]) => graph.querySelector('.scene').innerHTML !== drawn", arg=[graph.element_handle(), drawn]
    )
    assert page.get_by_role("button", name="Load the page again").count() == 0


@WHATEVER
@pytest.mark.parametrize("path", [f"read/{PAGE}.html", "embed/window.html"])
def test_the_next_visit_is_of_one_build(reader, path):
    reader.read(path)
    reader.move(5)
    reader.said("first", 5)
    reader.put_up("second")
    reader.page.goto("about:blank")
    reader.read(path)
    (version,) = (version for version, words in WORDS.items() if words in reader.words())
    reader.move(12)
    reader.said(version, 12)
    if path.startswith("read"):
        address = reader.run_link().get_attribute("href")
        assert f"version={listed(reader.builds[version] / UNDER)['version']}" in address


@WHATEVER
def test_a_page_that_the_browser_has_kept_and_of_which_all_is_gone(reader):
    """As after a long time: its script, too."""
    older = (reader.builds["first"] / UNDER / "read" / f"{PAGE}.html").read_text(encoding="utf-8")
    script = re.search(r'<script src="([^"]+)" type="module"', older)[1]
    reader.put_up("second")
    gone = older.replace(script, "live/000000000000.js")
    reader.page.route("**/read/*.html", lambda route: route.fulfill(body=gone, content_type="text/html"), times=1)
    reader.page.goto(f"{reader.lab.address}read/{PAGE}.html")
    reader.said("second", 4)


def test_run_this_page_starts_the_python_of_the_page(reader):
    """The browser has kept the older JupyterLite, whole; the page to read is the newer one."""
    reader.keep_lite("first").close()
    reader.put_up("second")
    reader.read()
    assert WORDS["second"] in reader.words()
    reader.run_this_page()
    reader.check_lite("second")
    reader.lab.page = reader.page
    reader.lab.ask("opened", NOTEBOOK)
    assert answer(reader.lab, WHICH) == "second"


def test_an_older_page_runs_in_the_older_python_that_was_kept(reader):
    reader.read()
    reader.keep_lite("first").close()
    reader.put_up("second")
    reader.run_this_page()
    reader.check_lite("first")


def test_an_older_page_and_a_newer_python(reader):
    """The older one is gone: the notebook and its Python are the newer ones, both."""
    page = reader.read()
    reader.put_up("second")
    reader.keep_lite("second").close()
    page.bring_to_front()
    reader.run_this_page()
    reader.check_lite("second")
    assert "version=" not in reader.page.url


def test_the_newer_one_waits_for_the_older_ones_pages(reader):
    """Two versions at a time would mix; and what a reader has not saved there is not lost."""
    older = reader.keep_lite("first")
    reader.put_up("second")
    reader.read()
    reader.run_this_page()
    reader.page.get_by_text("is open in another tab").wait_for()
    older.close()
    reader.check_lite("second")


def test_without_a_line_what_was_kept_opens(reader):
    reader.keep_lite("first").close()
    reader.put_up("second")
    reader.read()
    reader.host.gone = True
    reader.run_this_page()
    reader.check_lite("first")
