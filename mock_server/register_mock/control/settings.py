"""The settings of a world: shown whole, changed in part."""

from __future__ import annotations

from dataclasses import asdict, replace

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit


def show_settings(visit: Visit) -> Answer:
    """Show all settings."""
    return json_answer(200, asdict(visit.world.settings))


def change_settings(visit: Visit) -> Answer:
    """Change what was sent; the rest stays."""
    settings = visit.world.settings
    changes = {key: replace(getattr(settings, key), **part) for key, part in visit.body.items()}
    visit.world.settings = replace(settings, **changes)
    visit.world.drop_manual()
    return show_settings(visit)
