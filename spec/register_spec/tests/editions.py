"""A version and a reading that only tests know: one file each, beside a copy of the contract."""

from __future__ import annotations

import shutil
from pathlib import Path

import register_spec as spec

VERSION = "v9.0"
READING = "relaxed"

# A rename, a new code, a new required field, a lock, a removed operation.
STEP = """
overlay: 1.0.0
info: {title: v9.0 after NEWEST, version: v9.0}
x-follows: NEWEST
actions:
  - x-id: base_path
    description: The base path of the version is /api/v9.0.
    x-source: "003"
    target: $.servers[?@.url == '/api/NEWEST']
    update: {url: /api/v9.0}
  - x-id: family_name
    description: last_name is called family_name.
    x-source: "003"
    target: $['x-names']
    update: {family_name: last_name}
  - x-id: sex_not_asked
    description: sex may be 97, not asked.
    x-source: "003"
    target: $['x-code-lists'].sex.codes
    update: {"97": {label: Not asked}}
  - x-id: cohort_needed
    description: A trainee has a cohort.
    x-source: "003"
    target: $.components.schemas.TraineeFields.properties
    update:
      cohort:
        description: Name of the cohort.
        type: string
        maxLength: 10
        pattern: \\S
        x-source: "003"
  - x-with: cohort_needed
    target: $.components.schemas.TraineeRequest.required
    update: [cohort]
  - x-with: cohort_needed
    target: $.components.schemas.Trainee.properties
    x-before: state
    update: {cohort: {x-shows: TraineeFields}}
  - x-with: cohort_needed
    target: $.components.examples.create_trainee_request.value.data
    update: {cohort: "2025 A"}
  - x-id: deferred_stay
    description: A deferred trainee cannot be updated.
    x-source: "003"
    target: $['x-lifecycle'].locks
    update: [{operations: [update_trainee], states: [deferred], refusal: state_transition}]
  - x-id: degrees_stay
    description: A degree cannot be removed.
    x-source: "003"
    target: $.paths['/trainees/{trainee_id}/degrees/{degree_id}'].delete
    remove: true
  - x-with: degrees_stay
    target: $['x-lifecycle'].locks[*].operations[?@ == 'delete_degree']
    remove: true
  - x-with: degrees_stay
    target: $.paths[*][*].responses[*].links.delete_degree
    remove: true
"""

OVERLAY = """
overlay: 1.0.0
info: {title: What v9.0 does otherwise, version: v9.0}
actions:
  - x-id: longer_first_names
    description: first_names may have 100 characters.
    x-source: "003"
    x-drift:
      documents: first_names has at most 60 characters.
      service: It takes 100.
      evidence: seen in a test
      since: "2025-10-15"
    target: $.components.schemas.TraineeFields.properties.first_names
    update: {maxLength: 100}
"""


def with_edition(folder: Path) -> Path:
    """Return a copy of the contract that has the version and the reading besides."""
    ignored = shutil.ignore_patterns("register_spec", "readings")
    shutil.copytree(spec.source_folder(), folder, ignore=ignored)
    (folder / "steps" / f"{VERSION}.yaml").write_text(_step(), encoding="utf-8")
    room = folder / "readings" / READING
    room.mkdir(parents=True)
    (room / f"{VERSION}.yaml").write_text(OVERLAY, encoding="utf-8")
    return folder


def _step() -> str:
    return STEP.replace("NEWEST", spec.versions()[-1])
