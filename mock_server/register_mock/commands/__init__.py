"""The command ``register-mock``."""
