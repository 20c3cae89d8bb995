"""From images to trained networks.

In: a network id, a profile, training images.  Out: a checkpoint with its provenance.  ``plain`` is the paper's loop;
``checkpoints`` keeps networks and half-trained states as safetensors.  Source: §3.1.
"""

from replication.training.checkpoints import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint
from replication.training.plain import DivergedError, train

__all__ = ["Checkpoint", "DivergedError", "load_checkpoint", "read_foreign_weights", "save_checkpoint", "train"]
