"""An answer is folded where HTML is shown, plain where it is not, and never lost."""

import pytest
from IPython.utils.capture import capture_output

from bptt_lab.fold import Folded, answer


def test_what_is_printed_inside_is_folded():
    with capture_output() as shown:
        print("before")
        with answer():
            print("a < b")
        print("after")
    assert shown.stdout.splitlines() == ["before", "The answer, in numbers", "a < b", "after"]


def test_html_has_it_closed_and_escaped():
    html = Folded("To <2>", "  a < b\n")._repr_html_()
    assert html == "<details><summary>To &lt;2&gt;</summary>\n<pre>  a &lt; b</pre></details>"


def test_an_error_inside_is_raised_and_shows_what_came_before_it():
    def disagree():
        with answer("To the question"):
            print("dW agrees")
            raise AssertionError("dU: off")

    with capture_output() as shown, pytest.raises(AssertionError, match="dU: off"):
        disagree()
    assert shown.stdout == "To the question\ndW agrees\n"
