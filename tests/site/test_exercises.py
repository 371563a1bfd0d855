"""Exercises in the browser's own Python, which no stop button reaches."""

from tests.harness.hosts import answer

LIMITED = """import bptt_lab.practice.call
from bptt_lab.pages import check
bptt_lab.practice.call.LIMIT = 2"""
ENDLESS = """def loss(y, Y):
    while True:
        pass
print(check("01-loss", loss))"""
PRODUCT = """def sum_dW(delta, x):
    return delta[0] @ x[0]
print(check("05-dW", sum_dW))"""


def test_a_loop_without_end_ends_and_a_product_that_does_not_fit_is_told(open_page):
    """Both need what only Python in a notebook has: the lines of a cell."""
    lab = open_page("01-loss.ipynb")
    lab.run_all()
    answer(lab, LIMITED)
    said = answer(lab, ENDLESS)
    assert said.startswith(
        "01-loss: not yet. It ran for 2 seconds, and was stopped. Does your loop end? That was in your line `"
    )
    said = answer(lab, PRODUCT)
    assert "stopped in your line `return delta[0] @ x[0]`. (5, 1) @ (6, 1) does not fit" in said
