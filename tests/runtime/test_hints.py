"""The hint at a known name."""

import pytest

from jaxcnn.spellings.hints import closest


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("los", " Did you mean 'loss'?"),
        ("Kernel_Size", " Did you mean 'kernel_size'?"),
        ("kernelsizes", " Did you mean 'kernel_size'?"),
        ("epochs", ""),
    ],
)
def test_the_nearest_name_is_hinted_at(name, hint):
    assert closest(name, ["val_loss", "loss", "kernel_size"]) == hint


def test_there_is_no_hint_without_names():
    assert closest("loss", []) == ""
