"""Make a reading: measure the networks of a run again in this environment.

Each environment has a folder of its own for the usual measurements, so that an interrupted reading resumes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from replication import provenance
from replication.activations import layer_activations
from replication.architecture import LAYER_NAMES
from replication.data import load
from replication.devices import device_name
from replication.drift import NetworkReading, Reading, answers, network_reading, reading_name
from replication.evidence import Evidence, NetworkEvidence
from replication.files import exclusive, write_atomically
from replication.judging import Registry, judge_all
from replication.judging.claim import check_name
from replication.precision import precision_on, set_precision
from replication.progress import Progress
from replication.run_folder import NotARunError, RunFolder
from replication.runs.measuring import measure_networks
from replication.schema import PIECES
from replication.study import PROFILES, NetworkId, Precision, Profile
from replication.threads import keep_to_usable_cores
from replication.training import load_checkpoint


def read_environment(
    run: RunFolder,
    workshop: Path,
    claims: Registry,
    device: torch.device,
    progress: Progress,
    *,
    precision: Precision = "ieee",
) -> Reading:
    """Measure the networks of a run in this environment.

    Log-probabilities and predictions are computed on all test images.  Neighbourhood hit, selective neurons and answers
    are measured under the run's own profile.  If that is ``paper``, they are measured under ``quick``: on 2,000 images
    and from one embedding seed.  The run's own measurements are judged again, not measured again.

    Args:
        run: The run with the trained networks; not modified.
        workshop: Folder for the measurements, with a subfolder per environment.
        claims: The claim registry.
        device: Device on which the networks run.
        progress: Receives each step.
        precision: Float32 arithmetic of the GPU.

    Returns:
        The reading.

    Raises:
        NotARunError: The run holds no trained network.
    """
    set_precision(precision)
    keep_to_usable_cores()
    profile = PROFILES["quick"] if run.profile().is_paper else run.profile()
    network_ids = [network_id for network_id in run.networks() if run.checkpoint(network_id).exists()]
    if not network_ids:
        raise NotARunError(
            f"{run.path} holds no trained network: there is no DATASET/seed=N/network.safetensors in it; train some "
            "with replication run, and name their run with --run"
        )
    made_by = _provenance(device, profile)
    # The folder is named by a digest of the provenance, because pieces measured elsewhere must not be reused.
    digest = hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()
    bench = RunFolder(workshop / f"{reading_name(made_by)}-{digest[:8]}")
    with exclusive(bench.path):
        bench.describe(profile)
        for network_id in network_ids:
            write_atomically(bench.checkpoint(network_id), run.checkpoint(network_id).read_bytes())
        measure_networks(bench, network_ids, profile, device, progress, precision=precision)
        measured = {network.network: network for network in Evidence.of_run(bench).all_networks()}
    networks = [measured[str(network_id)] for network_id in network_ids]
    recorded = Evidence.of_run(run)
    verdicts = judge_all(claims, recorded, progress) if recorded.all_networks() else ()
    digest_of = cache(partial(digest_of_measurements, run))
    return Reading(
        provenance=made_by,
        networks={
            str(network_id): _read(bench, network_id, measured[str(network_id)], profile, device)
            for network_id in progress.track(network_ids, "log-probabilities")
        },
        answers=answers(claims, Evidence(profile, networks)),
        verdicts={check_name(verdict.id, verdict.network): verdict.outcome for verdict in verdicts},
        judged_sha256={
            check_name(verdict.id, verdict.network): digest_of(networks_behind(verdict.evidence))
            for verdict in verdicts
        },
    )


def _read(
    bench: RunFolder, network_id: NetworkId, evidence: NetworkEvidence, profile: Profile, device: torch.device
) -> NetworkReading:
    """Return the reading of one network measured in this environment."""
    checkpoint = load_checkpoint(bench.checkpoint(network_id))
    test = load(network_id.dataset, "test", replace(profile, n_test=None), device)
    log_probabilities = layer_activations(checkpoint.network(device), test.images, LAYER_NAMES[-1])
    return network_reading(evidence, log_probabilities, checkpoint.sha256)


def _provenance(device: torch.device, profile: Profile) -> dict[str, Any]:
    """Return the data that identify this environment."""
    return {
        "software": provenance.software(),
        "device": device.type,
        "device_name": device_name(device),
        "instructions": torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else "",
        "precision": precision_on(device),
        "machine": provenance.machine(),
        "profile": profile.name,
        "commit": provenance.commit("replication", "claims"),
    }


def networks_behind(source: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the networks behind a verdict from its evidence; networks compared with come last."""
    return (*source.get("networks", ()), *source.get("compared_with", ()))


def digest_of_measurements(run: RunFolder, networks: Sequence[str]) -> str:
    """Return the checksum of all pieces of some networks of a run.

    Args:
        run: The run.
        networks: Ids of networks measured in the run.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for network in networks:
        for piece in PIECES:
            digest.update(f"{network}/{piece}\0".encode() + run.piece(NetworkId.parse(network), piece).read_bytes())
    return digest.hexdigest()
