"""Page 00: the derivative of L by a weight that is used twice, in a net of one unit."""

from ...practice.exercise import Exercise, Mistake, drawn


def dw(
    x,
    df,
    u,
    v,
    error,
    *,
    sent=lambda v, error: error * v,
    newer=lambda x, df: df[1] * x[1],
    older=lambda x, df, u: df[1] * u * df[0] * x[0],
):
    """sent : what arrives at the last state; newer, older : the ways from there to w, in the two years"""
    return sent(v, error) * (newer(x, df) + older(x, df, u))


def _given(rng):
    x, df = rng.uniform(0.3, 2, 2), rng.uniform(0.2, 0.9, 2)
    return x, df, *map(float, rng.uniform(0.3, 2, 3).round(2) * rng.choice((-1, 1), 3))


CHAIN = "the formula of y, and the chain rule"

EXERCISES = (
    Exercise(
        "00-dw",
        "Write ∂L/∂w for the net of one unit and two years, as one number.",
        "dw(x, df, u, v, error)",
        dw,
        tuple(drawn("u = {2}, v = {3}", _given, 0, seed) for seed in (1, 2, 3)),
        (
            Mistake(
                "the older year is left out",
                {"older": lambda x, df, u: 0},
                "w stands inside the inner f too: h₀ depends on w, and y on h₀.",
                CHAIN,
            ),
            Mistake(
                "the newer year is left out",
                {"newer": lambda x, df: 0},
                "w also stands in front of x₁, where it acts without a detour through h₀.",
                CHAIN,
            ),
            Mistake(
                "u is left out",
                {"older": lambda x, df, u: df[1] * df[0] * x[0]},
                "h₀ goes into ĥ₁ as u h₀, so the way through it has the factor u.",
                CHAIN,
            ),
            Mistake(
                "f′ of the newer year is left out of the older year's product",
                {"older": lambda x, df, u: u * df[0] * x[0]},
                "What w does in the older year goes through both f's, the inner one and the outer one.",
                CHAIN,
            ),
            Mistake(
                "f′ of the older year is left out",
                {"older": lambda x, df, u: df[1] * u * x[0]},
                "h₀ is f of ĥ₀, so the way through h₀ has the factor f′(ĥ₀).",
                CHAIN,
            ),
            Mistake(
                "the older year's use of w is treated like one of the newer year",
                {"older": lambda x, df, u: df[1] * x[0]},
                "x₀ does not stand in ĥ₁ itself. Its way leads through h₀: by u and by f′(ĥ₀).",
                CHAIN,
            ),
            Mistake(
                "the factors of the two years are multiplied into one product",
                lambda x, df, u, v, error: error * v * df[1] * x[1] * u * df[0] * x[0],
                "Along one way you multiply. The two places where w stands are two ways, and these add.",
                CHAIN,
            ),
            Mistake(
                "the newer year's product has the factor u",
                {"newer": lambda x, df: 0, "older": lambda x, df, u: df[1] * u * (x[1] + df[0] * x[0])},
                "w x₁ stands beside u h₀ in ĥ₁: its way does not pass u.",
                CHAIN,
            ),
            Mistake(
                "the inputs change places",
                lambda x, df, u, v, error: dw(x[::-1], df, u, v, error),
                "x[1] is the newer input. It stands in ĥ₁ itself.",
                CHAIN,
            ),
            Mistake(
                "the two years change places",
                lambda x, df, u, v, error: dw(x[::-1], df[::-1], u, v, error),
                "Index 0 is the older year: x[0] and df[0] belong to h₀, and x[1] and df[1] to h₁.",
                CHAIN,
            ),
            Mistake(
                "the slopes change places",
                {"newer": lambda x, df: df[0] * x[1]},
                "df[1] is f′(ĥ₁), the slope of the outer f: every way passes it.",
                CHAIN,
            ),
            Mistake(
                "the inputs are left out",
                {"newer": lambda x, df: df[1], "older": lambda x, df, u: df[1] * u * df[0]},
                "That is ∂L/∂b. Where b stands alone, w stands in front of an input.",
                CHAIN,
            ),
            Mistake(
                "it is ∂y/∂w that is returned",
                {"sent": lambda v, error: v},
                "L is ½ (y − Y)², so in front of ∂y/∂w comes ∂L/∂y = y − Y.",
                CHAIN,
            ),
            Mistake(
                "v is left out",
                {"sent": lambda v, error: error},
                "y is v h₁ + c: every way from L to w passes v.",
                CHAIN,
            ),
            Mistake(
                "the error is Y − y",
                {"sent": lambda v, error: -error * v},
                "`error` is y − Y as it is given. The derivative of ½ (y − Y)² by y is y − Y.",
                CHAIN,
            ),
            Mistake(
                "the ½ is forgotten",
                {"sent": lambda v, error: 2 * error * v},
                "The ½ of the loss cancels the 2 that the square brings down.",
                CHAIN,
            ),
        ),
        (
            "Go from the outside in, once for each place where w stands. ∂L/∂u above is the model.",
            "`return error * v * df[1] * (... + ...)`",
        ),
    ),
)
