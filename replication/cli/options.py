"""Options shared by several sub-commands, and the types of option values."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

import typer

from replication.cli.names import one_named
from replication.study import DATASETS, PROFILES, REHEARSAL_DATASET, Precision

RUN_PROFILE = "quick"
"""Default profile of ``run``, and of the run that ``measure`` then measures."""
FOREIGN_PROFILE = "paper"
"""Default profile for measuring a foreign network."""

Device = Literal["auto", "cpu", "cuda"]
Format = Literal["svg", "png", "pdf"]
Kind = Literal["claims", "choices", "profiles", "datasets", "pieces"]


def one_of(known: tuple[str, ...], what: str) -> Callable[[str], str]:
    """Return the parser of a value that is one of some words; it raises as ``one_named``.

    Args:
        known: The words.
        what: What they name, for the message.
    """

    def word(text: str) -> str:
        return one_named(text, known, what)

    return word


def choice_of(known: tuple[str, ...], what: str) -> dict[str, Any]:
    """Return the arguments of ``typer.Option`` or ``typer.Argument`` for a value of ``one_of``, shown in the help."""
    return {"parser": one_of(known, what), "metavar": f"<{'|'.join(known)}>"}


OF_PROFILES = choice_of(tuple(PROFILES), "profile")
OF_FORMATS = choice_of(get_args(Format), "format")
OF_KINDS = choice_of(get_args(Kind), "kind")

DATASET_NAMES = f"{', '.join(DATASETS)} or {REHEARSAL_DATASET}"

# Defaults computed later are given as text, because brackets in a help text would be parsed as markup.
DeviceOption = Annotated[
    Device,
    typer.Option(help="Where networks run; auto uses a GPU if there is one.", **choice_of(get_args(Device), "device")),
]
PrecisionOption = Annotated[
    Precision,
    typer.Option(
        help="Float32 arithmetic on a GPU; the paper's GPU used ieee.", **choice_of(get_args(Precision), "precision")
    ),
]
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
