"""Decides what the mock shows to a person with a browser; nothing in it needs a network.

``GET /`` is a world as it is now (``live``); ``GET /reference/<version>`` and what is below it show
a document as pages that Jinja2 writes on the server; ``GET /openapi/<version>.yaml`` and ``.json``
are the document itself. One script helps while a reader types into the search, one keeps live pages
up to date; everything can be read, found and done without them, and the policy sent along allows no
others.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import flask

from register_mock.pages import book
from register_mock.pages.fields import Schema
from register_mock.pages.live import Live
from register_mock.pages.live.desk import Ask
from register_mock.pages.live.doing import add_doing, add_signing
from register_mock.pages.live.journal import add_journal
from register_mock.pages.live.overview import add_overview
from register_mock.pages.live.trainees import add_trainees
from register_mock.pages.readiness import Reports, add_readiness
from register_mock.pages.search import find
from register_mock.pages.text import FILTERS
from register_spec import Choices, openapi_dump

CONTROL = "control"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'"
)
_FILES = {
    "style.css": "text/css",
    "search.js": "text/javascript",
    "live.js": "text/javascript",
    "favicon.ico": "image/svg+xml",
}


@dataclass(frozen=True)
class Site:
    """What the pages are made from.

    ``documents`` are the bundled documents by version, oldest first, those of another reading than
    the default world's by ``version@reading``; ``ask`` answers control calls, and ``control`` is
    the document of those; ``choices`` are the decisions documents cite, and ``reports`` what
    clients have shown to a world.
    """

    documents: Mapping[str, Schema]
    ask: Ask
    control: Schema
    choices: tuple[Choices, ...] = ()
    reports: Reports = lambda world, url: None


def blueprint(site: Site) -> flask.Blueprint:
    """Return the blueprint of the pages; an unknown version, object or list is a 404."""
    pages = flask.Blueprint("pages", __name__, template_folder="templates")
    for name, function in FILTERS.items():
        pages.add_app_template_filter(function, name)
    _add_entrance(pages, site)
    opened = _opener(site)
    _add_reference(pages, opened)
    _add_search(pages, opened)
    _add_documents(pages, site)

    @pages.after_request
    def guarded(response: flask.Response) -> flask.Response:
        return _guarded(response)

    return pages


def wants_page(request: flask.Request, roots: Collection[str]) -> bool:
    """Return whether a request for something unknown comes from a person with a browser.

    The APIs below these first parts of a path answer in JSON, whoever asks.
    """
    below = request.path.split("/")[1]
    accepts = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return below not in (*roots, "_mock") and accepts == "text/html"


def missing_page(path: str, roots: Collection[str]) -> flask.Response:
    """Return the 404 for a person, with the ways on; the public API is below the roots."""
    text = flask.render_template("missing.html", path=path, roots=roots)
    return _guarded(flask.Response(text, 404))


def _guarded(response: flask.Response) -> flask.Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _add_entrance(pages: flask.Blueprint, site: Site) -> None:
    """Add the live pages, the addresses people guess, and the files of the pages."""
    live = Live(site.ask, site.control, site.documents)
    for add in (add_overview, add_trainees, add_journal, add_doing, add_signing):
        add(pages, live)
    add_readiness(pages, site.reports, live.desk)

    @pages.get("/docs", strict_slashes=False)
    @pages.get("/reference", strict_slashes=False)
    @pages.get("/openapi", strict_slashes=False)
    def guessed() -> Any:
        return flask.redirect(flask.url_for("pages.home", _anchor="versions"))

    @pages.get(f"/<any({', '.join(repr(name) for name in _FILES)}):name>")
    def file(name: str) -> flask.Response:
        stored = name.replace("favicon.ico", "icon.svg")
        text = resources.files(__name__).joinpath(stored).read_text(encoding="utf-8")
        return flask.Response(text, mimetype=_FILES[name])


Opened = Callable[[str], book.Book]


def _opener(site: Site) -> Opened:
    """Return what gives the reference of a document, made when it is first asked for."""

    @cache
    def opened(name: str) -> book.Book:
        document = _document(site, name)
        return book.open_book(name, document, list(site.documents), site.choices)

    return opened


def _page(template: str, of: book.Book, **more: Any) -> str:
    return flask.render_template(template, name=of.name, book=of, **more)


def _found(things: Mapping[str, Any], key: str) -> Any:
    return things[key] if key in things else flask.abort(404)


def _add_reference(pages: flask.Blueprint, opened: Opened) -> None:
    """Add the pages of each document."""

    @pages.get("/reference/<name>", strict_slashes=False)
    def reference(name: str) -> str:
        return _page("overview.html", opened(name), address=f"/openapi/{name}.yaml")

    @pages.get("/reference/<name>/operations/<id>")
    def operation(name: str, id: str) -> str:
        return _page("operation.html", opened(name), each=_found(opened(name).operations, id))

    @pages.get("/reference/<name>/objects/<id>")
    def object(name: str, id: str) -> str:
        return _page("object.html", opened(name), each=_found(opened(name).objects, id))

    @pages.get("/reference/<name>/topics/<id>")
    def topic(name: str, id: str) -> str:
        return _page("topic.html", opened(name), topic=_found(opened(name).topics, id))

    @pages.get("/reference/<name>/codes/<code_list>")
    def codes(name: str, code_list: str) -> str:
        entries = _found(opened(name).code_lists, code_list)
        columns = list(dict.fromkeys(key for entry in entries for key in entry))
        return _page(
            "codes.html", opened(name), code_list=code_list, entries=entries, columns=columns
        )


def _add_search(pages: flask.Blueprint, opened: Opened) -> None:
    """Add the search: a page for everybody, and what the script of the pages reads."""

    @pages.get("/reference/<name>/search")
    def search(name: str) -> str:
        asked = flask.request.args.get("q", "")
        entries = find(opened(name).index, asked)
        return _page("search.html", opened(name), asked=asked, entries=entries)

    @pages.get("/reference/<name>/index.json")
    def index(name: str) -> flask.Response:
        return flask.jsonify([entry.as_array() for entry in opened(name).index])


def _add_documents(pages: flask.Blueprint, site: Site) -> None:
    """Add the documents themselves."""

    @cache
    def text_of(name: str, form: str) -> str:
        return openapi_dump(_document(site, name), form)

    @pages.get("/openapi/<name>.<any(yaml, json):form>")
    def openapi(name: str, form: str) -> flask.Response:
        # A browser shows plain text; a media type of YAML it would only save.
        media = "text/plain; charset=utf-8" if form == "yaml" else "application/json"
        return flask.Response(text_of(name, form), content_type=media)


def _document(site: Site, name: str) -> Schema:
    document = site.control if name == CONTROL else site.documents.get(name)
    if document is None:
        flask.abort(404)
    return document
