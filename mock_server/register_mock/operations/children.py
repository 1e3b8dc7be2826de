"""Placements and degrees of a trainee. Each change is a change of the trainee too."""

from __future__ import annotations

from register_mock.operations.making import made_child
from register_mock.request.walk import Walk
from register_mock.trainee.model import Child
from register_mock.trainee.serialise import to_json


def list_placements(walk: Walk) -> list[bytes]:
    """Show all placements of a trainee."""
    return _list(walk)


def show_placement(walk: Walk) -> list[bytes]:
    """Show one placement."""
    return _shown(walk, walk.found_child())


def create_placement(walk: Walk) -> list[bytes]:
    """Add a placement."""
    return _shown(walk, _create(walk))


def update_placement(walk: Walk) -> list[bytes]:
    """Change a placement."""
    return _shown(walk, _update(walk))


def delete_placement(walk: Walk) -> list[bytes]:
    """Remove a placement and show the trainee."""
    return _delete(walk)


def list_degrees(walk: Walk) -> list[bytes]:
    """Show all degrees of a trainee."""
    return _list(walk)


def show_degree(walk: Walk) -> list[bytes]:
    """Show one degree."""
    return _shown(walk, walk.found_child())


def create_degree(walk: Walk) -> list[bytes]:
    """Add a degree."""
    return _shown(walk, _create(walk))


def update_degree(walk: Walk) -> list[bytes]:
    """Change a degree."""
    return _shown(walk, _update(walk))


def delete_degree(walk: Walk) -> list[bytes]:
    """Remove a degree and show the trainee."""
    return _delete(walk)


def _list(walk: Walk) -> list[bytes]:
    kind = walk.child_kind()
    children = walk.edition.in_order(kind, walk.found_trainee().children(kind))
    return [to_json(walk.edition.shown_child(kind, each)) for each in children]


def _shown(walk: Walk, child: Child) -> list[bytes]:
    return [to_json(walk.edition.shown_child(walk.child_kind(), child))]


def _create(walk: Walk) -> Child:
    child = made_child(walk.world, walk.record)
    _keep(walk, (*walk.found_trainee().children(walk.child_kind()), child))
    return child


def _update(walk: Walk) -> Child:
    old = walk.found_child()
    new = old._replace(fields=walk.record, updated_at=walk.world.timestamp())
    children = walk.found_trainee().children(walk.child_kind())
    _keep(walk, tuple(new if each is old else each for each in children))
    return new


def _delete(walk: Walk) -> list[bytes]:
    gone = walk.found_child()
    children = walk.found_trainee().children(walk.child_kind())
    _keep(walk, tuple(each for each in children if each is not gone))
    return [walk.edition.show(walk.found_trainee())]


def _keep(walk: Walk, children: tuple[Child, ...]) -> None:
    changed = walk.found_trainee().with_children(
        walk.child_kind(), children, walk.world.timestamp()
    )
    walk.world.store.put(changed)
    walk.trainee = changed
