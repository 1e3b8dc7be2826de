"""What one request has gathered on its way through the stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any

from register_mock.contract.answers import AnswerRow
from register_mock.contract.derive import Record
from register_mock.contract.edition import Edition, Operation, RecordKind
from register_mock.contract.envelopes import Answer
from register_mock.contract.problems import Refusal
from register_mock.request.record import Prepared
from register_mock.trainee.model import Child, Kind, Trainee
from register_mock.wire import Call
from register_mock.world.faults import Fault
from register_mock.world.journal import Finding
from register_mock.world.world import World

Outcome = Answer | Refusal | None


@dataclass(slots=True)
class Walk:
    """One request on its way. A stage fills in what later ones need.

    `prepared` is the record that the request would leave behind, with what is wrong with it.
    `asked` is the operation, None for a path or method that no document has; `outcome` what has
    come of it so far, `began` when it began. `ukprn` is the provider the token belongs to, `data`
    what the body has under `data`, `query` the checked parameters, `record` the fields to store,
    `state_before` the state in which the trainee was found,
    `children` the nested records of a new trainee, `page` what is told of the page of a list,
    `refusal` why the request was not done, `faults` those that came true, `pending` those that wait
    for the answer, `delay` the seconds it is held back, `notes` what the journal has to say of the
    request.
    """

    call: Call
    world: World
    edition: Edition
    asked: Operation | None
    arguments: dict[str, str]
    ukprn: str = ""
    body: Any = None
    data: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    trainee: Trainee | None = None
    state_before: str | None = None
    child: Child | None = None
    prepared: Prepared | None = None
    record: Record = field(default_factory=dict)
    children: dict[Kind, list[Record]] = field(default_factory=dict)
    page: Mapping[str, int] = field(default_factory=dict)
    refusal: Refusal | None = None
    faults: Sequence[Fault] = ()
    pending: Sequence[Fault] = ()
    notes: list[Finding] = field(default_factory=list)
    delay: float = 0.0
    outcome: Outcome = None
    began: int = field(default_factory=perf_counter_ns)

    @property
    def operation(self) -> Operation:
        """The operation of a request that has one."""
        assert self.asked is not None
        return self.asked

    @property
    def source(self) -> Any:
        """Where the operation is described; None when there is none."""
        return self.asked and self.asked.source

    def answer(self) -> Answer:
        """Return what has come of it, once that is an answer."""
        assert isinstance(self.outcome, Answer)
        return self.outcome

    @property
    def version(self) -> str | None:
        """The version that the request is about; None for a path that lies below none."""
        if self.asked is not None:
            return self.edition.version
        path = "/" + self.call.path.lstrip("/")
        return self.edition.version if path.startswith(f"{self.edition.base_path}/") else None

    @property
    def token(self) -> str | None:
        """The token of the request, if it has one of the edition's form."""
        return self.call.token(self.edition.token_header)

    def named(self, kind: RecordKind) -> str:
        """Return the identifier of a record of this kind in the path."""
        return self.arguments[self.operation.ids[kind]]

    def found_trainee(self) -> Trainee:
        """Return the trainee of the path; the `trainee` stage has found it."""
        assert self.trainee is not None
        return self.trainee

    def found_child(self) -> Child:
        """Return the placement or degree of the path; the `child` stage has found it."""
        assert self.child is not None
        return self.child

    def child_kind(self) -> Kind:
        """Return the kind of record the operation is about."""
        kind = self.operation.kind
        assert kind is not None
        assert kind != "trainee"
        return kind

    def answer_row(self, reason: str) -> AnswerRow:
        """Return the row that answers a refusal of this request."""
        operation = self.asked.acts_as if self.asked else None
        return self.edition.answers.chosen(reason, operation, self.call.header)

    def answer_pointer(self, reason: str) -> str:
        """Return where that row stands in the document."""
        return f"#/x-sentences/answers/{self.answer_row(reason).id}"
