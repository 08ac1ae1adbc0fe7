# U1: digits through a reshape, aliases of layers, a loss given as a function
import keras
import numpy as np
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, Reshape
from keras.models import Sequential

x, y = np.random.random((8, 12, 12)), keras.utils.to_categorical(np.arange(8) % 3, 3)
model = Sequential()
model.add(Reshape((12, 12, 1), input_shape=(12, 12)))
model.add(Conv2D(2, (5, 5), padding='same', activation='relu', input_shape=(12, 12, 1)))
model.add(MaxPool2D((2, 2)))
model.add(Flatten())
model.add(Dense(6, activation='relu'))
model.add(Dropout(0.5))
model.add(Dense(3, activation='softmax'))
model.compile(optimizer='adam', loss=keras.losses.categorical_crossentropy, metrics=['accuracy'])
model.fit(x, y, batch_size=4, epochs=1, shuffle=True, verbose=1, validation_data=(x, y))
loss, accuracy = model.evaluate(x, y, batch_size=8, verbose=0)
print('Test loss:', loss)
print('Test accuracy:', accuracy)
assert model.count_params() == 2 * 26 + 73 * 6 + 21
