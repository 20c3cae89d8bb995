"""What the errors of this suite have in common, so that who catches one need not import the room it comes from."""


class ReplicationError(Exception):
    """Something that this suite foresees is amiss; the message says what, and names the way out."""
