"""What is asked of `distribute` and cannot be."""

import jax
import pytest
from jax.sharding import Mesh

import jaxcnn as jc
from jaxcnn.distributed import context
from jaxcnn.distributed.placement import Distribution


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": 3}, r"distribute\(data=3, model=1\) needs 3 devices; there are 1"),
        ({"data": 0}, r"distribute\(data=0, model=1\) needs 0 devices"),
        ({"model": 2}, "`model` is 2; it must divide the number of devices, 1"),
        ({"rules": {"kernel": ("rows", None)}}, "names the mesh axis 'rows'; there are"),
    ],
)
def test_devices_that_are_not_there(arguments, message):
    with pytest.raises(ValueError, match=message):
        jc.distribute(**arguments)
    assert context.current() is None


def test_a_mesh_without_an_axis_for_data():
    with pytest.raises(ValueError, match=r"one must be called 'data'"):
        jc.distribute(mesh=Mesh(jax.devices(), ("batch",)))


def test_it_is_in_force_within_its_block():
    with jc.distribute() as outer:
        assert context.current() is outer.distribution
        with jc.distribute(fsdp=True) as inner:
            assert context.current() is inner.distribution
        assert context.current() is outer.distribution
    assert context.current() is None


def test_batches_that_the_devices_cannot_share():
    found = Distribution(Mesh(jax.devices(), ("data",)))
    found.parts = 8
    found.check_batch(16)
    with pytest.raises(
        ValueError, match=r"batch of 4 samples cannot be shared by 8 devices.*distribute\(data=4\)"
    ):
        found.check_batch(4)
    with pytest.warns(UserWarning, match="Batches of 12 samples cannot be cut into 8 equal parts"):
        found.check_batch(12)


def test_a_rule_that_does_not_fit():
    found = Distribution(Mesh(jax.devices(), ("data",)), {"bias": ("data", None)})
    with pytest.raises(ValueError, match=r"does not fit 'dense/bias' of shape \(3,\)"):
        found.sharding("dense/bias", (3,))
