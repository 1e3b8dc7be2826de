"""The words of a problem: the label of the field and the text of its rule (DECISIONS 3)."""

from __future__ import annotations

from register_mock.contract.problems import Path, Problem


def humanize(name: str) -> str:
    """Return a field name as Rails writes it: `course_subject_one` -> `Course subject one`.

    A trailing `_id` goes, so that `hesa_id` reads `Hesa`.
    """
    return name.removesuffix("_id").replace("_", " ").lstrip().capitalize()


def leaf(path: Path) -> str:
    """Return the field a path ends at: the last name, without an index."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "data")


def field_sentence(problem: Problem, message: str = "{label} {text}") -> str:
    """Return the sentence for one problem, in the form an answer's `message` gives."""
    text = problem.text.format(limit=problem.limit)
    return message.format(label=humanize(leaf(problem.path)), text=text)


def query_sentence(problem: Problem) -> str:
    """Return the sentence for a query parameter; its text names value and parameter."""
    return problem.text.format(value=problem.sent, parameter=leaf(problem.path))


def counted(number: int, thing: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
