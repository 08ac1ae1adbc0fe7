# U3: an optimizer with all its settings
import numpy as np
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils import np_utils

x, y = np.random.random((8, 20)), np_utils.to_categorical(np.arange(8) % 4, num_classes=4)
model = Sequential([
    Dense(6, input_dim=20),
    Activation('relu'),
    Dense(4),
    Activation('softmax'),
])
rmsprop = RMSprop(lr=0.001, rho=0.9, epsilon=1e-08, decay=0.0)
model.compile(optimizer=rmsprop, loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(x, y, epochs=2, batch_size=4)
loss, accuracy = model.evaluate(x, y)
assert loss > 0 and 0 <= accuracy <= 1
