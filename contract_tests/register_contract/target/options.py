"""What a run was asked to do: which target, which contract, how careful, how fast.

Decides the defaults that keep a deployment safe: without ``--profile`` it is written to only when
it turns out to be the mock (``target`` finds out), a host that is not loopback gets 90 requests a
minute, below the service's limit of 100, and a run ends after two hours.
"""

from __future__ import annotations

import ast
import ipaddress
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import register_spec as spec
from register_contract.target.progress import ProgressError, seed_in

READ_ONLY = "read-only"
OWN_DATA = "own-data"
FULL = "full"
PROFILES = (READ_ONLY, OWN_DATA, FULL)
WHOLE, SMOKE = PLANS = ("full", "smoke")
"""How much of the suite a run has: all of it, or at most 300 requests (``suite/plans``)."""
DEFAULT_REMOTE_RATE = "90/m"
_LONGEST_TIMEOUT = 3600.0
_NAME = re.compile(r"[\w:+\-.\[\]\\/]+")
DEFAULT_MAX_TIME = "2h"
EXAMPLES = 50
"""Generated requests for each operation, valid and invalid ones each."""
_RATE = re.compile(r"^(\d+)/(s|m|h)$")
_DURATION = re.compile(r"^(\d{1,9})(s|m|h)?$")
_TOKEN = re.compile(r"[!-~]+")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_API_PATH = re.compile(r"^(?P<prefix>.*?)/api/(?P<version>v[^/]+)(?:/.*)?$")


class UsageError(Exception):
    """The run was asked for something that cannot be; the message says what would be right."""


def version_in(path: str) -> str | None:
    """The version of the API that a path is of, if it is one of the API."""
    found = _API_PATH.match(path)
    return found["version"] if found else None


@dataclass(frozen=True)
class Options:
    """One run's settings, checked. ``url`` is the origin (and prefix) before ``/api/<version>``.

    ``url`` is None when the suite is to start the mock itself.
    """

    version: str
    url: str | None = None
    token: str | None = field(default=None, repr=False)
    second_token: str | None = field(default=None, repr=False)
    reading: str = spec.DOCUMENTED
    profile: str | None = None
    """None: full where the mock's control API answers, read-only anywhere else.

    OWN_DATA writes to what the run made itself alone; like READ_ONLY it asks for no control API.
    """
    seed: int = 0
    rate: float | None = None
    """Seconds between two requests, or None for no limit."""
    spec_dir: Path | None = None
    timeout: float = 20.0
    max_time: float | None = None
    """Seconds after which the run ends, or None for no limit."""
    examples: int = EXAMPLES
    max_requests: int | None = None
    """How many requests may leave; what it takes to clean up comes on top."""
    stop_first: bool = False
    """Whether the first finding ends the run."""
    resume: Path | None = None
    """The file that says how far the run has come, and is gone on with."""
    plan: str = WHOLE
    """One of PLANS."""


def is_loopback(url: str) -> bool:
    """Whether the host of ``url`` is this machine by its very name or number."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split_url(url: str, version: str) -> str:
    """Return the part of ``url`` before ``/api/<version>``; accept it with or without.

    Raises UsageError for what is not an http address, or names another version.
    """
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # reading it raises ValueError for what is no port
    except ValueError:
        parts, has_port = urlsplit(""), False
    if not has_port or parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"{url!r} is not an address of the API; write it like https://host or "
            f"http://127.0.0.1:4010"
        )
    if parts.query or parts.fragment or parts.username:
        raise UsageError(f"{url!r} may hold scheme, host, port and path only (tokens: --token)")
    origin = f"{parts.scheme}://{parts.netloc}"
    match = _API_PATH.match(parts.path)
    if not match:
        return origin + parts.path.rstrip("/")
    if match["version"] != version:
        raise UsageError(
            f"{url!r} names version {match['version']} but the run is for {version}; "
            f"make --api-version and the address agree"
        )
    return origin + match["prefix"]


def parse_rate(text: str) -> float | None:
    """Turn ``90/m`` into seconds between requests; ``none`` means no limit."""
    if text == "none":
        return None
    match = _RATE.match(text)
    if not match or int(match[1]) == 0:
        raise UsageError(f"--rate {text!r} is not a rate; write 90/m, 2/s or none")
    return _SECONDS[match[2]] / int(match[1])


def check_timeout(seconds: float) -> float:
    """Return the seconds to wait for an answer. Raises UsageError when none could come in time."""
    if not 0 < seconds <= _LONGEST_TIMEOUT:  # also refuses nan
        raise UsageError(
            f"--timeout {seconds:g} is no time to wait; give seconds above 0, at most "
            f"{_LONGEST_TIMEOUT:g}"
        )
    return seconds


def check_only(words: str) -> str:
    """Return the words that choose tests. Raises UsageError when they are no expression.

    pytest's expressions are Python's with other names, so Python says whether one can be read.
    """
    names = _NAME.sub(lambda m: m[0] if m[0] in ("and", "or", "not") else "x", words)
    try:
        ast.parse(names.strip(), mode="eval")
    except SyntaxError as error:
        raise UsageError(
            f"--only {words!r} cannot be read; write names of tests or operations, joined by "
            f"and, or, not: --only 'lifecycle and not defer'"
        ) from error
    return words


def report_folder(path: str) -> Path:
    """Make the folder for reports and return it. Raises UsageError when it cannot be written."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"--report {path} cannot be written ({error.strerror}); name a folder of yours"
        ) from error
    return folder


def parse_duration(text: str) -> float | None:
    """Turn ``90s``, ``30m`` or ``2h`` into seconds; ``none`` means no limit."""
    if text == "none":
        return None
    match = _DURATION.match(text)
    if not match or int(match[1]) == 0:
        raise UsageError(f"--max-time {text!r} is not a time; write 90s, 30m, 2h or none")
    return int(match[1]) * _SECONDS[match[2] or "s"]


def checked_token(token: str | None, option: str) -> str | None:
    """A token that a header can carry, or None; what is wrong with another is said without it."""
    if token and not _TOKEN.fullmatch(token):
        raise UsageError(
            f"{option} holds a space, a line break or a letter outside ASCII; a token has none: "
            f"check how it was pasted"
        )
    return token or None


def settle(
    *,
    version: str | None = None,
    url: str | None = None,
    token: str | None = None,
    second_token: str | None = None,
    reading: str = spec.DOCUMENTED,
    profile: str | None = None,
    seed: int | None = None,
    rate: str | None = None,
    spec_dir: str | Path | None = None,
    timeout: float = 20.0,
    max_time: str | None = None,
    examples: int | None = None,
    max_requests: int | None = None,
    stop_first: bool = False,
    resume: str | Path | None = None,
    plan: str | None = None,
) -> Options:
    """Check the settings together and fill in the defaults that depend on the target.

    Without a version it is the newest one of the contracts in `spec_dir`; it may say its reading
    too, as in `v2026.1@deployed`. Raises UsageError with
    a sentence that lists the valid values.
    """
    folder = Path(spec_dir) if spec_dir else None
    try:
        versions = spec.versions(folder)
    except spec.SpecError as error:
        raise UsageError(str(error)) from error
    version, _, told = (version or versions[-1]).partition("@")
    if told and reading not in (told, spec.DOCUMENTED):
        raise UsageError(f"--api-version says @{told} and --as says {reading}; one of them will do")
    reading = told or reading
    if version not in versions:
        raise UsageError(f"no contract for version {version!r}; there are {', '.join(versions)}")
    try:
        spec.check_reading(version, reading, folder)
    except spec.SpecError as error:
        raise UsageError(f"--as: {error}") from error
    if profile is not None and profile not in PROFILES:
        raise UsageError(f"--profile {profile!r} is unknown; it is read-only, own-data or full")
    if plan is not None and plan not in PLANS:
        raise UsageError(f"--plan {plan!r} is unknown; it is {' or '.join(PLANS)}")
    if examples is not None and examples < 1:
        raise UsageError(f"--examples {examples} tries nothing; give 1 or more")
    if max_requests is not None and max_requests < 1:
        raise UsageError(f"--max-requests {max_requests} tries nothing; give 1 or more")
    origin = split_url(url, version) if url is not None else None
    if seed is None and resume:
        seed = _seed_of(Path(resume))
    local = origin is None or is_loopback(origin)
    return Options(
        version=version,
        url=origin,
        token=checked_token(token, "--token"),
        second_token=checked_token(second_token, "--second-token"),
        reading=reading,
        profile=profile,
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
        rate=parse_rate(rate or ("none" if local else DEFAULT_REMOTE_RATE)),
        spec_dir=folder,
        timeout=check_timeout(timeout),
        max_time=parse_duration(max_time or DEFAULT_MAX_TIME),
        examples=examples or EXAMPLES,
        max_requests=max_requests,
        stop_first=stop_first,
        resume=Path(resume) if resume else None,
        plan=plan or WHOLE,
    )


def _seed_of(path: Path) -> int | None:
    """The seed of the run that is gone on with, if one has begun."""
    try:
        return seed_in(path)
    except ProgressError as error:
        raise UsageError(str(error)) from error
