"""Expressions of marks: what they select is what pytest selects."""

import pytest

from claims.marks import selects


@pytest.mark.parametrize(
    ("expression", "without", "with_gpu"),
    [
        ("gpu", False, True),
        ("not gpu", True, False),
        ("not (bench or gpu)", True, False),
        ("not (bench and gpu)", True, True),
        ("not(gpu)", True, False),
        ("slow or not gpu", True, False),
        ("gpu and not slow", False, True),
        ("gpu or slow", False, True),
        ("gpus", False, False),
        ("gpu(number=1)", False, False),
        ("", True, True),
        ("gpu and", False, False),
    ],
)
def test_a_test_is_selected_by_its_marks(expression, without, with_gpu):
    assert (selects(expression), selects(expression, "gpu")) == (without, with_gpu)


def test_it_selects_what_pytest_selects(pytester_like):
    for expression in ("gpu", "not (bench or gpu)", "bench and not gpu", "not bench", "bench or gpu"):
        wanted = {name for name, marks in TESTS.items() if selects(expression, *marks)}
        assert pytester_like(expression) == wanted, expression


TESTS = {"test_none": (), "test_gpu": ("gpu",), "test_bench": ("bench",), "test_both": ("bench", "gpu")}


@pytest.fixture
def pytester_like(tmp_path):
    """Returns the names that pytest itself collects of four tests."""
    lines = ["import pytest", ""]
    for name, marks in TESTS.items():
        lines += [*(f"@pytest.mark.{mark}" for mark in marks), f"def {name}(): pass", ""]
    (tmp_path / "test_four.py").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    gpu\n    bench\n", encoding="utf-8")

    class Names:
        def pytest_collection_finish(self, session):
            self.found = {item.name for item in session.items}

    def collect(expression):
        names = Names()
        options = [str(tmp_path), "-c", str(tmp_path / "pytest.ini"), "-m", expression, "--collect-only"]
        pytest.main([*options, "-p", "no:cacheprovider", "-p", "no:terminal"], plugins=[names])
        return names.found

    return collect
