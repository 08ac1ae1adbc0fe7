"""Labels that are words, encoded for training (U8 of the notes).

Data: 10,000 digits of MNIST as rows of 784 numbers, as many as the notes' network takes, their
labels written out; the notes name no data.

    python -m experiments run u08_labels
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Labels that are words",
    ids=("U8",),
    data=("mnist",),
    packages=("sklearn",),
    minutes=1,
    settings={"epochs": 50, "samples": 10_000},
    quick={"epochs": 2, "samples": 500},
    seeds=3,
)
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def main(run: Run) -> None:
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import LabelEncoder, OneHotEncoder

    (x, digits), _ = mnist.load_data()
    x, digits = (part[: run.settings.samples] for part in (x, digits))
    words = [WORDS[digit] for digit in digits]
    numbers = LabelEncoder().fit_transform(words)
    labels = OneHotEncoder(sparse_output=False).fit_transform(numbers.reshape(-1, 1))
    x_train, x_test, y_train, y_test = train_test_split(
        x.reshape(len(x), 784) / 255, labels, test_size=0.3, random_state=run.seed
    )

    model = Sequential(
        [Dense(1000, input_dim=784), Activation("relu"), Dense(10), Activation("softmax")]
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
