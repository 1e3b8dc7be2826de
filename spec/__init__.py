"""The contract as data, and the one way to load it.

`bundle(version)` gives a self-contained OpenAPI 3.1 document: code lists put in, PATCH operations
written out, states named, every `x-` key checked. The mock and the contract suite both start from
it and share nothing else.
"""

from spec.bundling import bundle, every_code, readings
from spec.composing import DOCUMENTED, Step, steps, versions
from spec.decisions import Choices, choices
from spec.describing import LABELS
from spec.documents import SpecError, openapi_dump, source_folder
from spec.resolve import operations, resolve, schema_properties

__all__ = [
    "DOCUMENTED",
    "LABELS",
    "Choices",
    "SpecError",
    "Step",
    "bundle",
    "choices",
    "every_code",
    "openapi_dump",
    "operations",
    "readings",
    "resolve",
    "schema_properties",
    "source_folder",
    "steps",
    "versions",
]
