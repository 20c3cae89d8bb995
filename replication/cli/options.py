"""Options shared by several sub-commands, and the types of option values."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

from replication.study import DATASETS, PROFILES, REHEARSAL_DATASET, Precision

ProfileName = StrEnum("ProfileName", {name: name for name in PROFILES})  # type: ignore[misc]
RUN_PROFILE = ProfileName["quick"]
"""Default profile of ``run``, and of the run that ``measure`` then measures."""
FOREIGN_PROFILE = ProfileName["paper"]
"""Default profile for measuring a foreign network."""

Device = Literal["auto", "cpu", "cuda"]
Format = Literal["svg", "png", "pdf"]
Kind = Literal["claims", "choices", "profiles", "datasets", "pieces"]

DATASET_NAMES = f"{', '.join(DATASETS)} or {REHEARSAL_DATASET}"

# Defaults computed later are given as text, because brackets in a help text would be parsed as markup.
DeviceOption = Annotated[Device, typer.Option(help="Where networks run; auto uses a GPU if there is one.")]
PrecisionOption = Annotated[Precision, typer.Option(help="Float32 arithmetic on a GPU; the paper's GPU used ieee.")]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Number of networks at a time. Each has its own process, which takes up to 5 GiB in measuring and up to 2 "
        "GiB in long training on a CPU.",
        show_default="as many as cores and memory allow",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
