"""Measures the mock against bare Flask on a fast server: ``register-mock benchmark``."""
