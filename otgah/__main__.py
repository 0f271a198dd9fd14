"""The command ``otgah``, which is also ``python -m otgah``."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    argv
        Arguments after the name of the command; those of the process if None.

    Returns
    -------
    int
        The exit status that :func:`analysis.cli.main` describes.
    """
    from analysis.cli import main as command

    return command(argv)


if __name__ == "__main__":
    sys.exit(main())
