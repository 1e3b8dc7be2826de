"""The suite's own coverage: what it is known to leave out, and what reports its runs show."""
