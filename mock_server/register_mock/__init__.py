"""A stateful mock of the Register trainee teachers API, driven by the documents in `spec`."""
