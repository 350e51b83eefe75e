"""Many pieces of work at once, each named by a text that does it again; and the worlds that they begin with."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from quick_world import QuickWorld

from torture.budget import Budget

T = TypeVar("T")
DIED = "a process died at this, or at what is told with it"
_NOTE = "at-"


def in_parallel(
    work: Callable[[str], T], units: Iterable[str], budget: Budget, died: Callable[[str], T]
) -> Iterator[T]:
    """``work`` of each unit in processes of their own, as they are done, while time is left; close it to begin no more.
    What has begun is finished. Their temporary folders are gone then.

    Where one of the processes dies, this ends, with ``died`` of what each was at: its unit, or its last ``note``.
    """
    names = iter(units)
    running: set[Future[T]] = set()
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        ProcessPoolExecutor(budget.workers, get_context("spawn"), _work_in, (folder,)) as pool,
    ):
        try:
            while True:
                for name in islice(names, budget.workers - len(running)) if budget.left() else ():
                    running.add(pool.submit(_noted, work, name))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        except BrokenProcessPool:
            notes = [text for file in Path(folder).glob(f"{_NOTE}*") if (text := file.read_text())]
            if not notes:
                raise
            yield from map(died, notes)


def _work_in(folder: str) -> None:
    tempfile.tempdir = tempfile.mkdtemp(dir=folder)


def _noted(work: Callable[[str], T], unit: str) -> T:
    note(unit)
    done = work(unit)
    note("")
    return done


def note(what: str) -> None:
    """Write down what this process is at: it may be its last word."""
    Path(tempfile.gettempdir()).with_name(f"{_NOTE}{os.getpid()}").write_text(what)


def to_begin_with() -> QuickWorld:
    """A world with the bare minimum, to be copied for as long as this process lives."""
    folder = tempfile.mkdtemp(prefix="torture-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    world = QuickWorld.bare_minimum(Path(folder) / "world")
    assert isinstance(world, QuickWorld)
    return world


def made_light(world: QuickWorld) -> QuickWorld:
    """The same in few files: objects in one pack, and no examples of hooks."""
    world.look("repack", "-adq", cwd=world.origin)
    for example in world.folder.rglob("*.sample"):
        example.unlink()
    return world
