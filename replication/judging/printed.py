"""A number as a paper prints it."""

from replication.paper import Reported
from replication.stats import RoundedNumber


def as_printed(text: str, unit: str = "", *, n_networks: int = 1) -> Reported:
    """Return a printed number, to be held against numbers of trained networks.

    Args:
        text: Decimal digits as printed, such as ``"0.60"`` or ``"−.31"``; their number tells how it was rounded.
        unit: Unit, such as ``"%"``, ``"pp"`` or ``"class"``; empty for a pure number.
        n_networks: Number of networks whose mean the number is.  The mean of correlations is taken to be one of
            Fisher's z, which the mean of the coefficients themselves is close to unless they are large and differ much.

    Returns:
        The number, without a key and a place.

    Raises:
        ValueError: ``text`` is not a plain decimal number, or ``n_networks`` is not a whole number from 1 on.

    >>> as_printed("−.31").value
    -0.31
    """
    value = RoundedNumber.parse(text).value
    return Reported(key="", text=text, value=value, unit=unit, place="", n_networks=n_networks)
