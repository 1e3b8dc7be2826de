"""Hold any deployment of the Register trainee teachers API to its contract.

An ordinary pytest suite: ``pytest contract_tests --register-url URL --token T``, wrapped by
``register-contract run``. It reads the contract from ``spec`` and never imports the mock.
"""
