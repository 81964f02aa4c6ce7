"""Persistence: tables, the engine and the only SELECTs of the house."""
