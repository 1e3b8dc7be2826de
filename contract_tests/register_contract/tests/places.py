"""Where the tests' own targets have the API."""

from register_contract.target.client import Place

HEADER = "Authorization: Bearer {token}"
PLACE = Place("/api/v", HEADER)
NEWEST = Place("/api/v2025.0", HEADER)
