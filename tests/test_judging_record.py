"""Judging goes on after a claim that ends in an error, and the error is kept."""

import pytest
from heard import Heard
from small_evidence import small_evidence

from replication.judging import Exact, Record, Registry, Statement, judge_all, judge_and_record


@pytest.fixture
def evidence():
    """Two M-Nets; what stands in for a defect is a claim about K-Nets."""
    return small_evidence(("mnist", "kmnist"), 2)


@pytest.fixture
def registry():
    """A claim that fails for one of two networks, and a sound one after it."""
    registry = Registry()

    @registry.claim("x/broken", place="§0", networks=("mnist", "kmnist"), rule=Statement())
    def broken(network):
        """It is so, where it can be computed."""
        if network.network.startswith("kmnist"):
            raise KeyError("fc3")
        return True

    @registry.claim("x/sound", place="§0", rule=Exact())
    def sound():
        """It is so without networks."""
        return True

    return registry


def test_an_error_is_kept_with_its_check_and_the_others_are_judged(evidence, registry):
    heard = Heard()
    record = judge_and_record(registry, evidence, heard)
    assert record.errors == {"x/broken [kmnist]": "KeyError('fc3')"}
    assert [(verdict.id, verdict.network) for verdict in record.verdicts] == [("x/broken", "mnist"), ("x/sound", "-")]
    ((title, total, task),) = heard.tasks
    assert (title, total, task.done) == ("judge claims", 2, 2)


def test_without_errors_the_verdicts_are_those_of_judge_all(evidence, registry):
    sound = {"x/sound": registry["x/sound"]}
    assert judge_and_record(sound, evidence) == Record(list(judge_all(sound, evidence)))
    with pytest.raises(KeyError, match="fc3"):
        judge_all(registry, evidence)


def test_a_recorded_error_is_raised_for_the_one_who_asks_for_a_verdict(evidence, registry):
    record = Record()
    with pytest.raises(KeyError, match="fc3"):
        record.judge(registry["x/broken"], evidence, "kmnist")
    assert record == Record([], {"x/broken [kmnist]": "KeyError('fc3')"})


def test_who_stops_the_command_stops_it(evidence, registry):
    @registry.claim("x/stopped", place="§0", rule=Exact())
    def stopped():
        """Somebody presses Ctrl-C."""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge_and_record(registry, evidence)
