"""The pages of what was found: the ledger of each version, and the track record."""

from __future__ import annotations

from collections.abc import Iterator

import register_spec as spec
from register_contract.ledger import drift
from register_contract.track_record import track_record
from register_docs.markdown import heading, label, page


def ledger_page() -> Iterator[tuple[str, str]]:
    """Yield version and page of each ledger."""
    for version in reversed(spec.versions()):
        for reading in spec.readings(version):
            if reading != spec.DOCUMENTED:
                title = f"Where {version} as {reading} does otherwise than its documents"
                lines = (
                    *heading(1, title, label("ledger", version)),
                    drift(version, reading, "md"),
                )
                yield f"{version}-{reading}", page(lines)


def track_record_page() -> str:
    """Return the page of the track record, which `register-contract track-record` prints."""
    return page((*heading(1, "Track record", "track-record"), track_record()))
