"""JupyterLab or Jupyter Notebook, and a notebook open in it, for a test that looks at the page as a reader does."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
PATIENCE = 60  # seconds; nothing here takes a tenth of it on an idle computer
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# Features that make the browser ask its maker's hosts. Playwright disables most of them too, but our list replaces
# its own.
CURIOUS = "AimEnabled,AutofillServerCommunication,NetworkTimeServiceQuerying,OptimizationHints,PreconnectToSearch"
NO_AUTOSAVE = {"docmanager-extension/plugin": {"autosave": False}}
EVERY_CELL = {"notebook-extension/tracker": {"windowingMode": "none"}}  # each cell is in the page, in view or not
LAB, NOTEBOOK = "jupyterlab", "notebook"  # the front ends: `jupyter lab` and `jupyter notebook`
ADDRESSES = {LAB: "lab/workspaces/{stem}/tree/{name}", NOTEBOOK: "notebooks/{name}"}


@contextmanager
def jupyter(folder, home, front_end=LAB, settings=NO_AUTOSAVE | EVERY_CELL):
    """Serve `folder` on this computer alone; yields the address of a notebook, which holds the token.

    home : an empty folder for all that Jupyter keeps, so that it neither reads nor changes a user's own. Servers that
        share it trust notebooks that were saved in one of the others
    """
    for name, chosen in settings.items():
        path = home / f"settings-{front_end}" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(chosen), encoding="utf-8")
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": f"settings-{front_end}",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    command = [sys.executable, "-m", front_end, "--no-browser", "--expose-app-in-browser"]
    command += ["--ip=127.0.0.1", "--port=0", f"--notebook-dir={folder}"] + ["--allow-root"] * AS_ROOT
    environment = os.environ | {name: str(home / place) for name, place in own.items()}
    environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else a debugger may report of itself on stderr
    with (home / f"log-{front_end}").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        url, token = running_at(server, home, log.name)
        yield f"{url}{ADDRESSES[front_end]}?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:  # it may hang if it is stopped in the middle of an answer
            server.kill()
            server.wait()


def running_at(server, home, log):
    """Its address and its token: the server writes them down, once it listens."""
    written = home / "runtime" / f"jpserver-{server.pid}.json"
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        if written.exists() and (text := written.read_text(encoding="utf-8")).endswith("}"):
            running = json.loads(text)
            return running["url"], running["token"]
        time.sleep(0.05)
    raise RuntimeError(f"Jupyter did not start:\n{Path(log).read_text(encoding='utf-8')}")


def find_chromium(playwright):
    """The browser that BPTT_CHROMIUM names, else one that is installed, else playwright's own, else None."""
    if named := os.environ.get("BPTT_CHROMIUM"):
        return named
    own = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, BROWSERS)), own if Path(own).exists() else None)


def launch_options(path):
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    quiet += [f"--disable-features={CURIOUS}"]
    return {"executable_path": path, "args": quiet + ["--no-sandbox"] * AS_ROOT}


def write_notebook(path, cells):
    """A notebook with these code cells."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)


class LabPage:
    """One notebook, open in a front end with a kernel of its own."""

    def __init__(self, browser, address, patience=PATIENCE, **options):
        """options : for the browser's context"""
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", **options)
        self.context.set_default_timeout(1000 * patience)
        self._patience = patience
        self.context.add_init_script(path=HERE / "page.js")
        self.name, self.address = None, address
        self.page = self._new_page()

    def _new_page(self):
        page, errors = self.context.new_page(), []
        page.on("pageerror", lambda error: errors.append(f"page: {error}"))
        page.on("console", lambda line: line.type == "error" and errors.append(f"console: {line.text}"))
        self._errors = errors  # of this page: one that is closed may still report
        return page

    def begin_anew(self):
        """Close the page, and open an empty one in the same browser."""
        self.page.close()
        self.page = self._new_page()

    def ask(self, question, *args):
        """What one of page.js's functions answers."""
        return self.page.evaluate("asked => bptt.inTime(...asked)", [question, args, self._patience])

    def open(self, name):
        """Open a notebook, as it is stored. If another was left before, JupyterLab is here already."""
        self.name = name
        if self.page.evaluate("'jupyterapp' in window"):
            self.ask("open", name)
        else:
            self._go(name)

    def _go(self, name):
        self.page.goto(self.address.format(name=name, stem=Path(name).stem))
        self.page.wait_for_function("window.jupyterapp")
        self.ask("opened", name)

    def leave(self):
        """Close the notebook and its kernel. The page stays, for another."""
        self.ask("leave")
        self._errors.clear()

    def open_in_place(self, name):
        """Open a notebook in the place of this one, with its kernel."""
        self.name = name
        self.ask("openInPlace", name)

    def run_all(self):
        faults = self.ask("runAll")
        assert not faults, "\n".join(faults)
        self.settle()

    def run_cell(self, n):
        self.ask("runCell", n)

    def save(self):
        self.ask("save")

    def lose_kernel(self, how):
        """how : restart, shut down or change, as in the kernel's menu. Waits until the panels know."""
        self.ask("lose", how)

    def settle(self):
        """Wait until the kernel has answered all that the page asked, and the answers are painted."""
        self.ask("settled")

    @contextmanager
    def in_theme(self, theme):
        """with lab.in_theme("JupyterLab Dark"): the page has that theme."""
        self._change_theme(theme)
        try:
            yield
        finally:
            self._change_theme("JupyterLab Light")

    def _change_theme(self, theme):
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        self.page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")  # it covers the page while a theme is loaded

    @property
    def panels(self):
        return [PanelOnPage(self, root) for root in self.page.locator(".bptt-panel").all()]

    def reset(self):
        for panel in self.panels:
            panel.reset()

    def go_on(self):
        """Open the panels that wait for a guess."""
        waiting = self.page.get_by_role("button", name="Go on without a guess", disabled=False)
        while waiting.count():
            waiting.first.click()
            self.settle()

    def cell(self, n):
        """The n-th code cell."""
        return self.page.locator(".jp-CodeCell").nth(n)

    def errors(self) -> list:
        """What the page, the console and the kernel have reported since the last call."""
        errors = self._errors + self.ask("reported")
        self._errors.clear()
        return errors

    def close(self):
        self.ask("shutdown")
        self.context.close()


class NotebookPage(LabPage):
    """The same in Jupyter Notebook, which has a page for each notebook."""

    OWN_FAULT = "page: Cannot read properties of undefined (reading 'schema')"  # Notebook 7.6, on every page

    def errors(self):
        return [error for error in super().errors() if error != self.OWN_FAULT]


class PanelOnPage:
    """One panel, by the class names that Panel gives to its parts."""

    def __init__(self, lab, root):
        self.lab, self.root = lab, root

    @property
    def controls(self):
        """Its sliders and menus, in their order."""
        rows = self.root.locator(".widget-slider, .widget-dropdown").all()
        return [(Menu if row.locator("select").count() else Slider)(self.lab, row) for row in rows]

    def control(self, label):
        return next(control for control in self.controls if control.label == label)

    def values(self) -> dict:
        return {control.label: control.value for control in self.controls}

    def reset(self):
        self.root.get_by_role("button", name="Reset").click()
        self.lab.settle()

    def pictures(self) -> list:
        """What each picture shows, to compare; "" where it shows nothing."""
        return [picture.evaluate("bptt.content") for picture in self.root.locator(".bptt-picture").all()]

    def words(self) -> str:
        """Its words, in HTML."""
        return self.root.locator(".bptt-words .widget-html-content").inner_html()

    def sleeps(self) -> bool:
        """Whether it says that no kernel answers it."""
        return self.root.locator(".bptt-asleep").is_visible()

    def boxes(self) -> list:
        """Place and size of each picture and of the words, in the panel."""
        return self.root.evaluate("bptt.boxes")


class Control:
    """A slider or a menu. `ways` : how to turn it; one of them may change nothing, say at a slider's end."""

    def __init__(self, lab, row):
        self.lab, self.row = lab, row
        self.label = row.locator(".widget-label").inner_text()

    def turn(self, way):
        self._turn(way)
        self.lab.settle()


class Slider(Control):
    ways = ("ArrowRight", "ArrowLeft", "End", "Home")

    @property
    def value(self) -> str:
        return self.row.locator(".widget-readout").inner_text()

    def _turn(self, key):
        self.row.get_by_role("slider").press(key)


class Menu(Control):
    @property
    def ways(self):
        """The other options."""
        options = [option.get_attribute("value") for option in self.row.locator("option").all()]
        return [option for option in options if option != self.value]

    @property
    def value(self) -> str:
        return self.row.locator("select").input_value()

    def _turn(self, option):
        self.row.locator("select").select_option(option)
