# P03: ascend the mean of one filter's map, by K.gradients and K.function
import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.models import Sequential

K.set_image_dim_ordering('th')
model = Sequential()
model.add(ZeroPadding2D((1, 1), batch_input_shape=(1, 3, 8, 8)))
first = model.layers[-1]
picture = first.input
model.add(Convolution2D(4, 3, 3, activation='relu', name='conv1_1'))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
layers = dict([(layer.name, layer) for layer in model.layers])
loss = K.mean(layers['conv1_1'].output[:, 0, :, :])
grads = K.gradients(loss, picture)[0]
grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
iterate = K.function([picture], [loss, grads])
data = np.random.random((1, 3, 8, 8)) * 20 + 128.
losses = []
for i in range(3):
    value, step = iterate([data])
    data += step * 1.
    losses.append(value)
assert losses[-1] >= losses[0]
