"""Parse the names given in options: data sets, seeds, networks, figures."""

from difflib import get_close_matches

import typer

from replication.study import ALL_DATASETS, NetworkId, Profile


def networks_named(profile: Profile, datasets: str | None, seeds: str | None) -> list[NetworkId]:
    """Return the networks named by the options, without duplicates."""
    chosen = [dataset_named(name) for name in datasets.split(",")] if datasets else list(profile.datasets)
    found = (NetworkId(dataset, seed) for dataset in chosen for seed in seeds_named(seeds, profile.n_seeds))
    return list(dict.fromkeys(found))


def seeds_named(text: str | None, default: int) -> list[int]:
    """Return the seeds named by an option: a number of seeds, a list, or ranges; ``default`` is a number.

    Raises:
        typer.BadParameter: The text has another form.
    """
    if text is None:
        return list(range(default))
    try:
        if "," not in text and "-" not in text:
            if int(text) < 1:
                raise ValueError
            return list(range(int(text)))
        seeds: list[int] = []
        for part in text.split(","):
            first, dash, last = part.partition("-")
            named = range(int(first), int(last if dash else first) + 1)
            if not named:
                raise ValueError
            seeds.extend(named)
    except ValueError:
        raise typer.BadParameter(f"--seeds {text}: expected a number as 3, a list as 0,4,7 or a range as 5-9") from None
    return seeds


def dataset_named(name: str) -> str:
    """Return the name of a known data set, or raise as ``one_named``."""
    return one_named(name, ALL_DATASETS, "data set")


def one_named(name: str, known: tuple[str, ...], what: str) -> str:
    """Return the known name that equals ``name``, whatever its case and the spaces around it.

    Raises:
        typer.BadParameter: The name is unknown; the message suggests the closest one.
    """
    by_lower_case = {one.lower(): one for one in known}
    asked = name.strip().lower()
    if asked in by_lower_case:
        return by_lower_case[asked]
    meant = get_close_matches(asked, by_lower_case, n=1, cutoff=0.4)
    hint = f"did you mean {by_lower_case[meant[0]]!r}?" if meant else f"there are {', '.join(known)}"
    raise typer.BadParameter(f"unknown {what} {name!r}: {hint}")
