"""The single list of claims, used wherever they are judged, tested or reported."""

from replication.judging import Registry

REGISTRY = Registry()
claim = REGISTRY.claim
