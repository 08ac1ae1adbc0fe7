"""Arrays against the inputs and outputs of a model: what is accepted, in which shape and dtype, and
the messages about the rest.
"""

import re

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import losses
from jaxcnn.training import Objective, OutputObjective
from jaxcnn.training.input import check
from jaxcnn.training.input.check import Arrays, batch_of
from jaxcnn.training.input.sample_weights import (
    checked_weights,
    class_factors,
    is_class_weight,
)
from jaxcnn.training.input.stored import Rows
from jaxcnn.training.per_output import per_output


def objective(*names, loss="mse", temporal=False):
    return Objective(
        tuple(OutputObjective(name, losses.get(loss), temporal=temporal) for name in names)
    )


def refused(message, error=ValueError):
    return pytest.raises(error, match=re.escape(message))


# -- by name ---------------------------------------------------------------------------------------

A, B = np.zeros((2, 3)), np.ones((2, 4))


@pytest.mark.parametrize("data", [[A, B], (A, B), {"b": B, "a": A}])
def test_two_arrays_in_order_or_by_name(data):
    first, second = check.by_name(data, ["a", "b"], "input")
    assert first is A and second is B


@pytest.mark.parametrize("data", [A, [A], (A,), {"a": A}])
def test_one_array_alone_or_in_a_list(data):
    (only,) = check.by_name(data, ["a"], "input")
    assert only is A


def test_a_list_of_numbers_is_one_array():
    assert check.by_name([1.0, 2.0], ["a"], "input") == [[1.0, 2.0]]
    assert check.by_name([5.0], ["a"], "input") == [[5.0]]
    assert check.by_name([], ["a"], "input") == [[]]


def test_names_and_counts_that_do_not_fit():
    with refused("""No data provided for "b". Need data for each key in: ['a', 'b']; given"""):
        check.by_name({"c": A, "a": A}, ["a", "b"], "input")
    with refused("Unknown target c, d; expected ['a']."):
        check.by_name({"a": A, "d": A, "c": A}, ["a"], "target")
    with refused("Expected to see 2 array(s), but instead got the following list of 3 arrays: ["):
        check.by_name([A, A, A], ["a", "b"], "input")
    with refused("list of 1 arrays: [(2, 3)]. Give a list in the order a, b, or a dict"):
        check.by_name(A, ["a", "b"], "input")


# -- dtypes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint8", "bool"])
def test_numeric_arrays_stay_as_they_are(dtype):
    array = np.ones((2, 3), dtype)
    assert check.as_array(array, "It") is array
    assert check.as_array(jnp.ones(2, "bfloat16"), "It").dtype == jnp.bfloat16


def test_arrays_that_are_not_numeric():
    with refused("It has dtype <U1; numbers are needed. Convert it first.", TypeError):
        check.as_array(["a", "b"], "It")
    with refused("dtype object; numbers are needed. Samples of different lengths", TypeError):
        check.as_array(np.array([[1], [2, 3]], object), "It")
    with refused("It is a list of 2 arrays of different shapes; one array is needed."):
        check.as_array([[1], [2, 3]], "It")


@pytest.mark.parametrize(
    ("dtype", "given", "expected"),
    [
        (None, "float64", "float32"),
        (None, "float16", "float32"),
        (None, "int64", "int32"),
        (None, "bool", "int32"),
        ("float32", "int64", "float32"),
        ("int32", "float32", "int32"),
    ],
)
def test_the_dtype_of_the_network(dtype, given, expected):
    assert check.network_dtype(np.ones(2, given), dtype).dtype == expected


def test_a_fitting_dtype_is_not_copied():
    array = np.ones(2, "float32")
    assert check.network_dtype(array, None) is array


# -- inputs ----------------------------------------------------------------------------------------


def test_a_vector_is_a_column_where_the_model_expects_one():
    (column,) = check.checked_inputs(np.arange(3.0), ["a"], [(None, 1)])
    assert column.shape == (3, 1)
    (vector,) = check.checked_inputs(np.arange(3.0), ["a"], [(None,)])
    assert vector.shape == (3,)


def test_input_shapes():
    (array,) = check.checked_inputs(np.zeros((2, 7, 3)), ["a"], [(None, None, 3)])
    assert array.shape == (2, 7, 3)
    with refused("expected a to have shape (None, None, 3) but got array with shape (2, 7, 4)"):
        check.checked_inputs(np.zeros((2, 7, 4)), ["a"], [(None, None, 3)])
    with refused("Error when checking input: expected a to have shape (None, 3) but got array"):
        check.checked_inputs(np.zeros((2, 4)), ["a"], [(None, 3)])
    with refused("expected a to have 3 dimensions, but got array with shape (2,)."):
        check.checked_inputs(np.zeros(2), ["a"], [(None, 1, 3)])


def test_lengths():
    check.require_equal_lengths({"a": np.zeros(1), "b": np.zeros((1, 2))})
    with refused("the same number of samples. Got array shapes: [(2,), (3,)], of a, b."):
        check.require_equal_lengths({"a": np.zeros(2), "b": np.zeros(3)})
    with refused("The data is empty: 'a', 'b' of length 0."):
        check.require_equal_lengths({"a": np.zeros(0), "b": np.zeros(0)})


# -- targets ---------------------------------------------------------------------------------------


def test_outputs_without_a_loss_take_no_target():
    mixed = Objective((OutputObjective("a", None), *objective("b").outputs))
    assert check.checked_targets(None, Objective(mixed.outputs[:1]), [(None, 2)], 3) == [None]
    nothing, target = check.checked_targets(np.ones((3, 2)), mixed, [(None, 5), (None, 2)], 3)
    assert nothing is None and target.shape == (3, 2)
    with refused("Targets are needed for b; `y` is None."):
        check.checked_targets(None, mixed, [(None, 5), (None, 2)], 3)


def test_targets_of_one_number_a_sample():
    (target,) = check.checked_targets([1, 2, 3], objective("a"), [(None, 1)], 3)
    assert target.tolist() == [[1], [2], [3]]
    (target,) = check.checked_targets([1, 2, 3], objective("a"), [(None,)], 3)
    assert target.tolist() == [1, 2, 3]
    with refused("Found 3 input samples and 2 target samples of 'a'."):
        check.checked_targets([1, 2], objective("a"), [(None, 1)], 3)
    with refused("Found 3 input samples and a single number of 'a'."):
        check.checked_targets(np.float32(1), objective("a"), [(None, 1)], 3)


def target_of(loss, array, shape):
    return check.check_target("y", np.asarray(array), shape, losses.get(loss))


def test_integer_labels_have_one_axis_less_or_a_last_axis_of_one():
    sparse = "sparse_categorical_crossentropy"
    for array, shape in (
        ([0, 2], (None, 3)),
        ([[0], [2]], (None, 3)),
        ([[0.0], [2.0]], (None, 3)),
        ([0, 99], (None, None)),
        (np.zeros((2, 4)), (None, 4, 3)),
        (np.zeros((2, 4, 1)), (None, 4, 3)),
    ):
        target_of(sparse, array, shape)
    with refused("shape (2, 3). sparse_categorical_crossentropy needs integer labels."):
        target_of(sparse, np.zeros((2, 3)), (None, 3))
    with refused("expected y to have 3 dimensions, but got array with shape (2,)."):
        target_of(sparse, np.zeros((2,)), (None, 4, 3))
    with refused("holds fractions"):
        target_of(sparse, [0.5, 1.0], (None, 3))
    with refused("labels from 0 to 3; an output of 3 values needs labels from 0 to 2."):
        target_of(sparse, [0, 3], (None, 3))
    with refused("labels from -1 to 0"):
        target_of(sparse, [0, -1], (None, 3))


def test_other_losses_of_the_library_need_the_shape_of_the_output():
    target_of("mse", np.zeros((2, 3)), (None, 3))
    target_of("mse", np.zeros((2, 7, 3)), (None, None, 3))
    with refused("target: expected y to have shape (None, 3) but got array with shape (2, 4)."):
        target_of("mse", np.zeros((2, 4)), (None, 3))
    with refused("expected y to have 2 dimensions, but got array with shape (2, 3, 1)."):
        target_of("mse", np.zeros((2, 3, 1)), (None, 3))
    hint = "(2, 1). For integer labels use sparse_categorical_crossentropy"
    with refused(hint):
        target_of("categorical_crossentropy", np.zeros((2, 1)), (None, 3))
    for loss, array in (("mse", np.zeros((2, 1))), ("categorical_crossentropy", np.zeros((2, 2)))):
        with pytest.raises(ValueError, match=r"but got array with shape \(2, [12]\)\.(\n|$)"):
            target_of(loss, array, (None, 3))


def test_a_loss_of_the_users_takes_any_target():
    check.check_target("y", np.zeros((2, 9)), (None, 3), lambda t, p: jnp.mean(p))


# -- weights ---------------------------------------------------------------------------------------


def weights_of(sample_weight, class_weight=None, *, temporal=False, target=None):
    target = np.zeros((2, 3), "float32") if target is None else target
    (weight,) = checked_weights(
        sample_weight, class_weight, objective("y", temporal=temporal), [target]
    )
    return weight


def test_sample_weights():
    assert weights_of(None) is None
    weight = weights_of([1, 2])
    assert weight.dtype == np.float32 and weight.tolist() == [1, 2]
    assert weights_of(np.ones((2, 3)), temporal=True).shape == (2, 3)
    with refused("sample_weight array with shape (3,) for an input with shape (2, 3). sample_"):
        weights_of(np.ones(3))
    with refused('you should specify sample_weight_mode="temporal" in compile()'):
        weights_of(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"broadcast; \(2, 3\) is needed\.\nSee docs"):
        weights_of(np.ones(2), temporal=True)
    with refused("sample_weight of 'y' has dtype", TypeError):
        weights_of(["a", "b"])


def test_sample_weights_count_before_class_weights():
    labels = np.array([[0], [1]])
    assert weights_of(None, {0: 2.0, 1: 3.0}, target=labels).tolist() == [2, 3]
    with pytest.warns(UserWarning, match="sample_weight counts, class_weight does not"):
        weights = weights_of([10, 100], {0: 2.0, 1: 3.0}, target=labels)
    assert weights.tolist() == [10, 100]


def test_outputs_without_a_target_have_no_weights():
    mixed = Objective((OutputObjective("a", None), *objective("b").outputs))
    weights = checked_weights([1, 2], None, mixed, [None, np.zeros((2, 1))])
    assert weights[0] is None and weights[1].tolist() == [1, 2]


def test_class_weights_of_several_outputs():
    targets = [np.array([[0], [1]]), np.array([[1], [1]])]
    with pytest.warns(UserWarning, match="changes nothing for 2 outputs, as in Keras"):
        both = checked_weights(None, {0: 2.0, 1: 3.0}, objective("a", "b"), targets)
    assert both == [None, None]
    one = checked_weights(None, {"b": {0: 2.0, 1: 3.0}}, objective("a", "b"), targets)
    assert one[0] is None and one[1].tolist() == [3, 3]


def test_class_factors():
    by_class = {0: 1.0, 1: 2.0, 2: 5.0, 7: 9.0}
    assert class_factors("y", by_class, np.array([2, 0])).tolist() == [5, 1]
    assert class_factors("y", by_class, np.array([[0.0, 1.0], [1.0, 0.0]])).tolist() == [2, 1]
    assert class_factors("y", by_class, np.zeros((2, 1))).dtype == np.float32
    with refused("class_weight has no weight for the classes [3, 4], which target 'y' contains."):
        class_factors("y", by_class, np.array([4, 0, 3]))
    with refused("class_weight: target 'y' has shape (2, 3, 4); it needs one class a sample."):
        class_factors("y", by_class, np.zeros((2, 3, 4)))


def test_one_value_an_output():
    assert per_output(None, ["a", "b"], "it") == [None, None]
    assert per_output("mse", ["a", "b"], "it") == ["mse", "mse"]
    assert per_output(["x", "y"], ["a", "b"], "it") == ["x", "y"]
    assert per_output(("x",), ["a"], "it") == ["x"]
    assert per_output([1, 2, 3], ["a"], "it") == [[1, 2, 3]]
    assert per_output([], ["a"], "it") == [[]]
    assert per_output({"b": 1}, ["a", "b"], "it") == [None, 1]
    leaf = {0: 1.0}
    assert per_output(leaf, ["a"], "it", is_class_weight) == [leaf]
    assert per_output(leaf, ["a", "b"], "it", is_class_weight) == [leaf, leaf]
    with refused(
        """Unknown entry in it dictionary: "c". Only expected the following keys: ['a']"""
    ):
        per_output({"c": 1}, ["a"], "it")
    with refused(
        "one entry per model outputs. The model has 2 outputs, but you passed a list of 1."
    ):
        per_output([1], ["a", "b"], "it")


def test_a_dict_by_class_is_not_one_by_output():
    assert is_class_weight({0: 1.0}) and is_class_weight({})
    assert not is_class_weight({"a": 1.0}) and not is_class_weight([1.0])
    assert not is_class_weight({0: 1.0, "a": 1.0})


# -- batches ---------------------------------------------------------------------------------------


def arrays():
    x = np.arange(5.0)[:, None]
    return Arrays([x, x.astype("int64")], [x * 2, None], [None, np.arange(5.0)])


def test_samples_are_sliced_together():
    part = arrays().slice(1, 4)
    assert len(arrays()) == 5 and len(part) == 3
    assert [a[:, 0].tolist() for a in part.inputs] == [[1, 2, 3]] * 2
    assert part.targets[0][:, 0].tolist() == [2, 4, 6] and part.targets[1] is None
    assert part.weights[0] is None and part.weights[1].tolist() == [1, 2, 3]


def test_a_batch_in_the_dtypes_of_the_network():
    batch = batch_of(arrays(), ["float32", "int32"], np.array([3, 0]))
    assert [a[:, 0].tolist() for a in batch.inputs] == [[3, 0], [3, 0]]
    assert [a.dtype for a in batch.inputs] == [np.float32, np.int32]
    assert batch.targets[0].dtype == np.float32 and batch.targets[0][:, 0].tolist() == [6, 0]
    assert batch.targets[1] is None and batch.weights[0] is None and batch.rows is None
    assert batch.weights[1].dtype == np.float32 and batch.weights[1].tolist() == [3, 0]


def test_a_batch_of_everything():
    x = np.arange(3.0)[:, None]
    batch = batch_of(Arrays([x], [], []), ["float32"])
    assert isinstance(batch.inputs, np.ndarray) and batch.inputs[:, 0].tolist() == [0, 1, 2]
    assert batch.targets == [] and batch.weights == []


def test_numbers_past_the_end_are_those_of_the_last_sample():
    batch = batch_of(arrays(), ["float32", "int32"], np.array([[4, 5]]))
    assert batch.inputs[0].shape == (1, 2, 1) and batch.inputs[0].ravel().tolist() == [4, 4]


def test_arrays_on_disk_stay_there(tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"], file["one"] = np.arange(4.0), 3.0
        assert isinstance(check.as_array(file["x"], "It"), Rows)
        assert isinstance(check.as_array(file["one"], "It"), np.ndarray)
