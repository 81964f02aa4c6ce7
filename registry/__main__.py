"""`python -m registry` is the same as `assuage`."""

from registry.cli import main

main()
