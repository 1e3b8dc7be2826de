"""One function for each operationId of `spec/control.yaml`, named like it.

A function is called when the document lets the call through: body and query are right in form,
the world is known and its lock is held. It answers, or says what is wrong and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from register_mock.contract.envelopes import Answer
from register_mock.control.clock import advance_clock, set_clock, show_clock
from register_mock.control.faults import add_fault, clear_faults, delete_fault, list_faults
from register_mock.control.lifecycle import show_lifecycle
from register_mock.control.providers import (
    create_partner,
    create_provider,
    create_school,
    create_token,
    discard_provider,
    list_partners,
    list_providers,
    list_schools,
)
from register_mock.control.requests import (
    clear_requests,
    export_requests,
    list_requests,
    show_request,
)
from register_mock.control.settings import change_settings, show_settings
from register_mock.control.stream import stream_requests
from register_mock.control.trainees import (
    explain_event,
    fire_event,
    list_records,
    make_record,
    show_record,
)
from register_mock.control.visit import Visit, Wrong
from register_mock.control.worlds import (
    create_world,
    delete_world,
    list_worlds,
    reset_world,
    restore_snapshot,
    save_snapshot,
    show_control_document,
    show_health,
    show_world,
)

Function = Callable[[Visit], Answer | Wrong]

FUNCTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        show_health,
        show_control_document,
        list_worlds,
        create_world,
        show_world,
        delete_world,
        reset_world,
        save_snapshot,
        restore_snapshot,
        show_clock,
        set_clock,
        advance_clock,
        list_providers,
        create_provider,
        discard_provider,
        create_token,
        list_schools,
        create_school,
        list_partners,
        create_partner,
        list_records,
        make_record,
        show_record,
        fire_event,
        show_lifecycle,
        show_settings,
        change_settings,
        list_faults,
        add_fault,
        clear_faults,
        delete_fault,
        list_requests,
        export_requests,
        stream_requests,
        show_request,
        clear_requests,
    )
}

# Functions that say more of a wrong request than its form: what would be right for this record.
EXPLAINED: dict[str, Callable[[Visit, Wrong], Wrong]] = {fire_event.__name__: explain_event}
