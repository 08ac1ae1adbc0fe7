# Losses, metrics, optimizers, activations, initializers, regularizers, constraints and a layer of one's own.
import numpy as np
from keras import backend as K
from keras import initializers, losses, metrics, optimizers, regularizers
from keras.constraints import max_norm, maxnorm
from keras.engine.topology import Layer
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, LeakyReLU, MaxPooling2D
from keras.models import Sequential
from keras.utils import np_utils

# labels as rows
rows = np_utils.to_categorical([1, 2, 3], None)

# digits, with an error beside the accuracy
images = np.random.random((48, 28, 28, 1))
digits = np_utils.to_categorical(np.arange(48) % 10, 10)
cnn = Sequential()
cnn.add(Conv2D(4, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1)))
cnn.add(MaxPooling2D(pool_size=(2, 2)))
cnn.add(Dropout(0.25))
cnn.add(Flatten())
cnn.add(Dense(10, activation='softmax'))
cnn.compile(loss='categorical_crossentropy', optimizer=optimizers.Adadelta(), metrics=['mae', 'acc'])
seen = cnn.fit(images, digits, batch_size=16, epochs=1, verbose=2, validation_split=0.25).history


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def compiled(loss, optimizer, chosen=None, **options):
    model = Sequential([Dense(4, input_shape=(10,), **options), Activation('tanh'), Activation('softmax')])
    model.compile(loss=loss, optimizer=optimizer, metrics=chosen)
    return model


by_name = compiled('mean_squared_error', 'sgd', [metrics.mae, metrics.categorical_accuracy, mean_pred])
by_function = compiled(losses.mean_squared_error, optimizers.SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True))

# the same start and the same data: clipping shows in the step
x, y = np.random.random((8, 10)), np.eye(4)[np.arange(8) % 4]
start = by_name.get_weights()
moved = []
for optimizer in ('sgd', optimizers.SGD(lr=0.01), optimizers.SGD(lr=0.01, clipnorm=1e-3),
                  optimizers.SGD(lr=0.01, clipvalue=1e-3)):
    clipped = compiled('mean_squared_error', optimizer)
    clipped.set_weights(start)
    clipped.train_on_batch(x, y)
    moved.append(np.abs(clipped.get_weights()[0] - start[0]).max())

# three ways to the same activation
by_layer = Sequential([Dense(4, input_shape=(10,)), Activation('tanh')])
by_string = Sequential([Dense(4, activation='tanh', input_shape=(10,))])
by_backend = Sequential([Dense(4, activation=K.tanh, input_shape=(10,))])
for model in (by_string, by_backend):
    model.set_weights(by_layer.get_weights())
same = [model.predict(x) for model in (by_layer, by_string, by_backend)]
leaky = Sequential([Dense(4, activation='linear', input_shape=(10,)), LeakyReLU(alpha=.001)])


# weights to begin with, and what is asked of them
def my_init(shape, dtype=None):
    return K.random_normal(shape, dtype=dtype)


begun = Sequential()
begun.add(Dense(64, kernel_initializer='random_uniform', bias_initializer='zeros', input_shape=(10,)))
begun.add(Dense(64, kernel_initializer=initializers.random_normal(stddev=0.01)))
begun.add(Dense(64, init=my_init))


def l1_reg(weight_matrix):
    return 0.01 * K.sum(K.abs(weight_matrix))


asked = Sequential()
asked.add(Dense(6, input_dim=10, kernel_regularizer=regularizers.l2(0.01), activity_regularizer=regularizers.l1(0.01)))
asked.add(Dense(4, kernel_regularizer=l1_reg, kernel_constraint=max_norm(2.)))
asked.add(Dense(2, kernel_constraint=maxnorm(0.1)))
asked.compile('sgd', 'mse')
penalized = asked.evaluate(np.zeros((4, 10)), np.zeros((4, 2)), verbose=0)
asked.train_on_batch(np.ones((4, 10)), np.ones((4, 2)))


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[1], self.output_dim), initializer='uniform', trainable=True)
        super(MyLayer, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)


own = Sequential([MyLayer(5, input_shape=(10,)), Dense(4)])
own.compile('sgd', 'mse')
own.fit(x, y, epochs=1, verbose=0)
