"""Sessions, variables, scopes and optimizers; numbers and texts are those of TensorFlow 1.4."""

import collections

import numpy as np
import pytest


def test_runs(tf):
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.Variable(np.ones((3, 2)), dtype=tf.float32, name="w")
    y = tf.matmul(x, w) + 1.0
    ones = np.ones((2, 3))
    Pair = collections.namedtuple("Pair", "a b")
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value w"):
            session.run(w)
        init = tf.global_variables_initializer()
        assert session.run(init) is None
        assert session.run([y, init], {x: ones})[0].tolist() == [[4, 4]] * 2
        assert session.run("w:0").tolist() == w.eval().tolist() == [[1, 1]] * 3
        a, b = tf.constant(2.0), tf.constant([1, 2])
        left = session.run({"a": a, "b": [b, (a, b)], "c": Pair(a, b)})
        assert left["a"] == 2.0 and isinstance(left["a"], np.float32)
        assert left["b"][1][1].tolist() == [1, 2] and left["c"].a == 2.0
        assert session.run(tf.shape(x), {x: ones}).tolist() == [2, 3]
        assert session.run([]) == []
        assert a.eval({a: 5.0}) == 5.0  # any tensor can be fed
        with pytest.raises(tf.errors.InvalidArgumentError, match="with dtype float"):
            session.run(y)
        with pytest.raises(ValueError, match=r"shape \(2, 2\) for Tensor 'Placeholder:0', which"):
            session.run(y, {x: np.ones((2, 2))})
        with pytest.raises(TypeError, match="Fetch argument 3 has invalid type"):
            session.run(3)
        with pytest.raises(ValueError, match="'no:0' cannot be interpreted as a Tensor"):
            session.run("no:0")
        with pytest.raises(TypeError, match=r"cannot be a tf\.Tensor object"):
            session.run(y, {x: x})
    with pytest.raises(ValueError, match="No default session is registered"):
        y.eval({x: ones})
    other = tf.Session()
    with pytest.raises(tf.errors.FailedPreconditionError):
        other.run(y, {x: ones})  # each session has values of its own


def test_assignments(tf):
    session = tf.InteractiveSession()
    step = tf.Variable(1, trainable=False)
    w = tf.Variable([1.0, 2.0])
    again = tf.Variable(w.initialized_value() * 2.0)
    tf.global_variables_initializer().run()
    assert again.eval().tolist() == [2, 4]
    assert tf.assign_add(w, [1.0, 1.0]).eval().tolist() == [2, 3] == w.eval().tolist()
    assert session.run([w.assign([5.0, 5.0]), w])[1].tolist() == [5, 5]
    with tf.control_dependencies([step.assign_sub(3)]):
        session.run(tf.identity(w))
    assert step.eval() == -2
    both = tf.group(step.assign(0), w.assign_sub([5.0, 5.0]))
    assert both.run() is None
    assert step.eval() == 0 and w.eval().tolist() == [0, 0]
    w.load([7, 8], session)
    assert w.eval().tolist() == [7, 8]
    with pytest.raises(ValueError, match=r"shape \(2,\); the value to assign \(3,\)"):
        w.assign([1.0, 2.0, 3.0])
    session.close()


def test_a_placeholder_of_any_shape(tf):
    a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    total, mean = a + b, tf.reduce_mean(a * b)
    product = tf.matmul(tf.placeholder(tf.float32, name="m"), np.ones((2, 1), "f"))
    assert mean.get_shape().as_list() == []
    with tf.Session() as session:
        assert session.run(total, {a: 3, b: 4.5}) == 7.5
        assert session.run(total, {a: [1, 3], b: [2, 4]}).tolist() == [3, 7]
        assert session.run(mean, {a: [[1, 3]], b: [[2, 4]]}) == 7
        assert session.run(product, {"m:0": np.ones((3, 2))}).tolist() == [[2]] * 3


def test_scopes(tf):
    with tf.name_scope("s") as scope:
        assert scope == "s/"
        assert tf.add(1.0, 2.0).name == "s/Add:0"
        assert tf.Variable(1.0).name == "s/Variable:0"
        assert tf.get_variable("g", [2]).name == "g:0"
        assert repr(tf.summary.scalar("e", 1.0)) == 'Tensor("s/e:0", shape=(), dtype=string)'
    with tf.name_scope("s"):
        assert tf.placeholder(tf.float32).name == "s_1/Placeholder:0"
    with tf.variable_scope("v"):
        shared = tf.get_variable("g", [2], initializer=tf.constant_initializer(3.0))
        assert (shared.name, tf.add(1.0, 2.0).name) == ("v/g:0", "v/Add:0")
        with pytest.raises(ValueError, match="Variable v/g already exists, disallowed"):
            tf.get_variable("g", [2])
    with tf.variable_scope("v", reuse=True):
        assert tf.get_variable("g", [2]) is shared
        with pytest.raises(ValueError, match="Variable v/z does not exist"):
            tf.get_variable("z", [2])
    with tf.variable_scope("v", reuse=tf.AUTO_REUSE):
        assert tf.get_variable("g", [2]) is shared
    assert [v.name for v in tf.global_variables("v")] == ["v/g:0"]
    assert tf.get_default_graph().get_tensor_by_name("v/g:0") is shared
    with tf.Session() as session:
        session.run(tf.variables_initializer([shared]))
        assert session.run(shared).tolist() == [3, 3]


# What v, u and the loss are after 1 and after 4 steps.
STEPS = {
    "tf.train.GradientDescentOptimizer(.1)": (
        ([0.775, -1.8, 2.94], 0.4, 3.208985),
        ([0.36858946, -1.3122, 2.7671044], 0.2691301, 1.7891766),
    ),
    "tf.train.AdamOptimizer(.1)": (
        ([0.9, -1.9, 2.9], 0.4, 3.6),
        ([0.60540003, -1.6015062, 2.600915], 0.1208142, 2.3342326),
    ),
    "tf.train.RMSPropOptimizer(.1)": (
        ([0.81026334, -1.8245884, 2.9379826], 0.4, 3.3139045),
        ([0.4615428, -1.4264717, 2.7478037], 0.2497262, 2.0142584),
    ),
    "tf.train.RMSPropOptimizer(.1, .8, .5, 1e-3)": (
        ([0.83292025, -1.8419355, 2.9357839], 0.40004995, 3.3853025),
        ([0.262013793, -1.20649695, 2.58895087], 0.108247146, 1.46980548),
    ),
    "tf.train.RMSPropOptimizer(.1, centered=True)": (
        ([0.80675304, -1.8218259, 2.9378631], 0.3994962, 3.3022346),
        ([0.4360087, -1.3931991, 2.7445621], 0.2489849, 1.9408972),
    ),
}


@pytest.mark.parametrize("optimizer", STEPS)
def test_optimizers(tf, optimizer):
    v, u = tf.Variable([1.0, -2.0, 3.0]), tf.Variable(0.5)
    step = tf.Variable(0, trainable=False)
    loss = tf.reduce_sum(tf.square(v) * [1.0, 0.5, 0.1]) + u * u * v[0]
    train = eval(optimizer, {"tf": tf}).minimize(loss, global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        seen = []
        for _ in range(4):
            session.run(train)
            seen.append(session.run([v, u, loss]))
        assert session.run(step) == tf.train.global_step(session, step) == 4
    for values, expected in zip((seen[0], seen[3]), STEPS[optimizer], strict=True):
        for value, number in zip(values, expected, strict=True):
            np.testing.assert_allclose(value, number, rtol=1e-5)


def test_a_rate_that_is_fed_and_clipped_gradients(tf):
    v = tf.Variable([3.0, 4.0])
    untouched = tf.Variable(1.0)
    rate = tf.placeholder(tf.float32)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    pairs = optimizer.compute_gradients(tf.reduce_sum(v * v))
    assert [gradient is None for gradient, _ in pairs] == [False, True]
    clipped = [(tf.clip_by_value(g, -1.0, 1.0), w) for g, w in pairs if g is not None]
    train = optimizer.apply_gradients(clipped)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train, {rate: 0.5})
        assert session.run([v, untouched])[0].tolist() == [2.5, 3.5]
        session.run(train, {rate: 1.0})
        assert session.run(v).tolist() == [1.5, 2.5]
        gradient = tf.gradients(tf.square(v), [v, rate])
        assert gradient[1] is None and session.run(gradient[0]).tolist() == [3, 5]
        with pytest.raises(ValueError, match="No gradients provided for any variable"):
            optimizer.minimize(tf.constant(1.0))


def test_checkpoints(tf, tmp_path):
    """The paths and the file `checkpoint` are TensorFlow's."""
    v = tf.Variable([1.0, 2.0], name="a/v")
    saver = tf.train.Saver(max_to_keep=2)
    folder = str(tmp_path)
    assert tf.train.get_checkpoint_state(folder) is None
    with tf.Session() as session:
        session.run(v.initializer)
        paths = [saver.save(session, f"{folder}/model.ckpt", global_step=i) for i in (1, 2, 3)]
    assert paths[-1] == tf.train.latest_checkpoint(folder) == f"{folder}/model.ckpt-3"
    assert (tmp_path / "checkpoint").read_text().splitlines() == [
        f'model_checkpoint_path: "{folder}/model.ckpt-3"',
        f'all_model_checkpoint_paths: "{folder}/model.ckpt-2"',
        f'all_model_checkpoint_paths: "{folder}/model.ckpt-3"',
    ]
    assert not list(tmp_path.glob("model.ckpt-1*"))
    with tf.Session() as session:
        saver.restore(session, paths[-1])
        assert session.run(v).tolist() == [1, 2]
        with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files"):
            saver.restore(session, f"{folder}/nothing")
        other = tf.train.Saver({"b": v})
        with pytest.raises(tf.errors.NotFoundError, match="Key b not found in checkpoint"):
            other.restore(session, paths[-1])


def test_rows_of_variables_are_changed_at_places(tf):
    """As TensorFlow 1.13 does; the variable may be what `tf.assign` returned."""
    v, table = tf.Variable(np.zeros(4, "float32")), tf.Variable(np.zeros((3, 2), "float32"))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    session.run(tf.scatter_update(tf.assign(v, np.ones(4)), [1], [5.0]))
    assert session.run(v).tolist() == [1, 5, 1, 1]
    session.run(tf.scatter_add(table, [0, 2, 0], [[1.0, 2], [3, 4], [5, 6]]))
    changed = session.run(tf.scatter_sub(table, [1], [[1.0, 2]]))
    assert changed.tolist() == session.run(table).tolist() == [[6, 8], [-1, -2], [3, 4]]
