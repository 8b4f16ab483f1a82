"""Lets `python -m jobs` be the same command as `clinicmedia`."""

import sys

from jobs.cli import main

if __name__ == "__main__":
    sys.exit(main())
