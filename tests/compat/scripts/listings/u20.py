# U20: a model in files, whole and in parts
from keras.layers import Dense
from keras.models import Sequential, load_model, model_from_json, model_from_yaml

model = Sequential([Dense(2, input_dim=3, name='dense_1'), Dense(3, name='dense_2')])
model.compile('sgd', 'mse')
model.save('my_model.h5')
del model
model = load_model('my_model.h5')
assert model_from_json(model.to_json()).count_params() == model.count_params()
assert model_from_yaml(model.to_yaml()).count_params() == model.count_params()
model.save_weights('weights.h5')
other = Sequential([Dense(2, input_dim=3, name='dense_1'), Dense(10, name='new_dense')])
other.load_weights('weights.h5', by_name=True)
assert (other.get_weights()[0] == model.get_weights()[0]).all()
