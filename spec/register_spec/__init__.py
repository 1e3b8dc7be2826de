"""The contract as data, and the one way to load it.

`bundle(version)` gives a self-contained OpenAPI 3.1 document: code lists put in, PATCH operations
written out, states named, every `x-` key checked. The mock and the contract suite both start from
it and share nothing else.
"""

from register_spec.addresses import base_path
from register_spec.altering import alteration, altered, effects
from register_spec.attributing import Attribution, Concern
from register_spec.bundling import (
    bundle,
    bundle_without,
    check_reading,
    every_code,
    readings,
    versions,
)
from register_spec.checking import how_changes_are_judged
from register_spec.composing import (
    DOCUMENTED,
    ENTRY,
    Change,
    Step,
    changes_between,
    deviations,
    plain,
    steps,
    switched_on,
    with_switches,
)
from register_spec.decisions import Choices, choices
from register_spec.describing import LABELS
from register_spec.documents import SpecError, openapi_dump, read_foreign, source_folder
from register_spec.plain import texts_in
from register_spec.readiness import readiness_rows
from register_spec.ready import make_ready
from register_spec.recorded import NO_ANSWER, Recorded, recorded
from register_spec.resolve import operations, resolve, schema_properties
from register_spec.translating import Translated, Translation, translate, translation

__all__ = [
    "DOCUMENTED",
    "ENTRY",
    "LABELS",
    "NO_ANSWER",
    "Attribution",
    "Change",
    "Choices",
    "Concern",
    "Recorded",
    "SpecError",
    "Step",
    "Translated",
    "Translation",
    "alteration",
    "altered",
    "base_path",
    "bundle",
    "bundle_without",
    "changes_between",
    "check_reading",
    "choices",
    "deviations",
    "effects",
    "every_code",
    "how_changes_are_judged",
    "make_ready",
    "openapi_dump",
    "operations",
    "plain",
    "read_foreign",
    "readiness_rows",
    "readings",
    "recorded",
    "resolve",
    "schema_properties",
    "source_folder",
    "steps",
    "switched_on",
    "texts_in",
    "translate",
    "translation",
    "versions",
    "with_switches",
]
