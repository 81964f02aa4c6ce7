"""The only SELECTs of the house. Each is narrowed by site and returns rows."""
