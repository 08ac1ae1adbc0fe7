"""What NumPy's objects are in the YAML of old Keras, which wrote them as any object of Python's."""

import pytest
import yaml

from jaxcnn.saving.numpy_yaml import add_constructors

NUMBER = """!!python/object/apply:numpy.core.multiarray.scalar
- !!python/object/apply:numpy.dtype
  args: [%s, 0, 1]
  state: !!python/tuple [3, '%s', null, null, null, -1, -1, 0]
- !!binary |
  %s
"""
ARRAY = """!!python/object/apply:numpy.core.multiarray._reconstruct
args: [!!python/name:numpy.ndarray '', !!python/tuple [0], !!binary Yg==]
state: !!python/tuple
- 1
- !!python/tuple [%s]
- !!python/object/apply:numpy.dtype
  args: [f4, 0, 1]
  state: !!python/tuple [3, <, null, null, null, -1, -1, 0]
- false
- !!binary %s
"""


class Loader(yaml.SafeLoader):
    """The safe loader."""


add_constructors(Loader)
Loader.add_constructor(
    "tag:yaml.org,2002:python/tuple", lambda loader, node: loader.construct_sequence(node)
)


@pytest.mark.parametrize(("text", "value"), [
    (NUMBER % ("i8", "<", "gAEAAAAAAAA="), 384),
    (NUMBER % ("i2", ">", "AYA="), 384),
    (NUMBER % ("f4", "<", "AADAPw=="), 1.5),
    (ARRAY % ("2, 1", "AADAPwAAAAA="), [[1.5], [0.0]]),
    (ARRAY % ("", "AADAPw=="), 1.5),
])  # fmt: skip
def test_numbers_and_arrays(text, value):
    assert yaml.load(text, Loader) == value


@pytest.mark.parametrize("text", [
    NUMBER % ("O8", "<", "gAEAAAAAAAA="),
    "!!python/object/apply:numpy.load [file]",
    "!!python/name:numpy.load ''",
])  # fmt: skip
def test_no_other_objects(text):
    with pytest.raises((yaml.YAMLError, ValueError)):
        yaml.load(text, Loader)
