"""One function for each operationId of the documents, named like it.

A function is called when every stage has let the request through. It changes the world and
returns the records to show, as JSON; where they stand in the answer, the document says.
"""

from __future__ import annotations

from collections.abc import Callable

from register_mock.contract.problems import Refusal
from register_mock.operations.children import (
    create_degree,
    create_placement,
    delete_degree,
    delete_placement,
    list_degrees,
    list_placements,
    show_degree,
    show_placement,
    update_degree,
    update_placement,
)
from register_mock.operations.listing import NONE_LISTED, list_trainees
from register_mock.operations.trainees import (
    create_trainee,
    defer_trainee,
    recommend_for_qts,
    show_info,
    show_trainee,
    update_trainee,
    withdraw_trainee,
)
from register_mock.request.walk import Walk

Function = Callable[[Walk], list[bytes] | Refusal]

OPERATIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        show_info,
        list_trainees,
        create_trainee,
        show_trainee,
        update_trainee,
        list_placements,
        create_placement,
        show_placement,
        update_placement,
        delete_placement,
        list_degrees,
        create_degree,
        show_degree,
        update_degree,
        delete_degree,
        recommend_for_qts,
        defer_trainee,
        withdraw_trainee,
    )
}

# Why a function itself refuses a request.
REASONS: dict[str, tuple[str, ...]] = {list_trainees.__name__: (NONE_LISTED,)}
