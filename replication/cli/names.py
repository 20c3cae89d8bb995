"""What an option names, read from its text: data sets, seeds, networks, figures."""

from difflib import get_close_matches

import typer

from replication.study import ALL_DATASETS, NetworkId, Profile


def networks_named(profile: Profile, datasets: str | None, seeds: str | None) -> list[NetworkId]:
    """Return the networks that the options name, each once."""
    chosen = [dataset_named(name) for name in datasets.split(",")] if datasets else list(profile.datasets)
    found = (NetworkId(dataset, seed) for dataset in chosen for seed in seeds_named(seeds, profile.n_seeds))
    return list(dict.fromkeys(found))


def seeds_named(text: str | None, default: int) -> list[int]:
    """Return the seeds that an option names: a number of them, a list, or ranges.

    Raises:
        typer.BadParameter: The text is none of these.
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
    """Return the name of a data set, or complain with the nearest."""
    return one_named(name, ALL_DATASETS, "data set")


def one_named(name: str, known: tuple[str, ...], what: str) -> str:
    """Return a name that is known.

    Raises:
        typer.BadParameter: It is not; the message suggests the nearest.
    """
    if name in known:
        return name
    meant = get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {meant[0]!r}?" if meant else f"there are {', '.join(known)}"
    raise typer.BadParameter(f"unknown {what} {name!r}: {hint}")
