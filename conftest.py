"""What every test run shares: one Hypothesis seed, chosen here unless given, and printed.

A run on CI derandomises Hypothesis by itself; elsewhere the seed in the header repeats a run
(``pytest --hypothesis-seed N``).
"""

import gc
import random

import pytest

# The tests keep compiled documents by the dozen, and looking through all of them for garbage again
# and again takes time (a fifth of test_deployed_trainee); it costs memory instead.
gc.set_threshold(20_000, 20, 20)

# The fixture `register_mock`, as any other suite gets it from the installed package.
pytest_plugins = ["register_mock.pytest_plugin"]


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed when ``--hypothesis-seed`` was not given."""
    if config.getoption("hypothesis_seed", default=None) is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to repeat this run."""
    return f"repeat with: --hypothesis-seed {config.getoption('hypothesis_seed')}"
