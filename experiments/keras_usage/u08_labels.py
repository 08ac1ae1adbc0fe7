"""Labels that are words, encoded for training (U8 of the notes).

Data: the 1,797 digits of 8x8 pixels that come with scikit-learn, their labels written out; the
notes name no data.

    python -m experiments run u08_labels
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Labels that are words",
    ids=("U8",),
    packages=("sklearn",),
    minutes=0.3,
    settings={"epochs": 50},
    quick={"epochs": 2},
)
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def main(run: Run) -> None:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import LabelEncoder, OneHotEncoder

    x, digits = load_digits(return_X_y=True)
    words = [WORDS[digit] for digit in digits]
    numbers = LabelEncoder().fit_transform(words)
    labels = OneHotEncoder(sparse_output=False).fit_transform(numbers.reshape(-1, 1))
    x_train, x_test, y_train, y_test = train_test_split(
        x / 16, labels, test_size=0.2, random_state=run.seed
    )

    model = Sequential(
        [Dense(1000, input_dim=64), Activation("relu"), Dense(10), Activation("softmax")]
    )
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x_train,
        y_train,
        epochs=run.settings.epochs,
        batch_size=128,
        verbose=0,
        validation_data=(x_test, y_test),
    )
    run.figure("test accuracy", history.history["val_acc"][-1])
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
