"""The helpers of `keras.engine.training`: what Keras 2.0.4 answers, on arrays."""

import numpy as np
import pytest

from jaxcnn import losses
from jaxcnn.compat import batches


def test_batches_and_slices():
    assert batches.make_batches(7, 3) == [(0, 3), (3, 6), (6, 7)]
    assert batches.make_batches(0, 3) == []
    a, b = np.arange(6), np.arange(6) * 2
    assert [part.tolist() for part in batches.slice_arrays([a, b], 1, 3)] == [[1, 2], [2, 4]]
    assert batches.slice_arrays(a, [0, 5]).tolist() == [0, 5]
    assert batches.slice_arrays(a, np.array([3])).tolist() == [3]
    order = batches.batch_shuffle(np.arange(10), 4)
    assert sorted(order) == list(range(10)) and order[8:].tolist() == [8, 9]
    assert {tuple(order[:4]), tuple(order[4:8])} == {(0, 1, 2, 3), (4, 5, 6, 7)}


def test_data_by_name_and_order():
    x, y = np.ones((4, 2)), np.ones(4)
    standard = batches.standardize_input_data
    assert [a.shape for a in standard({"b": y, "a": x}, ["a", "b"])] == [(4, 2), (4, 1)]
    assert standard([x], ["a"], shapes=[(None, 2)])[0] is x
    assert standard(None, ["a", "b"]) == [None, None]
    assert standard(x, []) == []
    assert standard([[1, 2], [3, 4]], ["a"])[0].shape == (2, 2)
    for data, names, shapes, message in (
        ({"a": x}, ["a", "b"], None, 'No data provided for "b"'),
        ([x, x], ["a"], None, "expected 1 arrays, but got 2"),
        (x, ["a", "b"], None, "only received one array"),
        (x, ["a"], [(None, 2, 2)], "to have 3 dimensions"),
        (x, ["a"], [(None, 3)], r"to have shape \(None, 3\)"),
    ):
        with pytest.raises(ValueError, match=message):
            standard(data, names, shapes)
    with pytest.raises(TypeError, match="given int"):
        standard(3, ["a"])


def test_lengths_and_losses_that_do_not_fit():
    x, y = np.ones((4, 2)), np.ones((3, 2))
    batches.check_array_lengths([x], [x], [x])
    with pytest.raises(ValueError, match="same number of samples"):
        batches.check_array_lengths([x], [y], [x])
    check = batches.check_loss_and_target_compatibility
    check([x, None], [losses.mean_squared_error, None], [(None, None), (None, 2)])
    check([x], [losses.sparse_categorical_crossentropy], [(None, 5)])
    with pytest.raises(ValueError, match="to have the same shape"):
        check([x], [losses.mean_squared_error], [(None, 3)])
    with pytest.raises(ValueError, match="one-hot rows"):
        check([np.ones((4, 1))], [losses.categorical_crossentropy], [(None, 3)])


def test_a_weighted_masked_loss():
    assert batches.weighted_masked_objective(None) is None
    loss = batches.weighted_masked_objective(losses.mean_absolute_error)
    true, predicted = np.zeros((2, 3, 1), "f"), np.arange(6.0).reshape(2, 3, 1)
    weights = np.array([1.0, 0.0], "f")
    # (0 + 1 + 2) / 3 of the first sample, halved by the mean and divided by half of the samples.
    assert float(loss(true, predicted, weights)) == pytest.approx(1.0)
    mask = np.array([[1, 1, 0], [1, 0, 0]])
    assert float(loss(true, predicted, None, mask)) == pytest.approx((0 + 1 + 3) / 6 / 0.5)


def test_metrics_and_ids():
    assert batches.collect_metrics(["a"], ["x", "y"]) == [["a"], ["a"]]
    assert batches.collect_metrics({"x": "a"}, ["x", "y"]) == [["a"], []]
    assert batches.collect_metrics(None, ["x"]) == [[]]
    with pytest.raises(TypeError, match="by output name"):
        batches.collect_metrics("a", ["x"])
    a, b = object(), object()
    uid = batches.object_list_uid
    assert uid([a, b]) == f"{id(a)}, {id(b)}" and uid(a) == uid([a])
    assert batches.to_list(a) == [a] and batches.to_list([a]) == [a]


def test_nothing_beside_arrays_has_no_samples():
    with pytest.raises(ValueError, match="same number of samples"):
        batches.check_array_lengths(np.ones((4, 3)), None, None)
    batches.check_array_lengths(None, None, None)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((np.ones((3, 1)),), [1, 1, 1]),
        ((np.ones((3, 1)), np.array([1, 2, 3])), [1, 2, 3]),
        ((np.eye(3), None, {0: 1, 1: 5, 2: 3}), [1, 5, 3]),
        ((np.array([[1], [0]]), None, {0: 0.5, 1: 2}), [2, 0.5]),
        ((np.ones((2, 3, 4)), None, None, "temporal"), [[1, 1, 1]] * 2),
        ((np.ones((2, 3)), None, None, "temporal"), "three axes or more"),
        ((np.ones((2, 3, 1)), np.ones(2), None, "temporal"), r"shape \(2,\)"),
        ((np.ones((2, 3)), np.ones((2, 3))), "weights of steps sample_weight_mode"),
        ((np.ones((2, 1)), None, None, "x"), "should be None or .temporal."),
        ((np.ones((2, 3, 1)), None, {0: 1}), "one class a sample"),
        ((np.eye(3), None, {0: 1, 1: 5}), r"no weight for the classes \[2\]"),
    ],
)
def test_weights_of_samples_and_steps(arguments, expected):
    """As the real `standardize_weights`; where it raises, so does this."""
    if isinstance(expected, str):
        with pytest.raises(ValueError, match=expected):
            batches.standardize_weights(*arguments)
    else:
        assert batches.standardize_weights(*arguments).tolist() == expected
