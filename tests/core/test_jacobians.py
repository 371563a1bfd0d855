"""The product of Jacobians that carries a message from T back to t."""

import numpy as np
import pytest

from bptt_core import backward, state_jacobians
from tests.harness.judges import automatic_jacobians
from tests.harness.nets import ACTIVATIONS_TESTED, CASES, assert_agree, make_case, rounding


@pytest.mark.parametrize("name", CASES)
def test_against_autograd(name):
    case = CASES[name]
    got, want = state_jacobians(case.trace()), automatic_jacobians(case)
    N = case.x.shape[2]
    for m in range(N):
        for n in range(N):
            if m == n:
                assert_agree(f"J of sequence {n}", got[:, n], want[:, :, m, :, n], rounding(case))
            else:  # what state_jacobians leaves out is nothing
                assert not want[:, :, m, :, n].any()


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_they_carry_the_message(activation):
    """dh^(t) = J^(t)^t dh^(T), sequence by sequence."""
    case = make_case(activation, 6)
    trace = case.trace()
    J, back = state_jacobians(trace), backward(trace, case.Y)
    for n in range(case.x.shape[2]):
        for t in range(6):
            assert_agree(f"dh^({t})", J[t, n].T @ back.dh[-1][:, [n]], back.dh[t][:, [n]], rounding(case))


def test_shape_and_dtype():
    case = make_case("tanh", 5, (1, 3, 2, 4))
    assert state_jacobians(case.trace()).shape == (5, 4, 3, 3)
    assert state_jacobians(case.in_dtype(np.float32).trace()).dtype == np.float32


@pytest.mark.parametrize("trace", [None, make_case().net, make_case().x], ids=lambda value: type(value).__name__)
def test_a_trace_of_a_wrong_type(trace):
    with pytest.raises(TypeError, match=rf"^trace must be Trace\(net, .*\); got {type(trace).__name__}$"):
        state_jacobians(trace)
