"""From images to trained networks.

In: network ids, a profile, training images.  Out: checkpoints with their provenance.  ``plain`` is the paper's loop;
``together`` takes it on a CPU and the networks of a data set all at once on a GPU; ``checkpoints`` keeps networks and
half-trained states as safetensors.  Source: §3.1.
"""

from replication.training.checkpoints import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint
from replication.training.plain import DivergedError, train
from replication.training.states import other_precision, trained_precision
from replication.training.together import train_together

__all__ = [
    "Checkpoint",
    "DivergedError",
    "load_checkpoint",
    "other_precision",
    "read_foreign_weights",
    "save_checkpoint",
    "train",
    "train_together",
    "trained_precision",
]
