"""How numbers are written, and the comparison that a notebook prints."""

import re
from pathlib import Path

import numpy as np
import pytest

import bptt_lab
from bptt_lab.compare import agree, agree_all, relative_difference
from bptt_lab.numbers import fixed, number, numbers, show, table
from bptt_lab.symbols import CODE, at, hat, html_symbol, plain, rich, spoken


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-20, "−1e−20"),
        (0.0004999, "5e−4"),
        (0.0005, "0.001"),
        (-0.1234, "−0.123"),
        (9.9994, "9.999"),
        (9.9996, "10.00"),
        (123.456, "123.5"),
        (9999.0, "9999"),
        (12345.0, "1e4"),
        (1e100, "1e100"),
        (np.inf, "inf"),
        (-np.inf, "−inf"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize("exponent", range(-12, 13))
def test_number_stays_short_and_close(exponent):
    for digits in (1.0, 1.2345, 9.9949, -7.7777):
        value = digits * 10.0**exponent
        text = number(value)
        assert len(text) <= 6
        assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.5)  # one digit is left at the ends


def test_numbers_are_columns_of_one_width():
    assert numbers([[1, -2], [-10, 0.5]]) == [" 1.000 −2.000", "−10.00  0.500"]


def test_plain_keeps_what_the_tags_say():
    assert plain("<p>dh<sup>(4)</sup> &lt; 1<br>and b<sub>1</sub></p>") == "dh^(4) < 1\nand b_1"


def test_show_prints_the_shape(capsys):
    show("h", np.array([[1.0], [-2.0]]))
    assert capsys.readouterr().out == "h   shape (2, 1)\n    1.000\n   −2.000\n"


def test_table_aligns_words_left_and_numbers_right(capsys):
    table(("f", "value"), [("tanh", 0.5), ("relu", -10.0)])
    assert capsys.readouterr().out == "f      value\n----  ------\ntanh   0.500\nrelu  −10.00\n"


def test_agree_says_so(capsys):
    agree("dW", [1.0, 2.0], [1.0, 2.0 + 1e-10])
    assert capsys.readouterr().out == "dW: agrees within 1e-08\n"


@pytest.mark.parametrize(
    ("ours", "judge"),
    [([1.0, 2.0], [1.0, 2.001]), ([np.nan], [1.0]), ([np.nan], [np.nan]), ([np.inf], [np.inf]), ([0.0], [1e-3])],
)
def test_agree_fails_on_a_difference_and_on_nan(ours, judge):
    with pytest.raises(AssertionError, match=r"dW: off by .* of the largest entry, allowed 1e-08\n"):
        agree("dW", ours, judge)


def test_many_comparisons_are_one_line(capsys):
    agree_all("all sums", [("dW", [1.0], [1.0]), ("dU", [2.0, 3.0], [2.0, 3.0])], within=1e-12)
    assert capsys.readouterr().out == "all sums: all 2 agree within 1e-12\n"


def test_one_of_many_that_does_not_agree_is_named():
    with pytest.raises(AssertionError, match=r"all sums, dU: off by 5\.0e-01 of the largest entry, allowed 1e-08\n"):
        agree_all("all sums", [("dW", [1.0], [1.0]), ("dU", [1.0], [2.0]), ("db", [1.0], [1.0])])


def test_no_comparison_is_no_agreement():
    with pytest.raises(ValueError, match="all sums: comparisons must hold at least one; got none"):
        agree_all("all sums", [])


def test_relative_difference_of_two_zeros_is_zero():
    assert relative_difference(np.zeros(3), np.zeros(3)) == 0


def test_relative_difference_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"both sides must have one shape; got \(3, 1\) and \(3,\)"):
        relative_difference(np.zeros((3, 1)), np.zeros(3))


def test_rich_text_raises_marks_code_and_escapes_the_rest():
    assert rich("h^(T) < 2 & `a < b`\n^2") == (
        f'h<sup>(T)</sup> &lt; 2 &amp; <code style="{CODE}">a &lt; b</code><br>^2'
    )


def test_rich_text_raises_a_step_before_the_first_and_a_transpose():
    assert rich("dh^(-1) by ^tU, 2^t") == "dh<sup>(\N{MINUS SIGN}1)</sup> by <sup>t</sup>U, 2^t"


@pytest.mark.parametrize("tex", [at("dh", 4), at("h", -1), hat(2), r"{}^t U", r"\delta^{(0)}"])
def test_a_symbol_has_one_spelling_in_words(tex):
    """What is spoken, set on a page as words, reads as the symbol itself does there."""
    words = spoken(tex).replace("^t ", "^t").replace(" ", "")
    assert plain(rich(words)) == words == plain(html_symbol(tex)).replace(" ", "")
    assert rich(words).count("<sup>") == html_symbol(tex).count("<sup>") == 1


def test_no_panel_writes_tags_or_patches_signs():
    """Words are spelled as `spoken` does, and `rich` sets them."""
    for path in (Path(bptt_lab.__file__).parent / "pages").rglob("*.py"):
        assert not re.findall(r"</?su[bp]>|replace\(\"\(?-", path.read_text(encoding="utf-8")), path


def test_fixed_keeps_its_decimals():
    assert (fixed(-3.04, 1), fixed(1234.56, 1), fixed(0, 1)) == ("\N{MINUS SIGN}3.0", "1234.6", "0.0")
