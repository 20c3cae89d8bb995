"""A number as a paper prints it."""

from replication.paper import Reported
from replication.stats import RoundedNumber


def as_printed(text: str, unit: str = "") -> Reported:
    """Return a printed number, to be held against numbers of trained networks.

    Args:
        text: Decimal digits as printed, such as ``"0.60"`` or ``"−.31"``; their number tells how it was rounded.
        unit: Unit, such as ``"%"``, ``"pp"`` or ``"class"``; empty for a pure number.

    Returns:
        The number, without a key and a place.

    Raises:
        ValueError: ``text`` is not a plain decimal number.

    >>> as_printed("−.31").value
    -0.31
    """
    return Reported(key="", text=text, value=RoundedNumber.parse(text).value, unit=unit, place="")
