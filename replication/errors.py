"""Base class of this suite's errors, so that they can be caught without importing the room that raises them."""


class ReplicationError(Exception):
    """A foreseen error; the message says what is wrong and what to do."""
