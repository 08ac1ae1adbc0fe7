"""Images drawn after each epoch."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn.callbacks import Callback, ConfusionMatrix, TrainingCurves, WorstMistakes
from jaxcnn.layers import Dense, Flatten, Input
from jaxcnn.models import Model, Sequential
from jaxcnn.visualization import history

RNG = np.random.default_rng(0)
X = RNG.random((20, 4, 4, 1)).astype("float32")
LABELS = np.arange(20) % 3
Y = np.eye(3, dtype="float32")[LABELS]


def classifier(outputs=3):
    model = Sequential(
        [
            Flatten(input_shape=(4, 4, 1)),
            Dense(outputs, activation="softmax" if outputs > 1 else "sigmoid"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy" if outputs > 1 else "binary_crossentropy")
    return model


def not_empty(path):
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    return min(pixels.shape) > 100 and pixels.std() > 5


def test_curves_are_drawn_while_the_training_goes_on(tmp_path, monkeypatch):
    drawn, plot = [], history.plot_history
    monkeypatch.setattr(
        "jaxcnn.reporting.images.plot_history",
        lambda record, *rest: drawn.append(dict(record)) or plot(record, *rest),
    )
    path, seen = tmp_path / "curves.png", []
    look = type(
        "Look",
        (Callback,),
        {"on_epoch_end": lambda self, epoch, logs: seen.append(not_empty(path))},
    )()
    classifier().fit(X, Y, epochs=3, verbose=0, callbacks=[TrainingCurves(path, "a title"), look],
                     validation_data=(X, Y), validation_freq=2)  # fmt: skip
    assert seen == [True] * 3
    last = drawn[-1]
    assert (
        list(last) == ["loss", "val_loss"]
        and len(last["loss"]) == 3
        and np.all(np.isfinite(last["loss"]))
    )
    assert np.isnan(last["val_loss"]).tolist() == [True, False, True]


def test_curves_go_on_after_a_resumption():
    first, second = TrainingCurves("unused.png"), TrainingCurves("unused.png")
    first.record, first.epochs = {"loss": [1.0, 2.0]}, 2
    second.on_train_begin()
    second.set_state(first.get_state())
    assert second.record == {"loss": [1.0, 2.0]} and second.epochs == 2


@pytest.mark.parametrize("kind", [ConfusionMatrix, WorstMistakes])
@pytest.mark.parametrize("given", [True, False])
def test_images_of_a_classifier(tmp_path, kind, given):
    data = {"x": X, "y": LABELS} if given else {}
    callback = kind(tmp_path / "{epoch}.png", class_names=["a", "b", "c"], **data)
    classifier().fit(
        X, Y, epochs=2, verbose=0, callbacks=[callback], validation_split=0 if given else 0.5
    )
    assert not_empty(tmp_path / "0.png") and not_empty(tmp_path / "1.png")


@pytest.mark.parametrize("kind", [ConfusionMatrix, WorstMistakes])
def test_images_of_two_classes_and_one_output(tmp_path, kind):
    classifier(1).fit(
        X,
        LABELS % 2,
        epochs=1,
        verbose=0,
        callbacks=[kind(tmp_path / "p.png")],
        validation_data=(X, LABELS % 2),
    )
    assert not_empty(tmp_path / "p.png")


def test_what_cannot_be_drawn(tmp_path):
    with pytest.raises(ValueError, match="needs samples"):
        classifier().fit(X, Y, epochs=1, verbose=0, callbacks=[ConfusionMatrix(tmp_path / "p.png")])
    with pytest.raises(ValueError, match="both `x` and `y`"):
        WorstMistakes("p.png", x=X)
    x = Input((4,))
    model = Model(x, [Dense(1)(x), Dense(1)(x)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="one input and one output"):
        model.fit(
            X[:, :, 0, 0],
            [LABELS, LABELS],
            epochs=1,
            verbose=0,
            callbacks=[ConfusionMatrix("p.png", X, LABELS)],
        )


def test_curves_without_a_file_need_a_notebook():
    with pytest.raises(ImportError, match="give it a file"):
        classifier().fit(X, Y, verbose=0, callbacks=[TrainingCurves(None)])
