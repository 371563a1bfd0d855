"""Page 00: the net of one unit, by hand, is the net of the other pages."""

from importlib import metadata

import numpy as np
import pytest

from bptt_core import backward, forward, step_terms
from bptt_lab.pages import EXERCISES
from bptt_lab.pages.start import check_setup, one_unit


def by_hand(example):
    """y = v f(w x₁ + u f(w x₀ + b) + b) + c and its derivatives, each way written out: for w, u and b, year by year."""
    w, u, b, v, c = (weight.item() for weight in example.net.params)
    x_0, x_1 = example.x.ravel()
    h_0 = np.tanh(w * x_0 + b)
    h_1 = np.tanh(w * x_1 + u * h_0 + b)
    error = v * h_1 + c - example.Y.item()
    df = np.array([1 - h_0**2, 1 - h_1**2])
    return error, df, error * v * df[1] * np.array([[u * df[0] * x_0, x_1], [0, h_0], [u * df[0], 1]])


def test_what_is_written_out_by_hand_are_the_terms_of_the_sums():
    net, x, Y, _ = one_unit()
    trace = forward(net, x)
    back = backward(trace, Y)
    terms = step_terms(trace, back)
    error, df, hand = by_hand(one_unit())
    assert error == pytest.approx(back.dy_hat.item(), rel=1e-14)
    assert np.allclose(df, back.df.ravel(), rtol=1e-14)
    for ours, theirs in zip(hand, (terms.dW, terms.dU, terms.db), strict=True):
        assert np.allclose(ours, theirs.ravel(), rtol=1e-13, atol=1e-16)


def test_the_exercise_is_their_sum():
    net, x, Y, _ = one_unit()
    error, df, hand = by_hand(one_unit())
    u, v = net.params.U.item(), net.params.V.item()
    assert EXERCISES["00-dw"].right(x.ravel(), df, u, v, error) == pytest.approx(hand[0].sum(), rel=1e-14)


def test_no_term_of_the_picture_hides_behind_another():
    """Else the eye sees one product where the page says two."""
    dw, _, db = by_hand(one_unit())[2]
    for older, newer in (dw, db):
        assert 0.1 < older / newer < 1


@pytest.mark.parametrize(
    ("installed", "said"), [("8.1.9", "yes"), ("9.0.0", "no. To mend it"), (None, "no. To mend it")]
)
def test_the_set_up_check_knows_the_versions_that_fit(installed, said, monkeypatch, capsys):
    version = metadata.version

    def versions(name):
        if name != "ipywidgets":
            return version(name)
        if installed is None:
            raise metadata.PackageNotFoundError
        return installed

    monkeypatch.setattr(metadata, "version", versions)
    check_setup()
    assert f"the packages have versions that fit: {said}" in capsys.readouterr().out
