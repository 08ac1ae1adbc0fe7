"""The settings of a fit are checked when they are made."""

import pytest

from jaxcnn.training.input import FeedSettings
from jaxcnn.training.settings import FitSettings


def settings(**changes):
    return FitSettings(FeedSettings(), FeedSettings(), **changes)


@pytest.mark.parametrize(
    "frequency, epochs", [(1, [1, 2, 3, 4]), (2, [2, 4]), (3, [3]), ([1, 4], [1, 4]), ({2}, [2])]
)
def test_validation_of_some_epochs(frequency, epochs):
    chosen = settings(validation_freq=frequency)
    assert [epoch for epoch in range(1, 5) if chosen.validates_after(epoch)] == epochs


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"nan": "stop"}, "`nan` is 'stop'"),
        ({"nan": "rollback"}, "`checkpoint_dir`"),
        ({"shuffle": "samples"}, "`shuffle` is 'samples'"),
        ({"epochs": -1}, "`epochs` is -1; it must be an integer from 0"),
        ({"initial_epoch": 0.5}, "`initial_epoch` is 0.5"),
        ({"validation_freq": 0}, "`validation_freq` is 0"),
    ],
)
def test_values_that_mean_nothing(changes, message):
    with pytest.raises(ValueError, match=message):
        settings(**changes)
