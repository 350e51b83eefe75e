"""Where tests and torture work: worlds are thousands of small files that live for a second."""

import os
import shutil
import tempfile

_MEMORY = "/dev/shm"
_ENOUGH = 2 << 30


def work_in_memory() -> None:
    """Let temporary files of this process, and of those that it starts, stay in memory: where there is enough of it, where
    programs may be run from it, and where nobody chose another place.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free >= _ENOUGH and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY
