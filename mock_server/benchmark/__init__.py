"""Measures the mock against bare Flask on the same server: ``register-mock benchmark``."""
