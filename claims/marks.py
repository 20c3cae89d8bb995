"""Evaluate mark expressions as given to pytest's ``-m``."""


def selects(expression: str, *marks: str) -> bool:
    """Return whether a mark expression selects a test.

    Args:
        expression: Value of ``-m``.  An empty expression selects every test, an invalid one none.
        marks: All marks of the test; marks with arguments are not supported.

    >>> selects("not (bench or gpu)", "slow"), selects("not (bench or gpu)", "gpu")
    (True, False)
    """
    from _pytest.mark.expression import Expression

    if not expression:
        return True
    try:
        return Expression.compile(expression).evaluate(lambda name, /, **arguments: name in marks and not arguments)
    except Exception:  # its type differs between pytest releases; pytest itself reports what is wrong
        return False
