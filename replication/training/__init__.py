"""From images to trained networks.

In: network ids, a profile, training images.  Out: checkpoints with their provenance.  ``together`` trains, on a GPU
many networks of a data set at once; ``stacked`` is the step; ``checkpoints`` keeps networks and half-trained states as
safetensors.  Source: §3.1.
"""

from replication.training.checkpoints import (
    Checkpoint as Checkpoint,
    load_checkpoint as load_checkpoint,
    read_foreign_weights as read_foreign_weights,
    save_checkpoint as save_checkpoint,
)
from replication.training.states import (
    DivergedError as DivergedError,
    find_state as find_state,
    other_precision as other_precision,
    trained_precision as trained_precision,
)
from replication.training.together import train_together as train_together
