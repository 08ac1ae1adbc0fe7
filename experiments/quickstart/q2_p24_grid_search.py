"""A search over sizes and epochs with scikit-learn (section 8.2, Q2.P24).

Data: MNIST.  The book's scikit-learn took three folds when not told; `sklearn.grid_search` is now
`sklearn.model_selection` (O20 in ERRATA.md).

    python -m experiments run q2_p24_grid_search
"""

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Grid search on MNIST",
    ids=("Q2.P24",),
    data=("mnist",),
    packages=("sklearn",),
    minutes=15,
    settings={"samples": None, "folds": 3, "epochs": [3, 6]},
    quick={"samples": 192, "folds": 2, "epochs": [1]},
)
DENSE_SIZES = [[32], [64], [32, 32], [64, 64], [32, 64], [64, 32]]


def make_model(dense_layer_sizes, filters, kernel_size, pool_size):
    model = Sequential()
    model.add(Conv2D(filters, kernel_size, padding="valid", input_shape=(28, 28, 1)))
    model.add(Activation("relu"))
    model.add(Conv2D(filters, kernel_size))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=pool_size))
    model.add(Dropout(0.25))
    model.add(Flatten())
    for layer_size in dense_layer_sizes:
        model.add(Dense(layer_size))
    model.add(Activation("relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
    return model


def main(run: Run) -> None:
    from sklearn.model_selection import GridSearchCV

    from jaxcnn.wrappers.scikit_learn import KerasClassifier

    counts = [make_model(sizes, 8, 3, 2).count_params() for sizes in DENSE_SIZES]
    run.check("parameters", counts, [37_890, 75_106, 38_946, 79_266, 40_322, 76_866])

    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    my_classifier = KerasClassifier(make_model, batch_size=32, verbose=0)
    validator = GridSearchCV(
        my_classifier,
        param_grid={
            "dense_layer_sizes": DENSE_SIZES[: 2 if run.quick else None],
            "epochs": run.settings.epochs,
            "filters": [8],
            "kernel_size": [3],
            "pool_size": [2],
        },
        scoring="neg_log_loss",
        n_jobs=1,
        cv=run.settings.folds,
        verbose=2,
    )
    validator.fit(x_train, y_train.argmax(1))
    run.figure("best parameters", validator.best_params_)
    for settings, score in zip(
        validator.cv_results_["params"], validator.cv_results_["mean_test_score"], strict=True
    ):
        print(f"{settings}: {score:.4f}")

    best_model = validator.best_estimator_.model
    found = best_model.evaluate(x_test, y_test, verbose=0)
    for name, value in zip(best_model.metrics_names, found, strict=True):
        print(name, ":", value)
    run.figure("test accuracy", found[1])


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
