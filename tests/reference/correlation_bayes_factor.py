"""The Bayes factor of a correlation from the density of r itself, integrated over the prior by quadrature."""

from scipy import integrate, special, stats


def density_of_r(r: float, rho: float, n: int) -> float:
    """Return Hotelling's (1953) density of r where the true correlation is ``rho``, up to a factor free of rho."""
    series = special.hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2)
    return float((1 - rho**2) ** ((n - 1) / 2) * (1 - rho * r) ** (1.5 - n) * series)


def bayes_factor_01(r: float, n: int, prior_width: float) -> float:
    """Return the density of r without a correlation over its mean under the stretched beta prior."""
    prior = stats.beta(1 / prior_width, 1 / prior_width, loc=-1, scale=2)
    mean, _ = integrate.quad(lambda rho: density_of_r(r, rho, n) * prior.pdf(rho), -1, 1, epsabs=0, limit=200)
    return density_of_r(r, 0, n) / float(mean)
