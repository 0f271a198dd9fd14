"""The fuzzer: mutated files of a format, written, read, and counted."""

import ctypes
import random
import signal
from dataclasses import dataclass, field

from heuristics.errors import InputError
from tests.fuzzing.agreement import one_line
from tests.fuzzing.certificate import CertificateFormat
from tests.fuzzing.instance import InstanceFormat
from tests.fuzzing.measurement import MeasurementFormat, ProfileFormat
from tests.fuzzing.model_config import ModelConfigFormat
from tests.fuzzing.plugin import PluginFormat
from tests.fuzzing.scenario import ScenarioFormat
from tests.fuzzing.schedule import ScheduleFormat
from tests.fuzzing.store import StoreFormat
from tests.fuzzing.trace import (
    ColumnsTraceFormat,
    PackedTraceFormat,
    ServeGenFormat,
    TraceFormat,
)
from tests.helpers.memory import forget_peak, peak_kb

LONGEST_S = 5
LARGEST_MEMORY_KB = 2**20


class TooLong(Exception):  # noqa: N818 - it is what a file did
    """A file took longer than it may."""


@dataclass
class Tally:
    """How many files were read of a format, how many were accepted, and what was found."""

    read: int = 0
    accepted: int = 0
    findings: list = field(default_factory=list)


FORMATS = {
    each.name: each
    for each in (
        InstanceFormat,
        ScheduleFormat,
        CertificateFormat,
        ScenarioFormat,
        ModelConfigFormat,
        TraceFormat,
        PackedTraceFormat,
        ColumnsTraceFormat,
        ServeGenFormat,
        StoreFormat,
        PluginFormat,
        MeasurementFormat,
        ProfileFormat,
    )
}


def fuzz(chosen, seeds):
    """Write and read a mutated file for each seed; return what came of them."""
    tally = Tally()
    _keep_memory_steady()
    begun_kb = forget_peak()
    before = signal.signal(signal.SIGPROF, _hang)
    try:
        for seed in seeds:
            chosen.write(random.Random(seed))
            signal.setitimer(signal.ITIMER_PROF, LONGEST_S)  # of processor time: load is no hang
            try:
                chosen.read()
                tally.accepted += 1
            except InputError as error:
                one_line(error)
            except Exception as error:
                tally.findings.append(f"seed {seed}: {type(error).__name__}: {str(error)[:200]}")
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            tally.read += 1
            if peak_kb() - begun_kb > LARGEST_MEMORY_KB:
                tally.findings.append(f"seed {seed}: more than 1 GiB")
                break
    finally:
        signal.signal(signal.SIGPROF, before)
    return tally


def _hang(number, frame):
    raise TooLong(f"more than {LONGEST_S} s")


def _keep_memory_steady():
    """Return large buffers to the system at once: the heap of glibc fragments otherwise."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(-3, 2**16)  # M_MMAP_THRESHOLD
