"""Page 05: what it says of its net, and of six nets, is so."""

import numpy as np
import pytest

from bptt_core import Net, backward, forward, gradients, init_params, step_terms
from bptt_lab.data import running_example, small_net
from bptt_lab.pages import QUESTIONS
from bptt_lab.pages.sums import TermsPanel, TruncationPanel
from bptt_lab.slips import SLIPS
from bptt_lab.symbols import plain

SIX = [small_net(), *(Net(init_params(n_x=1, n_h=3, seed=seed)) for seed in range(5))]
NAMES = ("dW", "dU", "db")


def missing(net, T, k):
    _, x, Y, _ = running_example(T)
    whole, short = (gradients(net, x, Y, steps=steps)._asdict() for steps in (None, k))
    return {name: np.linalg.norm(short[name] - whole[name]) / np.linalg.norm(whole[name]) for name in NAMES}


def test_of_two_years_dW_loses_least_in_all_six_and_db_most_in_three():
    tables = [missing(net, 4, 2) for net in SIX]
    assert {min(table, key=table.get) for table in tables} == {"dW"} == {QUESTIONS["05-truncated"].find().right}
    most = [max(table, key=table.get) for table in tables]
    assert (most.count("db"), most.count("dU")) == (3, 3)


@pytest.mark.parametrize("net", SIX)
def test_dU_is_exact_one_step_before_the_others(net):
    assert missing(net, 4, 4)["dU"] < 1e-15  # a sum without its zeros
    assert min(missing(net, 4, 4)[name] for name in ("dW", "db")) > 0.01


def test_how_long_the_sum_must_be_hangs_on_the_message():
    share = {
        (f, k): [missing(Net(net.params, activation=f), 30, k)["dW"] for net in SIX]
        for f in ("sigmoid", "tanh", "identity")
        for k in (5, 10)
    }
    assert max(share["sigmoid", 5]) < 1e-3
    assert min(share["identity", 10]) > 0.5
    assert min(share["tanh", 10]) < 1e-4 < 0.4 < max(share["tanh", 10])


def test_1956_adds_most_to_each_but_not_to_each_entry():
    net, x, Y, years = running_example()
    trace = forward(net, x)
    back = backward(trace, Y)
    terms = step_terms(trace, back)
    for name in NAMES:
        assert years[np.linalg.norm(getattr(terms, name), axis=(1, 2)).argmax()] == 1956
    assert years[np.linalg.norm(back.delta, axis=(1, 2)).argmax()] == 1956
    assert years[np.abs(x).argmax()] == 1956
    assert years[1 + np.linalg.norm(trace.h[:-1], axis=(1, 2)).argmax()] == 1956
    assert years[np.abs(terms.db[:, 1, 0]).argmax()] != 1956
    assert years[x.argmin()] == 1954


@pytest.mark.parametrize("T", [0, 1, 2, 4])
def test_what_a_loop_backwards_leaves_without_its_plus(T):
    """t = 0 for W and b, t = 1 for U: the page takes these terms, and the catalogue of mistakes too."""
    net, x, Y, _ = running_example(T)
    trace = forward(net, x)
    back = backward(trace, Y)
    dW, dU, db = (np.zeros_like(weight) for weight in net.params[:3])
    dh = back.grad_dense
    for t in reversed(range(T + 1)):
        delta = dh * back.df[t]
        dW = delta @ x[t].T
        if t > 0:
            dU = delta @ trace.h[t - 1].T
        db = delta
        dh = net.params.U.T @ delta
    terms = step_terms(trace, back)
    for left, term in ((dW, terms.dW[0]), (dU, terms.dU[min(T, 1)]), (db, terms.db[0])):
        np.testing.assert_allclose(left, term, rtol=1e-13, atol=1e-16)  # the same products, in another order
    np.testing.assert_allclose(SLIPS["overwrite U"].gradients(net, x, Y).dU, dU, rtol=1e-13, atol=1e-16)
    wrong = SLIPS["overwrite"].gradients(net, x, Y)
    np.testing.assert_allclose(wrong.dW, dW, rtol=1e-13)
    np.testing.assert_allclose(wrong.db, db, rtol=1e-13)
    assert (np.abs(dU - back.grads.dU).max() < 1e-15) == (T < 2)  # a check with two inputs passes


def test_which_weight_comes_first_hangs_on_the_unit():
    net, x, Y, _ = running_example()
    single = Net(net.params._replace(W=net.params.W / 100))
    steepest = [
        {name: np.abs(term).max() for name, term in zip("WUbVc", step_terms(trace, backward(trace, Y)), strict=True)}
        for trace in (forward(net, x), forward(single, 100 * x))
    ]
    assert [max(slopes, key=slopes.get) for slopes in steepest] == ["c", "W"]
    assert steepest[1]["W"] == pytest.approx(100 * steepest[0]["W"], rel=1e-12)


@pytest.mark.parametrize("panel", [TermsPanel, TruncationPanel])
def test_a_panel_names_the_years_of_its_window(panel):
    shown = panel()
    assert "1956" in plain(shown.words.value)
    shown.inputs["T"].value = 8
    assert "1957" not in plain(shown.words.value)
