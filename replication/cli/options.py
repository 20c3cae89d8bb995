"""The options that several sub-commands share, and the values that options may have."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

from replication.study import DATASETS, PROFILES, REHEARSAL_DATASET, Precision

ProfileName = StrEnum("ProfileName", {name: name for name in PROFILES})  # type: ignore[misc]
RUN_PROFILE = ProfileName["quick"]
"""Unless told otherwise, of what is trained, and of the run that is then measured."""
FOREIGN_PROFILE = ProfileName["paper"]
"""Unless told otherwise, of what is measured of a network from elsewhere."""

Device = Literal["auto", "cpu", "cuda"]
Format = Literal["svg", "png", "pdf"]
Kind = Literal["claims", "choices", "profiles", "datasets", "pieces"]

DATASET_NAMES = f"{', '.join(DATASETS)} or {REHEARSAL_DATASET}"

# Defaults that are made up later are given as text: what stands in brackets in a help would be taken for markup.
DeviceOption = Annotated[Device, typer.Option(help="Where networks run; auto takes a GPU where there is one.")]
PrecisionOption = Annotated[Precision, typer.Option(help="Float32 arithmetic on a GPU; the paper's GPU had ieee.")]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Networks at a time, a process each: in measuring up to 5 GiB, in long training on a CPU up to 2.",
        show_default="as many as cores and memory allow",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
