"""The server under test: how it is reached, what may leave, what comes back."""
