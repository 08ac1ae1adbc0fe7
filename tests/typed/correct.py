"""A user's program over the public modules: pyright has nothing to say of it, and it runs."""

import jax
import numpy as np

import jaxcnn as jc
from jaxcnn import backend as K
from jaxcnn import nn
from jaxcnn.applications import VGG16, LeNet5, MobileNet
from jaxcnn.callbacks import Callback, CSVLogger, EarlyStopping, History, ModelCheckpoint
from jaxcnn.constraints import MaxNorm
from jaxcnn.datasets import mnist
from jaxcnn.datasets.streaming import Stream, Zipped
from jaxcnn.initializers import Constant, RandomNormal, he_normal
from jaxcnn.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Bidirectional,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    Lambda,
    Layer,
    MaxPool2D,
    MaxPooling2D,
    Reshape,
    SymbolicTensor,
    TimeDistributed,
    concatenate,
)
from jaxcnn.losses import Huber, categorical_crossentropy
from jaxcnn.metrics import AUC, Precision
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.optimizers import SGD, Adam, schedules
from jaxcnn.preprocessing.image import (
    Augmentation,
    ImageDataGenerator,
    img_to_array,
    load_img,
    save_img,
)
from jaxcnn.preprocessing.sequence import pad_sequences
from jaxcnn.preprocessing.text import Tokenizer
from jaxcnn.regularizers import l2
from jaxcnn.utils import set_random_seed, to_categorical
from jaxcnn.visualization import plot_history

set_random_seed(1)
(x_train, y_train), (x_test, y_test) = mnist.sample()
x_train, y_train, x_test, y_test = x_train[:256], y_train[:256], x_test[:64], y_test[:64]
x_train = x_train[..., None].astype("float32") / 255
x_test = x_test[..., None].astype("float32") / 255
targets = to_categorical(y_train, 10)


def classifier(rate: float = 0.5) -> Sequential:
    """The network of the book."""
    model = Sequential()
    model.add(
        Conv2D(
            32,
            (3, 3),
            activation="relu",
            input_shape=(28, 28, 1),
            kernel_initializer=he_normal(seed=1),
            kernel_regularizer=l2(1e-4),
        )
    )
    model.add(BatchNormalization())
    model.add(MaxPooling2D((2, 2)))
    model.add(Conv2D(64, 3, padding="same", kernel_constraint=MaxNorm(3)))
    model.add(Activation("relu"))
    model.add(MaxPool2D())
    model.add(Flatten())
    model.add(Dropout(rate))
    model.add(Dense(10, activation="softmax", bias_initializer=Constant(0.1)))
    return model


def doubled(x: jax.Array) -> jax.Array:
    """What a Lambda layer computes."""
    return 2 * x


class Best(Callback):
    """Remembers the best accuracy."""

    best: float = 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.best = max(self.best, (logs or {}).get("acc", 0.0))


model = classifier()
rate = schedules.ExponentialDecay(1e-3, decay_steps=1000, decay_rate=0.9)
model.compile(optimizer=Adam(lr=rate), loss="categorical_crossentropy", metrics=["accuracy", AUC()])
callbacks = [EarlyStopping(patience=2), ModelCheckpoint("a.h5"), CSVLogger("a.csv"), Best()]
history: History = model.fit(
    x_train, targets, batch_size=64, epochs=2, validation_split=0.1, callbacks=callbacks
)
losses: list[float] = history.history["loss"]
plot_history(history, "history.png")
values = model.evaluate(x_test, to_categorical(y_test, 10), verbose=0)
probabilities = model.predict(x_test)
first = int(np.argmax(probabilities[0]))
model.summary()
model.save("model.h5")
loaded: Model = load_model("model.h5")
loaded.load_weights("a.h5")
weights: list[np.ndarray] = loaded.get_weights()
loaded.set_weights(weights)
text: str = loaded.to_json()

generator = ImageDataGenerator(rotation_range=10, horizontal_flip=True)
model.fit_generator(generator.flow(x_train, targets, batch_size=32), steps_per_epoch=2, epochs=1)
model.fit(x_train, targets, epochs=1, augment=Augmentation(zoom_range=0.1))
for images, labels in Stream(Zipped(x_train, targets), batch_size=64):
    print(images.shape, labels.shape)
save_img("digit.png", x_train[0])
picture = img_to_array(load_img("digit.png", target_size=(224, 224)))

image = Input(shape=(28, 28, 1), name="image")
features = GlobalAveragePooling2D()(Conv2D(8, 3)(image))
number = Input(shape=(4,), name="number")
both = concatenate([Dense(4)(features), Dense(3)(number)])
output: SymbolicTensor = Dense(1, name="output")(Lambda(doubled)(both))
functional = Model(inputs=[image, number], outputs=output)
functional.compile(SGD(0.1, momentum=0.9), Huber(delta=2.0), metrics=["mae"])
functional.fit({"image": x_train, "number": np.zeros((256, 4))}, y_train, verbose=0)

tokenizer = Tokenizer(num_words=1000)
tokenizer.fit_on_texts(["a cat", "a dog"])
sequences = pad_sequences(tokenizer.texts_to_sequences(["a cat"]), maxlen=5)
words = Sequential(
    [Embedding(1000, 8, input_length=5), Bidirectional(LSTM(4, return_sequences=True)), GRU(2)]
)
films = Sequential([TimeDistributed(Dense(2), input_shape=(3, 4)), Reshape((6,))])
words.compile("rmsprop", "mse", metrics=[Precision()])
words.predict(sequences)


class Scale(Layer):
    """A layer with one weight."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.factor = self.add_weight("factor", (1,), initializer=RandomNormal())

    def call(self, inputs: jax.Array) -> jax.Array:
        return inputs * self.factor


scaled = Sequential([Scale(input_shape=(3,))])
network = VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
lenet = LeNet5()
size: int = MobileNet.size
scaled_images = VGG16.preprocess_input(np.ones((1, 64, 64, 3)))
network.layers[0].trainable = False
total = K.sum(K.square(K.variable(np.ones(3))))

module = nn.Dense(4)
adam = Adam(1e-3, clipnorm=1.0)
step = jc.training.train_step(module, categorical_crossentropy, adam)
state = jc.training.init_state(module, adam, np.ones((1, 3)))
state, logs = step(state, (np.ones((8, 3)), np.ones((8, 4))))
jc.mixed_precision("bfloat16")
with jc.distribute():
    model.compile("adam", "mse")
print(first, losses, values, text, picture.shape, total, sorted(logs))
