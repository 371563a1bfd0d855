"""Which symbols of a page are marked, and as what: in formulas, in sentences, in code, in a panel's words."""

import re

import pytest

from bptt_site.formulas import inline
from bptt_site.lights import marked_text
from bptt_site.live.map import pictures
from bptt_site.pages import markdown_to_html

MARK = re.compile(r'data-symbol="([^"]*)"(?: data-step="([^"]*)")?')


def marks(markup):
    return [f"{name.replace('&#x27;', chr(39))}{f'[{step}]' if step else ''}" for name, step in MARK.findall(markup)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"dh^{(4)}", ["dh[4]"]),
        (r"\hat h^{(T)}", ["h_hat[T]"]),
        (r"h^{(-1)}", ["h_init"]),
        (r"dh_j^{(T-1)}", ["dh"]),
        (r"\text{grad}_{dense}", ["dh[T]"]),
        (r"dh^{(t+1)} f'(\hat h^{(t+1)})\;{}^t U", ["dh", "f'", "h_hat", "U.T"]),
        ("f'", ["f'"]),
        (r"\delta^{(t)}\,{}^t x^{(t)}", ["delta", "x.T"]),
        (r"\frac{\partial L}{\partial h^{(T)}}", ["dh[T]"]),
        (r"\frac{\partial L}{\partial \hat y}", ["dy"]),
        (r"\frac{\partial h^{(t)}}{\partial \hat h^{(t)}}", ["f'"]),
        (r"\frac{\partial \hat h^{(t)}}{\partial h^{(t-1)}}", ["U.T"]),
        (r"\frac{\partial \hat h^{(t)}}{\partial W}", ["x.T"]),
        (r"\frac{1}{1 + e^{-q}}", []),
    ],
)
def test_symbols_of_a_formula(formula, expected):
    assert marks(inline(formula)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Multiplied by W, and y − Y arrives at h.", ["W", "dy", "h"]),
        ("The f′ of *dh* and the f of U, V_01 of V", ["f'", "dh", "f", "U", "V", "V"]),
        ("A U-turn, x-ray, b's, Why, Tub and A & B &lt; 7.9", []),
        ("`h_hat[t] += U @ h_prev`", ["h_hat", "U", "h"]),
        ("`dh[4]` of `back.grads.dW`, `dW[1, 0]`, `U.T @ df[0]`", ["dh[4]", "dW", "dW", "U.T", "f'[0]"]),
        ("`bptt_core/forward.py`, `Why`, `mse_loss(h_net)`", []),
        ("[the U](a.html) and ![W](b.png)", []),
        ("```python\ndh = U\n```", []),
        ("<details><summary>Why W?</summary>\n\nSo $W$ and b.\n\n</details>", ["W", "b"]),
    ],
)
def test_symbols_of_a_sentence_and_of_code(text, expected):
    assert marks(markdown_to_html(text)) == expected


def test_symbols_of_a_panels_words():
    words = (
        "dh<sup>(3)</sup> f′(ĥ<sup>(T)</sup>), <sup>t</sup>U, h<sup>(−1)</sup>.<br><b>dŷ</b> <code style='x'>δ</code>"
    )
    assert marks(marked_text(words)) == ["dh[3]", "f'", "h_hat[T]", "U.T", "h_init", "dy"]


def test_what_is_marked_reads_as_before():
    text = "dh<sup>(3)</sup> &lt; <code>U @ dh[3]</code> and <math><mi>h</mi></math> of W, <a href='h'>U</a>"
    assert re.sub(r"</?span[^>]*>", "", marked_text(text)) == text


def test_the_map_has_both_passes_their_symbols_and_no_number():
    forward, backward = pictures()
    assert {'data-key="h[0]"', 'data-key="loss"', 'data-key="h_init"'} <= set(re.findall(r'data-key="[^"]*"', forward))
    assert {'data-key="dU"', 'data-key="dh[2]"'} <= set(re.findall(r'data-key="[^"]*"', backward))
    for picture in (forward, backward):
        assert picture.count('<text class="label"') == picture.count("<text ") > 20
        assert "shape" not in picture
