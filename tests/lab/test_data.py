"""The series and the windows that are cut from them."""

from importlib.resources import files

import numpy as np
import pytest

from bptt_lab.data import (
    T_MAX,
    noisy_sine,
    running_example,
    sine_windows,
    small_net,
    sunspot_windows,
    sunspots,
    windows,
)


def test_sunspots_are_the_309_years_of_the_source():
    years, numbers = sunspots()
    assert years[0] == 1700
    assert years[-1] == 2008
    assert (np.diff(years) == 1).all()
    assert len(numbers) == 309
    known = {1700: 5.0, 1712: 0.0, 1947: 151.6, 1957: 190.2, 2008: 2.9}  # read off the source by hand
    assert {year: numbers[years == year].item() for year in known} == known
    assert years[numbers.argmax()] == 1957  # "the highest yearly number on record"
    assert numbers.sum() == pytest.approx(15373.4, abs=1e-6)  # the sum of the source's column


def test_sunspots_name_their_source():
    head = (files("bptt_lab") / "sunspots.csv").read_text(encoding="utf-8")[:300]
    assert "Public domain" in head
    assert "National Geophysical Data Center" in head


def test_noisy_sine_is_the_textbooks_task():
    angle, value = noisy_sine()
    assert angle.shape == value.shape == (100,)
    assert angle[-1] - angle[0] == pytest.approx(4 * np.pi)  # two periods
    residue = value - np.sin(angle)
    assert 0.03 < residue.std() < 0.07  # noise of 0.05: there, and not more
    np.testing.assert_array_equal(value, noisy_sine().value)
    assert not np.array_equal(value, noisy_sine(seed=1).value)
    np.testing.assert_allclose(noisy_sine(noise=0).value, np.sin(angle))


@pytest.mark.parametrize("T", [0, 1, 4, 8])
def test_windows_hold_each_run_of_values_and_the_next(T):
    series = np.arange(10.0) ** 2
    x, Y = windows(series, T)
    N = 10 - (T + 1)
    assert x.shape == (T + 1, 1, N)
    assert Y.shape == (1, N)
    for n in range(N):
        np.testing.assert_array_equal(x[:, 0, n], series[n : n + T + 1])
        assert Y[0, n] == series[n + T + 1]


def test_windows_are_copies():
    series = np.arange(10.0)
    x, Y = windows(series, 3)
    x[:] = Y[:] = -1
    np.testing.assert_array_equal(series, np.arange(10.0))


@pytest.mark.parametrize("T", [-1, 9, 10])
def test_windows_refuse_a_T_that_leaves_no_target(T):
    with pytest.raises(ValueError, match=rf"T must be from 0 to 8, two fewer than the points; got {T}"):
        windows(np.arange(10.0), T)


def test_windows_refuse_a_matrix():
    with pytest.raises(ValueError, match=r"value must have shape \(points,\); got \(2, 5\)"):
        windows(np.zeros((2, 5)), 1)


def test_sine_windows_have_the_textbooks_shape():
    x, Y = sine_windows()
    assert x.shape == (25, 1, 75)
    assert Y.shape == (1, 75)


def test_sunspot_windows_name_the_year_of_each_target():
    x, Y, years = sunspot_windows(4)
    series = sunspots()
    n = int(np.flatnonzero(years == 1957)[0])
    np.testing.assert_allclose(100 * Y[0], series.value[5:], rtol=1e-15)  # one division and one product
    np.testing.assert_allclose(100 * x[:, 0, n], [31.5, 13.9, 4.4, 38.0, 141.7])
    np.testing.assert_array_equal(years, series.time[5:])


@pytest.mark.parametrize("T", [0, 1, 4, T_MAX])
def test_running_example_ends_before_1957_whatever_T_is(T):
    net, x, Y, years = running_example(T)
    series = sunspots()
    np.testing.assert_array_equal(years, np.arange(1956 - T, 1957))
    np.testing.assert_allclose(100 * x[:, 0, 0], series.value[np.isin(series.time, years)])
    assert 100 * Y.item() == pytest.approx(190.2)
    for weight, same in zip(net.params, small_net().params, strict=True):
        np.testing.assert_array_equal(weight, same)


def test_small_net_has_three_units_and_a_U_that_a_transpose_changes():
    W, U, b, V, c = small_net().params
    assert (W.shape, U.shape, b.shape, V.shape, c.shape) == ((3, 1), (3, 3), (3, 1), (1, 3), (1, 1))
    assert np.abs(U - U.T).max() > 0.5
    assert all((weight != 0).all() for weight in small_net().params)
    assert np.linalg.det(U) == pytest.approx(1)  # a rotation, as page 02 says
