"""The outside's formats: what leaves the registry and what comes in."""
