"""How much of a message survives (section 7.2.3.1, eq. 7.6 read as one product).

7.6, applied T - t times, is dh^(t) = J^(t)^t dh^(T) with

    J^(T) = I,    J^(t) = J^(t+1) diag(f'(h_hat^(t+1))) U = the derivative of h^(T) with respect to h^(t)

The largest singular value of J^(t) is the most by which any message can have grown on its way from T to t.
"""

import numpy as np

from .forward import Trace
from .inputs import instance_of, shaped_array
from .overflow import check_no_nan_made, quiet, say_inf


@quiet()
def state_jacobians(trace) -> np.ndarray:
    """J^(t), the derivative of h^(T) with respect to h^(t), for each step and each sequence.

    trace : of a forward pass
    Returns (T+1, N, n_h, n_h): entry [t, n, i, j] is the derivative of h_i^(T) with respect to h_j^(t) in sequence n.
    Raises TypeError if trace is not a Trace, ValueError if its df gives nan for a finite number.
    Source: section 7.2.3.1, eq. 7.6.
    """
    instance_of("trace", trace, Trace)
    U, h_hat = trace.params.U, trace.h_hat
    df = np.asarray(trace.activation.df(h_hat), dtype=h_hat.dtype)
    check_no_nan_made(f"activation {trace.activation.name!r}, df", h_hat, df)
    rows = df.transpose(0, 2, 1)[..., None]  # (T+1, N, n_h, 1): scales the rows of U
    J = np.empty((*rows.shape[:3], len(U)), dtype=U.dtype)
    J[-1] = np.eye(len(U))
    for t in range(len(J) - 2, -1, -1):
        J[t] = J[t + 1] @ (rows[t + 1] * U)
    say_inf(J)
    return J


def spectral_radius(U) -> float:
    """The largest absolute eigenvalue of U (n_h, n_h): how powers of U grow in the long run."""
    return float(np.abs(np.linalg.eigvals(_square("U", U).astype(np.float64))).max())


def largest_singular_value(U) -> float:
    """The most by which U (n_h, n_h) can stretch a column: how one step can grow."""
    return float(np.linalg.norm(_square("U", U).astype(np.float64), 2))


def _square(name, value):
    matrix = shaped_array(name, value, ("n_h", "n_h"))
    return shaped_array(name, matrix, ("n_h", "n_h"), n_h=(len(matrix), "its rows"))
