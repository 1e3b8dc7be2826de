"""Why a caller was not let in, or what it asked for was not found.

The API does not say: a token that has expired and one that never was get the same 401, and
another provider's trainee does not exist. The journal does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from register_mock.contract.edition import Edition, RecordKind
from register_mock.request.masking import shown_credentials, shown_token
from register_mock.request.walk import Walk
from register_mock.trainee.model import Kind
from register_mock.world.journal import Finding
from register_mock.world.providers import Provider, Token
from register_mock.world.world import World

LONGEST_COMPARED = 120
MOST_NAMED = 50
HINT = (
    "this server never issued that token; its tokens begin with mock_ and are those of "
    "GET /_mock/providers, one world's at a time (header X-Mock-World)"
)


def owner_of(world: World, token: str) -> tuple[Provider, Token] | None:
    """Return who a token was given to in a world, good or not any more."""
    for provider in world.providers.values():
        for known in provider.tokens:
            if known.token == token:
                return provider, known
    return None


def source_of(edition: Edition, source: Any, pointer: str) -> dict[str, Any]:
    """Return where a rule is written: document and section, and the place in our document."""
    row: Mapping[str, Any] = source if isinstance(source, Mapping) else {"document": source}
    named = row.get("document")
    number, _, _ = (named or "").partition(" ")
    found: dict[str, Any] = {
        "document": named,
        "title": edition.document.get("x-documents", {}).get(number),
        "pointer": f"{edition.version}{pointer}",
        "note": row.get("note"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _unauthorized(walk: Walk) -> Finding:
    form = walk.edition.token_header
    header = walk.call.header(form.name)
    token = walk.token
    owner = owner_of(walk.world, token) if token else None
    if header is None:
        rule, message = "no_token", f"there is no {form.name} header"
    elif token is None:
        rule, message = "wrong_scheme", f"{form.name} does not begin with `{form.before}`"
    elif not token:
        rule, message = "no_token", f"there is no token behind `{form.before}`"
    elif owner is None:
        rule, message = "unknown_token", HINT
    else:
        rule, message = _bad_token(walk, *owner)
    return Finding(
        rule=rule,
        field=form.name,
        sent=_shown_sent(header, token),
        allowed=str(form),
        message=message,
        source=source_of(walk.edition, walk.source, walk.answer_pointer("unauthorized")),
    )


def _shown_sent(header: str | None, token: str | None) -> str | None:
    if header is None:
        return None
    return shown_credentials(header) if token is None else shown_token(token)


def _bad_token(walk: Walk, provider: Provider, token: Token) -> tuple[str, str]:
    whose = f"the token of provider {provider.ukprn}"
    if provider.discarded:
        return "discarded_provider", f"{whose} is dead: the provider was discarded"
    if token.status == "active":
        today = walk.world.now().date().isoformat()
        return (
            "expired_token",
            f"{whose} expired on {token.expires_on}; in this world it is {today}",
        )
    return f"{token.status}_token", f"{whose} is {token.status}"


def _unknown_route(walk: Walk) -> Finding:
    call, edition = walk.call, walk.edition
    routes: dict[str, list[str]] = {}
    for operation in edition.operations.values():
        routes.setdefault(edition.base_path + operation.path, []).append(operation.method)
    path = call.path[:LONGEST_COMPARED]
    methods = next((methods for route, methods in routes.items() if _fits(route, path)), None)
    if methods is not None:
        message, allowed = "the path is known, but not with this method", methods
    else:
        near = get_close_matches(path, routes, n=3, cutoff=0.5) or list(routes)
        message = "no such path; allowed are the nearest ones"
        allowed = [f"{' '.join(routes[route])} {route}" for route in near]
    return Finding(
        rule="unknown_route",
        field="path",
        sent=f"{call.method} {path}",
        allowed=allowed,
        message=message,
        source=source_of(edition, None, "#/paths"),
    )


def _fits(route: str, path: str) -> bool:
    """Whether a path is one of a template's."""
    wanted, given = route.split("/"), path.split("/")
    if len(wanted) != len(given):
        return False
    return all(w[:1] == "{" or w == g for w, g in zip(wanted, given, strict=True))


def _no_trainee(walk: Walk) -> Finding:
    wanted = walk.named("trainee")
    found = walk.world.store.get(wanted)
    if found is None:
        message = f"no trainee of the world {walk.world.name} has this id"
    elif found.ukprn != walk.ukprn:
        message = (
            f"the trainee belongs to provider {found.ukprn}; for provider {walk.ukprn}, whose "
            "token this is, it does not exist"
        )
    else:
        message = f"the trainee was discarded, {found.fields['discarded_at']}"
    return _not_found(walk, "trainee", wanted, message, None)


def _no_child(kind: Kind) -> Callable[[Walk], Finding]:
    def find(walk: Walk) -> Finding:
        trainee = walk.found_trainee()
        ids = [child.id for child in trainee.children(walk.child_kind())][:MOST_NAMED]
        message = f"trainee {trainee.id} has no {kind} with this id; allowed are those it has"
        return _not_found(walk, kind, walk.named(kind), message, ids)

    return find


def _not_found(walk: Walk, kind: RecordKind, wanted: str, message: str, allowed: Any) -> Finding:
    answer = walk.edition.unknown[kind]
    return Finding(
        rule=answer,
        field=walk.operation.ids[kind],
        sent=wanted[:LONGEST_COMPARED],
        allowed=allowed,
        message=message,
        source=source_of(walk.edition, walk.source, walk.answer_pointer(answer)),
    )


def _none_listed(walk: Walk) -> Finding:
    return Finding(
        rule="none_listed",
        message=f"no trainee of provider {walk.ukprn} fits these parameters; without "
        "academic_cycle the present one is meant, and drafts are never listed",
        sent={name: value for name, value in walk.query.items() if value is not None},
        source=source_of(walk.edition, walk.source, walk.answer_pointer("none_listed")),
    )


def never_found(walk: Walk, answer: str) -> Finding | None:
    """Return why nothing was found: no provider, no route, no record; None for another refusal."""
    if answer in _NEVER_FOUND:
        return _NEVER_FOUND[answer](walk)
    if answer not in walk.edition.unknown.values():
        return None
    return _UNKNOWN["trainee" if walk.trainee is None else walk.child_kind()](walk)


_NEVER_FOUND: dict[str, Callable[[Walk], Finding]] = {
    "unauthorized": _unauthorized,
    "unknown_route": _unknown_route,
    "none_listed": _none_listed,
}
_UNKNOWN: dict[RecordKind, Callable[[Walk], Finding]] = {
    "trainee": _no_trainee,
    "placement": _no_child("placement"),
    "degree": _no_child("degree"),
}
