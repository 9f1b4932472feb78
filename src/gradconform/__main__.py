"""`python -m gradconform`."""

from .harness.cli import main

main()
