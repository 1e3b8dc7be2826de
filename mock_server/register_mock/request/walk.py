"""What one request has gathered on its way through the stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from register_mock.contract.answers import AnswerRow
from register_mock.contract.derive import Record
from register_mock.contract.edition import Edition, Operation, RecordKind
from register_mock.contract.problems import Refusal
from register_mock.trainee.model import Child, Kind, Trainee
from register_mock.wire import Call
from register_mock.world.faults import Fault
from register_mock.world.journal import Finding
from register_mock.world.world import World


@dataclass(slots=True)
class Walk:
    """One request on its way. A stage fills in what later ones need.

    `ukprn` is the provider the token belongs to, `data` what the body has under `data`, `query`
    the checked parameters, `record` the fields to store, `children` the nested records of a new
    trainee, `refusal` why the request was not done, `faults` those that came true, `pending` those
    that wait for the answer, `delay` the seconds it is held back, `notes` what the journal has to
    say of the request.
    """

    call: Call
    world: World
    edition: Edition
    operation: Operation
    arguments: dict[str, str]
    ukprn: str = ""
    body: Any = None
    data: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    trainee: Trainee | None = None
    child: Child | None = None
    record: Record = field(default_factory=dict)
    children: dict[Kind, list[Record]] = field(default_factory=dict)
    refusal: Refusal | None = None
    faults: Sequence[Fault] = ()
    pending: Sequence[Fault] = ()
    notes: list[Finding] = field(default_factory=list)
    delay: float = 0.0

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
        return self.edition.answers.chosen(reason, self.operation.acts_as, self.call.header)

    def answer_pointer(self, reason: str) -> str:
        """Return where that row stands in the document."""
        return f"#/x-sentences/answers/{self.answer_row(reason).id}"
