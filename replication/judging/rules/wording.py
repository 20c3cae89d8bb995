"""How rules say numbers to people."""

from replication.paper import Reported
from replication.stats import RoundedNumber

ANSWERS = {True: "holds", False: "fails", None: "undecided"}


def half_unit(printed: Reported) -> float:
    """Return half a unit of the last printed digit; 0 for a number given in words."""
    try:
        return RoundedNumber.parse(printed.text).half_unit
    except ValueError:
        return 0.0


def share_text(share: float) -> str:
    """Return a probability as 1/n where it is one, else as a decimal."""
    return f"1/{round(1 / share)}" if abs(1 / share - round(1 / share)) < 1e-9 else f"{share:.2g}"


def with_space(unit: str) -> str:
    """Return a unit with the space before it, or nothing."""
    return f" {unit}" if unit else ""
