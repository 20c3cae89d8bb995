"""Power at ten pairs: what the paper's correlations could show."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import correlation_density as reference
from scipy import optimize

from replication.seeds import generator
from replication.stats import critical_r, power_of_correlation, r33

quick = settings(deadline=None, max_examples=60)


def exact_power(rho, n):
    return reference.power(rho, n, critical_r(n))


def simulated_power(rho, n, n_draws=40_000):
    x, noise = generator("test", "power", rho, n).normal(size=(2, n_draws, n))
    y = rho * x + np.sqrt(1 - rho**2) * noise
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.mean(np.abs(r) > critical_r(n))


def test_ten_pairs_find_a_correlation_of_point_six_in_45_percent():
    assert power_of_correlation(0.6, 10) == pytest.approx(0.45, abs=5e-4)


def test_r33_at_ten_pairs():
    assert r33(10) == pytest.approx(0.52, abs=5e-3)


@pytest.mark.parametrize(("n", "error"), [(10, 0.05), (20, 0.025), (40, 0.012)])
def test_falls_short_of_the_exact_power_by_little(n, error):
    for rho in np.linspace(0, 0.95, 20):
        assert -1e-4 <= exact_power(rho, n) - power_of_correlation(rho, n) <= error


def test_the_exact_values_at_ten_pairs():
    assert exact_power(0.6, 10) == pytest.approx(0.486, abs=5e-4)
    # 40,000 draws: standard deviation .0025, band of four .01
    assert simulated_power(0.6, 10) == pytest.approx(0.486, abs=0.01)
    exact_r33 = optimize.brentq(lambda rho: exact_power(rho, 10) - 1 / 3, 0.1, 0.9)
    assert exact_r33 == pytest.approx(0.505, abs=5e-4)


@quick
@given(st.floats(0, 0.97), st.integers(4, 200), st.floats(1e-3, 0.3))
def test_bounded_symmetric_and_rising(rho, n, alpha):
    power = power_of_correlation(rho, n, alpha)
    assert alpha - 1e-12 <= power <= 1
    assert power == power_of_correlation(-rho, n, alpha)
    assert power <= power_of_correlation(rho + 0.02, n, alpha) + 1e-12
    assert power <= power_of_correlation(rho, n + 1, alpha) + 1e-12


@quick
@given(st.integers(4, 1000), st.floats(1e-3, 0.3))
def test_r33_has_a_third_of_power(n, alpha):
    assert power_of_correlation(r33(n, alpha), n, alpha) == pytest.approx(1 / 3, abs=1e-6)
    assert r33(n + 1, alpha) < r33(n, alpha)


def test_the_ends():
    assert power_of_correlation(0, 10) == pytest.approx(0.05)
    assert power_of_correlation(1, 10) == power_of_correlation(-1, 4) == 1


def test_refuses_what_has_no_power():
    with pytest.raises(ValueError, match="n = 3, expected at least 4"):
        power_of_correlation(0.5, 3)
    with pytest.raises(ValueError, match="n = 3, expected at least 4"):
        r33(3)
    with pytest.raises(ValueError, match="rho = 2, expected a correlation"):
        power_of_correlation(2, 10)
    with pytest.raises(ValueError, match=r"alpha = 0.0, expected strictly between 0 and 1/3"):
        r33(10, 0.0)
    with pytest.raises(ValueError, match="alpha = 1, expected strictly"):
        power_of_correlation(0.5, 10, 1)
    for alpha in (1 / 3, 0.4):
        with pytest.raises(ValueError, match=f"alpha = {alpha}, expected strictly between 0 and 1/3"):
            r33(10, alpha)
