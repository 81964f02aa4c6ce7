"""The clinic's rules: pure Python, no framework, no input or output, no clock."""
