"""All faults, from the modules that enter them in the table."""

from register_contract.tests import (
    kept_faults,
    last_faults,
    more_faults,
    rule_faults,
    table_faults,
)
from register_contract.tests.faults import FAULTS

__all__ = ["FAULTS", "MODULES"]

MODULES = (kept_faults, last_faults, more_faults, rule_faults, table_faults)
"""Imported for the faults they enter."""
