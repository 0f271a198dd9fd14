"""Facts about processes: Linux's own and the fallback of other systems agree."""

import os
import subprocess
import sys
import time

import pytest

from analysis.engines.processes import descendants, resident_memory
from analysis.runs import operating_system
from analysis.store.owner import is_alive, this_process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(params=["", "1"], ids=["linux", "portable"])
def system(request, monkeypatch):
    monkeypatch.setenv("OTGAH_PORTABLE", request.param)
    assert operating_system.is_linux() is (request.param == "" and sys.platform == "linux")


@pytest.mark.usefixtures("system")
def test_a_child_is_known_until_it_has_ended():
    with subprocess.Popen(SLEEPER) as child:
        assert child.pid in operating_system.children(os.getpid())
        assert child.pid in descendants(os.getpid())
        assert resident_memory([child.pid]) > 0
        assert operating_system.born(child.pid)
        child.kill()
        while operating_system.born(child.pid) is not None:  # a zombie has ended
            time.sleep(0.01)
    assert child.pid not in operating_system.children(os.getpid())
    assert resident_memory([child.pid]) == 0


@pytest.mark.usefixtures("system")
def test_this_process_is_alive_and_another_start_of_its_number_is_not():
    owner = this_process()
    assert is_alive(str(owner))
    assert not is_alive(str(owner._replace(born="1")))
    assert not is_alive(str(owner._replace(boot="other")))


@pytest.mark.usefixtures("system")
def test_the_processor_and_options_need_no_linux():
    assert operating_system.processor() is None or operating_system.processor()
    operating_system.set_process_option(3, 0)  # PR_GET_DUMPABLE changes nothing
    assert operating_system.children(2**30) == []
