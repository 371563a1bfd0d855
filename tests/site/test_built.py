"""What `make site` builds and what it refuses. No browser."""

import json
import re
import shutil
import zipfile
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bptt_lab.published import EVERY
from bptt_lab.requirements import of_the_pages
from bptt_site.build import MARK, build, replace
from bptt_site.bytecode import add_bytecode
from bptt_site.lite import LOADED, START, build_lite
from bptt_site.runtime import (
    CORE,
    CORE_VERSION,
    KERNEL,
    LOCK,
    LOCK_HASH,
    Address,
    Folder,
    complete_lock,
    fetch,
    pure_wheel,
    read_lock,
    store,
)
from bptt_site.serve import listen, server_for
from tests.harness.hosts import running, serving
from tests.harness.lab import NOTEBOOKS, write_notebook

NAMES = sorted(path.relative_to(NOTEBOOKS) for path in EVERY)
MEGABYTE = 1_000_000
INFO = {"arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"}


def digest(path):
    return sha256(path.read_bytes()).hexdigest()


# The runtime in the site


def test_every_file_of_the_lock_is_there_with_its_hash(site):
    place = site / "lite" / "pyodide"
    lock = json.loads((place / "pyodide-lock.json").read_text())
    named = {entry["file_name"]: entry["sha256"] for entry in lock["packages"].values()}
    assert named.keys() | CORE.keys() | {"pyodide-lock.json", START} == {path.name for path in place.iterdir()}
    unchanged = named | CORE
    del unchanged["python_stdlib.zip"]  # the next test's
    for name, expected in unchanged.items():
        assert digest(place / name) == expected, name


def test_the_standard_library_is_as_it_came_but_for_bytecode(site, pyodide_dir):
    assert digest(pyodide_dir / "python_stdlib.zip") == CORE["python_stdlib.zip"]
    with zipfile.ZipFile(pyodide_dir / "python_stdlib.zip") as before:
        sources = {name: before.read(name) for name in before.namelist()}
    with zipfile.ZipFile(site / "lite/pyodide/python_stdlib.zip") as now:
        added = set(now.namelist()) - sources.keys()
        assert {name: now.read(name) for name in now.namelist() if name not in added} == sources
    assert "json/__init__.pyc" in added
    assert {name.removesuffix("c") for name in added} < sources.keys()


def test_the_lock_has_what_the_notebooks_and_the_kernel_need(site):
    lock = json.loads((site / "lite/pyodide/pyodide-lock.json").read_text())
    packages = lock["packages"]
    for requirement in of_the_pages():
        assert requirement.specifier.contains(packages[requirement.name]["version"]), requirement
    assert {*KERNEL, "bptt-companion"} <= packages.keys()
    for entry in packages.values():
        assert set(map(canonicalize_name, entry["depends"])) <= packages.keys(), entry["name"]


def test_the_page_starts_that_runtime_and_asks_nobody_else(site):
    config = json.loads((site / "lite/jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == f"./pyodide/{START}"
    assert '"./pyodide.mjs"' in (site / "lite/pyodide" / START).read_text()
    assert kernel["loadPyodideOptions"]["indexURL"] == "./pyodide/"
    assert kernel["loadPyodideOptions"]["lockFileURL"] == "./pyodide/pyodide-lock.json"
    assert kernel["disablePyPIFallback"] is True
    assert "http" not in json.dumps(kernel)


def test_the_whole_site_is_small(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= 80 * MEGABYTE
    assert not list(site.rglob("*.map"))


# What is refused


@pytest.fixture
def copy(pyodide_dir, tmp_path):
    """The runtime in a folder of its own, to spoil."""
    folder = tmp_path / "runtime"
    shutil.copytree(pyodide_dir, folder)
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "numpy"])
def test_a_changed_file_is_refused(copy, tmp_path, name):
    (path,) = copy.glob(f"{name}*")
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(SystemExit, match=rf"{path.name} must have the sha256 \w+, got {digest(path)}"):
        build(tmp_path / "site", Folder(copy))


@pytest.mark.parametrize("name", ["python_stdlib.zip", "matplotlib-3"])
def test_a_missing_file_is_named(copy, tmp_path, name):
    (path,) = copy.glob(f"{name}*")
    path.unlink()
    with pytest.raises(SystemExit, match=f"the Python runtime must have every file of its lock; {path.name}"):
        build(tmp_path / "site", Folder(copy))


def test_a_folder_without_a_lock_is_no_runtime(tmp_path):
    with pytest.raises(SystemExit, match=r"the Python runtime must have a pyodide-lock[.]json, got"):
        Folder(tmp_path)


def test_a_kernel_for_another_pyodide_is_refused(tmp_path, monkeypatch):
    def kernel(requirement, folder):
        path = folder / "kernel-9-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("jupyterlite_pyodide_kernel/constants.py", 'PYODIDE_VERSION = "1.2.3"\n')
        return path

    monkeypatch.setattr("bptt_site.lite.pure_wheel", kernel)
    with pytest.raises(SystemExit, match=f"kernel-9-py3-none-any.whl is not made for Pyodide {CORE_VERSION}"):
        build_lite(tmp_path / "lite", [], Address("http://127.0.0.1:9/"))


def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("dear to me")
    with pytest.raises(SystemExit, match="OUT must be new, empty or an older site, got"):
        build(tmp_path, Address("http://127.0.0.1:9/"))
    assert (tmp_path / "mine").read_text() == "dear to me"


def test_a_build_that_fails_leaves_the_older_site(copy, tmp_path):
    (copy / "pyodide.asm.wasm").unlink()
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / MARK).touch()
    (folder / "index.html").write_text("the older one")
    with pytest.raises(SystemExit, match="must have every file"):
        build(folder, Folder(copy))
    assert (folder / "index.html").read_text() == "the older one"
    assert {path.name for path in folder.iterdir()} == {MARK, "index.html"}


def test_a_port_that_is_taken_is_left_to_its_owner(site):
    with server_for(site) as first, listen(site, first.server_address[1]) as second:
        assert first.server_address[1] != second.server_address[1]


def test_a_host_that_does_not_answer_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"http://127.0.0.1:9/pyodide-lock.json cannot be read .*a folder with a copy"):
        fetch(tmp_path / "runtime", Address("http://127.0.0.1:9/"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def sites(tmp_path):
    """(an older site, a new one)."""
    for name in ("older", "newer"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    return tmp_path / "older", tmp_path / "newer"


def test_a_new_site_takes_the_place_of_the_older(sites, tmp_path):
    older, newer = sites
    replace(older, newer)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["older", "older/newer"]


def refuse_to_delete(folder, ignore_errors=False):
    if not ignore_errors:
        raise PermissionError(f"{folder} is in use")


def test_an_older_site_that_cannot_be_deleted_is_no_part_of_the_new_one(sites, tmp_path, monkeypatch):
    older, newer = sites
    monkeypatch.setattr("bptt_site.build.shutil.rmtree", refuse_to_delete)
    with pytest.raises(SystemExit, match=r"older is the new site, but delete \S+[.]older-old yourself: .* in use"):
        replace(older, newer)
    assert [path.name for path in older.iterdir()] == ["newer"]
    (tmp_path / "newest").mkdir()
    with pytest.raises(SystemExit, match=r"the new site cannot take the place of \S+older: .*-old is in use"):
        replace(older, tmp_path / "newest")
    assert [path.name for path in older.iterdir()] == ["newer"]


def test_an_older_site_that_cannot_be_moved_stays(sites, monkeypatch):
    older, newer = sites
    rename = Path.rename

    def refuse_the_new(self, target):
        if self.name == ".older-new":
            raise PermissionError("not there")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(SystemExit, match=r"the new site cannot take the place of \S+older: not there"):
        replace(older, newer)
    assert [path.name for path in older.iterdir()] == ["older"]


def test_a_page_that_fails_is_shown_when_its_bytecode_is_made(site, tmp_path):
    write_notebook(tmp_path / "page.ipynb", ["1 / 0"])
    place = shutil.copytree(site / "lite/pyodide", tmp_path / "pyodide")
    with pytest.raises(SystemExit, match=r"bytecode cannot be made: .*ZeroDivisionError.*, in the cell\n1 / 0") as told:
        add_bytecode(place, LOADED, [tmp_path / "page.ipynb"])
    assert len(str(told.value)) < 2000  # and not the whole of a minified file


# The lock


def entry(name, version="1.0", depends=()):
    return {"name": name, "version": version, "file_name": f"{name}.whl", "depends": list(depends)}


def lock_of(*entries):
    return {"info": INFO, "packages": {item["name"]: item for item in entries}}


def wheel(folder, name, version="1.0", needs=()):
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}/__init__.py", "")
        required = "".join(f"Requires-Dist: {need}\n" for need in needs)
        file.writestr(f"{name}-{version}.dist-info/METADATA", f"Name: {name}\nVersion: {version}\n{required}\n")
    return path


def nothing(requirement):
    raise AssertionError(f"asked for {requirement}")


def test_a_lock_is_cut_down_to_what_is_needed():
    lock = lock_of(entry("a", depends=["b", "pytz"]), entry("b", depends=["a"]), entry("idle"), entry("pytz"))
    packages = complete_lock(lock, {}, [Requirement("A")], nothing)["packages"]
    assert list(packages) == ["a", "b"]
    assert packages["a"]["depends"] == ["b"]


def test_a_wheel_goes_before_the_lock_and_brings_its_needs(tmp_path):
    lock = lock_of(entry("a"), entry("b"))
    own = wheel(tmp_path, "a", "2.0", ["b", "c>=1", "d; sys_platform == 'win32'", "e; extra == 'test'"])
    found = wheel(tmp_path, "c", "1.5", ["widgetsnbextension"])
    packages = complete_lock(lock, {"a": own}, [Requirement("a")], lambda need: {"c": found}[need.name])["packages"]
    assert {name: item["version"] for name, item in packages.items()} == {"a": "2.0", "b": "1.0", "c": "1.5"}
    assert packages["a"]["depends"] == ["b", "c"]
    assert packages["c"]["depends"] == []
    assert packages["a"]["sha256"] == digest(own)
    assert packages["a"]["imports"] == ["a"]


def test_a_version_that_is_too_old_is_refused():
    with pytest.raises(SystemExit, match=r"the runtime must bring a>=2, got a 1\.0"):
        complete_lock(lock_of(entry("a")), {}, [Requirement("a>=2")], nothing)


# Where a runtime comes from


def test_a_runtime_is_fetched_from_an_address(pyodide_dir, tmp_path):
    """What it stores is enough for a site: here from a host that has what the official one has."""
    with serving(pyodide_dir) as host:
        fetch(tmp_path / "runtime", Address(host.address, digest(pyodide_dir / LOCK)))
        asked = {path for path, _ in host.given}
    stored = {path.name: digest(path) for path in (tmp_path / "runtime").iterdir()}
    lock = json.loads((tmp_path / "runtime" / "pyodide-lock.json").read_text())
    named = {item["file_name"]: item["sha256"] for item in lock["packages"].values()}
    del stored["pyodide-lock.json"]
    assert stored == named | CORE
    assert len(asked) == len(stored) + 1


class Little(BaseHTTPRequestHandler):
    """A host that has what its server's `files` names: {name: bytes}, or the bytes and a length that is not theirs."""

    def do_GET(self):
        found = self.server.files.get(self.path.lstrip("/"))
        if found is None:
            return self.send_error(404)
        data, length = found if isinstance(found, tuple) else (found, len(found))
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        return self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def little():
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Little)) as host:
        host.files = {}
        yield host


def whole_entry(name, depends=(), file_name="empty.whl"):
    return entry(name, "9.9", depends) | {"file_name": file_name, "sha256": sha256(b"").hexdigest()}


def lock_bytes(*entries):
    return json.dumps(lock_of(*entries)).encode()


def trusting(host, data):
    """A runtime at the host, whose lock is these bytes."""
    host.files[LOCK] = data
    return Address(host.address, sha256(data).hexdigest())


def all_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


OUTSIDE = [
    "../evil.whl",
    "/evil.whl",
    "..",
    ".",
    "",
    "..\\evil.whl",
    "a\\evil.whl",
    "C:evil.whl",
    "C:/evil.whl",
    "a/b.whl",
    ".whl",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_file_is_written_outside_the_folder(little, tmp_path, name):
    source = trusting(little, lock_bytes(whole_entry("numpy") | {"file_name": name}))
    little.files[name.lstrip("/")] = b""
    with pytest.raises(SystemExit, match=re.escape(f"{LOCK} must name files of its own folder, got {name}")):
        fetch(tmp_path / "in" / "runtime", source)
    assert all_below(tmp_path) == set()


def test_a_folders_lock_writes_nothing_outside_either(copy, tmp_path):
    lock = json.loads((copy / LOCK).read_text())
    lock["packages"]["numpy"]["file_name"] = "../evil.whl"
    (copy / LOCK).write_text(json.dumps(lock))
    with pytest.raises(SystemExit, match=f"{LOCK} must name files of its own folder, got ../evil.whl"):
        build(tmp_path / "site", Folder(copy))


def test_a_lock_that_another_wrote_is_not_believed(little, tmp_path):
    """Its package and the hash that it names for that go together; but the lock is not the official one."""
    little.files[LOCK] = lock_bytes(whole_entry("numpy"))
    little.files["empty.whl"] = b""
    told = rf"{LOCK} must have the sha256 {LOCK_HASH}, got {sha256(little.files[LOCK]).hexdigest()}; .* --lock-sha256"
    with pytest.raises(SystemExit, match=told):
        fetch(tmp_path / "runtime", Address(little.address))
    with pytest.raises(SystemExit, match=told):
        build(tmp_path / "site", Address(little.address))
    assert all_below(tmp_path) == set()


def test_no_lock_has_a_word_on_the_core(little, tmp_path):
    (name, expected), *_ = CORE.items()
    source = trusting(little, lock_bytes(whole_entry("numpy", file_name=name)))
    little.files[name] = b""
    with pytest.raises(SystemExit, match=f"{name} must have the sha256 {expected}, got"):
        fetch(tmp_path / "runtime", source)


NO_LOCKS = [
    b"<!doctype html><title>Sign in</title>",
    b"",
    b"[]",
    b'{"info": {}, "packages": {}}',
    b"[" * 100_000,
    b"\xff",
]
NO_LOCKS += [lock_bytes(whole_entry("numpy"))[:-20], lock_bytes(entry("numpy")), lock_bytes(whole_entry("a", [None]))]


@pytest.mark.parametrize("data", NO_LOCKS, ids=range(len(NO_LOCKS)))
def test_what_is_no_lock_is_shown(little, tmp_path, data):
    with pytest.raises(SystemExit, match=rf"^{LOCK} must be a lock of Pyodide, got a file that begins with b['\"]"):
        fetch(tmp_path / "runtime", trusting(little, data))
    (tmp_path / LOCK).write_bytes(data)
    with pytest.raises(SystemExit, match=f"^{LOCK} must be a lock of Pyodide"):
        read_lock(Folder(tmp_path))


def test_a_download_that_is_cut_short_leaves_nothing_of_itself(little, tmp_path):
    source = trusting(little, lock_bytes(whole_entry("numpy")))
    little.files["empty.whl"] = b"half", 8
    told = (
        r"/empty.whl cannot be read \(IncompleteRead\(4 bytes read, 4 more expected\)\); a folder with a copy does too"
    )
    with pytest.raises(SystemExit, match=told):
        fetch(tmp_path / "runtime", source)
    assert all_below(tmp_path) == {"runtime"}


def test_a_lock_that_is_cut_short(little, tmp_path):
    little.files[LOCK] = b"{", 8
    with pytest.raises(SystemExit, match=f"{LOCK} cannot be read .*IncompleteRead"):
        fetch(tmp_path, Address(little.address))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere"])
def test_a_host_that_is_not_there(tmp_path, url):
    with pytest.raises(SystemExit, match=rf"^{url}/{LOCK} cannot be read \(.+\); a folder with a copy does too$"):
        fetch(tmp_path, Address(url))


def test_a_package_that_the_lock_lacks(little, tmp_path):
    source = trusting(little, lock_bytes(whole_entry("numpy", depends=["not-there"])))
    with pytest.raises(SystemExit, match=f"^the runtime must bring not-there, and its {LOCK} does not name it$"):
        fetch(tmp_path / "runtime", source)


def test_a_package_that_the_host_lacks(little, tmp_path):
    source = trusting(little, lock_bytes(whole_entry("numpy")))
    with pytest.raises(SystemExit, match=r"/empty.whl cannot be read \(HTTP Error 404: Not Found\); a folder"):
        fetch(tmp_path / "runtime", source)


def test_a_wheel_that_pip_cannot_bring(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(SystemExit, match=r"^pip cannot bring bptt-not-there: ERROR: "):
        pure_wheel(Requirement("bptt-not-there"), tmp_path)


def test_a_runtime_that_is_fetched_anew_has_no_lock_until_it_is_whole(little, tmp_path):
    (tmp_path / LOCK).write_text("an older one's")
    with pytest.raises(SystemExit, match="cannot be read"):
        fetch(tmp_path, trusting(little, lock_bytes(whole_entry("numpy"))))
    assert all_below(tmp_path) == set()


def test_a_place_that_is_no_folder(little, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"^FOLDER must be a folder to write in, got .*file"):
        fetch(tmp_path / "file", trusting(little, lock_bytes()))


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(self, data):
        self.touch()
        raise OSError("No space left on device")

    (tmp_path / "wheel").write_bytes(b"older")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        store(tmp_path / "wheel", b"newer")
    assert all_below(tmp_path) == {"wheel"}
    assert (tmp_path / "wheel").read_bytes() == b"older"


# The front page and the pages to read


class Links(HTMLParser):
    """Every address that a page names, and what it would fetch by itself."""

    def __init__(self, path):
        super().__init__()
        self.links, self.fetched, self.tags = [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if tag == "a":
            self.links.append(attributes["href"])
        self.fetched += [attributes[name] for name in ("src", "srcset", "data") if name in attributes]
        if tag == "link":
            self.fetched.append(attributes["href"])


def html_pages(site):
    return [site / "index.html", *sorted((site / "read").rglob("*.html"))]


def test_every_link_leads_somewhere(site):
    seen = set()
    for page in html_pages(site):
        for link in Links(page).links:
            parts = urlsplit(link)
            assert (parts.scheme, parts.netloc) == ("", ""), link
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file(), f"{page.name}: {link}"
            if parts.fragment:
                anchors = re.findall(r'<h\d id="([^"]*)"', target.read_text(encoding="utf-8"))
                assert anchors.count(escape(unquote(parts.fragment))) == 1, f"{page.name}: {link}"
            seen.add(target)
            for name in parse_qs(parts.query).get("path", []):
                assert (site / "lite" / "files" / name).is_file(), link
                seen.add(name)
    assert {name.as_posix() for name in NAMES} <= seen
    assert {site / "read" / name.with_suffix(".html") for name in NAMES} <= seen


def test_a_page_to_read_asks_its_own_host_alone(site):
    """What is not in it lies beside it. The front page, and the solutions, need no script."""
    for page in html_pages(site):
        found = Links(page)
        for address in found.fetched:
            beside = (page.parent / unquote(urlsplit(address).path)).resolve()
            assert address.startswith("data:") or beside.parent == site / "read" / "live", page
            assert address.startswith("data:") or beside.is_file(), f"{page.name}: {address}"
        assert ("script" in found.tags) == (page.parent == site / "read"), page
        text = page.read_text(encoding="utf-8")
        assert "@import" not in text
        assert "url(" not in text.replace("url(data:", "")


def test_no_script_stands_within_a_page(site):
    """A host may forbid them. What is no script but data is no matter."""
    for page in site.rglob("*.html"):
        scripts = re.findall(r"<script[^>]*>", page.read_text(encoding="utf-8"))
        assert all(' src="' in script or 'type="application/json"' in script for script in scripts), page


def test_jupyterlite_has_the_settings_of_every_jupyterlab_with_the_companion(site):
    shipped = NOTEBOOKS.parent / "installed/share/jupyter/lab/settings/overrides.d/bptt-companion.json"
    settings = json.loads(shipped.read_text(encoding="utf-8"))
    config = json.loads((site / "lite/jupyter-lite.json").read_text())["jupyter-config-data"]
    assert settings.items() <= config["settingsOverrides"].items()
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_a_page_to_read_shows_every_formula_and_its_number(site):
    for name in NAMES:
        page = (site / "read" / name.with_suffix(".html")).read_text(encoding="utf-8")
        cells = [cell.source for cell in nbformat.read(NOTEBOOKS / name, 4).cells if cell.cell_type == "markdown"]
        prose = re.sub(r"`[^`]*`", "", "\n\n".join(cells))
        formulas = re.findall(r"\$\$.+?\$\$|\$.+?\$", prose, flags=re.DOTALL)
        assert page.count("<math ") == len(formulas), name
        assert re.findall(r'class="number">\((.+?)\)<', page) == re.findall(r"\\tag\{(.+?)\}", "".join(formulas)), name


def test_jupyterlite_has_every_notebook_as_it_is_stored(site):
    for name in NAMES:
        stored = nbformat.read(NOTEBOOKS / name, 4)
        for output in (output for cell in stored.cells for output in cell.get("outputs", [])):
            output.get("metadata", {}).pop("bptt", None)  # pictures that a page to read unfolds
        assert nbformat.read(site / "lite" / "files" / name, 4) == stored
    listed = json.loads((site / "lite/api/contents/all.json").read_text())["content"]
    assert {item["path"] for item in listed} == {name.parts[0] for name in NAMES}


def test_no_two_notebooks_share_a_file_name():
    assert len({name.name for name in NAMES}) == len(NAMES)  # JupyterLite gives them one kernel, and neither runs


def test_the_tests_see_a_link_that_leads_nowhere(site, tmp_path):
    shutil.copytree(site / "read", tmp_path / "site" / "read")
    (tmp_path / "site" / "index.html").write_text('<a href="read/99-not-there.html">on</a>')
    with pytest.raises(AssertionError, match="99-not-there"):
        test_every_link_leads_somewhere(tmp_path / "site")
