"""Scenarios: what happens and why, as files that a vendor reads and the mock plays."""
