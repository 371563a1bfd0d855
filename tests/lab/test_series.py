"""Windows of any series: gaps, sides, and a scale that knows nothing of the test."""

import numpy as np
import pytest

from bptt_lab.series import Series, split_by_share, split_in_time


def series(value):
    return Series(np.arange(100, 100 + len(value)), np.asarray(value, dtype=float))


WAVE = 7 + np.sin(np.arange(40.0))


@pytest.mark.parametrize("gaps", [[], [0], [9], [39], [4, 5], [10, 30]])
def test_a_window_that_touches_a_gap_is_left_out_and_counted(gaps):
    value = WAVE.copy()
    value[gaps] = np.nan
    T = 2
    whole = [n for n in range(40 - T - 1) if not set(gaps) & set(range(n, n + T + 2))]
    for split in (split_in_time(series(value), T, 130), split_by_share(series(value), T)):
        assert split.left_out == 37 - len(whole)
        assert [*split.time, *split.time_test] == [100 + n + T + 1 for n in whole]
        for x, Y, time in ((split.x, split.Y, split.time), (split.x_test, split.Y_test, split.time_test)):
            for n, at in enumerate(time - 100):
                read = split.centre + split.unit * np.append(x[:, 0, n], Y[0, n])
                np.testing.assert_allclose(read, value[at - T - 1 : at + 1], rtol=1e-14)  # a sum, a product, back again


def test_nothing_of_the_test_is_in_the_scale():
    one = split_by_share(series(WAVE), 4)
    changed = WAVE.copy()
    changed[one.time_test[0] - 100 :] *= 1000
    other = split_by_share(series(changed), 4)
    assert (one.unit, one.centre) == (other.unit, other.centre)
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.Y, other.Y)
    assert one.unit == pytest.approx(WAVE[: one.time_test[0] - 100].std(), rel=1e-15)


@pytest.mark.parametrize(("test", "wanted"), [(0.3, 11), (0.5, 18), (0.01, 1)])
def test_the_share_is_of_the_targets(test, wanted):
    assert split_by_share(series(WAVE), 3, test).x_test.shape[2] == wanted  # of 36


@pytest.mark.parametrize("test", [0, 1, -0.1, 1.5])
def test_a_share_that_is_none(test):
    with pytest.raises(ValueError, match=r"test must be between 0 and 1, a share of the targets; got"):
        split_by_share(series(WAVE), 3, test)


def test_too_short_or_too_full_of_gaps_or_constant():
    with pytest.raises(ValueError, match=r"T must be from 0 to 3, two fewer than the points; got 11"):
        split_by_share(series(WAVE[:5]), 11)
    gaps = WAVE.copy()
    gaps[::5] = np.nan
    said = r"training must have a window of T\+1 = 6 values and a target without a gap; the longest run .* has 4: take"
    with pytest.raises(ValueError, match=said):
        split_by_share(series(gaps), 5)
    late = WAVE.copy()
    late[35:] = np.nan
    with pytest.raises(ValueError, match="the test must have a window"):
        split_by_share(series(late), 3, test=0.1)
    flat = WAVE.copy()
    flat[:30] = 2.5
    with pytest.raises(ValueError, match=r"the training, before 129, must hold different values; got 2.5 alone"):
        split_by_share(series(flat), 3)
    flat[:30] = np.nan
    with pytest.raises(ValueError, match=r"must hold different values; got none"):
        split_by_share(series(flat), 3)
