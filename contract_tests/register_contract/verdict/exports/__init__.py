"""The forms that a finding is written in for tools of others, each a file that anyone can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from register_contract.verdict.exports.http_client import as_http
from register_contract.verdict.exports.hurl import as_hurl
from register_contract.verdict.exports.plan import NoExportError, Plan, plan_of
from register_contract.verdict.exports.postman import as_postman
from register_contract.verdict.exports.pytest_file import as_pytest

if TYPE_CHECKING:
    from register_contract.verdict.recorded import Recorded

__all__ = ["EXPORTS", "Export", "NoExportError"]


@dataclass(frozen=True)
class Export:
    """One form: ``pattern`` makes the name of a file of the name of an example."""

    pattern: str
    form: Callable[[Plan], str]

    def name(self, stem: str) -> str:
        """The name of the file; ``stem`` is that of the script, without its ending."""
        return self.pattern.format(stem, stem.replace("-", "_"))

    def write(self, example: Recorded) -> str:
        """The text of the file. Raises NoExportError where the form has no words for it."""
        return self.form(plan_of(example))


EXPORTS = {
    "http": Export("{0}.http", as_http),
    "hurl": Export("{0}.hurl", as_hurl),
    "postman": Export("{0}.postman_collection.json", as_postman),
    "pytest": Export("test_{1}.py", as_pytest),
}
