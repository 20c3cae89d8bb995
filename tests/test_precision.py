"""Float32 arithmetic of the GPU: an explicit choice that can be read back, also where there is no GPU."""

import pytest
import torch

from replication.precision import get_precision, precision_on, set_precision, told_precision

pytestmark = pytest.mark.usefixtures("ieee")


def test_tests_that_ask_for_ieee_get_it():
    assert get_precision() == "ieee"


@pytest.mark.parametrize("precision", ["ieee", "tf32"])
def test_what_is_set_is_read_back(precision):
    set_precision(precision)
    assert get_precision() == precision
    assert torch.backends.cuda.matmul.fp32_precision == precision
    assert torch.backends.cudnn.conv.fp32_precision == precision


def test_switches_that_differ_are_called_mixed():
    set_precision("ieee")
    torch.backends.cudnn.conv.fp32_precision = "tf32"
    assert get_precision() == "mixed"


def test_another_word_is_refused_and_changes_nothing():
    set_precision("ieee")
    with pytest.raises(ValueError, match="precision 'bf16': expected 'ieee' or 'tf32'"):
        set_precision("bf16")
    assert get_precision() == "ieee"


@pytest.mark.parametrize("precision", ["ieee", "tf32"])
def test_a_gpu_computes_as_is_set_and_a_cpu_knows_ieee_only(precision):
    set_precision(precision)
    assert precision_on(torch.device("cuda")) == precision
    assert precision_on(torch.device("cpu")) == "ieee"


def test_what_was_told_of_a_cpu_whose_switches_said_something_else_is_ieee():
    assert told_precision("cpu", "tf32") == told_precision("cpu", "mixed") == "ieee"
    assert told_precision("cuda", "mixed") == "mixed"


@pytest.mark.gpu
def test_tf32_rounds_products_and_ieee_does_not():
    """1 + 2⁻¹² needs more than TF32's 10 bits of mantissa; a small product might be made without tensor cores."""
    matrix = torch.full((1024, 1024), 1 + 2**-12, device="cuda")
    expected = 1024 * (1 + 2**-12)
    set_precision("ieee")
    assert float((matrix @ torch.ones_like(matrix))[0, 0]) == expected
    set_precision("tf32")
    assert float((matrix @ torch.ones_like(matrix))[0, 0]) == 1024


@pytest.mark.gpu
@pytest.mark.parametrize(("precision", "expected", "off_by"), [("ieee", 1024.25, 0.01), ("tf32", 1024.0, 0.05)])
def test_tf32_rounds_convolutions_and_ieee_does_not(precision, expected, off_by):
    """Torch has a switch of its own for them, which it leaves on."""
    images = torch.full((64, 1024, 8, 8), 1 + 2**-12, device="cuda")
    set_precision(precision)
    sums = torch.nn.functional.conv2d(images, torch.ones(64, 1024, 1, 1, device="cuda"))
    assert (sums - expected).abs().max() < off_by
