"""What breaks each rule that the suite can report a finding of: proof that its check can fail.

A rule is the name that stands beside a finding, such as ``list.order``. A fault is one of
``FAULTS``, which the tests put before a sound mock; a defect is one that the mock itself has on
request.
"""

from __future__ import annotations

BY_FAULT = {
    "answer.content-type": "page_for_not_found",
    "delete.still-there": "deleted_placement_still_shown",
    "answer.not-as-due": "ethnicity_has_no_default",
    "answer.not-new": "duplicates_accepted",
    "derived.wrong": "ages_of_another_range",
    "duplicate.changes": "original_changed_by_a_duplicate",
    "envelope.wrong": "errors_as_an_object",
    "field.enum": "number_for_a_string",
    "field.missing": "field_dropped",
    "field.not-refused": "unknown_code_accepted",
    "field.order": "errors_reversed",
    "field.other": "echo_of_a_wrong_urn",
    "field.pattern": "timestamp_without_zone",
    "field.sentence": "wrong_sentence",
    "field.type": "number_for_a_string",
    "field.undocumented": "undocumented_field",
    "lifecycle.not-written": "recommendation_not_dated",
    "list.filter": "since_ignored",
    "list.not-fresh": "list_lags",
    "list.order": "order_ignored",
    "list.pages": "page_two_is_page_one",
    "list.pages-overlap": "page_two_is_page_one",
    "order.wrong": "degrees_in_another_order",
    "read-only.set": "trn_settable",
    "read.differs": "deferral_changes_nothing",
    "read.not-as-written": "update_not_stored",
    "read.unstable": "each_look_differs",
    "refusal.changed-something": "degree_emptied_by_a_refused_change",
    "refusal.words": "state_refused_in_other_words",
    "status.wrong": "wrong_status",
    "together.lost": "one_of_many_is_lost",
    "together.not-once": "two_of_many_are_made",
    "update.not-as-read": "what_was_read_is_read_otherwise",
    "update.not-dated": "updated_at_frozen",
    "update.not-idempotent": "second_update_does_more",
    "value.wrong": "award_not_shown",
    "write.touches-more": "deferral_clears_the_mode",
}
"""The fault that breaks a rule; ``test_faults`` sees that the rule is told."""

BY_DEFECT = {
    "duplicate.not-shown": ("only_the_first_conflict_shown", "duplicates and two_others"),
    "field.minLength": ("submission_time_without_a_time", "examples and create_trainee"),
    "field.null": ("absent_disabilities_shown_as_null", "examples"),
    "isolation.changed": ("other_providers_trainee_changed", "isolation and another_providers"),
    "isolation.list": ("list_of_every_provider", "isolation and lists_hold"),
    "lifecycle.event": ("award_needs_no_recommendation", "lifecycle and cannot_happen"),
    "lifecycle.issued": ("trn_issued_at_once", "walk and career"),
    "list.cycle": ("academic_cycle_ignored", "lists and academic"),
    "list.issued-twice": ("trn_issued_twice", "lists and whole"),
    "list.other-than-show": ("children_left_out_of_the_list", "lists and whole"),
    "list.shows-hidden": ("drafts_listed", "lists and whole"),
    "together.no-order": ("trainee_check_and_store_apart", "that_meet and create_trainee"),
    "lists.wrong": ("reason_of_a_withdrawal_called_otherwise", "codes and shown_as_they_are"),
    "query.words": ("wrong_query_value_without_its_name", "boundaries and query"),
    "rate.at-once": ("calls_at_once_count_as_one", "rate and at_once"),
    "refusal.changes": ("refused_update_is_kept", "updates and refused"),
    "time.due": ("due_events_a_day_late", "time and due"),
    "time.written": ("events_in_british_summer_time", "time and dated"),
}
"""The defect that breaks a rule, and the tests that tell it."""

OF_THE_LIMIT = "rate.early"
"""What ``test_violations`` breaks by itself: no script of one finding repeats it."""

UNBROKEN = {
    "rate.wait": "The faults are put into JSON alone, and no defect is about the text of a 429."
}
"""Rules that nothing breaks here, each with the reason."""

IN_SHAPE = frozenset(
    {
        "answer.none",
        "answer.not-json",
        "answer.redirect",
        "envelope.not-object",
        "field.anyOf",
        "field.const",
        "field.format",
        "field.maxItems",
        "field.maxLength",
        "field.maximum",
        "field.minItems",
        "field.minProperties",
        "status.server-error",
        "status.undocumented",
    }
)
"""Rules of an answer by itself, which ``test_violations`` breaks one by one."""
