"""A number of things in words: one network, two networks."""


def count_text(n: int, noun: str) -> str:
    """Return a number of things.

    Args:
        n: How many.
        noun: What one of them is called; more of them bear an s.

    >>> count_text(1, "network"), count_text(2, "network")
    ('1 network', '2 networks')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
