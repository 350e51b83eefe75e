"""The wheel: what is in it, and that it runs where this checkout is not."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import reletan

ROOT = Path(__file__).parents[2]
# what pip says where it cannot fetch the build backend: not reached, or reached but not there
_NO_REGISTRY = re.compile(
    r"No matching distribution found|Could not fetch URL|Connection|Temporary failure|ReadTimeout"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries=1", "--timeout=10"]
    build = subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if build.returncode and _NO_REGISTRY.search(build.stderr):
        pytest.skip("the package registry is not reachable: the wheel cannot be built")
    assert build.returncode == 0, build.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_the_templates_and_the_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"reletan/py.typed", "reletan/templates/en/list.md.j2", "reletan/templates/ja/list.md.j2"} <= names


def test_the_wheel_holds_every_template_and_module_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    templates = {f"reletan/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*.j2")}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "reletan").rglob("*.py")}
    assert templates | modules <= names
    assert {name.partition("/")[0] for name in names} == {"reletan", f"reletan-{reletan.__version__}.dist-info"}


def test_the_unpacked_wheel_runs_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-P", "-m", "reletan", "--version"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert reletan.__version__ in run.stdout
