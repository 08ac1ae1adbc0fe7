# N1: a residual block
from keras.initializers import glorot_uniform
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Input
from keras.models import Model

def identity_block(X, f, filters, stage, block):
    conv, bn = 'res' + str(stage) + block + '_branch', 'bn' + str(stage) + block + '_branch'
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding='valid', name=conv + '2a', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn + '2a')(X)
    X = Activation('relu')(X)
    X = Conv2D(filters=F2, kernel_size=(f, f), padding='same', name=conv + '2b', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn + '2b')(X)
    X = Conv2D(filters=F3, kernel_size=(1, 1), padding='valid', name=conv + '2c')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)

ipt = Input(shape=(4, 4, 6))
model = Model(inputs=ipt, outputs=identity_block(ipt, 3, [2, 2, 6], 2, 'a'), name='block')
assert model.output_shape == (None, 4, 4, 6)
