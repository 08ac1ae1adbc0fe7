"""The version of Keras is found in a script's own words."""

import pytest

from jaxcnn.compat.detection import dialect_of


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("model.fit(x, y, nb_epoch=3, show_accuracy=True)", "0.3"),
        ("model.compile('sgd', 'mse', class_mode='binary')", "0.3"),
        ("from keras.models import Graph", "0.3"),
        ("model.compile('sgd', metrics=['acc'])\nmodel.fit(x, show_accuracy=True)", "1.2"),
        ("model.fit(x, y, nb_epoch=3)", "1.2"),
        ("from keras.initializations import normal", "1.2"),
        ("Convolution2D(3, 3, 3, border_mode='same')", "1.2"),
        ("Dense(output_dim=3)\nmodel.fit(x, y, epochs=3)", "2.0"),
        ("Dense(3, kernel_initializer='he_normal')", "2.0"),
        ("pad_sequences(x, padding='post')\nmodel.fit(x, y, nb_epoch=3)", "1.2"),
        ("MaxPooling2D(pool_size=(2, 2), strides=(2, 2))\nmodel.fit(x, y, nb_epoch=3)", "1.2"),
        ("model.fit(x, y)", "2.0"),
        ("print 'Python 2'", "2.0"),
        ("from keras.layers import ReLU, Dense", "2.2"),
        ("import keras_applications.resnet50", "2.2"),
        ("EarlyStopping(restore_best_weights=True)", "2.2"),
        ("from torch.nn import ReLU\nf(nb_epoch=1)", "1.2"),
    ],
)
def test_the_version_of_a_script(source, name):
    assert dialect_of(source) == name
