"""Names that are imported on first use."""

import json.decoder

import pytest

from jaxcnn.runtime.lazy import lazy_attributes


def test_names_and_modules_are_imported_when_asked_for():
    get = lazy_attributes("package", {"JSONDecoder": "json.decoder", "decoder": "json.decoder"})
    assert get("JSONDecoder") is json.decoder.JSONDecoder
    assert get("decoder") is json.decoder


def test_other_names_are_missing():
    hint = r"module 'json' has no attribute 'decoded'\. Did you mean 'decoder'\?"
    with pytest.raises(AttributeError, match=hint):
        lazy_attributes("json", {"decoder": "json.decoder"})("decoded")
