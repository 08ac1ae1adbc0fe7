import json

import pytest

from jaxcnn import config


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("JAXCNN_HOME", raising=False)
    config.reset()
    yield tmp_path
    config.reset()


def write_settings(home, content):
    (home / ".keras").mkdir()
    (home / ".keras" / "keras.json").write_text(
        content if isinstance(content, str) else json.dumps(content)
    )


def test_defaults():
    assert (config.floatx(), config.epsilon(), config.image_data_format(), config.seed()) == (
        "float32",
        1e-7,
        "channels_last",
        0,
    )


def test_settings_file_is_read_when_first_needed(own_home):
    write_settings(
        own_home,
        {
            "floatx": "float16",
            "epsilon": 1e-5,
            "image_data_format": "channels_first",
            "backend": "theano",
        },
    )
    assert (config.floatx(), config.epsilon(), config.image_data_format()) == (
        "float16",
        1e-5,
        "channels_first",
    )


@pytest.mark.parametrize("content", ["{not json", "[1, 2]", b"\xff".decode("latin1")])
def test_unreadable_settings_file_warns_and_leaves_the_defaults(own_home, content):
    write_settings(own_home, content)
    with pytest.warns(UserWarning, match=r"keras\.json cannot be read"):
        assert config.floatx() == "float32"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("floatx", "float31"),
        ("epsilon", "small"),
        ("epsilon", -1),
        ("image_data_format", "th"),
        ("floatx", "float64"),
    ],
)
def test_bad_setting_warns_and_the_others_count(own_home, key, value):
    good = {"floatx": "bfloat16", "epsilon": 1e-3, "image_data_format": "channels_first"}
    write_settings(own_home, {**good, key: value})
    with pytest.warns(UserWarning, match=f"{key} is ignored"):
        found = {
            "floatx": config.floatx(),
            "epsilon": config.epsilon(),
            "image_data_format": config.image_data_format(),
        }
    defaults = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}
    assert found == {**good, key: defaults[key]}


def test_setters():
    config.set_floatx("bfloat16")
    config.set_epsilon(1e-4)
    config.set_image_data_format("channels_first")
    config.set_random_seed(7)
    assert (config.floatx(), config.epsilon(), config.image_data_format(), config.seed()) == (
        "bfloat16",
        1e-4,
        "channels_first",
        7,
    )
    config.reset()
    assert config.floatx() == "float32"


@pytest.mark.parametrize(
    ("setter", "value", "error"),
    [
        (config.set_floatx, "double", ValueError),
        (config.set_floatx, "float64", ValueError),
        (config.set_epsilon, 0, ValueError),
        (config.set_epsilon, float("nan"), ValueError),
        (config.set_epsilon, True, ValueError),
        (config.set_image_data_format, "tf", ValueError),
        (config.set_random_seed, 1.5, TypeError),
        (config.set_random_seed, -1, ValueError),
        (config.set_random_seed, 2**32, ValueError),
    ],
)
def test_bad_values_are_refused(setter, value, error):
    with pytest.raises(error):
        setter(value)


def test_home(own_home, monkeypatch):
    assert config.home() == own_home / ".jaxcnn"
    monkeypatch.setenv("JAXCNN_HOME", "~/elsewhere")
    assert config.home() == own_home / "elsewhere"


def test_settings_lie_in_the_folder_of_keras(own_home, monkeypatch):
    (own_home / "elsewhere").mkdir()
    (own_home / "elsewhere" / "keras.json").write_text(json.dumps({"epsilon": 1e-4}))
    monkeypatch.setenv("KERAS_HOME", str(own_home / "elsewhere"))
    assert config.epsilon() == 1e-4
