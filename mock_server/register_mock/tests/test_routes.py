"""What a path and method mean: the same as werkzeug's matching, which knows nothing of readings."""

from __future__ import annotations

from itertools import product

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from register_mock.contract.routes import Routes
from register_spec import SpecError

TEMPLATES = ("/a", "/a/{x}", "/a/{x}/b", "/a/b/{y}", "/{x}/b/c", "/{x}/{y}/d", "/a/b/c/{z}")


def test_paths_are_matched_as_werkzeug_does() -> None:
    """Every path of up to four parts; a literal part that leads nowhere may be a parameter."""
    routes: Routes[str] = Routes()
    rules = []
    for template in TEMPLATES:
        routes.add(template, "GET", "any", template)
        rule = template.replace("{", "<").replace("}", ">")
        rules.append(Rule(rule, endpoint=template, methods=["GET"]))
    theirs = Map(rules, merge_slashes=False, strict_slashes=True).bind("")
    met = set()
    paths = (p for size in range(1, 5) for p in product(("a", "b", "c", "d", ""), repeat=size))
    # Slashes at the begin are taken together before.
    for parts in (each for each in paths if each[0] or len(each) == 1):
        path = "/" + "/".join(parts)
        for method in ("GET", "HEAD", "POST"):
            try:
                wanted = theirs.match(path, method)
            except HTTPException:
                wanted = None
            found = routes.match(path, method)
            if wanted is None:
                assert found is None, path
            else:
                assert found is not None, path
                target, names = found.readings["any"]
                assert (target, found.arguments(names)) == wanted, path
                met.add(target)
    assert met == set(TEMPLATES)


def test_readings_have_names_of_their_own_at_the_same_path() -> None:
    routes: Routes[str] = Routes()
    routes.add("/a/{x}", "GET", "one", "show")
    routes.add("/a/{slug}", "GET", "two", "see")
    found = routes.match("/a/1", "GET")
    assert found is not None
    said = {reading: (t, found.arguments(names)) for reading, (t, names) in found.readings.items()}
    assert said == {"one": ("show", {"x": "1"}), "two": ("see", {"slug": "1"})}


@pytest.mark.parametrize(
    ("template", "said"),
    [("/a/{y}", "another path"), ("/a/b{x}", "b{x} is neither"), ("/a/{x", "{x is neither")],
)
def test_a_template_that_cannot_be_told_apart_is_a_sentence(template: str, said: str) -> None:
    routes: Routes[str] = Routes()
    routes.add("/a/{x}", "GET", "one", "show")
    with pytest.raises(SpecError, match=said.replace("{", r"\{")):
        routes.add(template, "GET", "one", "other")
