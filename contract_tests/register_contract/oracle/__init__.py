"""What the contract says should come of a request, read from the spec by the suite's own code."""
