"""All that changes while the mock runs, and the only source of time, ids and chance."""
