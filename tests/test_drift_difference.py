"""Differences between readings, by hand: what is compared, with which reference, and what is not."""

import pytest
from handmade_readings import N_IMAGES, network, reading

from replication.drift import differences, reference_of


def test_the_reference_is_the_newest_torch_then_the_newest_umap_on_a_cpu():
    oldest, older, newest = reading("2.9.1"), reading("2.15.0", "0.5.8"), reading("2.15.0+cpu")
    elsewhere = reading("2.16.0", "0.5.13", "cuda")
    assert reference_of([oldest, newest, older, elsewhere]) is newest
    assert reference_of([elsewhere]) is elsewhere
    assert [one.reading for one in differences([oldest, newest, older, elsewhere])] == [oldest, older, elsewhere]


@pytest.mark.parametrize("smaller", ["DEFAULT", "AVX2", "something new"])
def test_of_equal_versions_the_largest_known_instruction_set_is_the_reference(smaller):
    readings = [reading(), reading(instructions=smaller)]
    assert reference_of(readings) is reference_of(readings[::-1]) is readings[0]


def test_an_environment_does_not_differ_from_itself():
    (found,) = differences([reading("2.11.0"), reading()])
    assert len(found.networks) == 2
    for row in found.networks:
        assert (row.log_probability, row.n_flipped, row.n_selective, row.n_effect_selective) == (0, 0, 0, 0)
        assert set(row.nh_pp.values()) == set(row.nh_raw_pp.values()) == {0}
    assert (found.flipped_answers, found.n_answers) == ((), 3)
    assert (found.flipped_verdicts, found.n_verdicts) == ((), 1)


def test_every_difference_is_found():
    changed = network(shift=-0.25, n_flipped=3, nh=89.5, nh_raw=95.25, as_1=103.0, aes_1=47.5)
    other = reading(
        "2.11.0",
        networks={"mnist/seed=0": changed, "kmnist/seed=0": network("b" * 64)},
        answers={"4.1/one [mnist]": (False,), "4.1/one [kmnist]": (False,), "4.2/two [mnist]": (True,)},
        verdicts={"4.1/one [mnist]": "replicated", "4.2/two [mnist]": "replicated"},
    )
    (found,) = differences([other, reading()])
    row, same = found.networks
    assert (row.network, same.network) == ("mnist/seed=0", "kmnist/seed=0")
    assert row.log_probability == 0.25
    # The first three predictions, 0, 1 and 2, are 9 now.
    assert (row.n_flipped, row.n_images) == (3, N_IMAGES)
    assert (row.nh_pp["conv2"], row.nh_pp["conv1"], row.nh_raw_pp["conv2"]) == (-0.5, 0, 0.25)
    assert (row.n_selective, row.n_effect_selective) == (3, 2.5)
    assert same.log_probability == same.n_flipped == 0
    assert (found.flipped_answers, found.n_answers) == (("4.1/one [mnist]", "4.2/two [mnist]"), 3)
    assert (found.flipped_verdicts, found.n_verdicts) == (("4.1/one [mnist]",), 2)


def test_another_network_of_the_same_id_is_not_compared():
    other = reading("2.11.0", networks={"mnist/seed=0": network("f" * 64, shift=1), "kmnist/seed=0": network("b" * 64)})
    (found,) = differences([other, reading(answers={"4.1/one [mnist]": (False,)})])
    assert [row.network for row in found.networks] == ["kmnist/seed=0"]
    assert (found.flipped_answers, found.n_answers) == ((), 0)
    assert found.n_verdicts == 1


def test_answers_of_fewer_networks_are_not_compared():
    other = reading("2.11.0", networks={"mnist/seed=0": network()}, answers={"4.1/one [mnist]": (False,)})
    (found,) = differences([other, reading()])
    assert [row.network for row in found.networks] == ["mnist/seed=0"]
    assert found.n_answers == 0


def test_verdicts_on_other_measurements_are_not_compared():
    elsewhere = {"4.1/one [mnist]": "f" * 64, "4.2/two [mnist]": "e" * 64}
    verdicts = {"4.1/one [mnist]": "replicated", "4.2/two [mnist]": "not replicated"}
    (found,) = differences([reading("2.11.0", judged_sha256=elsewhere, verdicts=verdicts), reading()])
    assert (found.flipped_verdicts, found.n_verdicts) == (("4.2/two [mnist]",), 1)
    assert found.n_answers == 3


def test_claims_that_one_reading_does_not_know_are_left_out():
    other = reading(
        "2.11.0",
        answers={"4.1/one [mnist]": (True,), "new": (True,)},
        verdicts={"new": "replicated"},
        judged_sha256={"new": "e" * 64},
    )
    (found,) = differences([other, reading()])
    assert (found.flipped_answers, found.n_answers, found.n_verdicts) == ((), 1, 0)


def test_without_readings_there_is_no_reference_and_no_difference():
    assert differences([]) == differences([reading()]) == ()
    with pytest.raises(ValueError, match="no reading of any environment: make one with: replication drift"):
        reference_of([])
