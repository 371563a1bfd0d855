"""Page 04: what it says of more than one net holds in six, and the bound holds everywhere."""

from functools import cache

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Activation, backward, central_difference, forward, mse_loss, state_jacobians
from bptt_lab.data import T_MAX, running_example, small_net
from bptt_lab.numbers import number
from bptt_lab.pages.recursion import RadiusPanel
from bptt_lab.pages.recursion.panels import LOPSIDED, steepest, turning
from bptt_lab.pages.recursion.reach import SEEDS, back_from, lengths, seeded
from bptt_lab.symbols import plain

GAMMA = dict.fromkeys(ACTIVATIONS, 1.0) | {"sigmoid": 0.25}  # the largest |f'|, as the page has it
ROUNDING = 1 + 1e-12  # of thirty products
every_seed = pytest.mark.parametrize("seed", SEEDS)
every_f = pytest.mark.parametrize("activation", ACTIVATIONS)


def test_the_first_seed_is_the_running_example():
    assert all(map(np.array_equal, seeded(SEEDS[0]).params, small_net().params))
    assert len(set(SEEDS)) == 6


@every_seed
def test_lengths_are_those_of_the_messages(seed):
    """Found by moving the state, and running only the years after it."""
    net, window = seeded(seed), running_example(4)
    V, c, h = net.params.V, net.params.c, forward(net, window.x).h

    def loss(state, t):
        y = forward(net, window.x[t + 1 :], h_init=state).y if t < 4 else V @ state + c
        return mse_loss(y, window.Y)

    size = [np.linalg.norm(central_difference(lambda state, t=t: loss(state, t), h[t])) for t in (4, 3, 2, 1, 0)]
    np.testing.assert_allclose(lengths(back_from(net, 4)), np.divide(size, size[0]), rtol=1e-7)


# The bound


@every_f
def test_gamma_is_the_steepest_slope(activation):
    assert steepest(activation) == pytest.approx(GAMMA[activation], rel=1e-15)
    anywhere = np.random.default_rng(0).normal(scale=5, size=10_000)
    assert np.abs(ACTIVATIONS[activation].df(anywhere)).max() <= GAMMA[activation]


def test_gamma_of_a_readers_own_f_is_not_below_what_a_run_has_met():
    """Steep between two points of the grid, or far out, or too large for a float there."""
    narrow = Activation("narrow", lambda a: a, lambda a: np.where(np.abs(a - 0.02) < 1e-3, 7.0, 1.0))
    assert steepest(narrow) == 1
    assert steepest(narrow, np.array([[[1.0, 7.0]]])) == 7
    assert steepest(Activation("cube", lambda a: a**3, lambda a: 3 * a**2), np.array([9e3])) == 9e3
    overflows = Activation("rise", lambda a: a, lambda a: np.exp(20 * a) / np.exp(20 * a))
    assert steepest(overflows) == 1


@every_seed
@every_f
@pytest.mark.parametrize("matrix", [None, LOPSIDED], ids=["own", "lopsided"])
def test_no_message_is_longer_than_its_bound(seed, activation, matrix):
    for radius in (0.5, 0.9, 1.5, 2.0, 6.0):
        net = seeded(seed, radius, activation, matrix)
        sigma = np.sqrt(np.linalg.eigvalsh(net.params.U @ net.params.U.T).max())
        bound = (GAMMA[activation] * sigma) ** np.arange(T_MAX + 1)
        assert (lengths(back_from(net, T_MAX)) <= bound * ROUNDING).all()


@every_seed
def test_the_bound_is_reached_where_nothing_is_lost(seed):
    """So γσ above 1 can explode: with the identity and an orthogonal U every message does."""
    for radius in (0.5, 1.0, 2.0):
        grown = lengths(back_from(seeded(seed, radius, "identity"), T_MAX))
        np.testing.assert_allclose(grown, radius ** np.arange(T_MAX + 1), rtol=1e-12)


def left(seed, radius, T=T_MAX, activation="tanh", U=None):
    return lengths(back_from(seeded(seed, radius, activation, U), T))[-1]


def test_gamma_sigma_above_1_is_not_enough_to_explode():
    """With tanh: at radius 2 all six shrink in thirty steps, at 1.5 some grow, and none comes near the power."""
    assert max(left(seed, 2.0) for seed in SEEDS) < 0.02
    grown = [left(seed, 1.5) for seed in SEEDS]
    assert 0 < sum(share > 1 for share in grown) < len(SEEDS)
    assert max(grown) < 1e-4 * 1.5**T_MAX


@every_seed
def test_from_radius_0_9_to_2_the_states_get_larger_and_their_slopes_smaller(seed):
    """Not from 0.5 to 0.9: there the slopes of two nets rise."""
    window = running_example(T_MAX)
    h = [forward(seeded(seed, radius), window.x).h for radius in (0.9, 2.0)]
    slopes = [back_from(seeded(seed, radius), T_MAX).df[1:] for radius in (0.9, 2.0)]
    assert np.abs(h[1]).mean() > 1.2 * np.abs(h[0]).mean()
    assert slopes[1].mean() < 0.7 * slopes[0].mean()


def test_with_few_steps_the_same_U_makes_it_grow():
    assert left(20, 2.0, T=2) > 2
    assert left(20, 2.0) < 1e-10


# What the page says without a bound


@every_seed
def test_each_link_is_shorter_with_tanh_and_an_orthogonal_U(seed):
    assert (np.diff(lengths(back_from(seeded(seed), 4))) < 0).all()


@every_seed
def test_half_of_U_leaves_less_than_a_sixteenth(seed):
    assert left(seed, 0.5, T=4) < 0.5**4


@every_seed
def test_sigmoid_fades_fastest_and_identity_does_not(seed):
    assert left(seed, 1.0, activation="sigmoid") <= 0.25**T_MAX < left(seed, 1.0)
    assert left(seed, 1.0, activation="identity") == pytest.approx(1, rel=1e-12)


@every_seed
def test_the_message_vanishes_and_the_gradient_does_not(seed):
    eight, thirty = (back_from(seeded(seed), T) for T in (8, 30))
    assert lengths(thirty)[-1] < 0.2 * lengths(eight)[-1]
    sizes = [np.linalg.norm(back.grads.dW) for back in (eight, thirty)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.2)


def test_relu_ends_in_1954_with_T_4_and_not_with_T_8():
    for T, units in ((4, 0), (8, 1)):
        window = running_example(T)
        h = forward(seeded(20, activation="relu"), window.x).h[T - 2]
        assert window.labels[T - 2] == 1954
        assert np.count_nonzero(h) == units


# The lopsided U


@every_seed
def test_with_the_lopsided_U_the_message_grows_before_it_shrinks(seed):
    net = seeded(seed, 0.9, "identity", LOPSIDED)
    grown = lengths(back_from(net, T_MAX))
    worst = np.linalg.norm(state_jacobians(forward(net, running_example(T_MAX).x))[::-1, 0], 2, axis=(1, 2))
    assert np.abs(np.linalg.eigvals(net.params.U)).max() == pytest.approx(0.9)
    assert grown.max() > 1.5
    assert grown[-1] < grown.max()
    assert (grown <= worst * ROUNDING).all()
    assert worst.max() == pytest.approx(13.75, abs=0.01)  # f' is 1: the product is the same in all six


def test_this_message_needs_large_amounts_of_eigenvectors_and_another_does_not():
    speeds, directions = np.linalg.eig(0.9 * LOPSIDED.T)
    assert np.abs(directions.T @ directions).min() > 0.99  # they point almost the same way
    window = running_example(T_MAX)
    net = seeded(20, 0.9, "identity", LOPSIDED)
    message = backward(forward(net, window.x), window.Y).dh[T_MAX, :, 0]
    amounts = np.linalg.solve(directions, message / np.linalg.norm(message))
    assert np.abs(amounts).min() > 70
    e_3 = np.array([0.0, 0.0, 1.0])
    np.testing.assert_allclose(0.9 * LOPSIDED.T @ e_3, speeds.min() * e_3, atol=1e-15)


def test_of_a_normal_U_sigma_is_the_radius_and_of_the_lopsided_it_is_not():
    for U, normal in ((turning(), True), (LOPSIDED, False)):
        assert np.allclose(U @ U.T, U.T @ U) == normal
        assert (np.linalg.norm(U, 2) == pytest.approx(np.abs(np.linalg.eigvals(U)).max())) == normal


# The panel


shared = cache(RadiusPanel)  # built once: a panel must be right after any other values too


@every_f
@pytest.mark.parametrize("matrix", ["turning", "lopsided"])
def test_the_panel_draws_the_bound_above_every_message_and_says_its_number(activation, matrix):
    panel = shared()
    for radius, T in ((0.5, 30), (2.0, 30), (1.5, 4), (1.0, 0)):
        for name, value in {"activation": activation, "matrix": matrix, "radius": radius, "T": T}.items():
            panel.inputs[name].value = value
        message, product, _, bound = (np.nan_to_num(line.get_ydata()) for line in panel.lines)
        sigma = radius * np.sqrt(np.linalg.eigvalsh(LOPSIDED @ LOPSIDED.T).max() if matrix == "lopsided" else 1)
        np.testing.assert_allclose(bound, (GAMMA[activation] * sigma) ** np.arange(T + 1), rtol=1e-12)
        assert (message <= product * ROUNDING).all()
        assert (product <= bound * ROUNDING).all()
        words = plain(panel.words.value)
        assert f"its largest singular value σ = {number(sigma)}" in words
        assert f"with γ = {number(GAMMA[activation])}." in words
        assert f"the bound (γσ)^({T}) at most {number(bound[-1])}." in words
