# U18: optimizers, losses and metrics by name, dictionary and function
from keras import losses, metrics, optimizers

assert type(optimizers.get('adam')).__name__ == 'Adam'
assert optimizers.get({'class_name': 'SGD', 'config': {'lr': 0.5}}).get_config()['lr'] == 0.5
assert losses.get('mse') is losses.mean_squared_error
assert metrics.get('categorical_accuracy').__name__ == 'categorical_accuracy'
