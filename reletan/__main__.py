"""``reletan`` and ``python -m reletan``."""

import sys


def main() -> None:
    # Answered before anything is imported: scripts ask for the version often.
    if sys.argv[1:] == ["--version"]:
        from reletan import __version__

        sys.stdout.write(f"reletan {__version__}\n")
        return
    from reletan.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
