"""Writes what the real Keras computes: OLD_PYTHON run_old_keras.py FOLDER [GROUP ...] [-k TEXT].

The answers go into reference/GROUP.xz beside this file, the files that the old Keras writes into
FOLDER/<era>/files. The era is the installed Keras: 122, 204 or 224, with "th" after it on Theano.
"""

import os
import sys
import time
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # of TensorFlow, too: the cases are tiny
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import harness  # noqa: E402
import keras  # noqa: E402
import store  # noqa: E402


def change_together():
    """Let all weights change after all new values are known, as Keras's formulas say.

    Keras on TensorFlow 1 changes each weight, state and counter as soon as its new value is known,
    while others that need the old one are still to be computed: gradients flow through weights that
    have been updated, decay and Adam see the iteration before or after, by chance (race.py). On
    Theano all change together; so here.
    """
    if keras.backend.backend() == "theano":
        import theano.ifelse  # noqa: F401 - which Keras 1.2.2 uses without importing it

        return
    import tensorflow as tf
    from keras.backend import tensorflow_backend

    backend, original = keras.backend, tensorflow_backend.Function.__init__
    backend.update = lambda x, new: (x, new)
    backend.update_add = lambda x, amount: (x, x + amount)
    backend.update_sub = lambda x, amount: (x, x - amount)

    def changing(self, inputs, outputs, updates=None, **options):
        pairs = [update for update in updates or [] if isinstance(update, tuple)]
        others = [update for update in updates or [] if not isinstance(update, tuple)]
        values = [tf.identity(new) for _, new in pairs]
        with tf.control_dependencies(values + list(outputs)):
            ops = [tf.assign(x, value) for (x, _), value in zip(pairs, values)]
        original(self, inputs, outputs, updates=ops + others, **options)

    tensorflow_backend.Function.__init__ = changing


def era():
    name = keras.__version__.replace(".", "")
    return name + ("th" if keras.backend.backend() == "theano" else "")


def main(folder, modules, text=""):
    change_together()
    os.environ["ERA_FOLDER"] = os.path.abspath(folder)
    os.makedirs(os.path.join(os.path.abspath(folder), era(), "files"), exist_ok=True)
    for group, cases in harness.groups(modules):
        start, answers = time.time(), {}
        for case in cases.values():
            if text not in case.name:
                continue
            if era() in case.eras or group != "keras1" and era().replace("th", "") in case.eras:
                answers[case.name] = harness.run(case)
        if not answers:
            continue
        path = os.path.join(HERE, "reference", group + ".xz")
        stored = store.read(path)
        for name, values in answers.items():
            stored.setdefault(name, {})[era()] = values
        store.write(path, stored)
        refused = [name + ": " + v["!raises"] for name, v in answers.items() if "!raises" in v]
        seconds = time.time() - start
        print(
            "%s %s: %d cases in %.0f s, %d refused"
            % (era(), group, len(answers), seconds, len(refused))
        )
        for line in refused:
            print("    " + line)


if __name__ == "__main__":
    words = sys.argv[2:]
    text = words.pop(words.index("-k") + 1) if "-k" in words else ""
    main(sys.argv[1], [word for word in words if word != "-k"], text)
