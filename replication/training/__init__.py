"""From images to trained networks.

In: network ids, a profile, training images.  Out: checkpoints with their provenance.  ``together`` trains, on a GPU
all networks of a data set at once; ``stacked`` is the step; ``checkpoints`` keeps networks and half-trained states as
safetensors.  Source: §3.1.
"""

from replication.training.checkpoints import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint
from replication.training.states import DivergedError, find_state, other_precision, trained_precision
from replication.training.together import train_together

__all__ = [
    "Checkpoint",
    "DivergedError",
    "find_state",
    "load_checkpoint",
    "other_precision",
    "read_foreign_weights",
    "save_checkpoint",
    "train_together",
    "trained_precision",
]
