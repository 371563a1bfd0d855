"""The Python of the site: Pyodide's files, the wheels on top, and the lock that names each wheel with its sha256.

A lock is what Pyodide calls pyodide-lock.json. The site's holds what the notebooks need and no more, with the project's
own wheel, so that no notebook installs anything.

    python -m bptt_site.runtime FOLDER

fetches a runtime from Pyodide's own host into FOLDER, for `bptt site OUT --python FOLDER`.

A lock says which bytes are right, so it must be right itself. From an address it is accepted with the hash of the
official one, or with the hash that was given beside the address. In a folder on this computer it is trusted as it is.
Pyodide's own four files are checked wherever they come from.
"""

import json
import re
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from bptt_lab.requirements import of_the_pages

HERE = Path(__file__).resolve().parent
# the versions of what pip brings; an install has the file here, a checkout one folder up
CONSTRAINTS = next(path for path in (HERE / "constraints.txt", HERE.parent / "constraints.txt") if path.exists())

# No lock names these four. They are Pyodide 314.0.4's, as npm and the release carry them; so is the lock.
CORE_VERSION = "314.0.4"
OFFICIAL = f"https://cdn.jsdelivr.net/pyodide/v{CORE_VERSION}/full"
LOCK = "pyodide-lock.json"
CORE = {
    "pyodide.mjs": "c75dd73bb0c70674135f9f4ab746c9b5316e9fe027cafacb2be445e658f04c92",
    "pyodide.asm.mjs": "fd7a3cefa122ff6463dcf2997961eb341250e4cc4ed60281448390f0a767cca2",
    "pyodide.asm.wasm": "6c8986a8ee583401069aa403e76ee79d4633a1478ab11cea76030bc299aded9f",
    "python_stdlib.zip": "b5ca2308e9fa72eda319889a1ddf086389e9f1234ced279cc71267fe9ba56e54",
}
LOCK_HASH = "c963d22858f6bcb8f41586a2142f03905ab370c88ea22a86a2736e95fac2a8f3"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")  # no folder, no drive
# What the kernel asks for before the first cell. In the lock and loaded at the start, it costs no search later.
KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
# JupyterLab's side of the widgets, which ipywidgets names too. The site has it as an extension.
FRONT_END = ("jupyterlab-widgets", "widgetsnbextension")
NOT_NEEDED = ("pytz",)  # Pyodide's lock has it for matplotlib, which neither asks for it nor imports it: 0.5 MB


class Folder:
    """A runtime on this computer. A site takes a copy of it along."""

    url = "./pyodide"  # where the page finds it
    beside = "."  # where a file in the site's folder pyodide/ finds it
    comes_along = True

    def __init__(self, path):
        self.path = Path(path)
        if not (self.path / LOCK).is_file():
            raise SystemExit(f"the folder of the Python runtime must have a {LOCK}, got {path}")

    def read(self, name):
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            raise SystemExit(
                f"the folder of the Python runtime must have every file of its lock; {name} is not in {self.path}"
            ) from None
        except OSError as error:
            raise SystemExit(
                f"the folder of the Python runtime must have files that can be read; {name} cannot ({error})"
            ) from None

    def check_lock(self, data):
        """Accept any lock: a folder on this computer is trusted."""

    def offer(self, name, expected, place):
        """Put a file into the site, if it is the one that was promised. Returns where the lock finds it."""
        store(place / name, read_checked(self, name, expected))
        return name


class Address:
    """A runtime on a server. A reader's browser fetches it from there, and checks what the lock names."""

    comes_along = False

    def __init__(self, url=OFFICIAL, lock_hash=LOCK_HASH):
        self.url = self.beside = url.rstrip("/")
        self.lock_hash = lock_hash

    def read(self, name):
        try:
            with urlopen(f"{self.url}/{name}", timeout=120) as answer:
                return answer.read()
        except (OSError, HTTPException, ValueError) as error:  # no network, cut short, no address
            raise SystemExit(f"{self.url}/{name} cannot be read ({error}); a folder with a copy does too") from None

    def check_lock(self, data):
        found = sha256(data).hexdigest()
        if found != self.lock_hash:
            told = f"{self.url}/{LOCK} must have the sha256 {self.lock_hash}, got {found}"
            raise SystemExit(f"{told}; if you trust that host, name its lock with --lock-sha256")

    def offer(self, name, expected, place):
        return f"{self.url}/{name}"


def read_lock(source) -> dict:
    data = source.read(LOCK)
    try:
        lock = json.loads(data)
        _check_form(lock)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise SystemExit(f"{LOCK} must be a lock of Pyodide, got a file that begins with {data[:40]}") from None
    source.check_lock(data)
    for entry in lock["packages"].values():
        if not FILE_NAME.fullmatch(entry["file_name"]):
            raise SystemExit(f"{LOCK} must name files of its own folder, got {entry['file_name']}")
    return lock


def _check_form(lock):
    """Raises one of Python's errors if the lock lacks what is read from it here."""
    marker_environment(lock["info"])
    for entry in lock["packages"].values():
        for field in ("name", "version", "file_name", "sha256"):
            entry[field].strip()
        for name in entry["depends"]:
            canonicalize_name(name)


def store(path, data):
    """Write the file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_checked(source, name, expected) -> bytes:
    """The file's bytes, if they have the sha256 that was promised."""
    data = source.read(name)
    found = sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} must have the sha256 {expected}, got {found}: fetch it again")
    return data


def complete_lock(lock, wheels, requirements, find_wheel) -> dict:
    """The lock, cut down to `requirements` and what they need, with `wheels` in it.

    wheels : name -> path; they take precedence over what the lock has under that name
    find_wheel : the path of a wheel for a requirement that neither has
    A version in the lock that a requirement excludes raises SystemExit.
    """
    environment = marker_environment(lock["info"])
    packages, waiting = {}, list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in packages:
            if name in wheels:
                entry, needs = wheel_entry(wheels[name], environment)
            elif name in lock["packages"]:
                depends = [other for other in lock["packages"][name]["depends"] if other not in NOT_NEEDED]
                entry = lock["packages"][name] | {"depends": depends}
                needs = [Requirement(other) for other in depends]
            else:
                entry, needs = wheel_entry(find_wheel(requirement), environment)
            packages[name] = entry
            waiting += needs
        version = packages[name]["version"]
        if not requirement.specifier.contains(version, prereleases=True):
            raise SystemExit(f"the runtime must bring {requirement}, got {name} {version}")
    return {"info": lock["info"], "packages": dict(sorted(packages.items()))}


def wheel_entry(path, environment) -> tuple:
    """(the lock's entry of a wheel, its requirements)."""
    name, version, _, _ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as wheel:
        files = wheel.namelist()
        described = next(file for file in files if file.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(wheel.read(described).decode())
    needs = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    needs = [need for need in needs if not need.marker or need.marker.evaluate(environment)]
    needs = [need for need in needs if canonicalize_name(need.name) not in FRONT_END]
    imports = {file.split("/")[0].removesuffix(".py") for file in files if file.endswith(".py")}
    entry = lock_entry(path, name, str(version), [canonicalize_name(need.name) for need in needs], sorted(imports))
    return entry, needs


def lock_entry(path, name, version, depends=(), imports=()) -> dict:
    return {
        "name": name,
        "version": version,
        "file_name": path.name,
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "depends": list(depends),
        "imports": list(imports),
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def write_lock(place, lock):
    store(place / LOCK, json.dumps(lock, indent=1).encode())


def marker_environment(info) -> dict:
    """The Python of the lock, as the markers of requirements ask about it."""
    return {
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "platform_machine": info["arch"],
        "platform_system": "Emscripten",
        "sys_platform": "emscripten",
        "python_full_version": info["python"],
        "python_version": info["python"].rpartition(".")[0],
        "extra": "",
    }


def pure_wheel(requirement, folder) -> Path:
    """Fetch a wheel that runs anywhere, in the version of constraints.txt."""
    anywhere = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"]
    before = set(folder.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", f"--dest={folder}"]
    pip += ["--no-deps", *anywhere, "-c", str(CONSTRAINTS), str(requirement)]
    done = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"pip cannot bring {requirement}: {done.stdout.strip()}")
    return (set(folder.glob("*.whl")) - before).pop()


def fetch(folder, source=None):
    """Store what the notebooks need of a runtime, each file checked, and a lock that names just that."""
    source, folder = source or Address(), Path(folder)
    lock = read_lock(source)
    # what this lock lacks, pip fetches when the site is built
    roots = [Requirement(name) for name in KERNEL] + of_the_pages()
    known = [root for root in roots if canonicalize_name(root.name) in lock["packages"]]
    lock = complete_lock(lock, {}, known, find_wheel=_not_there)
    files = {entry["file_name"]: entry["sha256"] for entry in lock["packages"].values()} | CORE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOCK).unlink(missing_ok=True)  # no lock, no runtime: the old one goes first, ours comes last
        for name, expected in files.items():
            print(f"fetching {name}", flush=True)
            store(folder / name, read_checked(source, name, expected))
        write_lock(folder, lock)
    except OSError as error:
        raise SystemExit(f"FOLDER must be a folder to write in, got {folder} ({error})") from None


def _not_there(requirement):
    raise SystemExit(f"the runtime must bring {requirement}, and its {LOCK} does not name it")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("one FOLDER must be named: python -m bptt_site.runtime FOLDER")
    fetch(sys.argv[1])
