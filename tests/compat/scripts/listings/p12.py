# P12: a network for digits, saved, read and asked for classes
import keras
import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential, load_model

rows, cols = 8, 8
x, y = np.random.random((8, rows * cols)), np.arange(8) % 3
if K.image_data_format() == 'channels_first':
    x, shape = x.reshape(8, 1, rows, cols), (1, rows, cols)
else:
    x, shape = x.reshape(8, rows, cols, 1), (rows, cols, 1)
x = x.astype('float32')
y = keras.utils.to_categorical(y, 3)
model = Sequential()
model.add(Conv2D(2, kernel_size=(3, 3), activation='relu', input_shape=shape))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(3, activation='softmax'))
model.compile(loss=keras.losses.categorical_crossentropy, optimizer=keras.optimizers.Adadelta(), metrics=['accuracy'])
model.fit(x, y, batch_size=4, epochs=1, verbose=1, validation_data=(x, y))
score = model.evaluate(x, y, verbose=0)
print('Test loss:', score[0])
model.save('mnist.model')
again = load_model('mnist.model')
assert again.predict_classes(x[1:3]).shape == (2,)
assert np.array_equal(again.predict(x), model.predict(x))
