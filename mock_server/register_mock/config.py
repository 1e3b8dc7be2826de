"""Decides what the mock can be told at start, and refuses what makes no sense.

``Options`` travels whole from the command line to the server, and is the one argument of
``register_mock.app.create_app``. Built with no arguments it is what ``register-mock serve`` runs
with.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

DEFAULT_PORT = 4010
DEFAULT_RANDOM_SEED = 1
# As register_spec has it, which a command that only asks a running mock has no time to import.
DOCUMENTED = "documented"
# `--control-token` without showing it to whoever lists processes.
CONTROL_TOKEN_VARIABLE = "REGISTER_MOCK_CONTROL_TOKEN"
BODY_SECONDS = 10.0
# Rules and seeds reckon decades ahead and back: farther out there are no dates for them.
FIRST_YEAR, LAST_YEAR = 1900, 2199

# The wheel puts the fixtures into the package; in a clone they lie at its top.
_INSTALLED = Path(__file__).with_name("fixtures")
FIXTURES = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "fixtures"


class OptionError(ValueError):
    """An option that cannot be served; the message says what was wrong and what would be right.

    `wrong` is the same without the option's name on the command line.
    """

    def __init__(self, sentence: str, wrong: str = "") -> None:
        """Keep both."""
        super().__init__(sentence)
        self.wrong = wrong or sentence


def _wrong(option: str, value: object, wanted: str) -> OptionError:
    """Return the error of a value of an option, by the option's name in ``Options``."""
    wrong = f"{value}: {wanted}"
    return OptionError(f"--{option.replace('_', '-')} {wrong}", f"{option} {wrong}")


@dataclass(frozen=True)
class Options:
    """What the mock is started with.

    ``seed`` is the name of a file in ``fixtures/seeds`` or the path of one. ``random_seed`` is
    the same from one start to the next unless given, so that ids in notes and scripts stay true.
    ``now`` is kept as an ISO date-time in UTC. A body that is not whole after ``body_seconds`` is
    given up. ``record`` is the file that a HAR is written to; ``proxy`` the deployment that
    requests are passed on to, with ``proxy_writes`` those that write too. ``defect`` is the id of a
    named deviation (``register-mock defects``); who serves the mock puts it in. Raises
    ``OptionError`` when a value is wrong.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    reading: str = DOCUMENTED
    seed: str = "demo"
    random_seed: int = DEFAULT_RANDOM_SEED
    now: str | None = None
    frozen: bool = False
    spec_dir: Path | None = None
    ready_file: Path | None = None
    self_check: bool = False
    control_token: str | None = field(default=None, repr=False)
    cors: str | None = None
    allow_hosts: tuple[str, ...] = ()
    mask_personal_data: bool = False
    body_seconds: float = BODY_SECONDS
    defect: str | None = None
    record: Path | None = None
    proxy: str | None = None
    proxy_writes: bool = False

    def __post_init__(self) -> None:
        """Check each value, and bring ``now`` to one form."""
        if not 0 <= self.port <= 65535:
            raise _wrong("port", self.port, "a port lies between 0 and 65535")
        if self.random_seed < 0:
            raise _wrong("random_seed", self.random_seed, "give a number from 0 upwards")
        if self.now is not None:
            object.__setattr__(self, "now", _instant(self.now))
        if self.control_token is not None and not _is_token(self.control_token):
            raise OptionError("--control-token: give at least 8 visible ASCII characters")
        if self.cors is not None and not _is_origin(self.cors):
            raise _wrong("cors", self.cors, "give an origin such as http://localhost:3000")
        if self.spec_dir is not None and not self.spec_dir.is_dir():
            raise _wrong("spec", self.spec_dir, "no such folder")
        if self.ready_file is not None and not self.ready_file.absolute().parent.is_dir():
            raise _wrong("ready_file", self.ready_file, "its folder does not exist")
        _check_passing(self)
        _check_hosts(self.allow_hosts)
        _check_seed(self.seed)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def url(self) -> str:
        """Where a client on this machine finds the server."""
        address = ipaddress.ip_address(self.address)
        if address.is_unspecified:
            address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
        host = f"[{address}]" if address.version == 6 else str(address)
        return f"http://{host}:{self.port}"

    @property
    def address(self) -> str:
        """The numeric address of ``host``; raises ``OptionError`` when it has none."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _wrong(
                "host", self.host, "not an address or a host name that this machine knows"
            ) from None
        return str(found[0][4][0])

    def on_port(self, port: int) -> Self:
        """Return the same options with the port that was really bound."""
        return replace(self, port=port)


def seed_names() -> list[str]:
    """Return the seeds that come with the mock (``fixtures/seeds/*.yaml``)."""
    return sorted(path.stem for path in (FIXTURES / "seeds").glob("*.yaml"))


def _check_hosts(names: tuple[str, ...]) -> None:
    for name in names:
        if re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name) is None:
            raise _wrong(
                "allow_host",
                name,
                "give a host name such as host.docker.internal, without scheme and port",
            )


def _check_seed(seed: str) -> None:
    names = seed_names()
    if seed not in names and not is_file(Path(seed)):
        raise _wrong(
            "seed", seed, f"choose one of {', '.join(names)}, or give the path of a seed file"
        )


def is_file(path: Path) -> bool:
    """Return whether there is such a file; a name too long for one is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _instant(text: str) -> str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(
            "now", text, "give a date or a date-time such as 2025-10-15T09:00:00Z"
        ) from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise _wrong("now", text, f"time goes from {FIRST_YEAR} to the end of {LAST_YEAR}")
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_token(text: str) -> bool:
    return len(text) >= 8 and all("!" <= character <= "~" for character in text)


def _is_origin(text: str) -> bool:
    if text == "*":
        return True
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and parts.netloc != "" and parts.path == ""


def _check_passing(options: Options) -> None:
    """Check what says where requests are recorded, and where they are passed on to."""
    if options.record is not None and not options.record.absolute().parent.is_dir():
        raise _wrong("record", options.record, "its folder does not exist")
    if options.proxy is not None and not _is_address(options.proxy):
        raise _wrong(
            "proxy",
            _without_credentials(options.proxy),
            "give the address of a deployment such as https://register.example, without a user and "
            "a query",
        )
    if options.proxy is not None and _is_own(options.proxy, options):
        raise _wrong("proxy", options.proxy, "that is the mock itself")
    if options.proxy_writes and options.proxy is None:
        raise OptionError("--proxy-writes says nothing without --proxy URL")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_one and "@" not in parts.netloc and not (parts.query or parts.fragment)


def _is_own(text: str, options: Options) -> bool:
    """Whether an address is the one that the server will listen on."""
    parts = urlsplit(text)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    if port != options.port:
        return False
    try:
        rows = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    own = ipaddress.ip_address(options.address)
    asked = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    return own in asked or (own.is_unspecified and any(each.is_loopback for each in asked))


def _without_credentials(address: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", address)
