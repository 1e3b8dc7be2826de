"""One function for each operationId of the documents, named like it.

A function is called when every stage has let the request through. It changes the world and
returns the records to show, as JSON; where they stand in the answer, the document says.
"""

from __future__ import annotations

from collections.abc import Callable

from register_mock.contract.problems import Refusal
from register_mock.operations import children, listing, reference_data, trainees
from register_mock.request.walk import Walk

Function = Callable[[Walk], list[bytes] | Refusal]

OPERATIONS: dict[str, Function] = {
    name: function
    for module in (children, listing, reference_data, trainees)
    for name, function in vars(module).items()
    if name[0] != "_" and getattr(function, "__module__", "") == module.__name__
}

# Why a function itself refuses a request.
REASONS: dict[str, tuple[str, ...]] = {listing.list_trainees.__name__: (listing.NONE_LISTED,)}
