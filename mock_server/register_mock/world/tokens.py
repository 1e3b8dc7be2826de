"""Decides what a provider's bearer tokens are: derived, so that a world can be made again."""

from hashlib import sha256

# What they look like; the `_` may be escaped, as in an address or in JSON.
FORM = r"mock(?:_|%5[Ff]|\\u005[Ff])[0-9a-f]{20}"


def token_for(world: str, ukprn: str, n: int = 0) -> str:
    """Return the ``n``-th token of the provider ``ukprn`` in ``world``.

    The tokens of the world ``default`` are therefore the same at every start, and a token that
    is made up names no world.
    """
    return "mock_" + sha256(f"{world}:{ukprn}:{n}".encode()).hexdigest()[:20]
