"""Statistics: one question a file, outcome frame -> frozen result. Nothing here is released yet."""
