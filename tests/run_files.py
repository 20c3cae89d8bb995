"""Runs made of files that say nothing, and files that say which network they are of."""

import json
import tempfile
from functools import cache
from pathlib import Path

import torch
from small_evidence import small_network

from replication.files import write_atomically
from replication.measurements import condensed, packed, provenance_of
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


@cache
def files_of_pieces(network, number=None, *, small=False):
    """The bytes of a small network's measurements, whole or condensed, which may say of which weight they are."""
    files = {}
    for name, piece in small_network(network).pieces.items():
        if number is not None:
            provenance = provenance_of(piece) | {"network_sha256": weights(number).sha256}
            piece = piece.assign_attrs(provenance=json.dumps(provenance))
        files[name] = packed(condensed(piece) if small else piece)
    return files


def put_pieces(run, network_id, number=None, *, of=None, small=False):
    """Give a run those measurements, of the small network of the same name unless another is named."""
    for name, content in files_of_pieces(of or str(network_id), number, small=small).items():
        write_atomically(run.piece(network_id, name), content)
