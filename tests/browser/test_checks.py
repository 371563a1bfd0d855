"""The checks themselves: a panel with a fault is found out. And which browser is taken."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.harness.checks import check_controls, check_no_errors, check_painted, check_reset, check_still, check_words
from tests.harness.lab import BROWSERS, write_notebook
from tests.harness.which import chromium

ROOT = Path(__file__).resolve().parents[2]
FAULTY = '''
from bptt_lab.panel import Panel, slider


class Good(Panel):
    """A number, large."""

    def controls(self):
        return {"n": slider("n", 3, 0, 9)}

    def build(self, figure):
        self.label = figure.add_axes((0, 0, 1, 1)).text(0.5, 0.5, "", size=60, animated=True)

    def update(self, n):
        self.label.set_text(str(n))
        return f"n = {n}"


class Frozen(Good):
    def update(self, n):
        return super().update(3) and f"n = {n}"


class Raising(Good):
    def update(self, n):
        if n != 3:
            raise ValueError("n must be 3 <here>")
        return super().update(n)


class Forgetful(Good):
    def reset(self):
        pass


class Jumping(Good):
    def update(self, n):
        return super().update(n) + "<br>more" * n


class Lying(Good):
    def update(self, n):
        return super().update(n).replace("4", "5")
'''
GOOD = {}
exec(FAULTY, GOOD)
NAMES = ["Good", "Frozen", "Raising", "Forgetful", "Jumping", "Lying"]


@pytest.fixture(scope="module")
def faulty(run_notebook, pages):
    cells = [FAULTY, *(f"{name}()" for name in NAMES)]
    write_notebook(pages / "faulty.ipynb", cells)
    with run_notebook("faulty.ipynb") as opened:
        yield opened


@pytest.fixture
def panel(faulty, request):
    found = faulty.panels[NAMES.index(request.param)]
    found.reset()
    yield found
    faulty.errors()  # they were asked for


def check_four(panel):
    """The words for n = 4 are those of the good panel."""
    panel.control("n").turn("ArrowRight")
    check_words(panel, GOOD["Good"]())


@pytest.mark.parametrize(
    ("panel", "check", "found"),
    [
        ("Frozen", check_controls, "n changes nothing in the picture"),
        ("Raising", check_controls, "n changes nothing in the picture"),
        ("Forgetful", check_reset, "Reset does not bring back the values"),
        ("Jumping", check_still, "n, ArrowRight: from"),
        ("Lying", check_four, "the words are 'n = 5'"),
    ],
    indirect=["panel"],
)
def test_a_fault_is_found(panel, check, found):
    with pytest.raises(AssertionError, match=found):
        check(panel)


@pytest.mark.parametrize("panel", ["Good"], indirect=True)
def test_a_good_panel_passes(panel):
    for check in (check_painted, check_controls, check_reset, check_still, check_four):
        check(panel)
    check_no_errors(panel.lab)


@pytest.mark.parametrize("panel", ["Raising"], indirect=True)
def test_an_error_in_a_callback_is_seen_in_the_panel_and_from_the_kernel(panel):
    panel.control("n").turn("ArrowRight")
    alert = panel.root.get_by_role("alert")
    assert alert.is_visible()
    assert alert.inner_text() == "ValueError: n must be 3 <here>"
    with pytest.raises(AssertionError, match="ValueError: n must be 3"):
        check_no_errors(panel.lab)
    panel.control("n").turn("ArrowLeft")
    assert alert.count() == 0


def test_an_error_of_the_page_is_found(faulty):
    faulty.page.evaluate("setTimeout(() => { throw new Error('thrown in the page') })")
    faulty.page.evaluate("console.error('said on the console')")
    faulty.settle()
    with pytest.raises(AssertionError, match="page: thrown in the page\nconsole: said on the console"):
        check_no_errors(faulty)


# Which browser


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A computer without any browser: an empty PATH, and a playwright that has downloaded none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BPTT_CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "downloaded")))


def executable(path):
    path.touch(mode=0o755)
    return str(path)


def test_without_a_browser_the_tests_are_skipped_with_a_way_to_get_one(bare):
    with pytest.raises(pytest.skip.Exception, match=r"apt install chromium.*playwright install chromium"):
        chromium(bare)


def test_without_a_browser_ci_fails(bare, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium found"):
        chromium(bare)


def test_the_named_browser_comes_before_an_installed_one_and_that_before_a_downloaded_one(bare, monkeypatch, tmp_path):
    downloaded = executable(tmp_path / "downloaded")
    assert chromium(bare) == downloaded
    installed = executable(tmp_path / BROWSERS[-1])
    assert chromium(bare) == installed
    monkeypatch.setenv("BPTT_CHROMIUM", "another")
    assert chromium(bare) == "another"


def test_ci_looks_for_the_same_browsers():
    assert " ".join(BROWSERS) in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
