"""The paper's claims as executable checks, one or more files per section, each check as short as its sentence.

Importing this package fills the registry: first with what arithmetic decides, then from every ``section_….py`` of the
folder.  Nothing here needs a network, a GPU or torch.  Claims read evidence, and ``planted``
makes evidence in which each claim holds, or fails.
"""

from importlib import import_module
from pkgutil import iter_modules

from claims import arithmetic as arithmetic
from claims.registry import REGISTRY as REGISTRY

for _module in sorted(module.name for module in iter_modules(__path__)):
    if _module.startswith("section_"):
        import_module(f"{__name__}.{_module}")
