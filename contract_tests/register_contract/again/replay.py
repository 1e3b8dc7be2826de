"""``register-contract replay``: send again what led to a finding, and say what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from rich.console import Console

from register_contract.again.judging import Judging, Said, Word, examples
from register_contract.again.playing import Replayer, Venue
from register_contract.again.telling import code_of, tell
from register_contract.target.client import Wire
from register_contract.target.control import Control, ControlError
from register_contract.target.ending import RunEndedError, StoppedError
from register_contract.target.options import (
    DEFAULT_REMOTE_RATE,
    FULL,
    UsageError,
    check_timeout,
    checked_token,
    is_loopback,
    parse_rate,
    split_url,
)
from register_contract.target.transport import SAFE_METHODS, GuardedSession
from register_contract.verdict.cleaning import Cleaner
from register_contract.verdict.recorded import Recorded


def replay(
    paths: Sequence[Path],
    url: str | None,
    token: str | None,
    second_token: str | None,
    profile: str | None,
    rate: str | None,
    timeout: float,
    spec_dir: Path | None,
    form: str,
) -> int:
    """Try the findings in files again at ``url``, or at a mock of ours, and print what came of it.

    Returns 0 where all are fixed, 1 where one is not, 2 where nothing more can be said. Raises
    StoppedError for files and targets that cannot be used.
    """
    found = list(examples(paths, spec_dir))
    clean = Cleaner()
    clean.hide(token, second_token)
    rows = []
    with Judging(spec_dir) as judging:
        try:
            tokens = {
                name: given
                for name, option, value in (
                    ("TOKEN", "--token", token),
                    ("SECOND_TOKEN", "--second-token", second_token),
                )
                if (given := checked_token(value, option))
            }
            for path, example in found:
                base = split_url(url, example.asked.version) if url else None
                base = base or judging.mock(example.asked.reading)
                pace = parse_rate(rate or ("none" if is_loopback(base) else DEFAULT_REMOTE_RATE))
                session = GuardedSession(base, writes=profile == FULL, interval=pace)
                wire = Wire(session, base, check_timeout(timeout))
                rows.append((path, example, _tried(example, wire, tokens, judging)))
        except UsageError as error:
            raise StoppedError(str(error)) from error
    tell(Console(), rows, form, clean)
    return code_of([said for _, _, said in rows])


def _tried(example: Recorded, wire: Wire, tokens: dict[str, str], judging: Judging) -> Said:
    try:
        place = _place(example, wire, tokens)
        return judging.of_target(example, Replayer(place).play(example.recipe))
    except (ControlError, RunEndedError) as error:
        return Said(Word.UNDECIDED, f"it cannot be tried again: {error}")


def _place(example: Recorded, wire: Wire, tokens: dict[str, str]) -> Venue:
    """Where an example is played. Raises StoppedError where it may not or cannot be."""
    recipe, base = example.recipe, wire.base
    looked = wire.send("GET", "/_mock/health")
    if looked.failure:
        raise StoppedError(f"nothing usable answers at {base}: {looked.failure}")
    is_mock = Control(wire).probe() is not None
    if is_mock:
        wire.session.allow_writing()
    elif recipe.makes_world:
        raise StoppedError(
            f"{example.example.file} was met in a world of a mock, which it makes again; {base} "
            f"has no control API: give the --url of a mock, or none"
        )
    writes = any(step.method not in SAFE_METHODS for step in (*recipe.steps, recipe.last))
    if writes and not wire.session.writes:
        raise StoppedError(
            f"{example.example.file} creates or changes records at {base}; --profile full allows it"
        )
    missing = [name for name in recipe.secrets if name not in tokens]
    if missing and (tokens or not is_mock):
        option = missing[0].lower().replace("_", "-")
        raise StoppedError(f"{example.example.file} needs a token: give it by --{option}")
    asked = example.asked
    given = {} if missing else tokens
    return Venue(wire, None, asked.now, asked.timers, given, prefix=f"again-{token_hex(4)}")
