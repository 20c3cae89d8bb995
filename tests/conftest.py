"""What all tests share: hypothesis profiles, a guard on global random state, the marks ``gpu`` and ``realdata``, the
evidence that ships, and a tiny study.
"""

import os
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

# Tests side by side share the cores; set before torch and numpy are imported, since these size their pools then.
if n_side_by_side := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // n_side_by_side))

import numpy as np
import pytest

# Imported here because a first import draws random numbers: torch its default seed, rich.style names for its styles.
import rich.style  # noqa: F401
import torch
from hypothesis import HealthCheck, settings

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev"))

REQUIRE_DATA_VARIABLE = "REPLICATION_REQUIRE_DATA"

used_data_key = pytest.StashKey[dict[str, str]]()
WORKER_OUTPUT = "real data"
"""Under which name a process of several tells what its tests have read."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """With ``-n``, give each process tests that follow one another, so that what a file prepares is mostly made once.

    An option in ``pyproject.toml`` would end every pytest, of the claims too, where pytest-xdist is not installed.
    """
    if config.getoption("numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


def pytest_configure(config):
    config.stash[used_data_key] = {}
    # For tests alone: no verdict hangs on what a library deprecates, and one warning would end hours of training.
    config.addinivalue_line("filterwarnings", "error")


def pytest_ignore_collect(collection_path, config):
    """Leave benchmarks out where their mark is not asked for: those on a GPU would follow ``-m gpu``, too."""
    if not collection_path.match("bench_*.py"):
        return None
    from claims.marks import selects

    expression, others = config.option.markexpr, ("gpu", "realdata", "slow")
    beside = [marks for n in range(len(others) + 1) for marks in combinations(others, n)]
    asked_for = any(selects(expression, "bench", *marks) and not selects(expression, *marks) for marks in beside)
    return None if asked_for else True


# Global random state ---------------------------------------------------------------------------------------------


def global_random_states():
    """The states of the generators that everybody shares."""
    return {
        "random": random.getstate(),
        "numpy.random": repr(np.random.get_state()),  # noqa: NPY002
        "torch": torch.get_rng_state().numpy().tobytes(),
    }


@pytest.fixture(autouse=True)
def global_random_state_stays():
    """Fail a test that draws from, or seeds, a generator that everybody shares."""
    before = global_random_states()
    yield
    after = global_random_states()
    moved = [name for name, state in before.items() if after[name] != state]
    if moved:
        pytest.fail(f"the global random state of {', '.join(moved)} was moved; draw from replication.seeds instead")


# Float32 arithmetic ------------------------------------------------------------------------------------------------


@pytest.fixture
def ieee():
    """Let a GPU compute in IEEE float32, as a CPU does, as long as a test lasts; torch by itself convolves in TF32."""
    from replication.precision import set_precision

    switches = torch.backends.cuda.matmul, torch.backends.cudnn.conv
    before = [switch.fp32_precision for switch in switches]
    set_precision("ieee")
    yield
    for switch, precision in zip(switches, before, strict=True):
        switch.fp32_precision = precision


# The marks gpu and realdata --------------------------------------------------------------------------------------


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu"):
        require_gpu()
    if item.get_closest_marker("realdata"):
        item.config.stash[used_data_key].update(require_real_data())


def require_gpu():
    """Skip where there is no CUDA device; fail where one is demanded."""
    from replication.devices import REQUIRE_GPU_VARIABLE, gpu_is_required, why_no_cuda

    reason = why_no_cuda()
    if reason and gpu_is_required():
        pytest.fail(f"{REQUIRE_GPU_VARIABLE} is set and there is no GPU: {reason}", pytrace=False)
    if reason:
        pytest.skip(f"no GPU: {reason}")


def require_real_data():
    """Return where each real data set lies; skip where one does not, fail where they are demanded."""
    found, missing = local_real_data()
    if missing:
        reason = f"no local data for {', '.join(missing)}: set REPLICATION_DATA, or run `replication run` once"
        if os.environ.get(REQUIRE_DATA_VARIABLE, "") not in {"", "0"}:
            pytest.fail(f"{REQUIRE_DATA_VARIABLE} is set and there is {reason}", pytrace=False)
        pytest.skip(reason)
    return found


def local_real_data():
    """Return the place of each real data set that is here without a download, and the names of those that are not."""
    from torchvision import datasets

    from replication.data import ENVIRONMENT_VARIABLE, cache_folder

    places = {"cache": cache_folder()}
    if given := os.environ.get(ENVIRONMENT_VARIABLE):
        places = {ENVIRONMENT_VARIABLE: Path(given), **places}
    found, missing = {}, []
    for name, source in (("mnist", datasets.MNIST), ("kmnist", datasets.KMNIST), ("fashion", datasets.FashionMNIST)):
        files = [Path(source.__name__, "raw", file) for file, _ in source.resources]
        here = [place for place, folder in places.items() if all((folder / file).exists() for file in files)]
        if here:
            found[name] = here[0]
        else:
            missing.append(name)
    return found, missing


def pytest_sessionfinish(session):
    """Let a process of several tell the one that started it which real data its tests have read."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[WORKER_OUTPUT] = {
            name: str(place) for name, place in session.config.stash[used_data_key].items()
        }


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take what a process of several has read, if it came to its end."""
    node.config.stash[used_data_key].update(getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, {}))


def pytest_terminal_summary(terminalreporter, config):
    """Say which real data the tests have read, so that nobody takes a green run for more than it is."""
    used = config.stash[used_data_key]
    # In the order in which they are looked for, whichever process read them first.
    names = [name for name in ("mnist", "kmnist", "fashion") if name in used]
    places = ", ".join(dict.fromkeys(str(used[name]) for name in names))
    terminalreporter.line(f"real data: {' '.join(names)} ({places})" if names else "real data: none")


# The recorded networks -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def recorded():
    """The evidence that ships, loaded once per process; it remembers what is computed and is not to be changed."""
    from replication.evidence import Evidence
    from replication.run_folder import RECORDED, RunFolder

    return Evidence.of_run(RunFolder(RECORDED))


# A tiny study ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def testing_profile():
    """The smallest study that goes through every stage: 96 training images, 100 test images, one epoch."""
    from replication.study import PROFILES

    return replace(
        PROFILES["digits"], n_seeds=1, epochs=1, n_train=96, n_test=100, n_draws=3, n_draws_small=2, learning_rate=0.02
    )


@pytest.fixture
def profile(monkeypatch, testing_profile):
    """The tiny profile in place of ``digits``."""
    from replication.study import PROFILES

    monkeypatch.setitem(PROFILES, "digits", testing_profile)
    return testing_profile


@pytest.fixture(scope="session")
def tiny_network(testing_profile):
    """A network that tells digits apart without training; not to be changed.

    Its hidden weights are random, and its output measures how near an image is to each class's mean in fc2.
    """
    import torch

    from replication.data import load
    from replication.network import Network
    from replication.seeds import torch_generator

    network = Network(torch_generator("test", "tiny network")).eval()
    images = load("digits", "train", replace(testing_profile, n_train=200), torch.device("cpu"))
    with torch.no_grad():
        features = network.activations(images.images)["fc2"]
        means = torch.stack([features[images.labels == label].mean(dim=0) for label in range(10)])
        # −‖x − m‖² / 2 without what all classes share.
        network.out.weight.copy_(means - means.mean(dim=0))
        network.out.bias.copy_(-(means**2).sum(dim=1) / 2)
        spread = (features @ network.out.weight.T + network.out.bias).std()
        network.out.weight.div_(spread)
        network.out.bias.div_(spread)
    return network


@pytest.fixture(scope="session")
def tiny_subject(tiny_network, testing_profile):
    """That network with 100 test images, 4 of which fill no batch; not to be changed."""
    import torch

    from replication.data import load
    from replication.measuring import Subject

    test = load("digits", "test", testing_profile, torch.device("cpu"))
    return Subject("digits/seed=0", "digits", tiny_network, test, testing_profile, losses=(2.5, 2.25))
