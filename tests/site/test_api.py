"""The pages of functions and classes: each public name is there as its docstring says, and the search finds it."""

import importlib
import inspect
import re
from html.parser import HTMLParser

import pytest

import bptt_core
from bptt_site.api import MODULES, PACKAGES, build_api
from bptt_site.serve import server_for
from tests.harness.checks import readable
from tests.harness.hosts import Strictest, refusing, running


class Entries(HTMLParser):
    """said : {id of a section: the words of its docstring}"""

    def __init__(self, path):
        super().__init__()
        self.said, self.name, self.depth = {}, None, 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "section":
            self.name = attributes.get("id", "")
            self.said[self.name] = ""
        if tag == "div":
            begins = attributes.get("class") == "docstring" and not self.said.get(self.name)
            self.depth = self.depth + 1 if self.depth or begins else 0

    def handle_endtag(self, tag):
        self.depth -= tag == "div" and self.depth > 0

    def handle_data(self, text):
        if self.depth:
            self.said[self.name] += text


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "api"
    build_api(folder)
    return folder


def entries(api, module):
    return Entries(api / f"{module.replace('.', '/')}.html").said


def test_every_public_name_of_the_core_says_what_its_docstring_says(api):
    said = entries(api, "bptt_core")
    assert set(bptt_core.__all__) <= set(said)
    for name in bptt_core.__all__:
        if name != "ACTIVATIONS":  # a dict has none of its own
            written = inspect.getdoc(getattr(bptt_core, name)).replace("`", "")  # these mark code
            assert said[name].split() == written.split()


@pytest.mark.parametrize("module", [*PACKAGES[1:], *MODULES])
def test_every_public_name_of_the_lab_has_an_entry(api, module):
    there = importlib.import_module(module)
    own = (name for name, value in vars(there).items() if inspect.isclass(value) and value.__module__ == module)
    assert {*getattr(there, "__all__", own)} - {""} <= set(entries(api, module))


def test_no_page_tells_of_what_a_namedtuple_says_of_its_own_accord(api):
    for page in api.rglob("*.html"):
        assert "Alias for field number" not in page.read_text(encoding="utf-8"), page


def test_the_site_has_them_and_its_front_page_leads_there(site):
    assert 'href="api/index.html"' in (site / "index.html").read_text(encoding="utf-8")
    assert (site / "api" / "bptt_core.html").is_file()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_have_the_colours_of_the_site(api, browser, scheme):
    paper = {"light": [255, 255, 255], "dark": [0x17, 0x18, 0x1C]}[scheme]
    with running(server_for(api.parent)) as host:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        for name in ("index", "bptt_core"):
            page.goto(f"{host.address}api/{name}.html")
            seen = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert [int(channel) for channel in re.findall(r"\d+", seen)] == paper
            readable(page, "body", least=10)
        context.close()


def test_the_search_finds_truncation_and_asks_no_other_host(api, browser):
    """Under a policy that forbids scripts within a page, as a host may have it."""
    with running(server_for(api.parent, handler=Strictest)) as host, refusing() as outside:
        alone = {"server": outside.address, "bypass": host.address.split("/")[2]}
        context = browser.new_context(proxy=alone)
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: line.type in ("error", "warning") and faults.append(line.text))
        page.goto(f"{host.address}api/index.html")
        page.get_by_role("searchbox").fill("truncated")
        found = page.locator(".search-result").filter(has_text="bptt_core.backward")
        found.first.get_by_role("link").first.click()
        page.wait_for_url("**/api/bptt_core.html#backward")
        assert "Back propagation through time: eqs. 7.4 to 7.9." in page.locator("#backward").inner_text()
        page.get_by_role("searchbox").fill("zzz")
        page.get_by_text("No search results for 'zzz'.").wait_for()
        context.close()
    assert faults == []
    assert outside.asked == []
