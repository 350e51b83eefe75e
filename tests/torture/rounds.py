"""Many pieces of work at once, each named by a text that does it again; and the worlds that they begin with."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from quick_world import QuickWorld

from torture.budget import Budget

T = TypeVar("T")


def in_parallel(work: Callable[[str], T], units: Iterable[str], budget: Budget) -> Iterator[T]:
    """``work`` of each unit in processes of their own, as they are done, while time is left; close it to begin no more.
    What has begun is finished. Their temporary folders are gone then.
    """
    names = iter(units)
    running: set[Future[T]] = set()
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        ProcessPoolExecutor(budget.workers, get_context("spawn"), _work_in, (folder,)) as pool,
    ):
        while True:
            for name in islice(names, budget.workers + 1 - len(running)) if budget.left() else ():
                running.add(pool.submit(work, name))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()


def _work_in(folder: str) -> None:
    tempfile.tempdir = folder


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
