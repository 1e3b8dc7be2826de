"""One world of a running mock, as a test uses it: addresses, tokens, and its control."""

from __future__ import annotations

from dataclasses import dataclass

from register_mock.client.answers import Api, Provider, World
from register_mock.client.control import Control


@dataclass(frozen=True, repr=False)
class RegisterMock:
    """A world of the mock at `base_url`; `world` is as it was when it was made or asked for.

    `apis` are the versions of the public API, oldest first.
    """

    base_url: str
    world: World
    apis: tuple[Api, ...]
    control: Control

    @classmethod
    def at(
        cls, base_url: str, world: str = "default", *, control_token: str | None = None
    ) -> RegisterMock:
        """Return a world of a mock that runs already.

        Raises ControlError when it has no such world, ConnectionError when nothing answers.
        """
        base_url = base_url.rstrip("/")
        control = Control(base_url, world, control_token=control_token)
        return cls(base_url, control.show_world(), control.health().apis, control)

    def __repr__(self) -> str:
        """Return where it is, in a line."""
        return f"<RegisterMock {self.base_url} world {self.world.name}>"

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of the public API, oldest first."""
        return tuple(each.version for each in self.apis)

    def url(self, version: str | None = None) -> str:
        """Return the base address of a version of the public API, by default the newest.

        Raises ValueError when the mock does not serve it.
        """
        return f"{self.base_url}{self._api(version).path}"

    @property
    def provider(self) -> Provider:
        """The provider that `token` belongs to: the first of the world."""
        return self._provider(0)

    @property
    def other_provider(self) -> Provider:
        """Another provider, for which the first one's trainees do not exist."""
        return self._provider(1)

    @property
    def token(self) -> str:
        """A token of the first provider."""
        return self.provider.token

    @property
    def other_token(self) -> str:
        """A token of another provider."""
        return self.other_provider.token

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a public call of the first provider, in the newest version."""
        return self.carrying(self.token)

    @property
    def other_headers(self) -> dict[str, str]:
        """The headers of a public call of another provider, in the newest version."""
        return self.carrying(self.other_token)

    def carrying(self, token: str, version: str | None = None) -> dict[str, str]:
        """Return the headers of a public call with a token, by default in the newest version.

        Raises ValueError when the mock does not serve the version.
        """
        return self._api(version).carrying(token)

    def _api(self, version: str | None) -> Api:
        version = version or self.versions[-1]
        for each in self.apis:
            if each.version == version:
                return each
        there = ", ".join(self.versions)
        raise ValueError(f"version {version!r} is not served; there are {there}")

    def _provider(self, place: int) -> Provider:
        found = self.world.providers
        if place >= len(found):
            raise LookupError(f"the world {self.world.name} has {len(found)} provider(s) only")
        return found[place]
