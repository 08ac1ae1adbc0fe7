# P11: a trained top on a trained stack, whose first layers stay as they are
from keras import optimizers
from keras.layers import Convolution2D, Dense, Dropout, Flatten, MaxPooling2D, ZeroPadding2D
from keras.models import Sequential

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(8, 8, 3)))
model.add(Convolution2D(2, 3, 3, activation='relu', name='conv1_1'))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
top_model = Sequential()
top_model.add(Flatten(input_shape=model.output_shape[1:]))
top_model.add(Dense(4, activation='relu'))
top_model.add(Dropout(0.5))
top_model.add(Dense(1, activation='sigmoid'))
top_model.save_weights('top.h5')
top_model.load_weights('top.h5')
model.add(top_model)
for layer in model.layers[:3]:
    layer.trainable = False
model.compile(loss='binary_crossentropy', optimizer=optimizers.SGD(lr=1e-4, momentum=0.9), metrics=['accuracy'])
assert len(model.trainable_weights) == 4 and len(model.weights) == 6
