"""The README: its generated parts are up to date, its commands exist."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from handmade_readings import network, reading
from handmade_verdicts import rehearsed, verdict
from PIL import Image
from small_evidence import small_evidence, small_verdicts
from test_architecture_flow import reached, read_modules, room_of
from typer.main import get_command

from claims import REGISTRY
from claims.known_failures import known_failures, known_of_recorded
from claims.main_claims import MAIN_CLAIMS
from claims.populations import ALIKE, impact_recurs
from replication.choices import DEFAULTS
from replication.cli import app
from replication.evidence import Evidence, NetworkEvidence
from replication.judging import judge_all
from replication.judging.rules.correlation import SIZE
from replication.judging.rules.value import IN_PREDICTION_INTERVAL
from replication.measurements import provenance_of
from replication.paper import REPORTED
from replication.report import UNKNOWN, Known, gather
from replication.report.class_harm import harm_tables
from replication.report.comparison import comparison
from replication.report.outcomes import shown, tally
from replication.report.readme import (
    MAP,
    PICTURE,
    claims_table,
    environments_table,
    failures_table,
    found,
    map_of,
    parts,
    picture_checksum,
    refreshed,
    save_picture,
)
from replication.report.verdict_map import CAPTION
from replication.study import DATASETS, PROFILES

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="module")
def verdicts(recorded):
    return judge_all(REGISTRY, recorded)


@pytest.fixture(scope="module")
def made_by(verdicts, recorded):
    return parts(verdicts, recorded, known_of_recorded(), MAIN_CLAIMS)


def checksum_in_picture(path):
    """The checksum that the file of the picture keeps; empty where it keeps none."""
    with Image.open(path) as image:
        return image.info.get("Description", "")


OF_THE_PAPER = {f"replication.{room}" for room in ("paper", "architecture", "choices", "study", "data", "network")}


def rooms_told_free():
    """The rooms that the README says import nothing of the paper."""
    (row,) = re.findall(r"^\| (`.*?) \| as they are", README.read_text(encoding="utf-8"), re.MULTILINE)
    return re.findall(r"`(\w+)`", row)


@pytest.mark.parametrize("room", rooms_told_free())
def test_rooms_told_to_be_free_of_the_paper_import_nothing_of_it(room):
    modules = read_modules(README.parent, "replication")
    of_room = [name for name in modules if room_of(name) == room]
    assert of_room
    assert not OF_THE_PAPER & reached(modules, *of_room).keys()


def test_a_room_of_the_paper_is_not_free_of_it():
    assert OF_THE_PAPER & reached(read_modules(README.parent, "replication"), "replication.measurements").keys()


def test_generated_parts_are_up_to_date(made_by):
    assert refreshed(README.read_text(encoding="utf-8"), made_by) == README.read_text(encoding="utf-8"), (
        "run: replication readme"
    )


def test_the_map_is_up_to_date_and_stands_before_what_was_found(verdicts):
    before, _, _ = README.read_text(encoding="utf-8").partition("<!-- found:begin -->")
    assert f"({MAP})\n" in before.partition("## What it found")[2]
    assert (README.parent / MAP).read_text(encoding="utf-8") == map_of(verdicts), "run: replication readme"


def test_a_map_of_other_verdicts_is_noticed(verdicts):
    n = next(n for n, one in enumerate(verdicts) if one.network in DATASETS and one.outcome == "replicated")
    other = replace(verdicts[n], judgement=replace(verdicts[n].judgement, outcome="inconclusive"))
    assert map_of([*verdicts[:n], other, *verdicts[n + 1 :]]) != map_of(verdicts)


def test_the_picture_shows_the_recorded_networks(recorded):
    assert f"({PICTURE})" in README.read_text(encoding="utf-8")
    assert checksum_in_picture(README.parent / PICTURE) == picture_checksum(recorded), "run: replication readme"


def test_a_picture_of_other_networks_is_noticed(tmp_path):
    evidence, other = small_evidence(("mnist",), 2), small_evidence(("mnist",), 3)
    save_picture(tmp_path / "picture.png", evidence)
    assert checksum_in_picture(tmp_path / "picture.png") == picture_checksum(evidence) != picture_checksum(other)
    with Image.open(tmp_path / "picture.png") as image:
        image.save(tmp_path / "bare.png")
    assert checksum_in_picture(tmp_path / "bare.png") == ""


@pytest.mark.parametrize("number", ["**contradicted**", "99.0 %", "contradicted"])
def test_a_changed_number_is_noticed(made_by, number):
    assert number in README.read_text(encoding="utf-8")
    stale = README.read_text(encoding="utf-8").replace(number, "something else", 1)
    assert refreshed(stale, made_by) != stale


def test_the_map_has_the_report_s_caption():
    assert f"(fixtures/verdicts.svg)\n\n{CAPTION}\n" in README.read_text(encoding="utf-8")


def test_a_missing_part_is_an_error(made_by):
    for name in made_by:
        with pytest.raises(ValueError, match=f"no part '{name}'"):
            refreshed(README.read_text(encoding="utf-8").replace(f"<!-- {name}:begin -->", ""), {name: made_by[name]})


def test_every_failure_is_told_with_what_was_found_instead():
    verdicts = [
        verdict("4.1/classes-differ", "kmnist", "not replicated"),
        verdict("4.1/classes-differ", "mnist", "not replicated"),
        verdict("3.1/accuracy", "mnist", "not replicated", text="-1.5 %"),
        verdict("3.1/architecture", "mnist"),
        verdict("4.1/classes-differ", "fashion", "not replicated", evidence=rehearsed()),
    ]
    text = failures_table(verdicts, Known({("4.1/classes-differ", "mnist"): "all | alike"}))
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()[2:]]
    assert [row[1] for row in rows] == [r"**M-Net**: all \| alike<br>**K-Net**: 3 of 4 networks", "**M-Net**: −1.5 %"]
    assert failures_table(verdicts[3:], UNKNOWN) == "None does."


NUMBER = re.compile(r"(?<![A-Za-z\d])[−-]?\d*\.?\d+")


def numbers_in(text):
    """Every number of a text and the decimals it is given to, up to sign."""
    return [(abs(float(found.replace("−", "-"))), len(found.partition(".")[2])) for found in NUMBER.findall(text)]


def numbers_told(one, recorded):
    """Every number that a verdict tells."""
    judgement = one.judgement
    told = [one.sentence, one.reported, judgement.measured_text, judgement.why, judgement.behind]
    told.append(REGISTRY[one.id].caveat)
    told += [f"{criterion.name} {criterion.detail}" for criterion in judgement.criteria]
    told += [flip.measured_text for flip in one.flips]
    if "most-harmed-class" in one.id:
        (rows,) = (table.rows for table in harm_tables(recorded) if table.trained.dataset == one.network)
        told += [f"{row.label}: {row.n_most}" for row in rows if row.n_most]
    return [number for number, _ in numbers_in(" ".join(told))]


def test_every_number_of_a_known_failure_is_one_of_its_verdict(verdicts, recorded):
    """Up to sign and rounding; what is not of trained networks is counted by hand."""
    by_name = {(verdict.id, verdict.network): verdict for verdict in verdicts}
    for name, finding in known_failures().items():
        if by_name[name].network != "-":
            told = numbers_told(by_name[name], recorded)
            for number, decimals in numbers_in(finding):
                assert any(round(one, decimals) == number for one in told), f"{name}: {number} in {finding!r}"


def test_what_matters_most_is_borne_out_with_every_number_by_the_verdicts_that_it_rests_on(verdicts, recorded):
    known = known_of_recorded()
    assert known.borne_out(verdicts) == known.takeaways != ()
    by_name = {(verdict.id, verdict.network): verdict for verdict in verdicts}
    for takeaway in known.takeaways:
        told = [number for name in takeaway.rests_on for number in numbers_told(by_name[name], recorded)]
        for number, decimals in numbers_in(re.sub(r"Of \d+ verdicts .*? inconclusive", "", takeaway.text)):
            assert any(round(one, decimals) == number for one in told), f"{number} in {takeaway.text!r}"


ON_CLASSES = {
    claim.id
    for claim in REGISTRY.values()
    if claim.networks and re.search(r"\b[Cc]lass(es)? \d|, as \d", claim.sentence)
}


def test_what_became_of_sentences_that_name_classes_is_counted(verdicts, recorded):
    counts = tally(one for one in verdicts if one.id in ON_CLASSES)
    assert not counts["replicated"]
    (told,) = (one.text for one in known_of_recorded().takeaways if "sentences that name classes" in one.text)
    assert told.startswith(
        f"Of {sum(counts.values())} verdicts on sentences that name classes {counts['not replicated']} are not "
        f"replicated, {counts['inconclusive']} are inconclusive, mostly because networks disagree, and "
        f"{counts['replicated by a weak test']} are replicated, all by weak tests: in four, most other classes of a "
        "single network would pass as well, though in three of these few would in all "
        f"{NUMBERS[len(recorded.networks('mnist'))]}; one is met by untrained networks; in two, networks differ so "
        "much that "
    )
    weak = [one for one in verdicts if one.id in ON_CLASSES and shown(one) == "replicated by a weak test"]
    assert sum(one.family == "value" for one in weak) == 2
    assert [one.id for one in weak if one.judgement.chance == 1] == ["4.3/as-count-1-over-2"]
    assert len(weak) == 2 + 1 + 4


def test_a_known_failure_tells_of_open_answers_under_which_it_is_none(verdicts):
    by_name = {(verdict.id, verdict.network): verdict for verdict in verdicts}
    for name, finding in known_failures().items():
        hinges_on = [flip for flip in by_name[name].flips if flip.is_open and by_name[name].differs_with(flip)]
        for outcome, told in (("inconclusive", r"\binconclusive if\b"), ("replicated", r"\bthe claim holds if\b")):
            assert bool(re.search(told, finding)) == (outcome in {flip.outcome for flip in hinges_on}), name


def test_which_accuracies_fit_only_because_they_are_rounded(verdicts):
    """The takeaway says that it is M-Net's."""
    of_accuracy = {one.network: one for one in verdicts if one.id == "3.1/accuracy"}
    intervals = {name: one.judgement.interval for name, one in of_accuracy.items()}
    inside = {name: span.low <= of_accuracy[name].printed <= span.high for name, span in intervals.items()}
    assert inside == {"mnist": False, "kmnist": True, "fashion": True}


def test_the_sign_that_the_paper_prints_appears_under_no_answer_that_it_leaves_open(recorded):
    """The takeaway says so of AES counts in F-Net."""
    told = [
        row.measured["fashion"] for row in comparison(recorded) if row.text.startswith("the same, over all answers")
    ]
    assert told[-1].startswith("−0.91 to −0.76, ")


def test_what_else_is_remarked_of_the_results_is_true(verdicts, recorded):
    by_nh, by_rules, by_weakness, by_start, _ = known_of_recorded().remarks

    def size_fits(judgement):
        return [one.met for one in judgement.criteria if one.name in {IN_PREDICTION_INTERVAL, SIZE}]

    told = re.findall(
        r"\d\.\d/[a-z0-9-]+", by_weakness.replace(" and -kmnist", ", 4.3/as-count-predicts-nh-better-than-in-kmnist")
    )
    unmarked = [one for one in verdicts if one.id in told and one.outcome == "replicated" and not one.weak]
    assert {one.id for one in unmarked} == {*told}
    assert by_weakness.startswith(f"Weak tests: {NUMBERS[len(unmarked)]} more replicated verdicts")

    by_all = DEFAULTS.but("nh-variant", "all")
    inside = []
    for claim, dataset in ((REGISTRY[one.id], one.network) for one in verdicts if False in size_fits(one.judgement)):
        answers = [claim.answer_of(one.under(by_all)) for one in recorded.networks(dataset)]
        if True in size_fits(claim.rule.judge(answers, claim.reported_on(dataset), dataset)):
            inside.append(dataset)
    assert set(inside) == {"mnist", "kmnist"}
    assert by_nh.startswith(f"NH: {NUMBERS[len(inside)]} of the printed numbers outside")

    by_name = {(one.id, one.network): one for one in verdicts}
    harm = by_name["4.1/error-predicts-harm", "kmnist"].judgement
    assert all(value > 0 for value in harm.values)
    assert f"mean is {harm.measured:.3f}".replace("0.", ".") in by_rules

    rises = {
        dataset: [
            float(nh.sel(panel="out") - nh.sel(panel="fc2"))
            for one in recorded.networks(dataset)
            for nh in [one.under(DEFAULTS.but("umap-start", "raw")).nh_overall.sel(state="intact")]
        ]
        for dataset in DATASETS
    }
    falls = [f"{-max(rises[name]):.2f} to {-min(rises[name]):.2f} points" for name in ("mnist", "kmnist")]
    signs = {"mnist": -1, "kmnist": -1, "fashion": 1}
    m, k, f = (f"{sum(sign * rise > 0 for rise in rises[name])} of {len(rises[name])}" for name, sign in signs.items())
    assert f"in {m} M-Nets by {falls[0]} and in {k} K-Nets by {falls[1]}" in by_start
    assert f"rises in {f} F-Nets" in by_start


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def test_how_often_the_networks_were_looked_at_ends_with_those_there_are(recorded):
    *_, looks = known_of_recorded().remarks
    of_mnist, of_others = looks.split(" K-Nets and F-Nets ")
    for dataset, told in (("mnist", of_mnist), ("kmnist", of_others), ("fashion", of_others)):
        named = re.findall(rf"\b({'|'.join(NUMBERS)})\b", told)
        assert named[-1] == NUMBERS[len(recorded.networks(dataset))]


def networks_counted_in(text):
    """Of how many networks something is told, in digits or as a word."""
    digits = re.findall(r"\b(?:\d+ of|none of|\d+ of the|each of the) (\d+)\b(?! cases|,\d)", text)
    words = re.findall(rf"\ball ({'|'.join(NUMBERS)})(?= networks|;)|\b({'|'.join(NUMBERS)}) [MKF]-Nets taken", text)
    return {*map(int, digits), *(NUMBERS.index(one or other) for one, other in words)}


def test_texts_written_by_hand_tell_of_as_many_networks_as_there_are(recorded):
    """Another number in the same verdict can be 6, so that the number of networks must be looked at by itself."""
    n_networks = {dataset: len(recorded.networks(dataset)) for dataset in DATASETS}
    counts = {*n_networks.values(), sum(n_networks.values())}
    for name, finding in known_failures().items():
        if name[1] != "-":
            assert networks_counted_in(finding) <= {n_networks[name[1]]}, name
    known = known_of_recorded()
    texts = [*(one.text for one in known.takeaways), *known.remarks, *(claim.caveat for claim in REGISTRY.values())]
    told = {text: networks_counted_in(text) for text in texts}
    assert not [text for text, found in told.items() if not found <= counts]
    assert sum(bool(found) for found in told.values()) > 10


def test_a_number_of_networks_is_found_however_it_is_told():
    assert networks_counted_in("in 6 of 6 networks, by 2.02; none of 7; each of the 8 recorded networks") == {6, 7, 8}
    assert networks_counted_in("few in all nine networks; a hundred of each of ten K-Nets taken together") == {9, 10}
    assert networks_counted_in("106 of 120 cases; 9 of the 17,280; all three data sets; margin of 2; 4.1/six") == set()


def test_how_often_the_class_affected_most_recurs_is_true(recorded):
    def recurring(dataset, option):
        views = [one.under(DEFAULTS.but("effect", option)) for one in recorded.networks(dataset)]
        found = [100 * impact_recurs(view) for view in views if view.is_measured]
        ends = dict.fromkeys(f"{end:.0f}" for end in (min(found), max(found)))
        return f"{' to '.join(ends)} %"

    text = " ".join(README.read_text(encoding="utf-8").split())
    fashion, kmnist, mnist = (recurring(dataset, "accuracy") for dataset in ("fashion", "kmnist", "mnist"))
    assert f"for {fashion} of neurons in F-Net, {kmnist} in K-Net, and {mnist} in M-Net." in text
    fashion, kmnist, mnist = (recurring(dataset, "log-probability") for dataset in ("fashion", "kmnist", "mnist"))
    assert (
        f"for {fashion} in F-Net and for {kmnist} in the K-Nets measured this way, but for {mnist} in the one" in text
    )


def test_in_which_networks_effects_on_log_probability_recur_is_true(recorded):
    """For half of the neurons at least, which the claim on colours asks."""
    by_dataset = {}
    for dataset in DATASETS:
        views = [one.under(DEFAULTS.but("effect", "log-probability")) for one in recorded.networks(dataset)]
        by_dataset[dataset] = [impact_recurs(view) >= ALIKE for view in views if view.is_measured]
    assert by_dataset == {"mnist": [False], "kmnist": [True, True], "fashion": [True] * 6}
    (told,) = (one.text for one in known_of_recorded().takeaways if "log-probability" in one.text)
    assert "they recur in F-Net and in the two K-Nets measured this way, but not in the one M-Net." in told


def test_which_networks_are_more_accurate_than_the_paper_s_is_true(recorded):
    above = {
        dataset: all(one.accuracy > REPORTED[f"accuracy/{dataset}"].value for one in recorded.networks(dataset))
        for dataset in DATASETS
    }
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert ("Every M-Net and every F-Net here is more accurate than the paper's" in text) == (
        above == {"mnist": True, "kmnist": False, "fashion": True}
    )


def test_a_rehearsal_is_called_one_and_its_verdicts_are_no_table():
    verdicts = small_verdicts(("digits",), 2, profile="digits")
    assert found(gather(verdicts)).startswith("**This is a rehearsal")
    assert "|" not in claims_table(gather(verdicts))


def test_a_rehearsed_network_beside_the_paper_s_has_no_verdicts_in_the_table():
    run = small_evidence(n_seeds=2, profile="paper")
    by_dataset = {name: run.networks(name) for name in ("mnist", "kmnist", "fashion")}
    quick = {"profile": "quick", "training": PROFILES["quick"].training}
    rehearsed = [
        NetworkEvidence(one.network, {name: with_source(piece, quick) for name, piece in one.pieces.items()})
        for one in by_dataset["kmnist"]
    ]
    mixed = Evidence(PROFILES["paper"], [*by_dataset["mnist"], *rehearsed, *by_dataset["fashion"]])
    verdicts = judge_all(REGISTRY, mixed)
    assert found(gather(verdicts)).startswith("**What this report says about K-Net is a rehearsal")
    (row,) = [line for line in claims_table(gather(verdicts)).splitlines() if "`3.1/accuracy`" in line]
    assert [cell.strip() == "rehearsal" for cell in row.split("|")[3:6]] == [False, True, False]


def with_source(piece, source):
    return piece.assign_attrs(provenance=json.dumps(provenance_of(piece) | source))


def test_the_table_holds_every_claim_about_networks_with_its_verdicts():
    verdicts = small_verdicts(n_seeds=2)
    text = claims_table(gather(verdicts))
    assert set(re.findall(r"`([^`]+)`", text)) == {claim.id for claim in REGISTRY.values() if claim.networks}
    (row,) = [line for line in text.splitlines() if "`3.1/accuracy`" in line]
    measured = [v.judgement.measured_text for v in verdicts if v.id == "3.1/accuracy"]
    assert all(f"? {text}" in row for text in measured)
    assert text.count("? ") >= sum(verdict.outcome == "inconclusive" for verdict in verdicts)


def test_what_could_hardly_have_failed_stands_in_brackets():
    hollow = verdict(uninformative="it would also be true of 90% of networks in which nothing means anything")
    assert "| (✓) 3 of 4 networks |" in claims_table(gather([hollow]))
    assert "| ✓ 3 of 4 networks |" in claims_table(gather([verdict()]))


def test_what_the_paper_only_implies_is_told():
    implied = replace(verdict(outcome="not replicated"), implied=True)
    assert "Classes differ in harm. *(implied)* `4.1/classes-differ`" in claims_table(gather([implied]))
    assert "Classes differ in harm. *(implied)* `4.1/classes-differ`" in failures_table([implied], UNKNOWN)
    assert "implied" not in claims_table(gather([verdict()]))
    both = [verdict(), replace(verdict(network="kmnist"), implied=True)]
    assert "Classes differ in harm. *(implied of K-Net)* `4.1/classes-differ`" in claims_table(gather(both))


def test_environments_by_hand():
    changed = {"mnist/seed=0": network(shift=0.25, n_flipped=1, nh=90.5), "kmnist/seed=0": network("b" * 64, nh=89.0)}
    sentence, _, _, _, *rows = environments_table([reading("2.11.0", networks=changed), reading()]).splitlines()
    assert sentence == "Largest differences over 2 networks from torch 2.15.0, umap-learn 0.5.12, CPU AVX512:"
    ((label, log_probability, flips, *changes),) = ([c.strip() for c in row.split("|")[1:-1]] for row in rows)
    assert label == "torch 2.11.0, umap-learn 0.5.12, CPU AVX512"
    assert (log_probability, flips) == ("0.25 nats", "1 of 24")
    assert changes[:2] == ["1.00 pp", "0.00 pp"]
    with pytest.raises(ValueError, match="no reading of any environment"):
        environments_table([])


def test_an_environment_that_read_other_networks_has_no_row():
    elsewhere = reading("2.11.0", networks={"mnist/seed=0": network("f" * 64)})
    assert "2.11.0" not in environments_table([elsewhere, reading()])
    assert "2.12.0" in environments_table([elsewhere, reading("2.12.0"), reading()])


def test_every_sub_command_shown_exists():
    shown = set(re.findall(r"^(?:\.venv/bin/)?replication (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    known = set(get_command(app).commands)
    assert shown
    assert shown <= known


def test_there_are_exactly_two_set_up_commands():
    setup = README.read_text(encoding="utf-8").partition("## Set up")[2].partition("## Use")[0]
    commands = [line for block in re.findall(r"```sh\n(.*?)```", setup, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 2
