"""The weights after each of 20 steps."""

import numpy as np
from harness import add, integers, normal, randomize
from keras import backend as K
from keras import layers as L
from keras import optimizers as O
from keras.models import Sequential

STEPS = 20


def network():
    model = Sequential([L.Dense(4, input_shape=(3,), activation="tanh"), L.Dense(2)])
    randomize(model)
    return model


def trajectory(optimizer, scale=1.0, build=network, data=lambda i: normal(8, 3, seed=i)):
    model = build()
    model.compile(optimizer, "mse")
    losses, path = [], []
    for i in range(STEPS):
        losses.append(model.train_on_batch(data(i % 5), scale * normal(8, 2, seed=i % 5)))
        path.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    out = {"losses": losses, "path": np.asarray(path)}
    if hasattr(model.optimizer, "get_config"):
        out["config"] = model.optimizer.get_config()
    return out


def state_shapes(kind):
    model = network()
    model.compile(getattr(O, kind)(), "mse")
    model.train_on_batch(normal(8, 3), normal(8, 2))
    return "\n".join(sorted(str(list(np.shape(w))) for w in model.optimizer.get_weights()))


def embedding():
    model = Sequential([L.Embedding(6, 3, input_length=2), L.Flatten(), L.Dense(2)])
    randomize(model)
    return model


TABLE = [
    ("SGD", "SGD", {}),
    ("SGD lr", "SGD", {"lr": 0.2}),
    ("SGD momentum", "SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD nesterov", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD decay", "SGD", {"lr": 0.1, "decay": 0.1}),
    ("SGD all", "SGD", {"lr": 0.1, "momentum": 0.5, "decay": 0.05, "nesterov": True}),
    ("RMSprop", "RMSprop", {}),
    ("RMSprop lr rho", "RMSprop", {"lr": 0.01, "rho": 0.5}),
    ("RMSprop decay", "RMSprop", {"lr": 0.01, "decay": 0.1}),
    ("RMSprop epsilon", "RMSprop", {"lr": 0.01, "epsilon": 0.1}),
    ("Adagrad", "Adagrad", {}),
    ("Adagrad decay", "Adagrad", {"lr": 0.1, "decay": 0.1}),
    ("Adagrad epsilon", "Adagrad", {"epsilon": 0.1}),
    ("Adadelta", "Adadelta", {}),
    ("Adadelta lr rho decay", "Adadelta", {"lr": 0.5, "rho": 0.8, "decay": 0.1}),
    ("Adadelta epsilon", "Adadelta", {"epsilon": 1e-3}),
    ("Adam", "Adam", {}),
    ("Adam decay", "Adam", {"lr": 0.01, "decay": 0.1}),
    ("Adam betas", "Adam", {"lr": 0.01, "beta_1": 0.5, "beta_2": 0.9}),
    ("Adam epsilon", "Adam", {"lr": 0.01, "epsilon": 0.1}),
    ("Adamax", "Adamax", {}),
    ("Adamax decay", "Adamax", {"lr": 0.01, "decay": 0.1}),
    ("Adamax betas", "Adamax", {"beta_1": 0.5, "beta_2": 0.9}),
    ("Nadam", "Nadam", {}),
    ("Nadam all", "Nadam", {"lr": 0.01, "beta_1": 0.8, "beta_2": 0.9, "schedule_decay": 0.02}),
]
for text, kind, options in TABLE:
    add("optimizers", text, lambda k=kind, o=options: trajectory(getattr(O, k)(**o)))
for kind in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"):
    add("optimizers", "'%s'" % kind.lower(), lambda k=kind: trajectory(k.lower()))
    for clip in (
        {"clipnorm": 0.05},
        {"clipvalue": 0.01},
        {"clipnorm": 0.1, "clipvalue": 0.02},
        {"clipnorm": 1e6},
    ):
        add(
            "optimizers",
            "%s %s" % (kind, clip),
            lambda k=kind, c=clip: trajectory(getattr(O, k)(**c)),
        )
    add(
        "optimizers",
        "%s large gradients" % kind,
        lambda k=kind: trajectory(getattr(O, k)(), scale=100.0),
    )
    add(
        "optimizers",
        "%s tiny gradients" % kind,
        lambda k=kind: trajectory(
            getattr(O, k)(), scale=1.0, data=lambda i: 1e-7 * normal(8, 3, seed=i)
        ),
    )
    add(
        "optimizers",
        "%s embedding" % kind,
        lambda k=kind: trajectory(
            getattr(O, k)(), build=embedding, data=lambda i: integers(6, 8, 2, seed=i)
        ),
    )
    add(
        "optimizers",
        "%s embedding clipnorm" % kind,
        lambda k=kind: trajectory(
            getattr(O, k)(clipnorm=0.05), build=embedding, data=lambda i: integers(6, 8, 2, seed=i)
        ),
    )
add("optimizers", "Adam amsgrad", lambda: trajectory(O.Adam(lr=0.01, amsgrad=True)), ("224",))


def changed_rate():
    model = network()
    model.compile(O.SGD(lr=0.1, momentum=0.9, decay=0.01), "mse")
    out = {"losses": []}
    for i in range(10):
        if i == 5:
            K.set_value(model.optimizer.lr, 0.01)
        out["losses"].append(
            model.train_on_batch(normal(8, 3, seed=i % 5), normal(8, 2, seed=i % 5))
        )
    out["lr"] = float(K.get_value(model.optimizer.lr))
    out["weights"] = model.get_weights()
    return out


def hyperparameters(kind, names):
    """As programs print them: K.get_value(model.optimizer.decay)."""
    model = network()
    model.compile(getattr(O, kind)(), "mse")
    for i in range(3):
        model.train_on_batch(normal(8, 3), normal(8, 2))
    return {name: float(K.get_value(getattr(model.optimizer, name))) for name in names.split()}


for kind, names in [
    ("SGD", "lr momentum decay iterations"),
    ("RMSprop", "lr rho decay"),
    ("Adagrad", "lr decay"),
    ("Adadelta", "lr rho decay"),
    ("Adam", "lr beta_1 beta_2 decay iterations"),
    ("Adamax", "lr beta_1 beta_2 decay iterations"),
    ("Nadam", "lr beta_1 beta_2 iterations"),
]:
    for name in names.split():
        add("optimizers", "%s.%s" % (kind, name), lambda k=kind, n=name: hyperparameters(k, n))


add("optimizers", "set_value of lr", changed_rate)


def state_round_trip(kind):
    one, two = network(), network()
    for model in (one, two):
        model.compile(getattr(O, kind)(), "mse")
    for i in range(3):
        one.train_on_batch(normal(8, 3, seed=i), normal(8, 2, seed=i))
    two.train_on_batch(normal(8, 3), normal(8, 2))
    two.set_weights(one.get_weights())
    two.optimizer.set_weights(one.optimizer.get_weights())
    out = {
        "losses": [m.train_on_batch(normal(8, 3, seed=7), normal(8, 2, seed=7)) for m in (one, two)]
    }
    out["one"], out["two"] = one.get_weights(), two.get_weights()
    out["state"] = [np.asarray(w) for w in one.optimizer.get_weights()]
    return out


for kind in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"):
    add("optimizers", "%s get_weights" % kind, lambda k=kind: state_shapes(k))
    add("optimizers", "%s get_weights/set_weights" % kind, lambda k=kind: state_round_trip(k))


def from_config(kind):
    optimizer = getattr(O, kind)(lr=0.03, clipnorm=0.5)
    again = O.deserialize(O.serialize(optimizer))
    return {
        "config": again.get_config(),
        "class": type(again).__name__,
        "config serialized": O.serialize(optimizer),
    }


for kind in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"):
    add("optimizers", "%s serialize" % kind, lambda k=kind: from_config(k))
    add(
        "optimizers",
        "%s default config" % kind,
        lambda k=kind: {"config": getattr(O, k)().get_config()},
    )


def frozen(kind):
    """A layer frozen before compile, another whose `trainable` changes after it (which compile must
    see).
    """
    model = Sequential([L.Dense(4, input_shape=(3,), activation="tanh"), L.Dense(4), L.Dense(2)])
    randomize(model)
    model.layers[0].trainable = False
    model.compile(kind, "mse")
    for i in range(3):
        model.train_on_batch(normal(8, 3, seed=i), normal(8, 2, seed=i))
    return {
        "weights": model.get_weights(),
        "trainable": len(model.trainable_weights),
        "not": len(model.non_trainable_weights),
    }


for kind in ("sgd", "adam"):
    add("optimizers", "frozen layer %s" % kind, lambda k=kind: frozen(k))


def constrained():
    model = Sequential(
        [
            L.Dense(
                4,
                input_shape=(3,),
                kernel_constraint="max_norm",
                kernel_regularizer="l2",
                activity_regularizer="l1",
            ),
            L.Dense(
                2,
                kernel_constraint="non_neg",
                bias_constraint="unit_norm",
                kernel_regularizer="l1_l2",
            ),
        ]
    )
    randomize(model)
    model.compile(O.SGD(lr=0.3), "mse", metrics=["mse"])
    out = {
        "logs": [
            model.train_on_batch(normal(8, 3, seed=i % 3), 3 * normal(8, 2, seed=i % 3))
            for i in range(STEPS)
        ]
    }
    out["weights"] = model.get_weights()
    return out


add("optimizers", "constraints and penalties", constrained)
