"""A program with eleven faults, each on a line of its own with the mark of a fault."""

from jaxcnn.callbacks import EarlyStopping
from jaxcnn.datasets import mnist
from jaxcnn.layers import Conv2D, Conv3DD, Dense, LSTM  # fault
from jaxcnn.models import Model, load_model
from jaxcnn.optimizers import Adam
from jaxcnn.utils import to_categorical

Dense()  # fault
Dense(4, activatoin="relu")  # fault
Conv2D("32", 3)  # fault
EarlyStopping(patience="long")  # fault
mnist.load()  # fault
Adam(beta1=0.9)  # fault
LSTM(4, return_sequence=True)  # fault
load_model("a.h5").predicts([1])  # fault
to_categorical([1], classes=3)  # fault


def train(model: Model) -> None:
    model.fit(epoch=3)  # fault
