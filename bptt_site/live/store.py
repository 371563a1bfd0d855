"""What was recorded, as files: pieces of some tens of kB, in each of which a text stands once.

A text is cut into fragments where its lines or elements begin. Those that always follow each other are joined again.
In a piece a text is {"text": [...]}, the numbers of its fragments among the piece's `texts`. A file is named after its
content: what two panels show alike is stored once, and files of two builds never stand for each other.
"""

import gzip
import json
from hashlib import sha256
from itertools import pairwise

CUT = "\0"
BEGINS = ("<g ", "<tr", "<div", "<text", "<path", "<polyline")  # of elements
LARGE = 300_000  # characters of fragments in a piece, about: packed they are some tens of kB
SHORT = 12  # a text that is shorter is written out


def fragments(text) -> list:
    text = text.replace("\n", f"\n{CUT}")
    for begin in BEGINS:
        text = text.replace(begin, CUT + begin)
    return [fragment for fragment in text.split(CUT) if fragment]


def texts_in(value):
    """All texts of what was recorded."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


class Piece:
    """Some states, and their fragments."""

    def __init__(self):
        self.states, self.cuts, self.known, self.size = {}, {}, set(), 0

    def add(self, number, value):
        self.states[number] = value
        for text in texts_in(value):
            if len(text) >= SHORT and text not in self.cuts:
                self.cuts[text] = cut = fragments(text)
                self.size += sum(len(fragment) for fragment in set(cut) - self.known)
                self.known.update(cut)

    def written(self) -> dict:
        runs, places = joined(self.cuts.values()), {}
        written = {text: {"text": list(_references(cut, runs, places))} for text, cut in self.cuts.items()}

        def encoded(value):
            if isinstance(value, str):
                return written.get(value, value)
            if isinstance(value, dict):
                return {name: encoded(part) for name, part in value.items()}
            return [encoded(part) for part in value] if isinstance(value, list) else value

        states = {number: encoded(value) for number, value in self.states.items()}
        return {"texts": list(places), "states": states}


def _references(cut, runs, places):
    """The text's fragments, in runs, as numbers among the piece's texts."""
    n = 0
    while n < len(cut):
        run = runs[cut[n]]
        yield places.setdefault("".join(run), len(places))
        n += len(run)


def joined(sequences) -> dict:
    """{first fragment of a run: the run}: fragments that stand together wherever they stand."""
    after, before = {}, {}
    for sequence in sequences:
        ends = [None, *sequence, None]
        for left, right in pairwise(ends):
            if left is not None:  # None is an end
                after.setdefault(left, set()).add(right)
            if right is not None:
                before.setdefault(right, set()).add(left)

    def goes_on(fragment):
        """The one that always follows, and that nothing else precedes."""
        (follower, *others) = after[fragment]
        return follower if not others and follower is not None and len(before[follower]) == 1 else None

    runs = {}
    for fragment, left in before.items():
        if len(left) == 1 and (only := next(iter(left))) is not None and goes_on(only) == fragment:
            continue  # within a run
        run = [fragment]
        while (follower := goes_on(run[-1])) is not None and follower != fragment:
            run.append(follower)
        runs[fragment] = run
    return runs


def packed(value) -> bytes:
    return gzip.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)


def put(folder, data, ending="bin") -> str:
    """Write a file that is named after its content; returns its name."""
    name = f"{sha256(data).hexdigest()[:12]}.{ending}"
    (folder / name).write_bytes(data)
    return name


class Store:
    """Writes states into pieces, in the order in which they come."""

    def __init__(self, folder):
        self.folder, self.piece, self.files = folder, Piece(), []

    def add(self, number, value):
        self.piece.add(number, value)
        if self.piece.size >= LARGE:
            self.close()

    def close(self) -> list:
        """[(number of its first state, name of the file)] of each piece."""
        if self.piece.states:
            self.files.append((min(self.piece.states), put(self.folder, packed(self.piece.written()))))
            self.piece = Piece()
        return self.files
