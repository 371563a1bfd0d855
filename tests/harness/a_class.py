"""A class as it hands in: pages of the student edition, with answers that are right, known to be wrong, or worse."""

import json
import random
import zipfile

from bptt_lab.classroom.edition import cleared
from bptt_lab.pages import EXERCISES
from bptt_lab.published import PAGES, SOLUTIONS

BY_NUMBER = {page.name[:2]: page for page in PAGES}


def _cells(path):
    return [cell for cell in json.loads(path.read_bytes())["cells"] if cell["cell_type"] == "code"]


def _solutions():
    """{exercise's id: the code of its cell, up to its check}"""
    found = {}
    for path in SOLUTIONS:
        for source in ("".join(cell["source"]) for cell in _cells(path)):
            for name in EXERCISES:
                before, call, _ = source.partition(f'check("{name}"')
                if call and before.strip():
                    found[name] = before + source[len(before) :].partition("\n")[0]
    return found


RIGHT = _solutions()
ONE_WRONG_LINE = {  # exercise's id: what stands in the solution, what the student writes, what the mistake is called
    "00-dw": ("error * v * df[1]", "v * df[1]", "it is ∂y/∂w that is returned"),
    "01-loss": ("0.5 * np.sum", "np.sum", "the ½ is missing"),
    "01-message": ("y - Y", "Y - y", "the sign of the error is turned round"),
    "02-step": ("np.tanh(h_hat)", "h_hat", "the activation is left out"),
    "03-slope": ("(h_hat > 0).astype(float)", "np.maximum(h_hat, 0)", ""),
    "04-link": ("U.T @", "U @", "U is not transposed"),
    "04-recursion": ("df[t + 1]", "df[t]", "f′ is taken of step t"),
    "05-dW": ("total +=", "total =", "the last step alone is counted"),
    "05-db": (".sum(axis=(0, 2))", ".mean(axis=(0, 2))", ""),
    "06-clip": ("np.sqrt(sum((grad**2).sum() for grad in grads))", "sum((grad**2).sum() for grad in grads)", ""),
    "06-backward-one": ("dh = V.T @ dy[t] + U.T @ delta", "dh = V.T @ dy[t] + U @ delta", "U is not transposed"),
    "07-alone": ("window[1:]", "window[:-1]", "the newest value is dropped, not the oldest"),
    "08-rows": ("range(T, -1, -1)", "range(T, 0, -1)", ""),
}


def wrong(name):
    before, after, _ = ONE_WRONG_LINE[name]
    assert before in RIGHT[name], name
    return RIGHT[name].replace(before, after)


def page(number, answers=(), first="", last="", seed=None):
    """A page as a student hands it in.

    answers : {exercise's id: code of its cell}     first, last : code in cells of their own
    """
    notebook = cleared(json.loads(BY_NUMBER[number].read_bytes()), seed)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        for name in answers:
            if cell["cell_type"] == "code" and f'check("{name}"' in source:
                cell["source"] = answers[name]
    for code, place in ((first, 1), (last, len(notebook["cells"]))):
        if code:
            notebook["cells"].insert(place, code_cell(code))
    return notebook


def code_cell(code):
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code}


def right_page(number, **more):
    return page(number, {name: code for name, code in RIGHT.items() if name[:2] == number}, **more)


def put(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8")


def put_all(folder, **more):
    for number, path in BY_NUMBER.items():
        put(folder / path.name, right_page(number, **more))


LINK = RIGHT["04-link"]
ENDLESS = "while True:\n    pass"
DEAF = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
WORSE = {  # what a student of that name does on page 01, between a right loss and a message
    "endless": ENDLESS,
    "deaf": DEAF,
    "prints two gigabytes": 'for _ in range(2000):\n    print("x" * 2**20)',
    "exits": "import os\nos._exit(0)",
    "quits": "raise SystemExit",
    "takes memory": "hog = [bytearray(10**8) for _ in range(200)]",
    "forks": "import os\nwhile True:\n    os.fork()",
    "asks": 'name = input("Your name? ")',
    "needs the network": 'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:9/")',
    "installs": "!pip install nothing-of-that-name",
    "crashes": "import faulthandler, os, signal\nsignal.raise_signal(signal.SIGSEGV)",
    "recurses": "def deep():\n    return deep()\n\n\ndeep()",
}
ENDS_THE_PROCESS = {"deaf", "exits", "crashes"}  # nothing that stands behind can be judged


def worse(name):
    """Right answers, and that cell between those of `loss` and `message`."""
    notebook = right_page("01")
    at = next(n for n, cell in enumerate(notebook["cells"]) if 'check("01-message"' in "".join(cell["source"]))
    notebook["cells"].insert(at, code_cell(WORSE[name]))
    return notebook


def a_class(folder, count, seed=0):
    """As many hand-ins in a folder, of every kind. Returns {name: "all right", "some", ...}, for those that can run."""
    rng = random.Random(seed)
    kinds = {}
    bad = [*WORSE, "damaged", "empty", "a picture", "zipped"]
    for n in range(count):
        name = f"student {n:03}_{7_000_000 + n}_assignsubmission_file"
        kind = rng.choices(["all right", "mixed", "bad"], [3, 5, 1])[0]
        if kind == "all right":
            put_all(folder / name)
        elif kind == "mixed":
            for number, path in BY_NUMBER.items():
                if rng.random() < 0.85:
                    put(folder / name / path.name, page(number, _mixed(number, rng)))
        else:
            kind = bad[n % len(bad)]
            _put_bad(folder / name, kind)
        kinds[name.partition("_assign")[0]] = kind
    return kinds


def _mixed(number, rng):
    answers = {}
    for name in (name for name in RIGHT if name[:2] == number):
        luck = rng.random()
        if luck < 0.55:
            answers[name] = RIGHT[name]
        elif luck < 0.75 and name in ONE_WRONG_LINE:
            answers[name] = wrong(name)
        elif luck < 0.8:
            answers[name] = RIGHT[name].replace("return ", "return 1.01 * ").replace("1.01 * dW", "dW")
    return answers


def _put_bad(folder, kind):
    for number in ("00", "02", "03"):
        put(folder / BY_NUMBER[number].name, right_page(number))
    place = folder / BY_NUMBER["01"].name
    if kind in WORSE:
        put(place, worse(kind))
    elif kind == "damaged":
        put(place, json.dumps(right_page("01"))[:-500])
    elif kind == "empty":
        put(place, "")
    elif kind == "a picture":
        place.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    else:
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            archive.writestr(f"my work/{place.name}", json.dumps(right_page("01")))
