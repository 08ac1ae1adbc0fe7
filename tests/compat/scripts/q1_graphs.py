# Models as graphs: calls of layers and models, several inputs and outputs, shared layers and their nodes.
import numpy as np
import keras
from keras import backend as K
from keras.layers import Conv2D, Dense, Embedding, Input, LSTM, TimeDistributed
from keras.models import Model

inputs = Input(shape=(784,))
x = Dense(64, activation='relu')(inputs)
x = Dense(64, activation='relu')(x)
model = Model(inputs=inputs, outputs=Dense(10, activation='softmax')(x))
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])

# a model is a layer, too, and can be applied to each step of a sequence
again = model(Input(shape=(784,)))
steps = TimeDistributed(model)(Input(shape=(20, 784)))

a = Input(shape=(32,))
small = Model(inputs=a, outputs=Dense(32)(a))
b, c = Input(shape=(4,)), Input(shape=(5,))
several = Model(inputs=[b, c], outputs=[Dense(2)(b), Dense(3)(c)])

# headlines: words and five more numbers in, two opinions out
main_input = Input(shape=(12,), dtype='int32', name='main_input')
lstm_out = LSTM(8)(Embedding(output_dim=16, input_dim=50, input_length=12)(main_input))
aux_output = Dense(1, activation='sigmoid', name='aux_output')(lstm_out)
aux_input = Input(shape=(5,), name='aux_input')
x = keras.layers.concatenate([lstm_out, aux_input])
x = Dense(8, activation='relu')(x)
main_output = Dense(1, activation='sigmoid', name='main_output')(x)
headlines = Model(inputs=[main_input, aux_input], outputs=[main_output, aux_output])
headlines.compile(
    optimizer='rmsprop',
    loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy'},
    loss_weights={'main_output': 1., 'aux_output': 0.2},
)
words = np.random.randint(50, size=(32, 12))
numbers = np.random.random((32, 5))
liked = np.random.randint(2, size=(32, 1))
first_weights = headlines.get_weights()
record = headlines.fit(
    {'main_input': words, 'aux_input': numbers},
    {'main_output': liked, 'aux_output': liked},
    epochs=1, batch_size=32, verbose=0, shuffle=False,
)

# are two texts by the same author?
text_a, text_b = Input(shape=(14, 26)), Input(shape=(14, 26))
shared = LSTM(6)
encoded_a, encoded_b = shared(text_a), shared(text_b)
merged = keras.layers.concatenate([encoded_a, encoded_b], axis=-1)
authors = Model(inputs=[text_a, text_b], outputs=Dense(1, activation='sigmoid')(merged))
authors.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])

# a layer called once has an output, one called twice has nodes
single = LSTM(6)
single_out = single(text_a)
try:
    shared.output
except AttributeError as error:
    ill_defined = str(error)

K.set_image_data_format('channels_first')
conv = Conv2D(16, (3, 3), padding='same')
conved_a = conv(Input(shape=(3, 32, 32)))
first_shape = conv.input_shape
conved_b = conv(Input(shape=(3, 64, 64)))
