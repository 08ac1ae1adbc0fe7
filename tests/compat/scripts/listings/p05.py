# P05: the gradient of one class of a whole network, by Keras 0's get_output or its error
import numpy as np
from keras import backend as K
from keras.layers.core import Dense, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Flatten(input_shape=(3, 4, 4)))
model.add(Dense(5, activation='softmax'))
try:
    output = model.layers[-1].get_output()
except AttributeError as error:
    assert 'output' in str(error)
    output = model.layers[-1].output
loss = K.mean(output[:, 2])
iterate = K.function([model.layers[0].input], [loss, K.gradients(loss, model.layers[0].input)[0]])
value, grads = iterate([np.zeros((1, 3, 4, 4))])
assert grads.shape == (1, 3, 4, 4)
