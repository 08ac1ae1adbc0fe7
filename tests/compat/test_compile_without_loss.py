"""`compile` where nothing would be minimised: the classes and words of Keras 2.0.4 and 2.2.4."""

import pytest

from jaxcnn.layers import Dense, Input
from jaxcnn.models import Model
from jaxcnn.spellings.dialect import speaking

NOTHING = "The model cannot be compiled because it has no loss to optimize."
LISTS = "When passing a list as loss, it should have one entry per model outputs."


def model(outputs=1, **settings):
    x = Input((3,))
    return Model(x, [Dense(2, name=name, **settings)(x) for name in "op"[:outputs]])


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("loss", [None, {}, {"o": None}, [None], [], ""], ids=repr)
@pytest.mark.filterwarnings("ignore:compile.*names no loss")
def test_nothing_to_minimise(loss, outputs):
    loss = loss * outputs if isinstance(loss, list) else loss
    with speaking("2.0"), pytest.raises(RuntimeError, match=NOTHING):
        model(outputs).compile("sgd", loss)
    message = {"[]": LISTS, "''": "Unknown loss"}.get(repr(loss), NOTHING)
    with speaking("2.2"), pytest.raises(ValueError, match=message):
        model(outputs).compile("sgd", loss)
    kind = TypeError if message == NOTHING else ValueError
    with pytest.raises(kind, match=LISTS if loss == [] else None):
        model(outputs).compile("sgd", loss)


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_a_penalty_is_a_loss(version):
    with speaking(version):
        model(kernel_regularizer="l2").compile("sgd", None)


@pytest.mark.parametrize("loss", [["mse", "mse"], [None, None]])
def test_a_list_of_losses_has_one_for_each_output(loss):
    with speaking("2.0"), pytest.raises(ValueError, match=LISTS):
        model().compile("sgd", loss)
