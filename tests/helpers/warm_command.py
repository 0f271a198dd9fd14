"""The command ``otgah``, run in forks of one process that has imported the modules of all verbs.

A guide has up to twenty commands. Each would import the same modules and load the same kernels for
a second or two. Other tests run the installed script itself.
"""

import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]

MODULES = (
    "analysis.calibration.calibration",
    "analysis.campaigns.batch",
    "analysis.demonstration.demo",
    "analysis.reports.report",
    "analysis.simulation.simulate",
    "formulations.ready",
    "heuristics.ready",
    "jupytext",
    "nbconvert",
    "otgah.__main__",
    "papermill",
)

CLIENT = f"""#!{sys.executable} -IS
import json, os, socket, sys
call = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(os.path.join(os.path.dirname(__file__), "calls"))
    socket.send_fds(connection, [b"c"], [0, 1, 2])
    connection.sendall(json.dumps(call).encode())
    connection.shutdown(socket.SHUT_WR)
    sys.exit(int(connection.recv(16) or b"70"))
"""
"""The command as a shell finds it. It passes on its arguments and its standard streams."""


@contextmanager
def warm_command():
    """Yield a folder with an executable `otgah`, which works until the context ends."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder, "otgah")
        path.write_text(CLIENT, encoding="utf-8")
        path.chmod(0o755)
        listener.bind(str(Path(folder, "calls")))
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, "-m", __name__, str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd=ROOT,
        )
        listener.close()  # a call to a server that has ended must fail
        try:
            yield folder
        finally:
            server.terminate()
            server.wait()


def serve(listener):
    """Fork a process for each call."""
    for name in MODULES:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        connection, _ = listener.accept()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            try:
                listener.close()
                _answer(connection)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        connection.close()


def _answer(connection):
    """Run the command of a call on the caller's streams, and send its exit status."""
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    call = json.loads(b"".join(iter(lambda: connection.recv(1 << 16), b"")))
    # The streams of the server know whether its own files were pipes or not.
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    status = import_module("otgah.__main__").main(call["arguments"])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    connection.sendall(str(status).encode())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
