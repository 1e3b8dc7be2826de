"""Who is let in, and whose records are seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from register_mock.contract.credentials import TokenHeader
from register_mock.contract.problems import Refusal
from register_mock.defects.checks import looked
from register_mock.defects.outgoing import LIFE, answering
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS, listing
from register_mock.request import pipeline
from register_mock.request.stages import STAGES
from register_mock.request.walk import Walk
from register_mock.world.providers import Token
from register_mock.world.world import World

KIND = "access and isolation"


def _found(walk: Walk) -> Any:
    return walk.world.store.get(walk.named("trainee"))


def _seeing(stage: Any, operations: tuple[str, ...]) -> Any:
    """Return the look for a trainee that finds those of other providers for some operations."""

    def trainee(walk: Walk) -> Any:
        found = _found(walk)
        if found is None or walk.operation.acts_as not in operations or found.is_discarded:
            return stage.look(walk)
        walk.trainee = found
        return None

    return looked(stage, trainee)


@defect(KIND, STAGES, "trainee")
def other_providers_trainee_shown(stage: Any) -> Any:
    """A trainee of another provider is shown."""
    return _seeing(stage, ("show_trainee",))


@defect(KIND, STAGES, "trainee")
def other_providers_trainee_changed(stage: Any) -> Any:
    """A trainee of another provider can be updated."""
    return _seeing(stage, ("update_trainee",))


@defect(KIND, STAGES, "trainee")
def other_providers_trainee_withdrawn(stage: Any) -> Any:
    """A trainee of another provider can be withdrawn."""
    return _seeing(stage, ("withdraw_trainee",))


@defect(KIND, STAGES, "trainee")
def other_providers_degrees_listed(stage: Any) -> Any:
    """The degrees of another provider's trainee are listed."""
    return _seeing(stage, ("list_degrees",))


@defect(KIND, STAGES, "trainee")
def other_providers_placement_deleted(stage: Any) -> Any:
    """A placement of another provider's trainee can be deleted."""
    return _seeing(stage, ("delete_placement",))


@defect(KIND, *LIFE)
def other_providers_trainee_as_403(function: Any) -> Any:
    """A trainee of another provider is answered 403 instead of 404, which tells that it exists."""

    def change(walk: Walk, answer: Any) -> Any:
        if answer.status != 404 or walk.asked is None or "trainee" not in walk.asked.ids:
            return answer
        found = _found(walk)
        is_others = found is not None and found.ukprn != walk.ukprn
        return answer._replace(status=403) if is_others else answer

    return answering(function, change)


@defect(KIND, STAGES, "trainee")
def discarded_trainee_shown(stage: Any) -> Any:
    """A trainee that was deleted by the provider is still found."""

    def trainee(walk: Walk) -> Any:
        found = _found(walk)
        if found is None or found.ukprn != walk.ukprn:
            return stage.look(walk)
        walk.trainee = found
        return None

    return looked(stage, trainee)


@defect(KIND, STAGES, "child")
def child_of_another_trainee_found(stage: Any) -> Any:
    """A degree or placement is found below another trainee of the provider."""

    def child(walk: Walk) -> Any:
        refusal = stage.look(walk)
        kind = walk.child_kind()
        if refusal is not None and walk.call.method == "GET":
            for trainee in walk.world.store.all():
                for each in trainee.children(kind):
                    if each.id == walk.named(kind) and trainee.ukprn == walk.ukprn:
                        walk.child = each
                        return None
        return refusal

    return looked(stage, child)


@defect(KIND, OPERATIONS, "list_trainees")
def list_of_every_provider(function: Any) -> Any:
    """The list has the trainees of all providers."""

    def list_trainees(walk: Walk) -> Any:
        own = walk.ukprn
        found: list[bytes] = []
        for ukprn in walk.world.providers:
            walk.ukprn = ukprn
            listed = function(walk)
            found += [] if isinstance(listed, Refusal) else listed
        walk.ukprn = own
        return found or Refusal(listing.NONE_LISTED)

    return list_trainees


@defect(KIND, Token, "is_good")
def expired_token_taken(is_good: Any) -> Any:
    """A token is taken after the day on which it expired."""
    return lambda self, today: self.status == "active"


@defect(KIND, Token, "is_good")
def revoked_token_taken(is_good: Any) -> Any:
    """A revoked token is taken."""
    return lambda self, today: is_good(replace(self, status="active"), today)


@defect(KIND, World, "provider_of")
def tokens_of_a_discarded_provider_taken(provider_of: Any) -> Any:
    """The tokens of a provider that is gone are taken."""

    def found(self: World, token: str) -> str | None:
        today = self.now().date()
        for provider in self.providers.values():
            if any(known.token == token and known.is_good(today) for known in provider.tokens):
                return provider.ukprn
        return None

    return found


@defect(KIND, TokenHeader, "token")
def token_of_any_case_taken(token: Any) -> Any:
    """Letters of a token may be large or small."""

    def lowered(self: TokenHeader, value: str | None) -> str | None:
        found: str | None = token(self, value)
        return None if found is None else found.lower()

    return lowered


@defect(KIND, World, "provider_of")
def unknown_token_is_the_first_provider(provider_of: Any) -> Any:
    """A token that nobody was given counts as one of the first provider."""

    def found(self: World, token: str) -> str | None:
        own: str | None = provider_of(self, token)
        return own if own or self.issued(token) else next(iter(self.providers))

    return found


@defect(KIND, pipeline, "unknown_route")
def unknown_path_in_the_words_of_a_trainee(unknown_route: Any) -> Any:
    """A path that no document has is answered like an unknown trainee."""
    return lambda walk: Refusal("trainee_not_found")


@defect(KIND, STAGES, "trainee")
def identifiers_in_any_case(stage: Any) -> Any:
    """An identifier in other letters, large for small, finds the trainee."""

    def trainee(walk: Walk) -> Any:
        found = walk.world.store.find(walk.named("trainee"))
        if found is None or found.ukprn != walk.ukprn or found.is_discarded:
            return stage.look(walk)
        walk.trainee = found
        return None

    return looked(stage, trainee)
