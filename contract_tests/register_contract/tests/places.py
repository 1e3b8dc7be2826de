"""Where the tests' own targets have the API."""

from register_contract.target.client import Place, Probe

HEADER = "Authorization: Bearer {token}"
PROBE = Probe("/info", lambda status, body: (status, body) == (200, {"status": "ok"}))
PLACE = Place("/api/v", HEADER, PROBE)
NEWEST = Place("/api/v2026.1", HEADER, PROBE, ("trn", "award"))
