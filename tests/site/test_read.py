"""A page to read: what it folds, and how it looks on a screen and on paper."""

from base64 import b64encode

import nbformat
import pytest

from bptt_lab.fold import Folded
from bptt_site.formulas import inline
from bptt_site.pages import LONG, build_pages
from tests.harness.lab import NOTEBOOKS
from tools import colab

NAMES = sorted(path.relative_to(NOTEBOOKS).with_suffix(".html").as_posix() for path in NOTEBOOKS.rglob("[0-9]*.ipynb"))
TRUE, PLACEHOLDER = (b64encode(picture).decode() for picture in (b"the true picture", b"it opens after your guess"))
WORDS = "The net answers <b> 7.\nand\ngradient   BPTT   verdict\ndW   1   agrees\ndU   2   wrong\nafter it"
PAPER = 680  # px: A4 without its margins
# What would be cut off on paper, where nothing scrolls
CUT = """() => [...document.querySelectorAll("pre, table, .formula, img")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth)
    .map((part) => part.textContent.slice(0, 200))"""
# What was printed and takes more lines on paper: a table, or lines of at most 100 letters
WRAPPED = """() => [...document.querySelectorAll(".output pre")].filter((pre) => pre.offsetHeight).filter((pre) => {
    const lines = pre.textContent.trimEnd().split("\\n");
    const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(pre);
    const height = pre.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
    const narrow = lines.every((line) => line.length <= 100) || lines.some((line) => /^[- ]*-{4}[- ]*$/.test(line));
    return narrow && height > (lines.length + 0.5) * parseFloat(lineHeight);
}).map((pre) => pre.textContent.slice(0, 200))"""
# How high the top of what is raised stands above its base's baseline, for each formula
RAISED = """() => [...document.querySelectorAll("math")].map((math) =>
    math.getBoundingClientRect().bottom - math.querySelector("msup > :last-child").getBoundingClientRect().top)"""


@pytest.fixture
def read(browser, tmp_path):
    """read(metadata of a panel's output): the page of a notebook that is made up, in a browser."""
    pages = []

    def page(bptt=None):
        data = {"text/plain": f"SomePanel\n{WORDS}", "image/png": PLACEHOLDER if (bptt or {}).get("picture") else TRUE}
        output = nbformat.v4.new_output("display_data", data, metadata={"bptt": bptt} if bptt else {})
        cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("SomePanel()", outputs=[output])]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "00-page.ipynb")
        build_pages(tmp_path / "read", [tmp_path / "00-page.ipynb"], tmp_path)
        pages.append(browser.new_page())
        pages[-1].goto((tmp_path / "read" / "00-page.html").as_uri())
        return pages[-1]

    yield page
    for opened in pages:
        opened.close()


def seen(page):
    """(the text, the pictures) that a reader sees now."""
    pictures = [image.get_attribute("src") for image in page.locator("img").all() if image.is_visible()]
    return page.locator("main").inner_text(), [picture.partition("base64,")[2] for picture in pictures]


def test_a_panel_that_asks_nothing_is_open(read):
    text, pictures = seen(read())
    assert "The net answers <b> 7." in text
    assert pictures == [TRUE]


def test_a_picture_that_tells_opens_after_the_guess(read):
    page = read({"asks": True, "picture": TRUE})
    text, pictures = seen(page)
    assert "The picture, after your guess" in text
    assert "The net answers" not in text
    assert pictures == []
    page.get_by_text("The picture, after your guess").click()
    text, pictures = seen(page)
    assert "The net answers <b> 7." in text
    assert pictures == [TRUE]
    assert PLACEHOLDER not in page.content()


def test_words_that_tell_open_after_the_guess(read):
    page = read({"asks": True})
    text, pictures = seen(page)
    assert "The words, after your guess" in text
    assert pictures == [TRUE]
    assert "7." not in text + page.locator("img").get_attribute("alt")
    page.get_by_text("The words, after your guess").click()
    assert "The net answers <b> 7." in seen(page)[0]


@pytest.mark.parametrize("bptt", [{"asks": True, "picture": TRUE}, {"asks": True}])
def test_on_paper_nothing_is_folded(read, bptt):
    page = read(bptt)
    page.emulate_media(media="print")
    text, pictures = seen(page)
    assert "The net answers <b> 7." in text
    assert pictures == [TRUE]


def test_a_table_in_a_panels_words_is_a_table(read):
    page = read()
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("figcaption tr").all()]
    assert rows == [["gradient", "BPTT", "verdict"], ["dW", "1", "agrees"], ["dU", "2", "wrong"]]
    assert page.locator("figcaption th").count() == 3
    lines = page.locator("figcaption").inner_text().splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("The net answers <b> 7.", "and", "after it")


def test_an_answer_and_the_prose_beside_it_are_folded_until_opened(browser, tmp_path):
    """A folded output, and a cell of Markdown that folds its own text, with a formula in it."""
    output = nbformat.v4.new_output("display_data", {"text/html": Folded("In numbers", "0.5 < 1")._repr_html_()})
    cells = [
        nbformat.v4.new_markdown_cell(
            "# Title\n\n<details><summary>Why?</summary>\n\nSince $x$ is *small*.\n\n</details>"
        ),
        nbformat.v4.new_code_cell("answer()", outputs=[output]),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "00-page.ipynb")
    build_pages(tmp_path / "read", [tmp_path / "00-page.ipynb"], tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "read" / "00-page.html").as_uri())
    why, number = page.locator("em", has_text="small"), page.get_by_text("0.5 < 1")
    assert not why.is_visible()
    assert not number.is_visible()
    page.get_by_text("Why?").click()
    page.get_by_text("In numbers").click()
    assert why.is_visible()
    assert number.is_visible()
    assert page.locator("details math").is_visible()
    page.reload()
    page.emulate_media(media="print")
    assert why.is_visible()
    assert number.is_visible()
    page.close()


def test_the_cell_for_colab_is_not_on_the_page(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("'the page'", execution_count=1)]
    )
    colab.put_cell(notebook)
    nbformat.write(notebook, tmp_path / "00-page.ipynb")
    build_pages(tmp_path, [tmp_path / "00-page.ipynb"], tmp_path)
    page = (tmp_path / "00-page.html").read_text(encoding="utf-8")
    assert "the page" in page
    assert "colab" not in page


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_on_paper(browser, site, name):
    page = browser.new_page(viewport={"width": PAPER, "height": 1000})
    page.goto((site / "read" / name).as_uri())
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert page.evaluate(WRAPPED) == []
    page.close()


def test_on_paper_only_long_code_is_cut_in_two(browser, tmp_path):
    code = [nbformat.v4.new_code_cell("\n".join(["print()"] * lines)) for lines in (1, LONG, LONG + 1)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), *code])
    nbformat.write(notebook, tmp_path / "00-page.ipynb")
    build_pages(tmp_path, [tmp_path / "00-page.ipynb"], tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "00-page.html").as_uri())
    page.emulate_media(media="print")
    breaks = page.locator(".input").evaluate_all("all => all.map((one) => getComputedStyle(one).breakInside)")
    assert breaks == ["avoid", "avoid", "auto"]
    page.close()


@pytest.mark.parametrize("letter", ["h", "y"])
def test_what_is_raised_stands_over_the_letter_not_over_its_hat(browser, letter):
    page = browser.new_page()
    formulas = [inline(f"{base}^{{(t)}}") for base in (letter, rf"\hat {letter}", rf"\hat{{{letter}}}")]
    page.set_content(f"<!doctype html><p style='font-size: 20px'>{' '.join(formulas)}")
    plain, *hats = page.evaluate(RAISED)
    assert hats == pytest.approx([plain] * 2, abs=2)  # px; over the hat they are 4 and 7 higher
    page.close()
