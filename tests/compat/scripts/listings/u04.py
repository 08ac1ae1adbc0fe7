# U4: a network as a layer of another, in the words of Keras 1
from keras.layers import Dense, Flatten, Input, Conv2D
from keras.models import Model, Sequential

inside = Sequential([Conv2D(2, 3, padding='same', input_shape=(8, 8, 3))])
picture = Input(shape=(8, 8, 3), name='image_input')
x = inside(picture)
x = Flatten(name='flatten')(x)
x = Dense(4, activation='relu', name='fc1')(x)
x = Dense(1, activation='softmax', name='predictions')(x)
model = Model(input=picture, output=x)
model.summary()
assert [layer.name for layer in model.layers[2:]] == ['flatten', 'fc1', 'predictions']
