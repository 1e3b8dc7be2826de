"""A finding's repetition: a shell script that makes what it needs and ends in the request.

It wants ``sh``, ``curl`` and ``sed``. What an answer made up in the run (ids, tokens, times) it
takes from the answers it gets; a token of a real target it takes from the environment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from register_contract.target.exchange import OF_THE_CONNECTION, Exchange
from register_contract.target.history import History
from register_contract.target.shell import body_of, word

_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_HEAD = r"""#!/bin/sh
# {title}
#
# {facts}
# Makes what it needs and ends in the request in question. It wants sh, curl and sed.
{usage}set -eu
LC_ALL=C
export LC_ALL
BASE=${{1:-{base}}}
BASE=${{BASE%/}}
{variables}HINT={hint}

stop() {{
  printf '%s\n' "$*" | tr -d '\001-\010\013-\037\177' >&2
  exit 2
}}

sent() {{ :; }} # a body that is no plain text

# step STATUS WHAT …: a request by curl, which has to answer as it did in the run
step() {{
  wanted=$1
  what=$2
  shift 2
  answer=$(sent | curl -sS -g --path-as-is -w '\n%{{http_code}}' "$@") ||
    stop "$what: no answer from $BASE. $HINT"
  status=$(printf '%s\n' "$answer" | sed -n '$p')
  [ "$status" = "$wanted" ] ||
    stop "$what: the answer is not $wanted, as it was in the run, but: $answer"
}}

# value KEY N: the Nth text under that key in the last answer
value() {{
  found=$(printf '%s\n' "$answer" | tr ',{{[' '\n\n\n' |
    sed -n 's/^[[:space:]]*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | sed -n "$2p")
  [ -n "$found" ] || stop "$what: the answer has no $1, which what follows needs"
  printf '%s\n' "$found"
}}
"""
_CLEAN_UP = r"""
forget() {{
  [ -n "${{KEEP_WORLD:-}}" ] ||
    curl -sS -o /dev/null -X DELETE "$BASE/_mock/worlds/${name}" 2>/dev/null || :
}}
trap forget EXIT
trap 'exit 130' HUP INT TERM
"""
_LAST = """
# The request in question
printf '%s\\n' {wanted} {got} >&2
"""


class Script:
    """Writes the script for one exchange of a history."""

    def __init__(
        self,
        history: History,
        last: Exchange,
        also: Sequence[Exchange] = (),
        about: Sequence[str] = (),
    ) -> None:
        self._history = history
        self._setting = history.setting
        self._last = last
        self._steps = history.leading_to(last, also, about)
        self._names: dict[str, str] = {}
        self._taken = {"BASE", "HINT", "NONCE", *self._setting.secrets}
        self._uses_secrets = {
            token: name
            for name, token in self._setting.secrets.items()
            if any(token[:-1] in str(value) for value in last.request_headers.values())
            or any(token in str(v) for s in self._steps for v in s.request_headers.values())
        }

    def text(self, title: str, facts: str, wanted: str, got: str) -> str:
        """The script. ``title`` and ``facts`` go into its head, the others beside the answer."""
        lines = [self._step(step) for step in self._steps]
        last = self._command(self._last, final=True)
        head = _HEAD.format(
            title=self._safe(title),
            facts=self._safe(facts),
            usage=self._usage(),
            base=word(self._setting.again or self._setting.base),
            variables=self._variables('"$NONCE"' in "".join([*lines, last])),
            hint=word(self._setting.hint),
        )
        end = _LAST.format(
            wanted=word(f"The contract wants: {self._safe(wanted)}"),
            got=word(f"The run got:        {self._safe(got)}"),
        )
        return "".join([head, *lines, end, last, "\necho\n"])

    def _usage(self) -> str:
        tokens = "".join(f"{name}=… " for name in self._uses_secrets.values())
        lines = [f"#   {tokens}sh FILE [BASE]   BASE is the address to ask, if another than below"]
        if any(self._history.world_made(step) for step in self._steps):
            lines.append("#   KEEP_WORLD=1 leaves the world it makes, to look into it afterwards")
        return "\n".join([*lines, ""])

    def _variables(self, has_nonce: bool) -> str:
        lines = []
        for name in self._uses_secrets.values():
            lines.append(f"{name}=${{{name}:-${{REGISTER_{name}:-}}}}")
            lines.append(f': "${{{name}:?a token of the target is needed in {name}}}"')
        if has_nonce:
            lines.append("NONCE=$(date +%d%H%M%S)$$  # keeps its records apart from the run's")
        return "\n".join([*lines, ""]) if lines else ""

    def _step(self, exchange: Exchange) -> str:
        """One request that leads there, and the values taken from its answer."""
        path = urlsplit(exchange.url).path
        lines = ["", f"# {exchange.method} {self._safe(path)}"]
        world = self._history.world_made(exchange)
        if world:
            name = self._new_name("WORLD")
            lines.append(f"{name}=repeat-$(date +%Y%m%d%H%M%S)-$$-{len(self._taken)}")
            self._names[world] = name
        lines.append(self._command(exchange))
        if world and "forget" not in self._taken:
            self._taken.add("forget")
            lines.append(_CLEAN_UP.format(name=self._names[world]).strip("\n"))
        for value, origin in self._history.made_in(exchange).items():
            if self._is_used(value):
                name = self._new_name(origin.key.upper())
                lines.append(f"{name}=$(value {origin.key} {origin.nth})")
                self._names[value] = name
        return "\n".join([*lines, ""])

    def _is_used(self, value: str) -> bool:
        return any(self._history.mentions(e, value) for e in (*self._steps, self._last))

    def _new_name(self, name: str) -> str:
        number = 1
        made = name
        while made in self._taken:
            number += 1
            made = f"{name}_{number}"
        self._taken.add(made)
        return made

    def _known(self) -> dict[str, str]:
        """Every value that a variable stands for by now."""
        known = {**self._names, **self._uses_secrets}
        if self._setting.nonce:
            known[self._setting.nonce] = "NONCE"
        return known

    def _command(self, exchange: Exchange, *, final: bool = False) -> str:
        known = self._known()
        words = [] if exchange.method in ("GET", "HEAD") else ["-X", exchange.method]
        words += ["-I"] if exchange.method == "HEAD" else []
        for name, value in exchange.request_headers.items():
            if name.lower() in OF_THE_CONNECTION:
                continue
            if name != "X-Mock-World" or not self._history.world_made(exchange):
                words += ["-H", word(f"{name}: {value}", _with_broken(known, value))]
        words.append('"$BASE"' + self._address(exchange, known))
        producer, words_of_body = body_of(exchange.request_body, known)
        line = " ".join(words) + words_of_body
        if final:
            pipe = f"{producer} | " if producer else ""
            return f"{pipe}curl -sS -i -g --path-as-is {line}"
        what = f"{exchange.method} {self._safe(urlsplit(exchange.url).path)}"
        step = f"step {exchange.status} {word(what)} {line}"
        return f"sent() {{ {producer}; }}\n{step}" if producer else step

    def _address(self, exchange: Exchange, known: Mapping[str, str]) -> str:
        rest = exchange.url.removeprefix(self._setting.base)
        encoded = {quote(value, safe=""): name for value, name in known.items()}
        return word(rest, {**known, **encoded})

    def _safe(self, text: str) -> str:
        """One line without control characters or tokens: what targets send stays a comment."""
        for value, name in self._secret().items():
            text = text.replace(value, f"${name}")
        return "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in text)

    def _secret(self) -> dict[str, str]:
        known = {value: name for value, name in self._names.items() if "TOKEN" in name}
        return known | {token: name for name, token in self._setting.secrets.items()}


def _with_broken(known: Mapping[str, str], header: str) -> dict[str, str]:
    """The names, and one for a token whose last letter was changed."""
    found = dict(known)
    for value, name in known.items():
        if "TOKEN" in name and value not in header and value[:-1] in header:
            found[value[:-1]] = "{" + name + "%?}"
    return found
