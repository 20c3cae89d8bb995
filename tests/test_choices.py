"""Open questions of method: documented, read by some claim, and refused where they are misspelt."""

import pytest

from claims import REGISTRY
from claims.planted import planted
from replication.choices import CHOICES, DEFAULTS, Choices, alternatives


@pytest.mark.parametrize("choice", CHOICES.values(), ids=lambda choice: choice.name)
def test_a_choice_says_what_is_open_what_may_be_answered_and_why(choice):
    assert len(choice.options) >= 2
    assert all(choice.options.values())
    assert choice.default == next(iter(choice.options))
    assert choice.question.endswith(("?", "…"))
    assert choice.why.endswith(".")
    assert DEFAULTS[choice.name] == choice.default


def test_every_choice_is_read_by_some_claim():
    network = planted("kmnist", {}, n_networks=1)[0].under(DEFAULTS)
    for claim in REGISTRY.values():
        if claim.networks:
            claim.value_of(network)
    assert network.choices_read == set(CHOICES)


def test_changing_one_answer_leaves_the_others():
    changed = DEFAULTS.but("count", "units")
    assert changed["count"] == "units"
    assert {name: changed[name] for name in changed if name != "count"} == {
        name: DEFAULTS[name] for name in DEFAULTS if name != "count"
    }
    assert changed.changed == (("count", "units"),)
    assert len(changed) == len(CHOICES)


def test_what_is_changed_back_is_not_changed():
    changed = DEFAULTS.but("count", "units")
    assert changed.but("count", "neurons") == DEFAULTS.but("count", "neurons") == DEFAULTS
    assert changed.but("nh-variant", "all").but("count", "neurons") == Choices((("nh-variant", "all"),))


def test_alternatives_are_the_other_options_of_the_named_choices_in_order():
    assert list(alternatives({"nh-variant", "test-images"})) == [
        ("test-images", "all"),
        ("nh-variant", "all"),
        ("nh-variant", "self"),
    ]
    assert list(alternatives(set())) == []


def test_an_unknown_choice_is_refused():
    with pytest.raises(KeyError, match="no choice named 'colour': there are test-images"):
        DEFAULTS.but("colour", "red")


def test_an_unknown_option_is_refused():
    with pytest.raises(ValueError, match="choice 'count' has no option 'layers': there are neurons, units"):
        DEFAULTS.but("count", "layers")
