"""One sort of cell a module: its text -> a value, or the reason why it can't be taken."""
