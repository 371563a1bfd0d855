"""What the paper says of the project is so: its counts and figures, its pictures, its references."""

import re
from pathlib import Path

import nbformat

from bptt_lab.pages import EXERCISES
from bptt_lab.published import PAGES
from bptt_lab.slips import SLIPS
from tests.harness.public_cases import CASES

ROOT = Path(__file__).resolve().parent.parent
PAPER = " ".join((ROOT / "paper" / "paper.md").read_text(encoding="utf-8").split())
BIBLIOGRAPHY = (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8")
NUMBERS = {9: "nine", 18: "Eighteen"}


def numbers(pattern, path):
    """The first group of each match in a file of the project."""
    return [float(found) for found in re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)]


def test_it_has_the_parts_that_the_journal_asks_for():
    for part in ("Summary", "Statement of need", "Learning objectives", "Content", "Instructional design", "Story"):
        assert f" # {part} " in PAPER


def test_its_counts_are_todays():
    assert f"{NUMBERS[len(PAGES)]} notebooks" in PAPER
    assert f"{len(EXERCISES)} exercises" in PAPER
    assert f"The catalogue of mistakes has {len(SLIPS)} entries" in PAPER
    assert f"{NUMBERS[len(CASES)]} wrong backward passes from public code" in PAPER


def test_its_minutes_are_those_of_the_pages():
    first = ["\n".join(cell.source for cell in nbformat.read(page, 4).cells[:3]) for page in PAGES]
    minutes = [int(re.search(r"[Aa]bout (\d+) minutes", text)[1]) for text in first]
    assert f"all nine together say {sum(minutes)} minutes" in PAPER
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"of {min(minutes)} to {max(minutes)} minutes" in readme


def test_the_doctors_rates_are_those_that_its_tests_hold():
    proof = (ROOT / "tests/lab/test_doctor_proof.py").read_text(encoding="utf-8")
    right, single, pairs = re.search(r"^RIGHT, SINGLE, PAIRS, .+ = (\d+), (\d+), (\d+)", proof, re.MULTILINE).groups()
    of_single, of_pairs = re.findall(r"assert named.* >= 0\.(\d\d) \*", proof)
    assert f"of {right} right ones none is called wrong" in PAPER
    assert f"of {single} with one slip all are called wrong and at least {of_single} in a hundred are named" in PAPER
    assert f"of {pairs} with two slips all are called wrong and at least {of_pairs} in a hundred are named" in PAPER


def test_its_times_are_those_of_the_benchmarks():
    usual, panel = (
        numbers(rf"^\| [^|]+ {skip}\| (\d+) \(\d+\) \|", "benchmarks/panels.md") for skip in ("", r"\| [^|]+ ")
    )
    assert f"our panels took {min(panel):.0f} to {max(panel):.0f} ms" in PAPER
    assert f"by pyplot and `interact` {min(usual):.0f} to {max(usual):.0f} ms" in PAPER
    first = numbers(r"^\| 0\d \| \d+ \| (\d\.\d+) \|", "benchmarks/site.md")
    assert f"had answered after {min(first):.2f} to {max(first):.2f} s" in PAPER


def test_its_references_are_there_and_have_a_doi():
    cited = set(re.findall(r"@(\w+)[\];]", PAPER))
    entries = re.split(r"\n(?=@)", BIBLIOGRAPHY)
    assert {re.match(r"@\w+\{(\w+),", entry)[1] for entry in entries} == cited
    assert all(re.search(r"\bdoi = \{10\.\d{4,}/\S+\}", entry) for entry in entries)


def test_its_pictures_are_there_and_spoken_of():
    pictures = re.findall(r"\\label\{(fig:\w+)\}\]\(([\w-]+\.png)\)", PAPER)
    assert len(pictures) == 2
    for label, name in pictures:
        assert (ROOT / "paper" / name).is_file()
        assert f"\\autoref{{{label}}}" in PAPER
