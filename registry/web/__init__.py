"""The edge: pages, API, and everything that knows HTTP."""
