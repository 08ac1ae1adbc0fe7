"""Why run_old_keras.py lets all weights change together: OLD_PYTHON race.py, the same with
`together`, and on Theano.

Plain Keras 2.0.4 on TensorFlow 1.4 differs from the two others, which are equal to each other and
to jaxcnn.
"""

import sys

import keras
import numpy as np
from keras.layers import Conv1D, Dense, Input
from keras.models import Model

if "together" in sys.argv:
    from run_old_keras import change_together

    change_together()
random = np.random.RandomState(0)
x = Input((7, 4))
model = Model(x, Conv1D(5, 1)(Dense(4)(x)))
model.set_weights([random.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.SGD(0.1), "mse")
model.train_on_batch(random.normal(size=(4, 7, 4)), random.normal(size=(4, 7, 5)))
print(np.ravel(model.get_weights()[0])[:4])
