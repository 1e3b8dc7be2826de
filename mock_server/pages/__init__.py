"""Decides what the mock shows to a person with a browser; nothing in it needs a network.

``GET /`` says what this server is; ``GET /reference/<version>`` shows a document as pages that
Jinja2 writes on the server; ``GET /openapi/<version>.yaml`` and ``.json`` are the document itself.
There is no script on the pages, and the policy sent along allows none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import flask
from markupsafe import Markup, escape

from mock_server.pages.fields import Schema
from mock_server.pages.reference import objects, operations, tables
from spec import openapi_dump

CONTROL = "control"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'"


@dataclass(frozen=True)
class Site:
    """What the pages are made from.

    ``documents`` are the bundled documents by version, oldest first; ``world`` returns the
    default world as the control API shows it, or None where its tokens are nobody's business;
    ``control`` is the control API's own document.
    """

    documents: Mapping[str, Schema]
    world: Callable[[], Mapping[str, Any] | None]
    control: Schema | None = None


def blueprint(site: Site) -> flask.Blueprint:
    """Return the blueprint of the pages; an unknown version or list is a 404."""
    pages = flask.Blueprint("pages", __name__, template_folder="templates")
    pages.add_app_template_filter(_prose, "prose")
    pages.add_app_template_filter(_breakable, "breakable")

    @pages.get("/")
    def home() -> str:
        return flask.render_template(
            "home.html",
            versions=list(site.documents),
            world=site.world(),
            control=site.control,
            origin=flask.request.host_url.rstrip("/"),
        )

    @cache
    def reference_page(name: str, address: str) -> str:
        document = _document(site, name)
        return flask.render_template(
            "reference.html",
            name=name,
            address=address,
            document=document,
            base=document.get("servers", [{"url": ""}])[0]["url"],
            operations=operations(document),
            objects=objects(document),
            tables=tables(document),
            code_lists=sorted(document.get("x-code-lists", {})),
        )

    @pages.get("/reference/<name>")
    def reference(name: str) -> str:
        return reference_page(name, f"/openapi/{name}.yaml")

    @pages.get("/reference/<name>/codes/<code_list>")
    def codes(name: str, code_list: str) -> str:
        entries = _document(site, name).get("x-code-lists", {}).get(code_list)
        if entries is None:
            flask.abort(404)
        columns = list(dict.fromkeys(key for entry in entries for key in entry))
        return flask.render_template(
            "codes.html", name=name, code_list=code_list, entries=entries, columns=columns
        )

    @cache
    def text_of(name: str, form: str) -> str:
        return openapi_dump(_document(site, name), form)

    @pages.get("/openapi/<name>.<any(yaml, json):form>")
    def openapi(name: str, form: str) -> flask.Response:
        # A browser shows plain text; a media type of YAML it would only save.
        media = "text/plain; charset=utf-8" if form == "yaml" else "application/json"
        return flask.Response(text_of(name, form), content_type=media)

    @pages.get("/style.css")
    def style() -> flask.Response:
        text = resources.files(__name__).joinpath("style.css").read_text(encoding="utf-8")
        return flask.Response(text, mimetype="text/css")

    @pages.after_request
    def guarded(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return pages


def _document(site: Site, name: str) -> Schema:
    document = site.control if name == CONTROL else site.documents.get(name)
    if document is None:
        flask.abort(404)
    return document


def _prose(text: str) -> Markup:
    """Return a description with its `names` set as code; everything else is escaped."""
    pieces = str(text).split("`")
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


def _breakable(text: str) -> Markup:
    """Return a long name with places where a narrow column may break it."""
    return Markup("_<wbr>").join(escape(piece) for piece in str(text).split("_"))
