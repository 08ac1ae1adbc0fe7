# U27, U28: one layer in a frozen model and in one that learns; the last layer taken off
from keras.layers import Dense, Input
from keras.models import Model, Sequential

frozen_layer = Dense(32, trainable=False)
x = Input(shape=(32,))
layer = Dense(32)
layer.trainable = False
y = layer(x)
frozen_model = Model(x, y)
frozen_model.compile(optimizer='rmsprop', loss='mse')
layer.trainable = True
trainable_model = Model(x, y)
trainable_model.compile(optimizer='rmsprop', loss='mse')
model = Sequential()
model.add(Dense(32, activation='relu', input_dim=4))
model.add(Dense(32, activation='relu'))
assert len(model.layers) == 2
model.pop()
assert len(model.layers) == 1
