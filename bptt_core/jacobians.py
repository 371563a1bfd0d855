"""How much of a message survives (section 7.2.3.1, eq. 7.6 read as one product).

7.6, applied T - t times, is dh^(t) = J^(t)^t dh^(T) with

    J^(T) = I,    J^(t) = J^(t+1) diag(f'(h_hat^(t+1))) U = the derivative of h^(T) with respect to h^(t)

The largest singular value of J^(t) is the most by which any message can have grown on its way from T to t.
"""

import numpy as np

from .forward import Trace
from .inputs import instance_of, quiet, refuse_nan, say_inf


def state_jacobians(trace) -> np.ndarray:
    """J^(t), the derivative of h^(T) with respect to h^(t), for each step and each sequence.

    trace : of a forward pass
    Returns (T+1, N, n_h, n_h): entry [t, n, i, j] is the derivative of h_i^(T) with respect to h_j^(t) in sequence n.
    Raises TypeError if trace is not a Trace, ValueError if its df gives nan for a finite number.
    Source: section 7.2.3.1, eq. 7.6.
    """
    net, h_hat = instance_of("trace", trace, Trace).net, trace.h_hat
    U = net.params.U
    with quiet():
        df = np.asarray(net.activation.df(h_hat), dtype=h_hat.dtype)
        rows = df.transpose(0, 2, 1)[..., None]  # (T+1, N, n_h, 1): scales the rows of U
        J = np.empty((*rows.shape[:3], len(U)), dtype=U.dtype)
        J[-1] = np.eye(len(U))
        for t in range(len(J) - 2, -1, -1):
            J[t] = J[t + 1] @ (rows[t + 1] * U)
    refuse_nan(net, "df", activation=h_hat)
    say_inf(J)
    return J
