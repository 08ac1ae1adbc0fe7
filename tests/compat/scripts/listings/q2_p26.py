# Q2.P26: deep units of a convolution, a normalization and an ELU, trained on changed images
import numpy as np
from keras import optimizers
from keras.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, GlobalMaxPooling2D, MaxPooling2D
from keras.models import Model
from keras.layers import Input
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import to_categorical

x, y = np.random.random((8, 8, 8, 3)), to_categorical(np.arange(8) % 2, 2)


def block(tensor, filters):
    tensor = Conv2D(filters, (3, 3), padding='same', kernel_initializer='orthogonal')(tensor)
    tensor = BatchNormalization()(tensor)
    return Activation('elu')(tensor)


inputs = Input(shape=(8, 8, 3))
tensor = MaxPooling2D(pool_size=(2, 2))(block(block(inputs, 2), 2))
tensor = Dropout(0.25)(tensor)
tensor = GlobalMaxPooling2D()(block(tensor, 3))
model = Model(inputs=inputs, outputs=Dense(2, activation='softmax')(Dropout(0.25)(tensor)))
model.compile(optimizer=optimizers.Adam(lr=0.0001, decay=1e-6), loss='categorical_crossentropy', metrics=['accuracy'])
datagen = ImageDataGenerator(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
datagen.fit(x)
history = model.fit_generator(datagen.flow(x, y, batch_size=4), steps_per_epoch=x.shape[0] // 4, epochs=2,
                              validation_data=(x, y), workers=4)
assert len(history.history['val_acc']) == 2
