"""An autoencoder takes noise from digits, round by round, and continues from a saved round (section
8.5, P17 and P18).

Data: MNIST. Each round is one `fit` of one epoch and leaves a folder with the model, its weights
and three images.

    python -m experiments run p17_denoising
"""

import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Conv2D, MaxPooling2D, UpSampling2D
from jaxcnn.models import Sequential, load_model
from jaxcnn.preprocessing.image import save_img

PROGRAM = Program(
    title="Noise taken from digits",
    ids=("P17", "P18"),
    data=("mnist",),
    minutes=2.2,
    settings={"rounds": 10, "resume_from": 4, "batch_size": 128, "samples": None},
    quick={"rounds": 2, "resume_from": 1, "samples": 256},
    seeds=3,
)


def network() -> Sequential:
    model = Sequential()
    model.add(Conv2D(32, (3, 3), activation="relu", padding="same", input_shape=(28, 28, 1)))
    model.add(MaxPooling2D((2, 2), padding="same"))
    model.add(Conv2D(32, (3, 3), activation="relu", padding="same"))
    model.add(MaxPooling2D((2, 2), padding="same"))  # encoded: (7, 7, 32)
    model.add(Conv2D(32, (3, 3), activation="relu", padding="same"))
    model.add(UpSampling2D((2, 2)))
    model.add(Conv2D(32, (3, 3), activation="relu", padding="same"))
    model.add(UpSampling2D((2, 2)))
    model.add(Conv2D(1, (3, 3), activation="sigmoid", padding="same"))
    return model


def main(run: Run) -> None:
    (x_train, _), (x_test, _) = digits.load(run.settings.samples)
    random = np.random.default_rng(run.seed)

    def noisy(x):
        return np.clip(x + 0.5 * random.standard_normal(x.shape, "float32"), 0.0, 1.0)

    x_train_noisy, x_test_noisy = noisy(x_train), noisy(x_test)
    model = network()
    model.summary()
    run.check("parameters", model.count_params(), 28_353)
    run.check("encoded", model.layers[3].output_shape, (None, 7, 7, 32))
    model.compile(optimizer="adadelta", loss="binary_crossentropy")

    def train(model: Sequential) -> tuple[float, float]:
        history = model.fit(
            x_train_noisy,
            x_train,
            epochs=1,
            batch_size=run.settings.batch_size,
            shuffle=True,
            verbose=2,
            validation_data=(x_test_noisy, x_test),
        )
        return history.history["loss"][0], history.history["val_loss"][0]

    record = {"loss": [], "val_loss": []}
    rows = [x_test[:8], x_test_noisy[:8]]
    for current in range(1, run.settings.rounds + 1):
        for name, value in zip(record, train(model), strict=True):
            record[name].append(value)
        folder = run.out / f"{current}"
        folder.mkdir(exist_ok=True)
        model.save(folder / "encode.model")
        model.save_weights(folder / "encode.weight")
        cleaned = model.predict(x_test_noisy[:100])
        for name, picture in (
            ("result001", cleaned[0]),
            ("noise001", x_test_noisy[0]),
            ("clean001", x_test[0]),
        ):
            save_img(folder / f"{name}.png", picture * 255, "channels_last", scale=False)
        if current in (1, 2, 5, run.settings.rounds):
            rows.append(cleaned[:8])
    run.curve(record)
    run.picture(
        "digits", np.concatenate(rows), columns=8, title="clean, noisy, rounds 1, 2, 5 and 10"
    )
    fell = [
        after < before
        for before, after in zip(record["val_loss"], record["val_loss"][1:], strict=False)
    ]
    run.figure("loss of round 1", record["val_loss"][0])
    run.figure("loss of the last round", model.evaluate(x_test_noisy, x_test, verbose=0))
    run.figure("rounds in which the test loss fell", f"{sum(fell)} of {len(fell)}")
    run.figure("mean squared error of the noisy digits", np.mean((x_test_noisy - x_test) ** 2))
    run.figure(
        "mean squared error of the cleaned digits",
        np.mean((model.predict(x_test_noisy) - x_test) ** 2),
    )

    start = run.settings.resume_from
    model = load_model(run.out / f"{start}/encode.model")
    found = model.evaluate(x_test_noisy, x_test, verbose=0)
    run.check(
        f"P18: round {start} read again has its loss",
        abs(found - record["val_loss"][start - 1]) < 1e-5 * found,
        True,
    )
    loss, _ = train(model)  # it was compiled when it was saved
    run.figure(f"P18: training loss of the round after round {start}", loss)
    run.check("P18: it does not begin anew", loss < record["loss"][0], True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
