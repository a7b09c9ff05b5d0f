"""The stored answers that the page's own network is tested against are PyTorch's."""

import json

import numpy as np

import mlp


def test_stored_fixture_is_what_pytorch_computes():
    stored, computed = json.loads(mlp.PATH.read_text()), mlp.fixture()
    assert stored.keys() == computed.keys()
    for key, value in computed.items():
        np.testing.assert_allclose(stored[key], value, rtol=1e-9, atol=1e-12, err_msg=key)
