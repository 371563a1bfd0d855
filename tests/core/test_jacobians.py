"""The product of Jacobians that carries a message from T back to t."""

import numpy as np
import pytest
from judges import automatic_jacobians
from nets import ACTIVATIONS_TESTED, EPS, NETS, assert_agree, make_net, rounding

from bptt_core import backward, largest_singular_value, spectral_radius, state_jacobians


@pytest.mark.parametrize("name", NETS)
def test_against_autograd(name):
    net = NETS[name]
    got, want = state_jacobians(net.trace()), automatic_jacobians(net)
    N = net.x.shape[2]
    for m in range(N):
        for n in range(N):
            if m == n:
                assert_agree(f"J of sequence {n}", got[:, n], want[:, :, m, :, n], rounding(net))
            else:  # what state_jacobians leaves out is nothing
                assert not want[:, :, m, :, n].any()


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_they_carry_the_message(activation):
    """dh^(t) = J^(t)^t dh^(T), sequence by sequence."""
    net = make_net(activation, 6)
    trace = net.trace()
    J, back = state_jacobians(trace), backward(trace, net.Y)
    for n in range(net.x.shape[2]):
        for t in range(6):
            assert_agree(f"dh^({t})", J[t, n].T @ back.dh[-1][:, [n]], back.dh[t][:, [n]], rounding(net))


def test_shape_and_dtype():
    net = make_net("tanh", 5, (1, 3, 2, 4))
    assert state_jacobians(net.trace()).shape == (5, 4, 3, 3)
    single = net._replace(
        params=net.params._make(weight.astype(np.float32) for weight in net.params),
        x=net.x.astype(np.float32),
        h_init=net.h_init.astype(np.float32),
    )
    assert state_jacobians(single.trace()).dtype == np.float32


@pytest.mark.parametrize("trace", [None, make_net().params, make_net().x], ids=lambda value: type(value).__name__)
def test_a_trace_of_a_wrong_type(trace):
    with pytest.raises(TypeError, match=rf"^trace must be Trace\(params, .*\); got {type(trace).__name__}$"):
        state_jacobians(trace)


# A matrix, its largest absolute eigenvalue, its largest singular value: worked by hand
MATRICES = {
    "scalar": ([[-3]], 3, 3),
    "diagonal": ([[0.5, 0], [0, -2]], 2, 2),
    "rotation": ([[0, -0.9], [0.9, 0]], 0.9, 0.9),
    "symmetric": ([[2, 1], [1, 2]], 3, 3),
    "not-normal": ([[0, 4], [1, 0]], 2, 4),
    "nilpotent": ([[0, 7], [0, 0]], 0, 7),
    "one-long-column": ([[3, 0], [4, 0]], 3, 5),
}


@pytest.mark.parametrize("name", MATRICES)
def test_spectral_radius_and_largest_singular_value(name):
    U, radius, stretch = MATRICES[name]
    for got, want in ((spectral_radius(U), radius), (largest_singular_value(U), stretch)):
        assert type(got) is float
        assert got == pytest.approx(want, rel=8 * EPS, abs=0)  # 2 x 2: a handful of roundings


@pytest.mark.parametrize("function", [spectral_radius, largest_singular_value])
@pytest.mark.parametrize(
    ("U", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, r"U must have shape \(n_h, n_h\).*; got \(2, 3\)"),
        (np.ones(4), ValueError, r"U must have shape \(n_h, n_h\).*; got \(4,\)"),
        (np.ones((2, 2, 2)), ValueError, r"U must have shape \(n_h, n_h\).*; got \(2, 2, 2\)"),
        ([[np.nan]], ValueError, r"U must be finite; got nan at index \(0, 0\)"),
        (np.ones((0, 0)), ValueError, r"U must not have an empty axis; got shape \(0, 0\)"),
        ([[1j]], ValueError, "U must hold real numbers; got dtype complex128"),
        ([["a"]], TypeError, "U must hold float32 or float64 numbers, or integers; got dtype <U1"),
    ],
)
def test_what_is_not_a_square_matrix(function, U, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        function(U)
