"""Which tests an expression of marks, as pytest's ``-m`` takes it, selects."""


def selects(expression: str, *marks: str) -> bool:
    """Return whether pytest would select a test.

    Args:
        expression: What ``-m`` was given; an empty one selects every test, and one that pytest refuses none.
        marks: All marks of the test, none of which has arguments.

    >>> selects("not (bench or gpu)", "slow"), selects("not (bench or gpu)", "gpu")
    (True, False)
    """
    from _pytest.mark.expression import Expression

    if not expression:
        return True
    try:
        return Expression.compile(expression).evaluate(lambda name, /, **arguments: name in marks and not arguments)
    except Exception:  # of a kind that differs among its releases; it will tell itself what is wrong
        return False
