"""What the claims on the paper's arithmetic reject."""

from dataclasses import replace

import numpy as np
import pytest

from claims import REGISTRY
from claims.arithmetic import OWNED, as_lies_between_0_and_1
from replication.audit import audit


def test_as_that_is_left_undefined_where_nothing_is_active_is_not_in_the_unit_interval():
    assert as_lies_between_0_and_1.statistic()
    assert not as_lies_between_0_and_1.statistic(undefined=np.nan)


@pytest.mark.parametrize(
    ("claim_id", "arguments", "expected"),
    [
        ("3.1/architecture", {"kernel": 2, "padding": 0, "stride": 2, "pool": 1}, True),  # maps of 14, 7 and 3, too
        ("3.1/test-images", {"n_used": 9_983}, False),
        ("3.1/zeroed-unit-passes-nothing-on", {"bias": -0.1}, True),  # which ReLU cuts off
        ("3.1/zeroed-unit-passes-nothing-on", {"weight": 0.1}, False),
        ("3.1/kernel-is-25-neurons", {"owned": (25, 25, 24)}, False),
        ("3.1/kernel-is-25-neurons", {"owned": (25, 25, 26)}, False),
        ("3.2/neurons-17280", {"n_neurons": 17_279}, False),
        ("3.2/matrix-shape", {"shape": (9983, 17_280)}, False),
        ("3.2/as-in-unit-interval", {"least": -0.5}, False),  # a denominator is positive, the mean of the others is not
        ("3.2/as-in-unit-interval", {"undefined": -0.1}, False),
        ("3.2/as-in-unit-interval", {"undefined": 1.1}, False),
        ("3.2/aes-takes-both-signs", {"least": -100.0}, False),  # hardly any class gains
        ("4.2/conv2-wider-than-image", {"n_pixels": 64 * 7 * 7 - 1}, True),
        ("4.2/conv2-wider-than-image", {"n_pixels": 64 * 7 * 7}, False),
    ],
)
def test_arithmetic_says_no_on_either_side_of_what_is_so(claim_id, arguments, expected):
    assert REGISTRY[claim_id].statistic(**arguments) is expected


def test_kernels_of_the_three_convolutions_own_196_49_and_9_neurons():
    assert OWNED == (196, 49, 9)


def test_captions_that_are_merely_noted_do_not_name_the_same_networks(monkeypatch):
    (captions,) = (finding for finding in audit() if finding.id == "captions")
    for outcome, expected in (("holds", True), ("contradicted", False), ("remark", False)):
        monkeypatch.setattr("claims.arithmetic.audit", lambda figures, told=outcome: [replace(captions, outcome=told)])
        assert REGISTRY["A/captions-name-networks"].statistic() is expected


def test_all_nine_pairs_of_a_coefficient_and_its_p_value_must_be_there_and_hold(monkeypatch):
    nine = [finding for finding in audit() if finding.id.startswith("correlation/")]
    more, no_more_than_noted = [*nine, nine[0]], [*nine[1:], replace(nine[0], outcome="remark")]
    for found, expected in ((nine, True), (nine[1:], False), (more, False), (no_more_than_noted, False)):
        monkeypatch.setattr("claims.arithmetic.audit", lambda reported, found=found: found)
        assert REGISTRY["A/correlations-consistent"].statistic() is expected
