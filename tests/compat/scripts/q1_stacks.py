# Stacks of layers: ways to build them, to say the input shape, to compile and to train.
import numpy as np
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils import to_categorical
import keras.backend as K

# a list of layers, and the same layers one after another
listed = Sequential([Dense(32, input_shape=(784,)), Activation('relu'), Dense(10), Activation('softmax')])
added = Sequential()
added.add(Dense(32, input_dim=784))
added.add(Activation('relu'))

# training before compiling is refused
uncompiled = Sequential()
uncompiled.add(Dense(32, input_shape=(500,)))
uncompiled.add(Dense(10, activation='softmax'))
try:
    uncompiled.fit(np.zeros((2, 500)), np.zeros((2, 10)))
except Exception as error:
    refusal = error
uncompiled.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])

# many classes, two classes, a number
for last, kind, loss in ((10, 'softmax', 'categorical_crossentropy'), (1, 'sigmoid', 'binary_crossentropy')):
    model = Sequential([Dense(last, activation=kind, input_dim=20)])
    model.compile(optimizer='rmsprop', loss=loss, metrics=['accuracy'])
number = Sequential([Dense(1, input_dim=20)])
number.compile(optimizer=RMSprop(lr=0.002), loss='mse')


# a metric of one's own
def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


# two classes of random data
data = np.random.random((96, 100))
labels = np.random.randint(2, size=(96, 1))
binary = Sequential()
binary.add(Dense(32, activation='relu', input_dim=100))
binary.add(Dense(1, activation='sigmoid'))
binary.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy', mean_pred])
history = binary.fit(data, labels, epochs=2, batch_size=32, verbose=0)

# ten classes of random data
classes = to_categorical(np.random.randint(10, size=(96, 1)), num_classes=10)
multi = Sequential([Dense(32, activation='relu', input_dim=100), Dense(10, activation='softmax')])
multi.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
multi.fit(data, classes, epochs=1, batch_size=32, verbose=2)
scores = multi.evaluate(data, classes, verbose=0)
