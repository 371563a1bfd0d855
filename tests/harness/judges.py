"""Four judges of a gradient, none of which knows the code of bptt_core.

    plain_loop          the book's equations 7.3 to 7.9 in scalars: loops over t, over units, one sequence at a time
    automatic           the package autograd, which derives the chain rule itself from the forward pass below
    complex_step        Im L(w + ie) / e     of the forward pass below
    central_difference  (L(w + e) - L(w - e)) / 2e     of the forward pass below

Each is given a Net and returns a dict from a name to an array: the names of Trace and Backward, and terms_W, terms_U,
terms_b for the single terms of 7.7 to 7.9. The last three have an extra leaf in the graph to nudge for each of
these: for h_hat and h of each step, and for each step's own copy of W, U, b.
"""

import math

import autograd
import autograd.numpy as anp
import numpy as np

# f and f' of one number; f' in another form than bptt_core's, where there is one
SCALAR = {
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z: 0.25 / math.cosh(z / 2) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: 1.0 if z > 0 else 0.0),
    "identity": (lambda z: z, lambda z: 1.0),
    "softplus": (lambda z: math.log(1 + math.exp(z)), lambda z: math.exp(z) / (1 + math.exp(z))),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: 1.0 if z > 0 else 1 / 100),
    "sine": (math.sin, math.cos),
}

# f of an array, computed with m = numpy or autograd.numpy
ARRAY = {
    "tanh": lambda m, z: m.tanh(z),
    "sigmoid": lambda m, z: 1 / (1 + m.exp(-z)),
    "relu": lambda m, z: m.where(m.real(z) > 0, z, 0 * z),
    "identity": lambda m, z: z,
    "softplus": lambda m, z: m.log(1 + m.exp(z)),
    "leaky_relu": lambda m, z: m.where(m.real(z) > 0, z, z / 100),
    "sine": lambda m, z: m.sin(z),
}


def h_init_of(case):
    return np.zeros((len(case.net.params.W), case.x.shape[2])) if case.h_init is None else case.h_init


def plain_loop(case):
    """Eqs. 7.3 to 7.9, one number at a time."""
    W, U, b, V, c = (np.asarray(weight, dtype=float).tolist() for weight in case.net.params)
    f, df = SCALAR[case.net.activation.name]
    g, dg = SCALAR[case.net.dense_activation.name]
    T, n_x, N = len(case.x) - 1, len(W[0]), case.x.shape[2]
    n_h, n_y = len(W), len(V)
    units, inputs, outputs = range(n_h), range(n_x), range(n_y)

    out = {
        "loss": 0.0,
        "y_hat": np.zeros((n_y, N)),
        "y": np.zeros((n_y, N)),
        "grad_dense": np.zeros((n_h, N)),
        "dy_hat": np.zeros((n_y, N)),
        "dh_init": np.zeros((n_h, N)),
        "dx": np.zeros((T + 1, n_x, N)),
        "dV": np.zeros((n_y, n_h)),
        "dc": np.zeros((n_y, 1)),
        "terms_W": np.zeros((T + 1, n_h, n_x)),
        "terms_U": np.zeros((T + 1, n_h, n_h)),
        "terms_b": np.zeros((T + 1, n_h, 1)),
    }
    for name in ("h_hat", "h", "dh", "delta", "df"):
        out[name] = np.zeros((T + 1, n_h, N))

    for n in range(N):
        x = np.asarray(case.x, dtype=float)[:, :, n].tolist()
        Y = np.asarray(case.Y, dtype=float)[:, n].tolist()
        before = h_init_of(case)[:, n].tolist()  # h^(-1)

        # 7.2.2
        h_hat, h = [], []
        for t in range(T + 1):
            h_prev = h[t - 1] if t > 0 else before
            h_hat.append([0.0] * n_h)
            h.append([0.0] * n_h)
            for i in units:
                total = b[i][0]
                for j in inputs:
                    total += W[i][j] * x[t][j]
                for j in units:
                    total += U[i][j] * h_prev[j]
                h_hat[t][i] = total
                h[t][i] = f(total)
        y_hat = [c[k][0] + sum(V[k][i] * h[T][i] for i in units) for k in outputs]
        y = [g(z) for z in y_hat]

        # 7.3 and 7.4
        out["loss"] += sum((y[k] - Y[k]) * (y[k] - Y[k]) for k in outputs) / 2
        dy_hat = [(y[k] - Y[k]) * dg(y_hat[k]) for k in outputs]
        grad_dense = [sum(dy_hat[k] * V[k][i] for k in outputs) for i in units]

        # 7.5 and 7.6: the change of h^(t)_j reaches L through every h_hat^(t+1)_i, by U_ij
        dh = {T: grad_dense}
        for t in range(T - 1, -2, -1):
            dh[t] = [sum(dh[t + 1][i] * df(h_hat[t + 1][i]) * U[i][j] for i in units) for j in units]

        # 7.7 to 7.9
        for t in range(T + 1):
            h_prev = h[t - 1] if t > 0 else before
            for i in units:
                out["df"][t, i, n] = df(h_hat[t][i])
                delta = dh[t][i] * df(h_hat[t][i])
                out["delta"][t, i, n] = delta
                out["terms_b"][t, i, 0] += delta
                for j in inputs:
                    out["terms_W"][t, i, j] += delta * x[t][j]
                    out["dx"][t, j, n] += delta * W[i][j]
                for j in units:
                    out["terms_U"][t, i, j] += delta * h_prev[j]
        for k in outputs:
            out["dc"][k, 0] += dy_hat[k]
            for i in units:
                out["dV"][k, i] += dy_hat[k] * h[T][i]

        out["h_hat"][:, :, n], out["h"][:, :, n], out["dh"][:, :, n] = h_hat, h, [dh[t] for t in range(T + 1)]
        out["y_hat"][:, n], out["y"][:, n], out["dy_hat"][:, n] = y_hat, y, dy_hat
        out["grad_dense"][:, n], out["dh_init"][:, n] = grad_dense, dh[-1]

    for name in "WUb":
        total = np.zeros(out["terms_" + name].shape[1:])
        for term in out["terms_" + name]:
            total = total + term
        out["d" + name] = total
    return out


def _leaves(case):
    """Every number the loss depends on, and zeros to nudge what lies between, under the name of their gradient."""
    W, U, b, V, c = (np.asarray(weight, dtype=float) for weight in case.net.params)
    steps, n_h, N = len(case.x), len(W), case.x.shape[2]
    return {
        "dW": W,
        "dU": U,
        "db": b,
        "dV": V,
        "dc": c,
        "dx": np.asarray(case.x, dtype=float),
        "dh_init": h_init_of(case),
        "dy_hat": np.zeros((len(V), N)),
        "delta": np.zeros((steps, n_h, N)),
        "dh": np.zeros((steps, n_h, N)),
        **{"terms_" + name: np.zeros((steps, *weight.shape)) for name, weight in (("W", W), ("U", U), ("b", b))},
    }


def _last_state(m, case, leaves):
    """The forward pass up to h^(T), with m = numpy or autograd.numpy."""
    f = ARRAY[case.net.activation.name]
    h = leaves["dh_init"]
    for t in range(len(case.x)):
        W, U, b = (leaves["d" + name] + leaves["terms_" + name][t] for name in "WUb")
        h = f(m, m.dot(W, leaves["dx"][t]) + m.dot(U, h) + b + leaves["delta"][t]) + leaves["dh"][t]
    return h


def _loss(m, case, leaves):
    """The forward pass and eq. 7.3, with m = numpy or autograd.numpy."""
    g = ARRAY[case.net.dense_activation.name]
    h = _last_state(m, case, leaves)
    y = g(m, m.dot(leaves["dV"], h) + leaves["dc"] + leaves["dy_hat"])
    return m.sum((y - case.Y) ** 2) / 2


def _finish(case, found, slope):
    """The loss itself; grad_dense, which is dh^(T) by definition (eqs. 7.4, 7.5); and df, which is slope(f, h_hat)."""
    W, U, b, _, _ = case.net.params
    h, h_hat = h_init_of(case), []
    for x in case.x:
        h_hat.append(W @ x + U @ h + b)
        h = ARRAY[case.net.activation.name](np, h_hat[-1])
    df = slope(ARRAY[case.net.activation.name], np.asarray(h_hat, dtype=float))
    return {**found, "loss": float(_loss(np, case, _leaves(case))), "grad_dense": found["dh"][-1], "df": df}


def automatic(case):
    """Reverse-mode automatic differentiation by the package autograd."""
    found = autograd.grad(lambda leaves: _loss(anp, case, leaves))(_leaves(case))
    return _finish(case, found, lambda f, z: autograd.elementwise_grad(lambda z: f(anp, z))(z))


def automatic_jacobians(case):
    """The derivative of h_i^(T) in sequence m with respect to h_j^(t) in sequence n: entry [t, i, m, j, n]."""
    leaves = _leaves(case)
    jacobian = autograd.jacobian(lambda nudge: _last_state(anp, case, {**leaves, "dh": nudge}))(leaves["dh"])
    return np.moveaxis(jacobian, 2, 0)


def _entry_by_entry(case, partial, slope):
    leaves = _leaves(case)

    def loss(name, entry, step):
        moved = leaves[name] + 0 * step
        moved[entry] += step
        return _loss(np, case, {**leaves, name: moved})

    found = {}
    for name, leaf in leaves.items():
        found[name] = np.array([partial(loss, name, entry) for entry in np.ndindex(leaf.shape)]).reshape(leaf.shape)
    return _finish(case, found, slope)


def complex_step(case):
    e = 1e-30  # its square is lost in rounding, and nothing is subtracted: exact
    return _entry_by_entry(
        case, lambda loss, *entry: loss(*entry, 1j * e).imag / e, lambda f, z: f(np, z + 1j * e).imag / e
    )


CENTRAL_STEP = 6e-6


def central_difference(case):
    e = CENTRAL_STEP
    return _entry_by_entry(
        case,
        lambda loss, *entry: (loss(*entry, e) - loss(*entry, -e)) / (2 * e),
        lambda f, z: (f(np, z + e) - f(np, z - e)) / (2 * e),
    )


JUDGES = {
    "plain_loop": plain_loop,
    "automatic": automatic,
    "complex_step": complex_step,
    "central_difference": central_difference,
}
