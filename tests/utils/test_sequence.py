"""The class that users derive to make batches by number."""

import pytest

from jaxcnn.utils import Sequence


class Squares(Sequence):
    def __getitem__(self, index):
        return index**2

    def __len__(self):
        return 4


def test_batches_in_order():
    assert list(Squares()) == [0, 1, 4, 9] and Squares().on_epoch_end() is None


def test_what_a_user_has_to_define():
    class Empty(Sequence):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty needs a method __len__\(self\)"):
        len(Empty())
    with pytest.raises(
        NotImplementedError, match=r"Empty needs a method __getitem__\(self, index\)"
    ):
        Empty()[0]
