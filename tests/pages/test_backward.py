"""Page 03: what it says of paths, transposes and the kink."""

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Net, backward, central_difference, forward, init_params
from bptt_lab.data import running_example

SEEDS = (20, 0, 1, 2, 3, 4)
every_seed = pytest.mark.parametrize("seed", SEEDS)
X = 1.4  # an input


@every_seed
def test_the_total_derivative_is_the_sum_over_the_paths(seed):
    """Of each unit of ĥ^(1) with respect to each entry of W, by moving a W of its own for each step."""
    W, U, b, _, _ = init_params(n_x=1, n_h=3, n_y=1, seed=seed)
    x = running_example().x

    def h_hat_1(W_0, W_1, unit):
        return (W_1 @ x[1] + U @ np.tanh(W_0 @ x[0] + b) + b)[unit, 0]

    for unit in range(3):
        now = central_difference(lambda moved, i=unit: h_hat_1(W, moved, i), W)
        before = central_difference(lambda moved, i=unit: h_hat_1(moved, W, i), W)
        both = central_difference(lambda moved, i=unit: h_hat_1(moved, moved, i), W)
        np.testing.assert_allclose(both, now + before, atol=1e-9)
        np.testing.assert_allclose(now, np.eye(3)[:, [unit]] * x[1], atol=1e-9)  # the immediate one is x^(1)
        assert np.abs(before).max() > 1e-3, "nothing came by the other path"


@every_seed
def test_without_the_transpose_the_shape_is_right_and_the_numbers_are_not(seed):
    U = init_params(n_x=1, n_h=3, n_y=1, seed=seed).U
    delta = np.random.default_rng(seed).normal(size=(3, 1))
    assert (U @ delta).shape == (U.T @ delta).shape
    assert np.linalg.norm(U @ delta - U.T @ delta) > 0.1 * np.linalg.norm(delta)


@pytest.mark.parametrize("times", [0.5, 0.9, 1.1, 2.0])
def test_a_weight_that_moves_by_epsilon_moves_h_hat_by_epsilon_times_its_input(times):
    """So the kink of relu is straddled up to |ĥ| = ε |x|, and not up to |ĥ| = ε."""
    eps = 6e-6
    h_hat = times * eps * X
    b = h_hat - 0.3 * X
    slope = central_difference(lambda W: ACTIVATIONS["relu"].f(W * X + b).item(), np.array([0.3]), eps=eps).item()
    assert (slope == pytest.approx(X, rel=1e-6)) == (times > 1)


def test_a_unit_of_delta_that_is_0_stops_no_other_unit():
    """On your own, 2: dh_0^(3) adds up over all units of δ^(4); behind a δ of zeros all is 0."""
    example = running_example()
    back = backward(forward(Net(example.net.params, "relu"), example.x), example.Y)
    assert back.delta[4, 0] == 0 != back.dh[3, 0]
    assert not back.delta[2].any()
    assert back.dh[2].any()
    assert not back.dh[:2].any()
