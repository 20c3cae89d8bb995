"""What the verdicts rest on, by origin of the networks: what the banner says of it, and how it is made again."""

import json
import shlex
from dataclasses import replace

import pytest
from handmade_verdicts import verdict
from hypothesis import given, strategies as st
from small_evidence import small_network
from typer.main import get_command

from replication.cli import app
from replication.cli.names import seeds_named
from replication.evidence import Evidence, NetworkEvidence
from replication.measurements import provenance_of
from replication.report import gather, render_html, render_markdown
from replication.report.sources import banner, seeds_option, sources
from replication.study import PROFILES, NetworkId

REHEARSAL = "This is a rehearsal: it proves nothing about the paper."
ON_DIGITS = (
    "This is a rehearsal on scikit-learn's small digits, which stand in for {}. It shows that every stage runs; it "
    "says nothing about the paper."
)
SHA = "0123456789abcdef" * 4
THEIRS = {"training": {}, "source": "theirs.pt", "source_sha256": SHA}


def network(name, **provenance):
    """A network whose pieces tell this provenance."""
    one = small_network(name)
    return NetworkEvidence(
        name,
        {
            piece: found.assign_attrs(provenance=json.dumps(provenance_of(found) | provenance))
            for piece, found in one.pieces.items()
        },
    )


def trained(name, profile="paper", commit="c0"):
    """A network that this suite trained under a profile."""
    return network(name, profile=profile, training=PROFILES[profile].training, commit=commit)


def content(networks, profile="paper", datasets=("mnist",)):
    """A report on verdicts that rest on these networks."""
    evidence = Evidence(PROFILES[profile], networks)
    return gather([verdict(network=dataset, evidence=evidence.source(dataset)) for dataset in datasets])


def origins(found):
    return [source.origin for source in found.sources]


# The paper's own ---------------------------------------------------------------------------------------------------


def test_networks_of_the_papers_profile_need_no_banner_and_are_trained_again_by_data_set_and_seed():
    networks = [trained(f"mnist/seed={seed}", commit=f"c{min(seed, 1)}") for seed in range(6)]
    networks += [trained("kmnist/seed=0"), trained("fashion/seed=4"), trained("fashion/seed=7")]
    found = content(networks, datasets=("mnist", "kmnist", "fashion"))
    assert origins(found) == ["trained"] * 3
    assert found.banner == ""
    assert found.commands == (
        "# MNIST: commits c0, c1",
        "replication run --profile paper --datasets mnist --seeds 6 --run RUN",
        "# KMNIST: commit c0",
        "replication run --profile paper --datasets kmnist --seeds 1 --run RUN",
        "# Fashion-MNIST: commit c0",
        "replication run --profile paper --datasets fashion --seeds 4,7 --run RUN",
        "pytest claims/ --run RUN",
    )


def test_arithmetic_other_than_the_default_stands_in_the_command():
    def told(*precisions):
        networks = [
            network(f"mnist/seed={seed}", commit="c0", precision=precision) for seed, precision in enumerate(precisions)
        ]
        return content(networks).commands[1]

    assert told("tf32", "tf32") == (
        "replication run --profile paper --datasets mnist --seeds 2 --precision tf32 --run RUN"
    )
    assert "--precision" not in told("ieee")
    assert "--precision" not in told("tf32", "ieee")


def test_a_piece_that_was_derived_later_names_both_commits():
    found = content([network("mnist/seed=0", commit="c0", derived_commit="c1")])
    assert found.commands[0] == "# MNIST: commits c0, c1"


def test_pieces_that_tell_nothing_still_load_and_count_as_the_profiles():
    found = content([small_network("mnist/seed=0")])
    assert (origins(found), found.banner, found.commands[0]) == (["trained"], "", "# MNIST: commit unknown")


@given(st.sets(st.integers(0, 40), min_size=1))
def test_the_command_line_reads_the_seeds_that_are_told(seeds):
    assert seeds_named(seeds_option(sorted(seeds)), default=0) == sorted(seeds)


@pytest.mark.parametrize(("seeds", "option"), [([0], "1"), ([0, 1, 2], "3"), ([4], "4-4"), ([0, 2, 3, 4], "0,2-4")])
def test_seeds_are_told_in_short(seeds, option):
    assert seeds_option(seeds) == option


def test_the_commands_are_known_to_the_command_line():
    networks = [trained("mnist/seed=0"), trained("mnist/seed=3"), network("kmnist/seed=0", **THEIRS)]
    lines = [
        line for line in content(networks, datasets=("mnist", "kmnist")).commands if line.startswith("replication")
    ]
    assert len(lines) == 2
    for line in lines:
        _, command, *options = shlex.split(line)
        named = {option for option in options if option.startswith("--")}
        parameters = get_command(app).commands[command].params
        assert named <= {option for parameter in parameters for option in parameter.opts}


# From elsewhere ----------------------------------------------------------------------------------------------------


def test_a_network_from_elsewhere_is_not_called_the_papers_and_its_file_is_named():
    found = content([network("mnist/seed=0", **THEIRS, profile="paper", commit="c0")])
    assert origins(found) == ["from elsewhere"]
    assert found.banner == (
        f"{REHEARSAL} 1 of 1 network behind M-Net is from elsewhere (training unknown): theirs.pt (SHA-256 "
        "0123456789ab…)."
    )
    assert found.commands == (
        "# MNIST: commit c0",
        f"# theirs.pt: SHA-256 {SHA}",
        "replication measure --network theirs.pt --dataset mnist --profile paper --run RUN",
        "pytest claims/ --run RUN",
    )
    for page in (render_markdown(found), render_html(found)):
        assert PROFILES["paper"].shows not in page
        assert "MNIST (from elsewhere)" in page
        assert "replication measure --network theirs.pt" in page
        assert "replication run" not in page


def test_pieces_of_a_network_from_elsewhere_without_its_file_still_load():
    found = content([network("mnist/seed=0", training={}, profile="quick")])
    assert found.banner == f"{REHEARSAL} 1 of 1 network behind M-Net is from elsewhere (training unknown)."
    assert found.commands[1:-1] == ("replication measure --network FILE --dataset mnist --profile quick --run RUN",)


def test_networks_from_elsewhere_among_those_trained_here_are_told_apart():
    theirs = [network(f"mnist/seed={seed}", **THEIRS | {"source": f"net {seed}.pt"}) for seed in range(3, 9)]
    found = content([trained("mnist/seed=0"), *theirs])
    assert "6 of 7 networks behind M-Net are from elsewhere (training unknown): net 3.pt (" in found.banner
    assert found.banner.endswith("net 6.pt (SHA-256 0123456789ab…) and 2 more.")
    assert "replication run --profile paper --datasets mnist --seeds 1 --run RUN" in found.commands
    assert "replication measure --network 'net 8.pt' --dataset mnist --profile paper --run RUN" in found.commands


def test_the_name_of_a_file_ends_neither_its_line_nor_the_block():
    text = render_markdown(content([network("mnist/seed=0", **THEIRS | {"source": "a\n```\n<b>*x*.pt"})]))
    assert text.count("\n```") == 2
    assert "<b>" not in text.partition("## How to reproduce")[0]


# Stand-ins ---------------------------------------------------------------------------------------------------------


def test_digits_under_the_papers_profile_are_not_called_the_papers():
    found = content([trained("digits/seed=0"), trained("digits/seed=1")], datasets=("mnist", "fashion"))
    assert origins(found) == ["stand-in"] * 2
    assert found.banner == ON_DIGITS.format("what M-Net and F-Net were trained on")
    assert found.commands == (
        "# digits: commit c0",
        "replication run --profile paper --datasets digits --seeds 2 --run RUN",
        "pytest claims/ --run RUN",
    )


@pytest.mark.parametrize(
    ("profile", "name", "shown"),
    [("quick", "mnist", True), ("quick", "digits", False), ("digits", "mnist", False)],
)
def test_a_profile_is_quoted_only_of_its_own_data_sets(profile, name, shown):
    found = content([trained(f"{name}/seed=0", profile)], profile)
    assert found.banner.startswith("This is a rehearsal")
    assert found.banner.endswith(PROFILES[profile].shows) == shown


@pytest.mark.parametrize(
    ("datasets", "what"),
    [
        (("mnist", "kmnist", "fashion"), "all three data sets"),
        (("mnist", "kmnist"), "what M-Net and K-Net were trained on"),
        (("mnist",), "what M-Net was trained on"),
    ],
)
def test_a_rehearsal_on_digits_says_in_one_breath_what_it_shows(datasets, what):
    found = content([trained("digits/seed=0", "digits")], "digits", datasets)
    assert found.banner == ON_DIGITS.format(what)


def test_digits_that_stand_in_for_one_of_two_are_named_for_that_one():
    evidence = Evidence(PROFILES["paper"], [trained("mnist/seed=0"), trained("digits/seed=0", "digits")])
    judged = [verdict(network=name, evidence=evidence.source(name)) for name in ("mnist", "kmnist")]
    assert gather(judged).banner.startswith(
        "What this report says about K-Net is a rehearsal: it proves nothing about the paper."
    )


def test_the_banner_names_the_files_of_stand_ins_from_elsewhere():
    found = content([network("digits/seed=0", **THEIRS)])
    assert found.banner.startswith(ON_DIGITS.format("what M-Net was trained on"))
    assert found.banner.endswith("is from elsewhere (training unknown): theirs.pt (SHA-256 0123456789ab…).")


def test_a_network_from_elsewhere_that_stands_in_is_both():
    (source,) = content([network("digits/seed=0", **THEIRS)]).sources
    assert (source.origin, source.stands_in) == ("from elsewhere", True)
    assert source.data_text == "digits (stands in, from elsewhere)"


# Others ------------------------------------------------------------------------------------------------------------


def test_a_network_that_was_trained_otherwise_says_so_and_no_command_makes_it():
    found = content([network("mnist/seed=0", training={"epochs": 3}, profile="paper", commit="c0")])
    assert origins(found) == ["trained otherwise"]
    assert found.banner == f"{REHEARSAL} Networks behind M-Net were not trained as profile paper says."
    assert found.commands == (
        "# MNIST: commit c0",
        "# not trained as profile paper says: no command here trains them again",
        "pytest claims/ --run RUN",
    )


def test_papers_networks_of_which_only_a_contrast_with_a_rehearsal_is_told_are_not_quoted():
    evidence = Evidence(PROFILES["paper"], [trained("mnist/seed=0"), network("kmnist/seed=0", **THEIRS)])
    (found,) = sources([verdict(evidence=evidence.source("mnist", against="kmnist"))])
    assert (found.kind, found.origin) == ("rehearsal", "trained")
    assert banner([found]) == REHEARSAL


def test_a_source_knows_its_networks():
    (found,) = content([trained("mnist/seed=0"), trained("mnist/seed=2")]).sources
    assert found.networks == (NetworkId("mnist", 0), NetworkId("mnist", 2))
    assert (found.n_networks, found.seeds, found.trained_on_data, found.data_text) == (2, "0, 2", "MNIST", "MNIST")
    assert replace(found, networks=found.networks[:1]).n_networks == 1
