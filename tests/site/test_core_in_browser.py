"""The tests of bptt_core and of training with it, run by the site's Python in the browser.

There is another processor's arithmetic, and another numpy.
"""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.harness.hosts import serving

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOOLS = ("pytest", "pluggy", "iniconfig", "hypothesis", "sortedcontainers", "autograd")
LIMIT = 1800  # seconds
# A page cannot start a process; the benchmark's contestants are no part of bptt_core.
TESTED = ("tests/core", "tests/lab/test_train.py", "tests/lab/test_workspace.py")
HARNESS = ("__init__.py", "nets.py", "judges.py", "interrupts.py")
NOT_HERE = ("test_independence.py", "test_bench_gradients.py")
RUN = """([code, message, seconds]) => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    setTimeout(() => reject(new Error(`not done in ${seconds} s`)), 1000 * seconds);
    worker.postMessage(message);
})"""


NOT_POSSIBLE = (  # what its Python, 3.14 in a browser, cannot do
    "Python in a browser has no threads",
    "Python in a browser signals no float errors",
    "Python 3.11 alone traces each instruction",
)


def _tests():
    """The files of these tests, and what they import of the harness."""
    yield from (ROOT / "conftest.py", ROOT / "tests" / "__init__.py")
    yield from (ROOT / "tests" / "harness" / name for name in HARNESS)
    for path in (ROOT / name for name in TESTED):
        yield from path.glob("*.py") if path.is_dir() else [path]


@pytest.fixture(scope="module")
def luggage(site, tmp_path_factory):
    """A folder with the wheels that the tests need, for the site's Python, and the tests."""
    folder = tmp_path_factory.mktemp("luggage")
    info = json.loads((site / "lite/pyodide/pyodide-lock.json").read_text())["info"]
    python = info["python"].rpartition(".")[0]
    target = [f"--platform=pyemscripten_{info['abi_version']}_{info['arch']}", f"--python-version={python}"]
    target += ["--implementation=cp", f"--abi=cp{python.replace('.', '')}", "--only-binary=:all:", "--no-deps"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", f"--dest={folder}"]
    subprocess.run([*pip, *target, "-c", ROOT / "constraints.txt", *TOOLS], check=True)
    with zipfile.ZipFile(folder / "tests.zip", "w") as file:
        for path in _tests():
            file.write(path, path.relative_to(ROOT))
    return folder


def test_the_core_is_right_in_the_browser_too(browser, host, luggage):
    options = [*TESTED, "-q", "-rfEs", "--rootdir=/project", "-p", "no:cacheprovider", "-W", "error"]
    options += ["--import-mode=importlib", "-o", "pythonpath=."]
    options += [f"--ignore=tests/core/{name}" for name in NOT_HERE]
    page = browser.new_page()
    page.goto(host.address)
    with serving(luggage) as also:
        message = {
            "pyodideUrl": f"{host.address}lite/pyodide/pyodide.mjs",
            "lockFileURL": f"{host.address}lite/pyodide/pyodide-lock.json",
            "wheels": [f"{also.address}{path.name}" for path in luggage.glob("*.whl")],
            "files": f"{also.address}tests.zip",
            "options": options,
        }
        code, said = page.evaluate(RUN, [(HERE / "core.js").read_text(), message, LIMIT])
    page.close()
    assert code == 0, said[-5000:]
    print(said.splitlines()[-1])
    assert int(re.search(r"(\d+) passed", said)[1]) > 2000
    skipped = [line for line in said.splitlines() if line.startswith("SKIPPED")]
    assert all(any(reason in line for reason in NOT_POSSIBLE) for line in skipped), skipped
