"""Runs made of files that say nothing, and files that say which network they are of."""

import json
import tempfile
from functools import cache
from pathlib import Path

import torch
from small_evidence import small_network

from replication.files import write_atomically
from replication.measurements import provenance_of, save
from replication.run_folder import RunFolder
from replication.study import PROFILES, NetworkId
from replication.training import Checkpoint, save_checkpoint

M0, M1, K0 = NetworkId("mnist", 0), NetworkId("mnist", 1), NetworkId("kmnist", 0)


def make_run(path, files, profile="paper"):
    """A run with these files, ``{network id: {file name: content}}``."""
    run = RunFolder(path)
    run.describe(PROFILES[profile])
    for network_id, contents in files.items():
        folder = run.network_folder(network_id)
        folder.mkdir(parents=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    return run


def contents(run):
    return {str(path.relative_to(run.path)): path.read_bytes() for path in run.path.rglob("[!.]*") if path.is_file()}


def weights(number):
    """A checkpoint of one weight."""
    return Checkpoint({"out.bias": torch.tensor([float(number)])})


@cache
def file_of_weights(number):
    """The bytes of its file: safetensors writes its metadata in any order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.safetensors")
        save_checkpoint(path, weights(number))
        return path.read_bytes()


def put_network(run, network_id, number):
    """Give a run the checkpoint of that weight."""
    write_atomically(run.checkpoint(network_id), file_of_weights(number))


def put_pieces(run, network_id, number, change=lambda piece: piece):
    """Give a run measurements that say they are of the network of that weight."""
    for name, piece in small_network(str(network_id)).pieces.items():
        provenance = provenance_of(piece) | {"network_sha256": weights(number).sha256}
        save(run.piece(network_id, name), change(piece.assign_attrs(provenance=json.dumps(provenance))))
