"""The hosts of a test: the one that serves a folder, and all others, which refuse."""

import json
import time
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bptt_site.lite import run_address
from bptt_site.serve import Handler, server_for
from tests.harness.lab import LabPage

POLICY = "script-src 'self' 'unsafe-eval' blob:"
PATIENCE = 240  # seconds; Python starts in ten where nothing else runs

# A page whose Python is asked nothing needs none: this one's is an empty worker, which never answers.
NO_PYTHON = "window.Worker = class extends Worker { constructor() { super(URL.createObjectURL(new Blob())); } };"
ANSWER = """async (code) => {
    let text = "";
    const asked = bptt.notebook.sessionContext.session.kernel.requestExecute({ code });
    asked.onIOPub = ({ content }) => (text += content.text ?? content.evalue ?? "");
    await asked.done;
    return text.trim();
}"""
ALL_KEPT = """async (name) => {
    await fetch("/api/service-worker-heartbeat");
    const cache = await caches.open(name);
    while (!(await cache.match(new URL("whole", document.baseURI.replace(/lab[/].*/, "")))))
        await new Promise((resolve) => setTimeout(resolve, 50));
}"""


class SitePage(LabPage):
    """One notebook of the site, opened by the address that the front page names.

    address : the site's; ends with a slash
    """

    def go(self, name):
        """To the notebook's address. The rest is JupyterLab's."""
        self.name = name
        # not until "load": a new version's service worker may begin the page anew before, and that load never comes
        self.page.goto(f"{self.address}lite/{run_address(Path(name))}", wait_until="commit")
        self.page.wait_for_function("window.jupyterapp")

    def open(self, name):
        self.go(name)
        self.ask("opened", name)


class Recorder(Handler):
    """Answers, and writes down what it was asked for and how many bytes it gave: (path, bytes).

    It writes first, then answers: whoever has an answer finds its entry in `given`.
    """

    def copyfile(self, source, outputfile):
        content = source.read()
        self.server.given.append((self.path, len(content)))
        outputfile.write(content)

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")  # as hosts of runtimes do: a page elsewhere may fetch it
        super().end_headers()

    def log_message(self, *args):
        pass


class Strict(Recorder):
    """A host that lets a page run no script but its own: what docs/site.md asks of it, and no more."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


class Strictest(Recorder):
    """A host that lets a page run no script but its own, and nothing else either: all that a page to read needs."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", "script-src 'self'")
        super().end_headers()


class Moving(Recorder):
    """A host that changes while a reader looks. The attributes of its server say how:

    folder : what it serves
    etags : it sends an ETag of each file's content, good for ten minutes; else only the date of the file
    portal : a sign-in page, with "200 OK", answers every request but those for `spared`
    last : once it has given the file of this name, it is gone
    gone : it hangs up on everybody
    """

    def do_GET(self):
        self.directory, self.etag = str(self.server.folder), None  # a connection may outlive a version
        if self.server.gone:
            self.server.given.append((self.path, 0))
            self.close_connection = True
        elif self.server.portal and self._name() not in self.server.spared:
            self._sign_in()
        else:
            super().do_GET()
            self.server.gone |= self._name() == self.server.last

    def _name(self):
        return self.path.partition("?")[0].rpartition("/")[2]

    def _sign_in(self):
        page = b"<!doctype html><title>Sign in</title>Please sign in."
        self.server.given.append(("sign in", len(page)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def send_head(self):
        file = Path(self.translate_path(self.path))
        if self.server.etags and file.is_file():
            self.etag = f'"{sha256(file.read_bytes()).hexdigest()}"'
            if self.headers["If-None-Match"] == self.etag:
                self.send_response(304)
                self.end_headers()
                return None
        return super().send_head()

    def end_headers(self):
        if self.etag:
            self.send_header("ETag", self.etag)
            self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@contextmanager
def moving(folder, etags=True):
    with running(server_for(folder, handler=Moving)) as server:
        server.folder, server.etags = folder, etags
        server.gone, server.portal, server.spared, server.last = False, False, (), None
        yield server


class Refuse(BaseHTTPRequestHandler):
    """Writes down which host or path was asked for, and refuses."""

    def refuse(self):
        self.server.asked.append(self.path)
        self.send_error(403)

    do_CONNECT = do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = refuse

    def log_message(self, *args):
        pass


@contextmanager
def running(server):
    """Run it in a thread of its own. `address` ends with a slash; `given` and `asked` are what it sent and refused."""
    server.address = f"http://127.0.0.1:{server.server_address[1]}/"
    server.given, server.asked = [], []
    server.handle_error = lambda *connection: None  # a page that is closed drops its open requests
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def serving(folder):
    return running(server_for(folder, handler=Recorder))


def refusing():
    """All other hosts: a proxy that lets nobody through."""
    return running(ThreadingHTTPServer(("127.0.0.1", 0), Refuse))


def site_page(browser, address, outside, also="", patience=PATIENCE):
    """The site's JupyterLite, in a browser of its own that reaches no host but this one and `also`."""
    reached = ",".join(url.split("/")[2] for url in (address, also) if url)
    alone = {"server": outside.address, "bypass": reached}
    return SitePage(browser, address, patience, proxy=alone)


def answer(lab, code):
    """What the kernel of the open page prints."""
    return lab.page.evaluate(ANSWER, code)


def wait_until(lab, question, arg):
    """Until the page answers yes. (Playwright's wait_for_function takes the promise of an answer for a yes.)"""
    end = time.monotonic() + PATIENCE
    while not lab.page.evaluate(question, arg):
        assert time.monotonic() < end, f"no in {PATIENCE} s: {question}"
        lab.page.wait_for_timeout(50)


def listed(site) -> dict:
    """What the site's service worker keeps: {"version": …, "files": {path: sha256}}."""
    head = (site / "lite" / "service-worker.js").read_text(encoding="utf-8").split("const SITE = ", 1)[1]
    return json.JSONDecoder().raw_decode(head)[0]


def keep_all(page, site):
    """Wait until the browser has kept the whole site: JupyterLab's page starts that every 20 seconds, this at once."""
    page.evaluate(ALL_KEPT, f"bptt-companion-{listed(site)['version']}")
