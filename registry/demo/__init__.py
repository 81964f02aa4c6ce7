"""A made-up registry to try Assuage on: seeded, plausible, and marked as synthetic everywhere."""
