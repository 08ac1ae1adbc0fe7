# U17: classes of a stack, and of a model by its largest output
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model, Sequential

x = np.random.random((5, 4))
stack = Sequential([Dense(3, activation='softmax', input_dim=4)])
classes = stack.predict_classes(x)
assert (classes == np.argmax(stack.predict(x), axis=1)).all()
given = Input(shape=(4,))
model = Model(inputs=given, outputs=stack(given))
assert not hasattr(model, 'predict_classes')
assert (np.argmax(model.predict(x), axis=1) == classes).all()
