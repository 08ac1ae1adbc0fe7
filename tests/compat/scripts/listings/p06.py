# P06: what layers make of shapes
from keras import backend as K
from keras.layers import Activation, Conv2D, Dense, Flatten, Lambda, Permute, RepeatVector, Reshape
from keras.models import Sequential

model = Sequential()
model.add(Dense(32, input_shape=(16,)))
model.add(Dense(32))
assert model.output_shape == (None, 32)
model = Sequential()
model.add(Conv2D(64, (3, 3), padding='same', input_shape=(8, 8, 3)))
model.add(Activation('relu'))
model.add(Flatten())
assert model.output_shape == (None, 4096)
model = Sequential()
model.add(Reshape((3, 4), input_shape=(12,)))
model.add(Reshape((-1, 2, 2)))
assert model.output_shape == (None, 3, 2, 2)
model = Sequential()
model.add(Permute((2, 1), input_shape=(10, 64)))
assert model.output_shape == (None, 64, 10)
model = Sequential()
model.add(Dense(32, input_dim=32))
model.add(RepeatVector(3))
assert model.output_shape == (None, 3, 32)


def antirectifier(x):
    x -= K.mean(x, axis=1, keepdims=True)
    x = K.l2_normalize(x, axis=1)
    return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


def antirectifier_output_shape(input_shape):
    shape = list(input_shape)
    assert len(shape) == 2
    shape[-1] *= 2
    return tuple(shape)


model = Sequential([Dense(4, input_dim=3)])
model.add(Lambda(antirectifier, output_shape=antirectifier_output_shape))
assert model.output_shape == (None, 8)
