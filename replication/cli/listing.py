"""Records that ``replication list`` shows: claims, choices, profiles, data sets and measured variables."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from replication.cli.options import Kind
from replication.study import ALL_DATASETS, PROFILES, Profile


def records_of(kind: Kind) -> Iterator[dict[str, Any]]:
    """Yield the records of one kind."""
    if kind == "claims":
        from claims import REGISTRY

        for claim in REGISTRY.values():
            yield {
                "id": claim.id,
                "networks": list(claim.networks),
                "place": claim.place,
                "rule": claim.rule.family,
                "reported": {network: claim.reported_text(network) for network in claim.subjects},
                "sentence": claim.sentence,
            }
    elif kind == "choices":
        from replication.choices import CHOICES

        for choice in CHOICES.values():
            yield {
                "name": choice.name,
                "question": choice.question,
                "options": dict(choice.options),
                "ruled_out": list(choice.ruled_out),
                "why": choice.why,
            }
    elif kind == "profiles":
        for profile in PROFILES.values():
            yield asdict(profile) | {"training": profile.training}
    elif kind == "datasets":
        for dataset in ALL_DATASETS:
            yield {"name": dataset}
    else:
        from replication.schema import SCHEMA

        for piece, variables in SCHEMA.items():
            for name, variable in variables.items():
                axes = ", ".join(variable.axes)
                yield {
                    "name": f"{piece}/{name}",
                    "axes": f"({axes})",
                    "unit": variable.unit,
                    "meaning": variable.meaning,
                }


def as_line(row: dict[str, Any]) -> str:
    """Return a record's values on one line, except lists and dictionaries, which only JSON shows."""
    return "  ".join(str(value) for value in row.values() if not isinstance(value, dict | list))


def profile_as_line(profile: Profile) -> str:
    """Return a line on a profile's training and measurement settings."""

    def images(n: int | None) -> str:
        return "all images" if n is None else f"{n:,} images"

    return (
        f"{profile.name}  {profile.n_seeds} networks per data set ({', '.join(profile.datasets)}); trained on "
        f"{images(profile.n_train)}, {profile.epochs} epochs; measured on {images(profile.n_test)}; random draws: "
        f"{profile.n_draws} at 50 %, {profile.n_draws_small} at smaller shares; embedding seeds: "
        f"{profile.n_embedding_seeds}  {profile.shows}"
    )
