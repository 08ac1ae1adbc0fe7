# U7: tensors joined along each axis
import numpy as np
from keras import backend as K

a = K.variable(np.arange(8).reshape(2, 2, 2))
b = K.variable(np.arange(8, 16).reshape(2, 2, 2))
shapes = [K.eval(K.concatenate([a, b], axis=axis)).shape for axis in (-2, 1, -1, 2)]
assert shapes == [(2, 4, 2), (2, 4, 2), (2, 2, 4), (2, 2, 4)]
