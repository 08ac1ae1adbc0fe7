"""What goes into files, and what comes from the command line."""

import numpy as np
import pytest

from jaxcnn.reporting.event_file import field


def test_summaries(tf, tmp_path):
    """The bytes of a scalar are those that TensorFlow 1.4 returns."""
    with tf.name_scope("s"):
        entropy = tf.summary.scalar("Entropy", tf.constant(2.0))
    tf.summary.image("two images", tf.constant(np.ones((3, 2, 2, 1))), max_outputs=2)
    weights = tf.summary.histogram("w", tf.constant([1.0, 2.0]), family="layer")
    merged = tf.summary.merge_all()
    with tf.Session() as session:
        assert session.run(entropy) == b"\n\x10\n\ts/Entropy\x15\x00\x00\x00@"
        everything, alone = session.run([merged, tf.summary.merge([weights])])
        assert weights.eval() == alone
    for tag in ("s/Entropy", "two_images/image/0", "two_images/image/1", "layer/layer/w"):
        assert field(1, tag) in everything
    assert field(1, "two_images/image/2") not in everything
    with tf.summary.FileWriter(tmp_path / "logs", tf.get_default_graph()) as writer:
        writer.add_summary(everything, global_step=np.int32(7))
    (file,) = (tmp_path / "logs").iterdir()
    assert field(2, 7) + field(5, everything) in file.read_bytes()
    with pytest.raises(ValueError, match=r"'Twice' has the shape \(2,\)"):
        tf.Session().run(tf.summary.scalar("Twice", [1.0, 2.0]))


def test_flags(tf, monkeypatch, capsys):
    flags = tf.app.flags
    flags.DEFINE_string("image", "a.jpg", "which")
    flags.DEFINE_integer("steps", 10, "how many")
    flags.DEFINE_float("rate", 0.5, "how fast")
    flags.DEFINE_boolean("fast", False, "whether")
    flags.DEFINE_bool("slow", True, "whether")
    line = ["script.py", "--image=b.jpg", "--steps", "3", "--fast", "--noslow", "other"]
    monkeypatch.setattr("sys.argv", line)
    given = flags.FLAGS
    assert (given.image, given.steps, given.rate, given.fast, given.slow) == (
        "b.jpg",
        3,
        0.5,
        True,
        False,
    )
    given.steps = 4
    assert given.steps == 4
    with pytest.raises(AttributeError, match="no flag --colour"):
        given.colour  # noqa: B018
    with pytest.raises(SystemExit) as exit:
        tf.app.run(main=lambda arguments: print(arguments))
    assert exit.value.code is None
    assert capsys.readouterr().out == "['script.py', 'other']\n"


def test_files_and_messages(tf, tmp_path, capsys):
    path = str(tmp_path / "a" / "labels.txt")
    tf.gfile.MakeDirs(str(tmp_path / "a"))
    with tf.gfile.GFile(path, "w") as file:
        file.write("one\ntwo\n")
    assert [line.rstrip() for line in tf.gfile.GFile(path)] == ["one", "two"]
    assert tf.gfile.FastGFile(path, "rb").read() == tf.read_file(path) == b"one\ntwo\n"
    assert tf.gfile.GFile(path).readlines() == ["one\n", "two\n"]
    assert tf.gfile.Exists(path) and not tf.gfile.Exists(path + "x")
    with pytest.raises(tf.errors.NotFoundError, match="No such file"):
        tf.gfile.GFile(path + "x")
    tf.gfile.DeleteRecursively(str(tmp_path / "a"))
    assert not tf.gfile.IsDirectory(str(tmp_path / "a"))
    before = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.ERROR)
    assert tf.logging.get_verbosity() == 40
    tf.logging.set_verbosity(before)


def test_summaries_that_programs_make(tf, tmp_path):
    """The bytes are those that TensorFlow 1.4 and 1.13 make of them."""
    summary = tf.Summary()
    for tag, number in (("a", 0.5), ("zero", 0)):
        value = summary.value.add()
        value.tag, value.simple_value = tag, np.float32(number)
    assert summary.SerializeToString() == (
        b"\n\x08\n\x01a\x15\x00\x00\x00?\n\x0b\n\x04zero\x15\x00\x00\x00\x00"
    )
    image = tf.Summary.Image(encoded_image_string=b"abc", height=2, width=3)
    shown = tf.Summary(value=[tf.Summary.Value(tag="i", image=image)])
    assert shown.SerializeToString() == b'\n\x0e\n\x01i"\t\x08\x02\x10\x03"\x03abc'
    histogram = tf.HistogramProto()
    histogram.min, histogram.max, histogram.num = -1.0, 2.0, 3
    histogram.sum, histogram.sum_squares = 1.0, 5.0
    histogram.bucket_limit.append(2.0)
    histogram.bucket.append(3)
    counted = tf.Summary(value=[tf.Summary.Value(tag="h", histo=histogram)])
    assert counted.SerializeToString() == (
        b"\nF\n\x01h*A\t\x00\x00\x00\x00\x00\x00\xf0\xbf\x11\x00\x00\x00\x00\x00\x00\x00@"
        b"\x19\x00\x00\x00\x00\x00\x00\x08@!\x00\x00\x00\x00\x00\x00\xf0?"
        b")\x00\x00\x00\x00\x00\x00\x14@2\x08\x00\x00\x00\x00\x00\x00\x00@"
        b":\x08\x00\x00\x00\x00\x00\x00\x08@"
    )
    with tf.summary.FileWriter(tmp_path / "logs") as writer:
        writer.add_summary(shown, 7)
    (file,) = (tmp_path / "logs").iterdir()
    assert field(2, 7) + field(5, shown.SerializeToString()) in file.read_bytes()


def test_values_are_printed_when_they_are_computed(tf, capsys):
    """The lines are those of TensorFlow 1.13."""
    x, m = tf.constant([1.0, 2.5, 3.0, 4.0]), tf.constant(np.arange(6).reshape(2, 3))
    deep = tf.constant(np.arange(8).reshape(2, 2, 2))
    numbers = [tf.constant(n) for n in (0.1, 1e-9, 123456789.0, 1 / 3, 1e20)]
    with tf.Session() as session:
        bools = tf.constant([True, False])
        session.run(tf.Print(x, [x, m, numbers[0], bools], message="loss: "))
        session.run(tf.Print(x, [m, deep], summarize=5))
        session.run(tf.Print(x, [m, deep], summarize=6))
        session.run(tf.Print(x, [m, deep], summarize=-1))
        once = tf.Print(x, numbers, "a", first_n=1)
        session.run(once)
        assert list(session.run(once)) == [1.0, 2.5, 3.0, 4.0]
        session.run(tf.Print(x, ["text", x]))
    assert capsys.readouterr().err.splitlines() == [
        "loss: [1 2.5 3...][[0 1 2]...][0.1][1 0]",
        "[[0 1 2][3 4...]...][[[0 1][2 3]][[4...]]...]",
        "[[0 1 2][3 4 5]][[[0 1][2 3]][[4 5]]...]",
        "[[0 1 2][3 4 5]][[[0 1][2 3]][[4 5][6 7]]]",
        "a[0.1][1e-09][123456792][0.333333343][1e+20]",
        "[text][1 2.5 3...]",
    ]
