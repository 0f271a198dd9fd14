"""Efficiency: the speed that the coefficients imply, beside the data sheet of the device."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.system_models.catalogue import names, reader
from heuristics.system_models.transformer import (
    FP16_BYTES,
    active_weights,
    kv_cache_bytes,
    weight_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.calibration.fit import Fit

_BITS = re.compile(r"(?:^|[^a-z0-9])(?:bfloat|float|fp|bf|int|iq|mxfp|nvfp|w|q|f)(\d+)", re.I)
_HALF_BITS = 16


@dataclass(frozen=True, kw_only=True)
class Efficiency:
    """Shares of the data sheet's speeds that the coefficients imply; None where unknown.

    Parameters
    ----------
    base_device
        Name of the data sheet in the catalogue.
    flop
        Share of the dense FP16 peak that the initial stage reaches, by :math:`c_1`.
    bandwidth
        Share of the memory bandwidth at which a step reads the weights, by :math:`d_0`.
    cache_bandwidth
        Share of the memory bandwidth at which a step reads the KV cache, by :math:`d_2`.
    is_impossible
        True if a share is above 1 at the slow end of its coefficient's interval too.
    """

    base_device: str | None = None
    flop: float | None = None
    bandwidth: float | None = None
    cache_bandwidth: float | None = None
    is_impossible: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the shares as JSON has them."""
        return {
            "base_device": self.base_device,
            "flop": self.flop,
            "bandwidth": self.bandwidth,
            "cache_bandwidth": self.cache_bandwidth,
        }

    @property
    def is_doubtful(self) -> bool:
        """True if a share is above 1: the estimate is faster than the data sheet."""
        return any(each is not None and each > 1 for each in (self.flop, self.bandwidth))


def efficiency(model: Fit, identity: Mapping[str, str]) -> Efficiency:
    """Return the efficiency of a fit.

    Parameters
    ----------
    model
        Coefficients.
    identity
        Names of the device and the LLM, the quantization and the number of devices, as the
        measurements or the user state them.
    """
    base = identity.get("base_device") or names.device_name(identity.get("device", ""))
    if base is None or base not in reader.devices():
        return Efficiency()
    sheet = reader.devices()[base]
    num_devices = int(identity.get("num_devices", 1))
    known = names.llm_name(identity.get("llm", ""))
    llm = None if known is None else reader.llms()[known]
    weights = float(identity["num_weights"]) if "num_weights" in identity else None
    active = float(active_weights(llm)) if llm is not None else weights
    values = {name: each.value for name, each in model.estimates.items()}
    slow = {name: each.high or each.value for name, each in model.estimates.items()}
    flop_per_s = num_devices * sheet.gpu_flop_per_s
    bytes_per_s = num_devices * (sheet.gpu_memory_bytes_per_s or 0.0)
    stored = _weight_bytes(identity, float(weight_bytes(llm)) if llm is not None else None)
    if stored is not None and llm is not None:  # a step of one request reads the active experts
        stored *= FP16_BYTES * active_weights(llm) / weight_bytes(llm)
    cache = float(kv_cache_bytes(llm, 1)) if llm is not None else None
    flop = None if active is None else 2 * active
    least = (_share(flop, slow["c1_s"], flop_per_s), _share(stored, slow["d0_s"], bytes_per_s))
    return Efficiency(
        base_device=base,
        flop=_share(flop, values["c1_s"], flop_per_s),
        bandwidth=_share(stored, values["d0_s"], bytes_per_s),
        cache_bandwidth=_share(cache, values["d2_s"], bytes_per_s),
        is_impossible=any(each is not None and each > 1 for each in least),
    )


def bits(quantization: str) -> int | None:
    """Return the bits of a weight that the name of a precision states.

    Examples
    --------
    >>> bits("Q4_K_M"), bits("W4A16"), bits("bfloat16"), bits("as submitted")
    (4, 4, 16, None)
    """
    found = _BITS.search(quantization)
    return int(found[1]) if found else None


def _weight_bytes(identity: Mapping[str, str], half: float | None) -> float | None:
    """Return the bytes of the weights: measured, or those in 16 bits in proportion to the bits."""
    if "weight_bytes" in identity:
        return float(identity["weight_bytes"])
    width = bits(identity.get("quantization", ""))
    return None if half is None or width is None else half * width / _HALF_BITS


def _share(amount: float | None, seconds: float, per_second: float) -> float | None:
    if amount is None or seconds <= 0 or per_second <= 0:
        return None
    return amount / seconds / per_second
