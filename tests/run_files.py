"""Runs made of files that say nothing."""

from replication.run_folder import RunFolder
from replication.study import PROFILES, NetworkId

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
