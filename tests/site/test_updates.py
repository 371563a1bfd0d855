"""One version at a time, whatever the host says of its files, and whatever happens on the way.

Two versions of the site, and a host that goes from one to the other.
"""

import json
import os
import shutil
import time
import zipfile
from hashlib import sha256

import pytest
from playwright.sync_api import Error

from bptt_site.lite import keep_files
from tests.harness.hosts import NO_PYTHON, PATIENCE, SitePage, answer, keep_all, listed, moving, site_page

FIRST = "00-start-here.ipynb"
CHANGED = (FIRST, "03-backward-graph.ipynb", "05-gradient-sums.ipynb")
DAY = 24 * 60 * 60
HASH = """async (answer) => {
    const digest = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
# {path: sha256} of what a page gets
GIVEN = """async ([hash, root, files]) => {
    const given = async (file) => [file, await eval(hash)(await fetch(root + file))];
    return Object.fromEntries(await Promise.all(files.map(given)));
}"""
# {cache: {path: sha256}} of what the browser has kept
KEPT = """async ([hash, root]) => {
    const found = {};
    for (const name of (await caches.keys()).filter((name) => name.startsWith("bptt-companion-"))) {
        const cache = await caches.open(name);
        found[name] = {};
        for (const { url } of await cache.keys())
            found[name][decodeURI(url.slice(root.length))] = await eval(hash)(await cache.match(url));
        delete found[name].whole;
    }
    return found;
}"""
WAITING = "navigator.serviceWorker.getRegistration().then((found) => Boolean(found.waiting))"
UPDATE = "navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true, () => false)"
INSTALLING = "navigator.serviceWorker.getRegistration().then((found) => Boolean(found.installing))"
IS_KEPT = """async (file) => {
    const found = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return found.flat().some(({ url }) => url.endsWith(file));
}"""
NONE_WAITS = "navigator.serviceWorker.getRegistration('lite/').then((found) => !found?.waiting)"
HEARTBEAT = "void fetch('/api/service-worker-heartbeat')"
WHICH = "import bptt_core; print(getattr(bptt_core, 'SECOND', 'first'))"
LOCK = "pyodide-lock.json"


def put(path, text):
    """In place of what is there, and with its date: nothing but the content tells the two versions apart."""
    status = path.stat()
    path.write_text(text, encoding="utf-8") if isinstance(text, str) else path.write_bytes(text)
    os.utime(path, (status.st_atime, status.st_mtime))


def differing(first, second) -> set:
    before = listed(first)["files"]
    return {name for name, found in listed(second)["files"].items() if before[name] != found}


@pytest.fixture(scope="module")
def versions(site, tmp_path_factory):
    """The site, and its next version: a line more in the core and in three notebooks. All files are six days old."""
    first = shutil.copytree(site, tmp_path_factory.mktemp("first") / "bptt")
    for path in first.rglob("*"):
        os.utime(path, (time.time() - 6 * DAY,) * 2)
    second = shutil.copytree(first, tmp_path_factory.mktemp("second") / "bptt")
    lite = second / "lite"
    for name in CHANGED:
        notebook = json.loads((lite / "files" / name).read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] += "\nThe second version.\n"
        put(lite / "files" / name, json.dumps(notebook))
    (wheel,) = (lite / "pyodide").glob("bptt_companion-*.whl")
    old = sha256(wheel.read_bytes()).hexdigest()
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["bptt_core/__init__.py"] += b"SECOND = 'second'\n"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    new = sha256(wheel.read_bytes()).hexdigest()
    lock = lite / "pyodide" / LOCK
    put(lock, lock.read_text(encoding="utf-8").replace(old, new))
    listing = lite / "api" / "contents" / "all.json"
    put(listing, listing.read_text(encoding="utf-8") + "\n")
    keep_files(lite)
    assert differing(first, second) == {
        *(f"files/{name}" for name in CHANGED),
        "api/contents/all.json",
        f"pyodide/{LOCK}",
        f"pyodide/{wheel.name}",
    }
    return first, second


@pytest.fixture
def visits(browser, outside):
    """visits(host) is a reader's browser: its page may be closed and another one opened."""
    labs = []

    def of(host):
        labs.append(site_page(browser, f"{host.address}bptt/", outside))
        return labs[-1]

    yield of
    for lab in labs:
        lab.context.close()
    assert outside.asked == []


def wait(lab, question, *args):
    """Until the page says yes."""
    until(lambda: lab.page.evaluate(question, *args), lab)


def until(ask, lab):
    """The first answer that is a yes. The page may begin anew in between, and lose the question: it is asked again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if told := ask():
                return told
        except Error:
            if time.monotonic() > end:
                raise
        assert time.monotonic() < end, f"no in {PATIENCE} s"
        lab.page.wait_for_timeout(50)


def wait_for_sign_in(lab, host):
    while "sign in" not in {path for path, _ in host.given}:
        lab.page.wait_for_timeout(50)


def come_back(lab, then=SitePage.go):
    """Close the page, and open another. If a newer version waited for that, it begins in between."""
    lab.begin_anew()
    lab.page.goto(lab.address)
    wait(lab, NONE_WAITS)
    then(lab, FIRST)


def look_at(lab, name):
    """To the notebook, without Python: what is asked is what this page gets and the browser keeps."""
    lab.page.add_init_script(NO_PYTHON)
    lab.go(name)


def which(lab):
    """The version of the Python that answers."""

    def ask():
        lab.page.wait_for_function("window.jupyterapp")
        lab.ask("opened", FIRST)
        return answer(lab, WHICH)

    return until(ask, lab)


def kept(lab) -> dict:
    return lab.page.evaluate(KEPT, [HASH, f"{lab.address}lite/"])


def whole(version) -> dict:
    """What a browser must have kept: this version, whole, and no other."""
    found = listed(version)
    return {f"bptt-companion-{found['version']}": found["files"]}


def check_given(lab, versions, version):
    """What the two versions have in different forms, a page gets from this one."""
    files = sorted(differing(*versions))
    expected = {name: listed(version)["files"][name] for name in files}
    assert lab.page.evaluate(GIVEN, [HASH, f"{lab.address}lite/", files]) == expected


@pytest.mark.parametrize("etags", [True, False], ids=["etag-and-max-age", "last-modified-alone"])
def test_an_update_comes_whole_and_when_no_page_is_open(visits, versions, etags):
    first, second = versions
    with moving(first.parent, etags) as host:
        lab = visits(host)
        look_at(lab, FIRST)
        lab.ask("there", FIRST)
        keep_all(lab.page, first)
        assert kept(lab) == whole(first)
        host.folder = second.parent
        host.given.clear()
        lab.go(FIRST)  # the page stays open: it is still the first version's, and all of it
        wait(lab, WAITING)
        check_given(lab, versions, first)
        assert whole(first).items() <= kept(lab).items()
        sent = {path.partition("?")[0].rpartition("/")[2] for path, _ in host.given}
        come_back(lab)
        check_given(lab, versions, second)
        assert kept(lab) == whole(second)
        assert which(lab) == "second"
        assert sent <= {name.rpartition("/")[2] for name in differing(first, second)} | {"service-worker.js"}


@pytest.mark.parametrize("etags", [True, False], ids=["etag-and-max-age", "last-modified-alone"])
def test_a_first_visit_that_was_cut_short_and_then_an_update(visits, versions, etags):
    """The lock was kept, the wheel was not: Python takes no wheel that another version's lock names."""
    first, second = versions
    with moving(first.parent, etags) as host:
        lab = visits(host)
        host.last = LOCK
        lab.go(FIRST)
        wait(lab, IS_KEPT, LOCK)
        host.folder, host.last, host.gone = second.parent, None, False
        come_back(lab)
        until(lambda: which(lab) == "second", lab)  # the first may begin, until it meets a file that is no longer there
        keep_all(lab.page, second)
        assert kept(lab) == whole(second)
        check_given(lab, versions, second)


def test_a_first_visit_that_was_cut_short_goes_on(visits, versions):
    first, _ = versions
    with moving(first.parent) as host:
        lab = visits(host)
        host.last = LOCK
        lab.go(FIRST)
        wait(lab, IS_KEPT, LOCK)
        host.last, host.gone = None, False
        come_back(lab)
        assert which(lab) == "first"
        keep_all(lab.page, first)
        assert kept(lab) == whole(first)


def test_a_minute_of_wrong_answers_leaves_nothing(visits, versions):
    first, _ = versions
    with moving(first.parent) as host:
        lab = visits(host)
        look_at(lab, FIRST)
        lab.ask("there", FIRST)
        host.portal = True
        lab.page.evaluate(HEARTBEAT)
        wait_for_sign_in(lab, host)
        host.portal = False
        keep_all(lab.page, first)
        assert kept(lab) == whole(first)
        come_back(lab, look_at)
        check_given(lab, versions, first)


def test_wrong_answers_in_the_middle_of_an_update_leave_the_older_version_whole(visits, versions):
    first, second = versions
    with moving(first.parent) as host:
        lab = visits(host)
        look_at(lab, FIRST)
        lab.ask("there", FIRST)
        keep_all(lab.page, first)
        host.folder, host.portal, host.spared = second.parent, True, ("service-worker.js",)
        come_back(lab, look_at)
        lab.page.evaluate(UPDATE)
        wait_for_sign_in(lab, host)
        wait(lab, f"{INSTALLING}.then((is) => !is)")
        come_back(lab, look_at)
        check_given(lab, versions, first)
        host.portal = False
        lab.page.evaluate(UPDATE)
        wait(lab, WAITING)
        come_back(lab, look_at)
        check_given(lab, versions, second)
        assert kept(lab) == whole(second)
