import pytest

from tests.helpers.binding import SEEDS, drawn, most_by, optimum


@pytest.mark.parametrize("seed", SEEDS)
def test_the_uplink_binds(seed):
    """The same requests and channels with the 20 MHz of Section V: more are served."""
    wide = drawn("scarce-spectrum", seed, uplink_bandwidth_hz=20e6)
    assert optimum(wide) > optimum(drawn("scarce-spectrum", seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_at_the_server_no_other_resource_is_as_short(seed):
    data = drawn("scarce-spectrum", seed)
    fewest = {name: most_by(data, 0, name) for name in ("uplink", "downlink", "memory", "compute")}
    assert min(fewest, key=fewest.get) == "uplink"
