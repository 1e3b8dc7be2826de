"""Hold any deployment of the Register trainee teachers API to its contract.

An ordinary pytest suite, ``pytest --pyargs register_contract.suite --register-url URL --token T``,
wrapped by ``register-contract run``. It reads the contract from ``register_spec``, and imports
nothing of the mock but the client of its control API.
"""
