"""A program with twenty faults, each on a line of its own with the mark of a fault."""

from jaxcnn.applications import VGG16, MobileNet
from jaxcnn.applications.inception_v3 import InceptionV3
from jaxcnn.applications.xception import Xception
from jaxcnn.callbacks import EarlyStopping
from jaxcnn.datasets import mnist
from jaxcnn.initializers import he_normal
from jaxcnn.layers import Conv2D, Conv3DD, Dense, LSTM  # fault
from jaxcnn.layers import GRUCell, StackedRNNCells, add, concatenate
from jaxcnn.losses import Huber
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
VGG16(clases=10, weights=None)  # fault
VGG16("yes")  # fault
MobileNet(alpha="wide")  # fault
InceptionV3(include_tops=False)  # fault
Xception(classes="ten")  # fault
Huber(dleta=2.0)  # fault
he_normal(sed=1)  # fault
concatenate([1, 2], axes=1)  # fault
add([1, 2], trainable="no")  # fault
StackedRNNCells([GRUCell(4)], reverse_state_order=True)


def train(model: Model) -> None:
    model.fit(epoch=3)  # fault
