"""The arrays of optimizers in the orders of each Keras."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from jaxcnn import optimizers
from jaxcnn.saving.optimizer_files import (
    counted,
    from_keras3,
    is_keras3,
    restore_optimizer,
    slots_together,
    to_keras3_arrays,
)


def numbered(*numbers):
    return [np.full((2,), float(n)) for n in numbers]


def values(arrays):
    return [float(np.ravel(a)[0]) for a in arrays]


class Compiled(SimpleNamespace):
    """A model as far as its optimizer goes: two trained weights."""

    def trained_paths(self):
        return [("a",), ("b",)]

    def set_optimizer_arrays(self, arrays):
        if len(arrays) != self.expected:
            raise ValueError("the wrong number of arrays")
        self.arrays = arrays


def restored(optimizer, names, arrays, order=None, expected=None):
    model = Compiled(optimizer=optimizer, expected=expected or len(arrays), arrays=None)
    restore_optimizer(model, names, arrays, "f.h5", order)
    return None if model.arrays is None else values(model.arrays)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("iteration", True),
        ("adam/iteration:0", True),
        ("training/Adam/iterations:0", False),
        ("iterations", False),
    ],
)
def test_what_the_counter_is_called(name, expected):
    assert is_keras3([name, "iteration"]) is expected


def test_optimizers_that_did_not_count():
    assert values(counted([np.float32(3), *numbered(1)])) == [3, 1]
    (count, first) = counted(numbered(1))
    assert count.shape == () and count == 0 and first[0] == 1


def test_arrays_that_only_some_versions_had():
    count = np.zeros(())
    assert values(optimizers.SGD().remembered([count, *numbered(1, 2)], 2)) == [0]
    sgd = optimizers.SGD(momentum=0.9)
    assert values(sgd.remembered([count, *numbered(1, 2, 3)], 2)) == [0, 1, 2]
    places = [np.zeros(1), np.zeros(1)]
    adam = [count, *numbered(1, 2, 3, 4)]
    assert len(optimizers.Adam().remembered([*adam, *places], 2)) == 5
    assert len(optimizers.Adam().remembered([*adam, np.zeros(1), np.zeros(2)], 2)) == 7
    assert len(optimizers.RMSprop().remembered([count, *numbered(1, 2, 3)], 2)) == 4


def test_nadam_gets_its_product_of_momenta():
    nadam = optimizers.Nadam()
    arrays = [np.asarray(2.0), *numbered(1, 2, 3, 4)]
    product = nadam.remembered(arrays, 2)[-1]
    first = 0.9 * (1 - 0.5 * 0.96**0.004)
    second = 0.9 * (1 - 0.5 * 0.96**0.008)
    assert float(product) == pytest.approx(first * second, rel=1e-6)
    once = nadam.remembered([np.asarray(1.0), *arrays[1:]], 2)[-1]
    assert float(once) == pytest.approx(first, rel=1e-6)
    never = nadam.remembered([np.asarray(0.0), *arrays[1:]], 2)[-1]
    assert never == 1 and never.dtype == np.float32
    whole = [*arrays, np.asarray(0.25)]
    assert float(nadam.remembered(whole, 2)[-1]) == 0.25


def test_keras_3_stores_weight_by_weight_and_the_rate():
    adam = optimizers.Adam(0.5)
    arrays = [np.asarray(7), np.asarray(0.125), *numbered(10, 20, 11, 21)]  # m, v of each weight
    assert values(from_keras3(adam, arrays, 2)) == [7, 10, 11, 20, 21]
    assert float(adam.lr) == 0.125
    without = [arrays[0], *arrays[2:]]
    adam = optimizers.Adam(0.5)
    assert values(from_keras3(adam, without, 2)) == [7, 10, 11, 20, 21] and float(adam.lr) == 0.5


def test_slots_of_three_weights():
    arrays = [np.asarray(7), *numbered(10, 20, 11, 21, 12, 22)]
    expected = [7, 10, 11, 12, 20, 21, 22]
    assert values(from_keras3(optimizers.Adam(), arrays, 3)) == expected
    ours = [np.asarray(7), *numbered(10, 11, 12, 20, 21, 22)]
    assert values(to_keras3_arrays(optimizers.Adam(decay=0.5), ours, 3)) == values(arrays)


def test_a_schedule_is_not_replaced_by_the_rate():
    def schedule(count):
        return 0.1

    adam = optimizers.Adam(schedule)
    arrays = [np.asarray(7), np.asarray(0.125), *numbered(10, 20, 11, 21)]
    assert values(from_keras3(adam, arrays, 2)) == [7, 10, 11, 20, 21]
    assert adam.lr is schedule


def test_slots_after_the_second_stand_together():
    amsgrad = optimizers.Adam(amsgrad=True)
    assert slots_together(amsgrad) == 2 and slots_together(optimizers.SGD()) == 0
    assert slots_together(optimizers.SGD(momentum=0.5)) == 1
    arrays = [np.asarray(7), np.asarray(0.125), *numbered(10, 20, 11, 21, 30, 31)]
    assert values(from_keras3(amsgrad, arrays, 2)) == [7, 10, 11, 20, 21, 30, 31]


@pytest.mark.parametrize(
    ("optimizer", "count", "rated"),
    [
        (optimizers.Adam(0.125), 4, True),
        (optimizers.Adam(0.125, decay=0.5), 4, False),
        (optimizers.Adam(0.125, amsgrad=True), 6, True),
        (optimizers.RMSprop(0.125), 2, True),
        (optimizers.Nadam(0.125), 5, True),
    ],
)
def test_our_arrays_as_keras_3_has_them_and_back(optimizer, count, rated):
    ours = [np.asarray(3), *numbered(*range(count))]
    theirs = to_keras3_arrays(optimizer, ours, 2)
    assert values(from_keras3(optimizer, theirs, 2)) == values(ours)
    assert len(theirs) == len(ours) + rated
    if rated:
        assert theirs[1].dtype == np.float32 and float(theirs[1]) == 0.125
    if count == 4:
        assert values(theirs[-4:]) == [0, 2, 1, 3]


def test_weights_that_were_sorted_by_name():
    arrays = [np.asarray(3), *numbered(10, 11, 20, 21)]
    names = ["iterations"]
    assert restored(optimizers.Adam(), names, arrays) == [3, 10, 11, 20, 21]
    assert restored(optimizers.Adam(), names, arrays, [1, 0]) == [3, 11, 10, 21, 20]
    assert restored(optimizers.Adam(), names, arrays, [0]) == [3, 10, 11, 20, 21]
    short = [np.asarray(3), *numbered(10, 11, 20)]
    assert restored(optimizers.Adam(), names, short, [1, 0]) == [3, 10, 11, 20]
    assert restored(optimizers.RMSprop(), names, arrays[1:3], [1, 0], 3) == [0, 11, 10]


def test_a_file_of_keras_3():
    arrays = [np.asarray(7), np.asarray(0.125), *numbered(10, 20, 11, 21)]
    assert restored(optimizers.Adam(), ["iteration"], arrays, expected=5) == [7, 10, 11, 20, 21]
    # Keras 2.11 kept velocities of SGD that it did not use.
    sgd = [np.asarray(7), np.asarray(0.125), *numbered(10, 11)]
    assert restored(optimizers.SGD(0.1), ["iteration"], sgd, expected=1) == [7]


def test_what_does_not_fit_is_left_out_with_a_warning():
    with pytest.warns(UserWarning, match=r"f.h5: the state of the optimizer Adam.*wrong number"):
        assert restored(optimizers.Adam(), ["iterations"], [np.asarray(1)], expected=9) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert restored(optimizers.Adam(), [], [], expected=9) is None


def test_slots_of_weights_in_another_order():
    adam = optimizers.Adam()
    model = Compiled(optimizer=adam, expected=7, arrays=None)
    model.trained_paths = lambda: [("a",), ("b",), ("c",)]
    arrays = [np.asarray(7), *numbered(10, 11, 12, 20, 21, 22)]
    restore_optimizer(model, ["count", *"abcdef"], arrays, "f.h5", [2, 0, 1])
    assert values(model.arrays) == [7, 11, 12, 10, 21, 22, 20]
