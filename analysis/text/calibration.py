"""Calibration in words: coefficients with intervals, errors, and rows left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analysis.text.phrases import ABSENT, aligned, counted, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.calibration.calibration import Calibration
    from analysis.calibration.check import ProfileCheck
    from analysis.calibration.errors import RelativeErrors
    from analysis.calibration.replay import Replayed
    from instances.measurements.reader import Measurements

_MEANINGS = {
    "c0_s": "initial stage of a batch",
    "c1_s": "prompt token",
    "d0_s": "decoding step of a batch",
    "d1_s": "decoding step of a request",
    "d2_s": "cached token of a step",
}
_SHOWN_ROWS = 5
_SHOWN_GROUPS = 16
_GROUPS = {"batch": "batch size", "lengths": "lengths (prompt+output)"}


def calibration_text(calibration: Calibration) -> str:
    """Return a calibration as ``otgah calibrate`` prints it."""
    parts = [
        _headline(calibration.measurements),
        f"Error of the predicted time: {_error(calibration.errors)}; "
        + "; ".join(f"{name} {_error(each)}" for name, each in calibration.part_errors.items()),
        _coefficients(calibration),
        _held_out(calibration),
        f"Margin added to every time: {percent(calibration.margin)}. {_range(calibration)}",
        _efficiency(calibration),
        *_replays(calibration.replays),
        _left_out(calibration.measurements),
        "\n".join(f"Note: {each}." for each in calibration.remarks),
    ]
    return "\n\n".join(part for part in parts if part)


def check_text(check: ProfileCheck) -> str:
    """Return a check as ``otgah calibrate --check`` prints it."""
    profile = check.profile
    parts = [
        f"Profile of {profile.llm or 'an LLM'} on {profile.device}. "
        + _headline(check.measurements),
        f"Error of the predicted time: {_error(check.errors)}; "
        + "; ".join(f"{name} {_error(each)}" for name, each in check.part_errors.items()),
        f"With its margin of {percent(profile.margin)} the profile is at least as long as "
        f"{percent(check.covered)} of the measurements.",
        _table(check.by_batch, "batch size"),
        _table(check.by_lengths, _GROUPS["lengths"]),
        *_replays(check.replays),
        "\n".join(f"Note: {each}." for each in check.remarks),
        _left_out(check.measurements),
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(measurements: Measurements) -> str:
    names = measurements.identity
    told = ", ".join(names[each] for each in ("llm", "quantization", "engine") if each in names)
    devices = names.get("num_devices", "1")
    place = names.get("device", "a device that the files do not name")
    many = f"{devices} x " if devices != "1" else ""
    kept, left = len(measurements.kept), len(measurements.left_out)
    kinds = " and ".join(measurements.formats)
    return (
        f"{counted(kept, 'measurement')} ({kinds}) of {told or 'an LLM'} on {many}{place};"
        f" {counted(left, 'row')} left out."
    )


def _error(errors: RelativeErrors) -> str:
    return f"mean {percent(errors.mape)}, worst {percent(errors.worst)}"


def _coefficients(calibration: Calibration) -> str:
    rows = []
    for name, each in calibration.fit.estimates.items():
        between = (
            "fixed"
            if each.fixed
            else ABSENT
            if each.low is None or each.high is None
            else f"{_short(each.low)} to {_short(each.high)}"
        )
        value = each.value
        rows.append([name.removesuffix("_s"), _MEANINGS[name], _short(value), between])
    return aligned(rows, ["", "time of a", "value", "interval"])


def _short(value: float) -> str:
    return seconds(value) if value >= 1e-6 or value == 0 else f"{value * 1e9:.3g} ns"


def _held_out(calibration: Calibration) -> str:
    held = calibration.held_out
    if held is None:
        return ""
    if len(held.groups) > _SHOWN_GROUPS:
        groups = f"({len(held.groups)} sizes; --json lists each)"
    else:
        groups = "\n" + _table(held.groups, _GROUPS[held.by])
    head = f"Left out in turn, by {_GROUPS[held.by]}: {_error(held.total)}."
    if held.interior is not None:
        head += f" Without the least and the largest size: {_error(held.interior)}."
    return f"{head} {groups}" if groups.startswith("(") else head + groups


def _table(groups: Mapping[str, RelativeErrors], head: str) -> str:
    rows = [
        [name, str(each.count), percent(each.mape), percent(each.worst)]
        for name, each in groups.items()
    ]
    return aligned(rows, [head, "rows", "mean error", "worst"], right=(1, 2, 3))


def _range(calibration: Calibration) -> str:
    bounds = calibration.measured_range
    return (
        "Measured: batches of {batch[0]:,} to {batch[1]:,}, prompts of {prompt_tokens[0]:,} to"
        " {prompt_tokens[1]:,} tokens, outputs of {output_tokens[0]:,} to {output_tokens[1]:,}."
    ).format(**bounds)


def _efficiency(calibration: Calibration) -> str:
    found = calibration.efficiency
    if found.base_device is None:
        return ""
    shares = {
        "of its FP16 peak in the initial stage": found.flop,
        "of its bandwidth for the weights": found.bandwidth,
        "of its bandwidth for the KV cache": found.cache_bandwidth,
    }
    told = ", ".join(f"{percent(each)} {name}" for name, each in shares.items() if each is not None)
    return f"Data sheet of {found.base_device}: {told}." if told else ""


def _replays(replays: Mapping[str, Sequence[Replayed]]) -> list[str]:
    found = []
    for source, listed in replays.items():
        rows = []
        for each in listed:
            for at, quantile in enumerate(("p50", "p95")):
                measured, replayed = each.measured_s[at], each.replayed_s[at]
                rows.append(
                    [
                        f"{each.name} {quantile}",
                        seconds(measured),
                        seconds(replayed),
                        percent(abs(replayed / measured - 1)),
                        percent(each.error[at]),
                    ]
                )
        heads = ["", "measured", "replayed", "difference", "error of a request"]
        table = aligned(rows, heads, right=(1, 2, 3, 4))
        found.append(f"Replay of {source} by iterations:\n{table}")
    return found


def _left_out(measurements: Measurements) -> str:
    rows = measurements.left_out
    if not rows:
        return ""
    contradicting = [each for each in rows if each.contradicts]
    lines = []
    if contradicting:
        lines.append(
            f"{counted(len(contradicting), 'row')} left out as contradictory (--json lists each):"
        )
        lines += [f"  {each}" for each in contradicting[:_SHOWN_ROWS]]
        if len(contradicting) > _SHOWN_ROWS:
            lines.append(f"  and {len(contradicting) - _SHOWN_ROWS:,} more")
    others = Counter(each.reason for each in rows if not each.contradicts)
    lines += [f"{counted(count, 'row')} left out: {reason}" for reason, count in others.items()]
    return "\n".join(lines)
