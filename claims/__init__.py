"""The paper's claims as executable checks, one or more files per section, each check as short as its sentence.

Importing this package fills the registry: first from the modules named here, in order, then from every other
``section_….py`` of the folder.  Nothing here needs a network, a GPU or torch.  Claims read evidence, and ``planted``
makes evidence in which each claim holds, or fails.
"""

from importlib import import_module
from pkgutil import iter_modules

from claims import (
    arithmetic as arithmetic,
    section_3_1 as section_3_1,
    section_4_1 as section_4_1,
    section_4_2_intact as section_4_2_intact,
    section_4_2_under_ablation as section_4_2_under_ablation,
    section_4_3_populations as section_4_3_populations,
    section_4_3_single_ablations as section_4_3_single_ablations,
    section_4_3_sizes_and_separability as section_4_3_sizes_and_separability,
    section_5_and_abstract as section_5_and_abstract,
    section_abstract_cumulative as section_abstract_cumulative,
)
from claims.registry import REGISTRY as REGISTRY

for _module in sorted(module.name for module in iter_modules(__path__)):
    if _module.startswith("section_"):
        import_module(f"{__name__}.{_module}")
