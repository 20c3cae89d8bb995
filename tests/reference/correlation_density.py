"""What follows from the exact density of r (Hotelling 1953) by quadrature: the Bayes factor, the power of the test."""

import math

from scipy import integrate, special


def density_of_r(r: float, rho: float, n: int) -> float:
    """Return the density of the sample correlation of ``n`` normal pairs at ``r``, the true one being ``rho``."""
    log_constant = math.log(n - 2) + math.lgamma(n - 1) - math.log(2 * math.pi) / 2 - math.lgamma(n - 0.5)
    powers = (1 - rho**2) ** ((n - 1) / 2) * (1 - r**2) ** ((n - 4) / 2) * (1 - rho * r) ** (1.5 - n)
    return math.exp(log_constant) * powers * float(special.hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2))


def bayes_factor_01(r: float, n: int) -> float:
    """Return the density of r without a correlation over its mean under the uniform prior, whose density is 1/2."""
    mean, _ = integrate.quad(lambda rho: density_of_r(r, rho, n) / 2, -1, 1, epsabs=0, limit=200)
    return density_of_r(r, 0, n) / float(mean)


def power(rho: float, n: int, critical_r: float) -> float:
    """Return the probability that |r| exceeds its critical value."""
    above, _ = integrate.quad(density_of_r, critical_r, 1, args=(rho, n))
    below, _ = integrate.quad(density_of_r, -1, -critical_r, args=(rho, n))
    return float(above + below)
