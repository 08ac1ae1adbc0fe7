"""The arguments of `compile` as files of each Keras hold them."""

from types import SimpleNamespace

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import losses, metrics, optimizers
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.compile_objects import (
    SAYING_NOTHING,
    from_keras_objects,
    from_keras_optimizer,
    says_nothing,
    taken,
)
from jaxcnn.saving.compile_settings import (
    compile_as_stored,
    from_keras_training,
    full_names,
    to_keras2_training,
    to_keras3_objects,
    to_keras3_training,
    without_usual_schedule,
)
from jaxcnn.saving.dialects.differences import packaged


def settings(loss="mse", metrics=None, **hyperparameters):
    return {
        "optimizer_config": {"class_name": "Adam", "config": hyperparameters},
        "loss": loss,
        "metrics": metrics,
        "weighted_metrics": None,
        "loss_weights": [1, 2],
        "sample_weight_mode": None,
    }


def test_for_keras_2_the_rate_has_its_later_name_and_no_decay_is_not_said():
    written = to_keras2_training(settings(lr=0.1, decay=0.0, beta_1=0.9, schedule_decay=0.004))
    assert written["optimizer_config"] == {
        "class_name": "Adam",
        "config": {"learning_rate": 0.1, "beta_1": 0.9},
    }
    assert written["loss"] == "mean_squared_error" and written["loss_weights"] == [1, 2]
    written = to_keras2_training(settings(decay=0.5, schedule_decay=0.01))
    assert written["optimizer_config"]["config"] == {"decay": 0.5, "schedule_decay": 0.01}
    assert without_usual_schedule({"decay": 0.004}) == {"decay": 0.004}


def test_short_names_become_long():
    described = {"class_name": "mse", "config": {}}
    assert full_names("mse") == "mean_squared_error"
    assert full_names(["mae", ("mse", "acc")]) == [
        "mean_absolute_error",
        ["mean_squared_error", "acc"],
    ]
    assert full_names({"a": "mse"}) == {"a": "mean_squared_error"}
    assert full_names(described) is described
    assert full_names(None) is None and full_names("own") == "own"


def test_for_keras_3():
    written = to_keras3_training(settings(["mse", "logcosh"], {"a": "acc"}, lr=0.1, clipnorm=2.0))
    assert written == {
        "optimizer": packaged(
            "keras.optimizers", "Adam", {"learning_rate": 0.1, "global_clipnorm": 2.0}
        ),
        "loss": ["mean_squared_error", "log_cosh"],
        "loss_weights": [1, 2],
        "metrics": {"a": "acc"},
        "weighted_metrics": None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def test_for_keras_3_a_decay_is_a_schedule():
    written = to_keras3_training(settings(lr=0.1, decay=0.5))["optimizer"]["config"]
    schedule = written["learning_rate"]
    assert (schedule["module"], schedule["class_name"]) == (
        "keras.optimizers.schedules",
        "InverseTimeDecay",
    )
    assert schedule["config"] == {
        "initial_learning_rate": 0.1,
        "decay_steps": 1,
        "decay_rate": 0.5,
        "staircase": False,
    }
    assert from_keras_optimizer(packaged("keras.optimizers", "Adam", written))["config"] == {
        "learning_rate": 0.1,
        "decay": 0.5,
    }
    assert to_keras3_training(settings(beta_1=0.5, decay=0.0))["optimizer"]["config"] == {
        "beta_1": 0.5
    }


def test_objects_for_keras_3():
    described = {"class_name": "Precision", "config": {"thresholds": 0.5}}
    assert to_keras3_objects("metrics", [described, "kullback_leibler_divergence"]) == [
        packaged("keras.metrics", "Precision", {"thresholds": 0.5}),
        "kl_divergence",
    ]
    assert to_keras3_objects("losses", {"a": described})["a"]["module"] == "keras.losses"
    assert to_keras3_objects("losses", "cosine_proximity") == packaged(
        "jaxcnn.losses", "function", "cosine_proximity"
    )


def test_settings_of_both_forms():
    keras_2 = {"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.5}}, "loss": "mse"}
    keras_3 = {
        "optimizer": packaged("k", "SGD", {"lr": 0.5}),
        "loss": "mse",
        "sample_weight_mode": 1,
    }
    expected = {
        "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.5}},
        "loss": "mse",
        "loss_weights": None,
        "sample_weight_mode": None,
        "metrics": None,
        "weighted_metrics": None,
    }
    assert from_keras_training(keras_2, ["a"]) == expected
    assert from_keras_training(keras_3, ["a"]) == {**expected, "sample_weight_mode": 1}
    assert from_keras_training({"optimizer": "adam"}, ["a"])["optimizer_config"] == "adam"


def test_metrics_for_each_output():
    for key in ("metrics", "weighted_metrics"):
        lists = {"optimizer": "sgd", key: [["acc"], ["mae"]]}
        assert from_keras_training(lists, ["a", "b"])[key] == {"a": ["acc"], "b": ["mae"]}
        assert from_keras_training({"optimizer": "sgd", key: [["acc"]]}, ["a"])[key] == ["acc"]
        assert from_keras_training({"optimizer": "sgd", key: ["acc"]}, ["a"])[key] == ["acc"]
        assert from_keras_training({"optimizer": "sgd", key: []}, ["a"])[key] == []


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("ExponentialDecay", {}),
        ("InverseTimeDecay", {"decay_steps": 2}),
        ("InverseTimeDecay", {"staircase": True}),
    ],
)
def test_schedules(kind, changes):
    config = {"initial_learning_rate": 1, "decay_steps": 1, "decay_rate": 1, "staircase": False}
    rate = {"class_name": f"Keras>{kind}", "config": config | changes}
    for key in ("learning_rate", "lr"):
        read = from_keras_optimizer({"class_name": "SGD", "config": {key: rate}})
        optimizer = optimizers.deserialize(read)
        assert optimizer.get_config()["lr"]["class_name"] == kind
        assert optimizer.get_config()["lr"]["config"].items() >= (config | changes).items()
    rate["class_name"] = "SawTooth"
    with pytest.raises(ValueError, match="Unknown learning-rate schedule 'SawTooth'"):
        from_keras_optimizer({"class_name": "SGD", "config": {"lr": rate}})


def test_the_optimizer_inside_one_that_scales_losses():
    inner = {"class_name": "Adam", "config": {"learning_rate": 0.5}}
    for key in ("inner_optimizer", "optimizer"):
        scaling = {"class_name": "LossScaleOptimizer", "config": {key: inner, "dynamic": True}}
        assert from_keras_optimizer(scaling) == inner


def test_clipping():
    def read(**config):
        return from_keras_optimizer({"class_name": "Custom>SGD", "config": config})

    assert read(global_clipnorm=2.0, clipnorm=None) == {
        "class_name": "SGD",
        "config": {"clipnorm": 2.0},
    }
    assert read(clipnorm=2.0)["config"] == {"clipnorm": 2.0}  # of Keras 2, all together
    assert read(global_clipnorm=None)["config"] == {}
    with pytest.raises(ValueError, match="SGD clips each gradient by itself"):
        read(global_clipnorm=None, clipnorm=2.0)
    assert from_keras_optimizer({"class_name": "SGD"}) == {"class_name": "SGD", "config": {}}


def test_losses_and_metrics_in_lists_and_dicts():
    def read(value):
        return from_keras_objects(value, losses.registry)

    assert read(["mse", None]) == ["mse", None] and read({"a": "mse"}) == {"a": "mse"}
    assert read({"class_name": "function", "config": "pkg>mine"}) == "mine"
    wrapper = {"class_name": "LossFunctionWrapper", "config": {"fn": "pkg>mine"}}
    assert read(wrapper) == "mine"
    wrapper["config"]["fn"] = {"class_name": "function", "config": "mine"}
    assert read({**wrapper, "class_name": "MeanMetricWrapper"}) == "mine"
    huber = {
        "class_name": "Keras>Huber",
        "config": {"delta": 2.0, "name": "huber", "reduction": "auto"},
    }
    assert read(huber) == {"class_name": "Huber", "config": {"delta": 2.0}}


def test_options_must_be_known_or_say_nothing():
    assert taken("Huber", {"delta": 1.0, "dtype": "x", "reduction": "mean"}, losses.registry) == {
        "delta": 1.0
    }
    with pytest.raises(
        ValueError, match="Huber was saved with reduction='sum', which this library"
    ):
        taken("Huber", {"reduction": "sum"}, losses.registry)
    with pytest.raises(ValueError, match="Huber was saved with odd=1"):
        taken("Huber", {"odd": 1}, losses.registry)
    with custom_object_scope({"Mine": object}):
        assert taken("Mine", {"odd": 1}, losses.registry) == {"odd": 1}
    assert taken("FunctionMetric", {"odd": 1}, metrics.registry) == {"odd": 1}
    # An optimizer says itself what it does not take, unless it says nothing.
    assert taken("SGD", {"odd": 1, "use_ema": False, "jit_compile": True}, optimizers.registry) == {
        "odd": 1
    }
    assert taken("SGD", {"momentum": 0.0}, optimizers.registry) == {"momentum": 0.0}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("name", "anything", True),
        ("weight_decay", None, True),
        ("weight_decay", 0.1, False),
        ("thresholds", 0.5, True),
        ("thresholds", 0.4, False),
        ("odd", None, False),
        ("axis", -1, True),
        ("axis", 1, False),
        ("reduction", "sum_over_batch_size", True),
        ("from_logits", True, False),
    ],
)
def test_what_says_nothing(key, value, expected):
    assert says_nothing(key, value) is expected


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        (
            (),
            "name dtype jit_compile is_legacy_optimizer ema_momentum ema_overwrite_frequency "
            "initial_accumulator_value fn",
        ),
        ((None, 0.0), "weight_decay"),
        (
            (None,),
            "global_clipnorm clipnorm clipvalue loss_scale_factor gradient_accumulation_steps "
            "epsilon num_labels label_weights top_k class_id ignore_class",
        ),
        ((False,), "use_ema centered amsgrad from_logits multi_label"),
        ((0.0,), "momentum decay"),
        (("auto", "sum_over_batch_size", "mean"), "reduction"),
        ((0, 0.0), "label_smoothing"),
        ((-1,), "axis"),
        (("ROC",), "curve"),
        (("interpolation",), "summation_method"),
        ((None, 0.5), "thresholds threshold"),
    ],
)
def test_the_values_that_say_nothing(values, keys):
    for key in keys.split():
        assert SAYING_NOTHING[key] == values
        assert says_nothing(key, "else") is (values == ())


def test_what_cannot_be_compiled_is_named_and_stops_nothing():
    def refuse(settings):
        raise TypeError("no such thing.")

    model = SimpleNamespace(output_names=["a"], compile_from=refuse)
    with pytest.warns(UserWarning, match=r"f.h5: .* is not compiled. no such thing.*Compile it"):
        assert not compile_as_stored(model, {"optimizer": "sgd"}, "f.h5")
    seen = []
    model.compile_from = lambda settings: seen.append(losses.registry.find("mine"))
    assert compile_as_stored(model, {"optimizer": "sgd"}, "f.h5", {"mine": len})
    assert seen == [len]


@pytest.mark.parametrize("name", ["a.h5", "a.keras"])
def test_objects_among_the_settings_come_back(tmp_path, name):
    model = jc.Sequential([jc.layers.Dense(2, input_shape=(3,), name="d")])
    rate = optimizers.schedules.CosineDecay(0.1, 20)
    for loss in (
        losses.Huber(2.0),
        [losses.Huber(2.0)],
        {"d": losses.SparseCategoricalCrossentropy(from_logits=True)},
    ):
        model.compile(optimizers.Adam(rate), loss, metrics=[metrics.AUC(num_thresholds=9)])
        model.save(tmp_path / name)
        loaded = jc.models.load_model(tmp_path / name)
        assert loaded.program.arguments.loss == loss
        assert loaded.optimizer.lr == rate
        assert loaded.training_config() == model.training_config()


@pytest.mark.parametrize("name", ["a.h5", "a.keras"])
def test_a_compiled_model_without_weights(tmp_path, name):
    model = jc.Sequential([jc.layers.Activation("relu", input_shape=(3,))])
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((2, 3)), np.zeros((2, 3)))
    model.save(tmp_path / name)
    assert int(jc.models.load_model(tmp_path / name).optimizer.iterations) == 1


def test_a_function_with_its_usual_option():
    options = {"k": 5, "name": "top_k_categorical_accuracy_1"}
    described = {"class_name": "TopKCategoricalAccuracy", "config": options}
    assert from_keras_objects(described, metrics.registry)["config"] == {}
    options["name"] = "x"
    settings = from_keras_objects(described, metrics.registry)
    assert metrics.registry.deserialize(settings).name == "x"
    described["config"]["k"] = 3
    with pytest.raises(ValueError, match="takes no configuration"):
        metrics.deserialize(from_keras_objects(described, metrics.registry))
