"""A process that has read reletan, and forks for each run of it; ``quick_world`` starts it, and asks it for runs.

A run has its own process, arguments, folder, environment, streams, signals and exit code, as if Python had been started
for it. Only the modules are there already, and nobody takes them down one by one at its end.
"""

import atexit
import gc
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

# A world's, as far as Python looks at it before a program begins
ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONPATH": str(Path(__file__).parents[1]),
}
# What reletan imports where it needs it; reading none of it looks at the environment
_LATER = (
    "argparse", "git", "github.Requester", "jinja2.sandbox", "questionary", "rich.console", "rich.table", "semver",
    "slack_sdk.webhook", "yaml",
)  # fmt: skip
# seconds; nobody is made to wait for less
_SHORT = 0.25


def read_the_program() -> None:
    import reletan

    for module in pkgutil.walk_packages(reletan.__path__, "reletan."):
        if not module.name.startswith(("reletan.sandbox", "reletan.__main__")):
            # what cannot be read is told by the run that needs it
            with suppress(Exception):
                import_module(module.name)
    for name in _LATER:
        import_module(name)
    _build_the_commands()
    _read_the_templates()
    # these run git when they are read, and that is not the same one for each run
    del sys.modules["git"], sys.modules["git.cmd"]


def _build_the_commands() -> None:
    """What typer makes of the functions of ``cli``, once for all runs."""
    import typer.main

    from reletan.cli import app

    command = typer.main.get_command(app)
    typer.main.get_command = lambda _app: command


def _read_the_templates() -> None:
    from reletan.adapters.templates import environment

    for language in ("en", "ja"):
        for name in environment(language).list_templates():
            environment(language).get_template(name)


def serve(control: socket.socket) -> None:
    """Fork for each run that is asked for, and tell its process id; tell the exit code of one that has ended."""
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 20, 4)
        if not message:
            return
        what = json.loads(message)
        if "ended" in what:
            _, status = os.waitpid(what["ended"], 0)
            control.send(b"%d" % os.waitstatus_to_exitcode(status))
        elif pid := os.fork():
            for fd in fds:
                os.close(fd)
            control.send(b"%d" % pid)
        else:
            control.close()
            _be_a_run(what, *fds)


def _be_a_run(what: dict[str, Any], stdin: int, stdout: int, stderr: int, alive: int) -> NoReturn:
    for stream, fd in enumerate((stdin, stdout, stderr)):
        os.dup2(fd, stream)
        os.close(fd)
    # closed when this process ends, whatever it leaves running
    os.set_inheritable(alive, False)
    os.chdir(what["cwd"])
    os.environ.clear()
    os.environ.update(what["env"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["reletan", *what["args"]]
    if not what["patient"]:
        _hurry()
    if what["watched"]:
        # a Ctrl-C is for this run, and what it starts
        os.setpgid(0, 0)
        sys.path.append(str(Path(__file__).parent))
        import_module("torture.effects").watch(**what["watched"])
    os._exit(_run())


def _hurry() -> None:
    """A wait takes no time: this run's clock goes on instead. Short ones stay, by which a process is waited for."""
    sleep, monotonic, waited = time.sleep, time.monotonic, [0.0]

    def skip(seconds: float) -> None:
        if seconds < _SHORT:
            sleep(seconds)
        else:
            waited[0] += seconds

    time.sleep, time.monotonic = skip, lambda: monotonic() + waited[0]


def _run() -> int:
    """The program, and what Python does when it ends; the exit code."""
    from reletan.__main__ import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stderr.flush()
    try:
        sys.stdout.flush()
    except OSError:
        return 120
    return code


if __name__ == "__main__":
    # a Ctrl-C is for the tests, which end this
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    read_the_program()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
