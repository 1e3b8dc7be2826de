"""The requests that a scenario is made of: a world of its own, what is given, and what happens.

What is only known when they are sent stands in them as `<its name>`, as in the files; each request
says what becomes known by its answer. The mock plays them, and exports write them for other tools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from register_spec.composing import plain, switched_on
from register_spec.documents import SpecError
from register_spec.scenarios.bodies import CREATE, data_of, field_names, outward
from register_spec.scenarios.editions import Edition, answer_of
from register_spec.scenarios.files import PLACEHOLDER, Scenario, filled
from register_spec.scenarios.kept import Known, in_answers, made

# When scenarios happen, unless they say another day: a Wednesday in the academic cycle 2025.
NOW = "2025-10-15T09:00:00.000Z"
SECOND = "second"
CONTROL = "/_mock"
WORLD = "world"
JSON_TYPE = "application/json"
# Texts that nobody wants to write down.
LONG = {"megabyte": "a" * 2**20, "thousand": "a" * 1000}
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One request; `body` is JSON or, if it is a text, that text, and `title` is for people.

    Without `wanted` it belongs to what is given, and has to succeed. `operation` is what the
    contract calls it, None of a control call; `event` what it lets happen outside the API.
    """

    title: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None
    known: tuple[Known, ...] = ()
    operation: str | None = None
    event: str | None = None
    wanted: Json | None = None


def script(
    scenario: Scenario,
    edition: Edition,
    header: tuple[str, str],
    told: Edition | None = None,
    served: Mapping[str, Edition] | None = None,
) -> list[Request]:
    """Return the requests of a scenario in an edition; the world is left to who sends them.

    `header` is the name of the one with the token, and its value with `{token}`. What is wanted is
    what the scenario says of the edition, or of the one `told`; `served` are the editions of the
    reading, of which what is given may name another version. Raises SpecError when the scenario
    asks for what is not there.
    """
    others = {edition.version: edition, **(served or {})}
    return list(_Script(scenario, edition, header, told or edition, others).requests())


@dataclass(frozen=True)
class _Script:
    scenario: Scenario
    edition: Edition
    header: tuple[str, str]
    told: Edition
    served: Mapping[str, Edition]

    @property
    def kinds(self) -> list[str]:
        """The kinds of record that answers show."""
        return kinds_of(self.edition)

    def requests(self) -> Iterator[Request]:
        """Yield the requests in their order."""
        given = self.scenario.given
        yield self._world()
        yield self._clock(given.get("clock", NOW))
        for row in given.get("others", ()):
            yield from self._trainee(row, "other_")
        if "trainee" in given:
            yield from self._trainee(given["trainee"], "")
        if "settings" in given:
            yield self._control("settings", "PUT", "/settings", given["settings"])
        if "fault" in given:
            yield self._control("a fault", "POST", "/faults", given["fault"])
        for step in self.scenario.steps:
            if "clock" in step:
                yield self._clock(step["clock"])
            yield self._step(step)

    # --- what is given

    def _control(
        self, title: str, method: str, path: str, body: Any, known: tuple[Known, ...] = ()
    ) -> Request:
        headers = {"X-Mock-World": f"<{WORLD}>", "Content-Type": JSON_TYPE}
        return Request(title, method, f"{CONTROL}{path}", headers, body, known)

    def _world(self) -> Request:
        switches = switched_on(self.edition.reading)
        body = {"reading": plain(self.edition.reading), "seed": "empty"}
        return Request(
            "a world of its own",
            "POST",
            f"{CONTROL}/worlds",
            {"Content-Type": JSON_TYPE},
            {**body, **({"switched_on": switches} if switches else {})},
            (
                Known(WORLD, (("name",),)),
                *(
                    each
                    for number, prefix in enumerate(("", "other_"))
                    for each in (
                        Known(f"{prefix}token", (("providers", number, "tokens", 0, "token"),)),
                        Known(f"{prefix}provider", (("providers", number, "ukprn"),)),
                    )
                ),
            ),
        )

    def _clock(self, moment: str) -> Request:
        now = moment if "T" in moment else f"{moment}T09:00:00Z"
        return self._control("the clock", "PUT", "/clock", {"now": now, "frozen": True})

    def _trainee(self, row: Json, prefix: str) -> Iterator[Request]:
        version = row.get("version", self.edition.version)
        edition = self._in_version(version)
        body = {
            "provider": "<other_provider>" if row.get("provider") == SECOND else "<provider>",
            "version": version,
            "data": data_of(edition, CREATE, row.get("data", {}), row.get("lacks", ())),
            "details": outward(row.get("details", {}), edition.names),
            **({"state": row["state"]} if "state" in row else {}),
        }
        known = tuple(made(prefix, self.kinds))
        yield self._control("a trainee", "POST", "/trainees", body, known)
        for event in row.get("events", ()):
            yield self._event(event, f"<{prefix}trainee_id>")

    def _in_version(self, version: str) -> Edition:
        if version not in self.served:
            raise SpecError(
                f"scenario {self.scenario.name}: there is no version {version!r}; "
                f"there are {', '.join(self.served)}"
            )
        return self.served[version]

    def _event(self, row: Json, trainee: str, wanted: Json | None = None) -> Request:
        body = {"event": row["event"], **row.get("with", {})}
        made = self._control(row["event"], "POST", f"/trainees/{trainee}/events", body)
        return Request(
            made.title, made.method, made.path, made.headers, body,
            event=row["event"], wanted=wanted,
        )  # fmt: skip

    # --- what happens

    def _step(self, step: Json) -> Request:
        unknown = at_first(self.edition)
        fields = {k: name for k, name in field_names(self.edition).items() if k not in unknown}
        wanted = filled(
            outward(answer_of(self.scenario, step, self.told), self.edition.names), fields
        )
        row = step["request"]
        if "event" in row:
            return self._event(row, "<trainee_id>", wanted)
        row = filled(row, {**fields, **LONG})
        operation = self.edition.operations[row["operation"]]
        path = row.get("address", operation.path)
        for kind, name in operation.ids.items():
            path = path.replace(f"{{{name}}}", str(row.get("path", {}).get(name, f"<{kind}_id>")))
        query = "&".join(
            f"{_quoted(str(key))}={_quoted(str(value))}"
            for key, value in row.get("query", {}).items()
        )
        return Request(
            row["operation"],
            operation.method,
            f"{self.edition.base_path}{path}{f'?{query}' if query else ''}",
            self._headers(row),
            self._body(row),
            tuple(in_answers(self.kinds)),
            operation=row["operation"],
            wanted=wanted,
        )

    def _headers(self, row: Json) -> dict[str, str]:
        name, form = self.header
        headers = {
            # Without a token that the mock knows the world would be the default one.
            "X-Mock-World": f"<{WORLD}>",
            name: form.replace("{token}", "<token>"),
            "Content-Type": JSON_TYPE,
        }
        given = {**headers, **row.get("headers", {})}
        return {name: str(value) for name, value in given.items() if value is not None}

    def _body(self, row: Json) -> Any:
        if "text" in row:
            return str(row["text"])
        if "body" in row:
            return outward(row["body"], self.edition.names)
        if "requestBody" not in self.edition.operations[row["operation"]].document:
            return None
        changes, lacks = row.get("data", {}), row.get("lacks", ())
        return {"data": data_of(self.edition, row["operation"], changes, lacks)}


def kinds_of(edition: Edition) -> list[str]:
    """Return the kinds of record that answers show."""
    schemas = edition.document["components"]["schemas"].values()
    return [each["x-record"]["kind"] for each in schemas if "x-record" in each]


def at_first(edition: Edition) -> dict[str, str]:
    """Return what stands for the ids of records that are not there."""
    return {f"{kind}_id": "unknown" for kind in kinds_of(edition)}


def put_in(node: Any, known: Json) -> Any:
    """Return a tree with what is known in the place of its `<name>`; of ids in capitals too."""
    capitals = {key.upper(): value.upper() for key, value in known.items() if key.endswith("_id")}
    return filled(node, {**known, **capitals})


def _quoted(text: str) -> str:
    """Return a part of a query as it is sent; what is not known yet stays as it is."""
    names = [found[0] for found in PLACEHOLDER.finditer(text)]
    pieces = [quote_plus(each) for each in PLACEHOLDER.split(text)[::2]]
    return "".join(a + b for a, b in zip(pieces, [*names, ""], strict=True))
