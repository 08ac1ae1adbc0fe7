# U13: a transposed convolution beside an enlarged map
import numpy as np
from keras.layers import Conv2DTranspose, UpSampling2D
from keras.models import Sequential

model = Sequential()
model.add(UpSampling2D(size=(2, 2), input_shape=(4, 4, 4)))
model.add(Conv2DTranspose(filters=2, kernel_size=(3, 3), strides=(2, 2), padding='same'))
assert model.output_shape == (None, 16, 16, 2)
assert model.predict(np.ones((1, 4, 4, 4))).shape == (1, 16, 16, 2)
