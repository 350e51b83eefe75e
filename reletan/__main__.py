"""``reletan`` and ``python -m reletan``."""

import gc
import sys


def main() -> None:
    # Answered before anything is imported: scripts ask for the version often.
    if sys.argv[1:] == ["--version"]:
        from reletan import __version__

        sys.stdout.write(f"reletan {__version__}\n")
        return
    # A run is short: looking for cycles, at the end most of all, would take a fifth of it and free nothing that matters.
    gc.disable()
    from reletan.running import run

    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
