"""Train networks (§3.1).

In: network ids, a profile, training images.  Out: checkpoints with provenance.  ``together`` trains the networks of a
data set, many at once on a GPU; ``stacked`` is one training step; ``checkpoints`` stores networks and training states
as safetensors.
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
