"""The paper's claims as executable checks, one file per section, each check as short as its sentence.

Importing this package fills the registry in the order of the paper.  Nothing here needs a network, a GPU or torch:
claims read evidence, and ``planted`` makes evidence in which each of them holds, or fails.
"""

from claims import (
    section_3_1,
    section_3_2,
    section_4_1,
    section_4_2,
    section_4_3,
    section_5_and_abstract,
    arithmetic,
)  # isort: skip
from claims.registry import REGISTRY

__all__ = [
    "REGISTRY",
    "arithmetic",
    "section_3_1",
    "section_3_2",
    "section_4_1",
    "section_4_2",
    "section_4_3",
    "section_5_and_abstract",
]
