"""A reader of the bundled document sees each field's coding, and its codes in words."""

from collections.abc import Iterator
from typing import Any

import pytest

import register_spec as spec
from register_spec.documents import Document

# What 001 and 003 print as "Coded according to the HESA … field", by field.
TRAINEE_001 = {
    "provider_trainee_id": "providers own identifier for student",
    "date_of_birth": "date of birth",
    "sex": "sex identifier",
    "nationality": "nationality",
    "email": "email addresses",
    "ethnicity": "ethnicity",
    **{f"disability{number}": "disability" for number in range(1, 10)},
    "itt_aim": "ITT qualification aim",
    "training_route": "entry route",
    "itt_qualification_aim": "qualification aim",
    **{f"course_subject_{number}": "subject of ITT course" for number in ("one", "two", "three")},
    "study_mode": "mode of study",
    "course_year": "year of course",
    "course_age_range": "ITT phase/scope",
    "fund_code": "fundability code",
    "funding_method": "bursary level award",
    "training_initiative": "initiatives",
    "additional_training_initiative": "initiatives",
    "hesa_id": "unique student identifier",
}
IN_003 = ("nationality", "ethnicity", "disability", "course_subject", "course_age_range", "addit")
TRAINEE_003 = {name: text for name, text in TRAINEE_001.items() if name.startswith(IN_003)}
PLACEMENT = {"urn": "placement school"}
DEGREE = {
    "country": "degree country",
    "grade": "degree class",
    "uk_degree": "degree type",
    "non_uk_degree": "degree type",
    "subject": "degree subject",
    "institution": "degree establishment",
    "graduation_year": "degree end date",
}
CODED = {
    (version, schema): fields
    for version, trainee in (("v1.0-pre", TRAINEE_001), ("v2025.0", TRAINEE_003))
    for name, fields in (("Trainee", trainee), ("Placement", PLACEMENT), ("Degree", DEGREE))
    for schema in (name, f"{name}Fields")
}


@pytest.mark.parametrize(("version", "schema"), CODED)
def test_the_coding_that_a_document_names_is_said(version: str, schema: str) -> None:
    fields = spec.bundle(version)["components"]["schemas"][schema]["properties"]
    named = {
        name: field["externalDocs"]["description"].removeprefix("HESA ").removesuffix(" field")
        for name, field in fields.items()
        if "externalDocs" in field
    }
    assert named == CODED[version, schema]
    for name, coding in named.items():
        assert f"Coded according to the HESA {coding} field." in fields[name]["description"]
        assert fields[name]["externalDocs"]["url"].startswith("https://www.hesa.ac.uk/collection/")


def coded_fields(node: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every field with codes, outside conditions: its name, itself, and where its enum stands."""
    if isinstance(node, list):
        for child in node:
            yield from coded_fields(child)
    elif isinstance(node, dict):
        for name, field in node.get("properties", {}).items():
            if not isinstance(field, dict):
                continue
            for part in (field, *field.get("anyOf", ()), field.get("items", {})):
                if "x-code-list" in part:
                    yield name, field, part
        for key, child in node.items():
            if key not in ("if", "then", "else", "not", "contains"):
                yield from coded_fields(child)


def test_every_code_has_its_label_beside_it(bundled: Document) -> None:
    seen = set()
    for name, field, part in coded_fields(bundled["components"]["schemas"]):
        labels = {row["code"]: row["label"] for row in bundled["x-code-lists"][part["x-code-list"]]}
        shown = part["x-enumDescriptions"]
        assert list(shown) == list(dict.fromkeys(str(code) for code in part["enum"] if code))
        assert shown == {code: labels[code] for code in shown}
        said = field.get("description", "").partition(spec.LABELS)[2]
        if "description" not in field:
            assert name.startswith("disability")  # inside hesa_disabilities; said at its fields
        elif len(shown) > 30:
            assert f"`x-code-lists.{part['x-code-list']}`" in said
        else:
            for code, label in shown.items():
                assert f"\n- `{code}`: {label}" in said, name
        seen.add(part["x-code-list"])
    only_in_tables = {"academic_cycle"}
    assert seen | only_in_tables == set(bundled["x-code-lists"])


def test_what_follows_from_the_ethnicity_is_declared_read_only(bundled: Document) -> None:
    fields = bundled["components"]["schemas"]["TraineeFields"]["properties"]
    for name in ("ethnic_group", "ethnic_background"):
        assert fields[name]["readOnly"] is True
        # Whatever is sent is ignored.
        assert not fields[name].keys() & {"type", "enum", "maxLength"}
