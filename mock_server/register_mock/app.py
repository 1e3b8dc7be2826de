"""The Flask application: routes from the documents, and nothing decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

import register_spec as spec
from register_mock.config import OptionError, Options
from register_mock.contract.credentials import base_path, token_header
from register_mock.contract.editions import Editions
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.contract.routes import Routes
from register_mock.control.api import CONTROL, ControlApi
from register_mock.control.keeping import Served, kept_of
from register_mock.control.recording import Recorder
from register_mock.control.seeding import fill
from register_mock.cors import allow_origin, answer_preflights
from register_mock.pages import Site, blueprint, missing_page, wants_page
from register_mock.readiness.made import reported
from register_mock.readiness.report import Report
from register_mock.readiness.words import Place
from register_mock.request.forwarding import Forwarder
from register_mock.request.masking import shown_path
from register_mock.request.pipeline import Asked, Pipeline
from register_mock.serving.doorway import Doorway
from register_mock.wire import (
    Application,
    Environ,
    StartResponse,
    call_of,
    response_of,
    sent,
)
from register_mock.world.clock import Clock
from register_mock.world.world import Origin, World, moment
from register_mock.world.worlds import DEFAULT, Start, Worlds
from register_spec.resolve import parameters

OPENED = "register_mock_opened"
PUBLIC = "register_mock_public"


def create_app(options: Options | None = None, *, spec_dir: Path | None = None) -> Flask:
    """Return the mock as a WSGI application with one world, `default`.

    Whatever server it runs in, `options.host` says where that listens: on loopback, where it is
    without options, only names of this machine are answered to. Raises spec.SpecError when a
    document or the seed is wrong, and OptionError when the host is.
    """
    options = options or Options(spec_dir=spec_dir)
    worlds = Worlds(Editions.of(options.spec_dir), _starter(options), fill)
    if options.reading not in worlds.editions:
        raise spec.SpecError(
            f"there is no {options.reading} reading here; available: {', '.join(worlds.editions)}"
        )
    worlds.create(Origin(DEFAULT, options.reading, options.seed, options.random_seed))
    forwarder = _forwarder(worlds, options)
    opened = ExitStack()
    record = None
    if options.record is not None:
        recorder = opened.enter_context(closing(Recorder(options, worlds)))
        record = recorder.add
    if forwarder is not None:
        opened.callback(forwarder.close)
    pipeline = Pipeline(worlds, options.self_check, forwarder, record)
    control = ControlApi(worlds, options)
    app = Flask("register_mock", static_folder=None)
    # Who serves the application closes it.
    app.extensions[OPENED] = opened
    app.extensions["register_mock"] = worlds
    public, controls = _public(worlds), _controls(control)
    app.register_blueprint(blueprint(_site(worlds, control, options)))
    roots = _roots(worlds)
    app.extensions[PUBLIC] = roots

    def unknown(error: Any) -> Response:
        if wants_page(request, roots):
            return missing_page(request.path, roots)
        if request.blueprint == "pages":
            return Response(f"{request.path}: there is no such page\n", 404, mimetype="text/plain")
        call = call_of(request.environ)
        is_control = request.path == "/_mock" or request.path.startswith("/_mock/")
        return response_of((control if is_control else pipeline).serve_unknown(call))

    # 404 and 405, and what leads nowhere because its Host cannot be read.
    app.register_error_handler(HTTPException, unknown)
    app.register_error_handler(Exception, lambda error: response_of(_failure(request.path, error)))

    def serve(environ: Environ, path: str) -> Answer | None:
        method = environ["REQUEST_METHOD"]
        asked = public.match(path, method)
        if asked is not None:
            return pipeline.serve(asked, call_of(environ))
        called = controls.match(path, method)
        return None if called is None else control.serve(called, call_of(environ))

    layered = _answering(app.wsgi_app, serve)
    if options.cors is not None:
        layered = _guarded(answer_preflights(layered), Doorway(options))
        layered = allow_origin(layered, options.cors, _request_headers(worlds))
    else:
        layered = _guarded(layered, Doorway(options))
    app.wsgi_app = layered  # type: ignore[assignment,method-assign]
    return app


def _forwarder(worlds: Worlds, options: Options) -> Forwarder | None:
    """Return what passes requests on, if that is asked for; their paths are those of versions."""
    if options.proxy is None:
        return None
    url = options.proxy.rstrip("/")
    for _, _, document in _every(worlds):
        if url.endswith(base_path(document)):
            raise OptionError(
                f"--proxy {options.proxy}: give the address before {base_path(document)}, which "
                f"requests have in their paths"
            )
    return Forwarder(url, options.proxy_writes)


def _guarded(inner: Application, doorway: Doorway) -> Application:
    """Turn away what a strange web page could send, before anything else is done with it."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = doorway.refusal(environ, _path(environ))
        if answer is None:
            return inner(environ, start_response)
        # The body is taken all the same, or its sender would see a reset instead of the answer.
        call_of(environ)
        return sent(answer, environ, start_response)

    return application


def _answering(inner: Application, serve: Callable[[Environ, str], Answer | None]) -> Application:
    """Answer operations before Flask makes a request of its own, which costs more than they do.

    All else goes on to Flask.
    """

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer = serve(environ, _path(environ))
        except Exception as error:
            answer = _failure(environ["PATH_INFO"], error)
        if answer is None:
            return inner(environ, start_response)
        return sent(answer, environ, start_response)

    return application


def _path(environ: Environ) -> str:
    """Return the path as werkzeug reads it: as UTF-8, with one slash at its begin."""
    raw: str = environ["PATH_INFO"]
    text = raw if raw.isascii() else raw.encode("latin-1").decode(errors="replace")
    return "/" + text.lstrip("/")


def _public(worlds: Worlds) -> Routes[Asked]:
    """Every operation of every document: which of them a world has, its reading says."""
    routes: Routes[Asked] = Routes()
    for reading, version, document in _every(worlds):
        base = base_path(document)
        for path, method, operation, _ in spec.operations(document):
            asked = Asked(version, operation["operationId"])
            routes.add(base + path, method.upper(), reading, asked)
    return routes


def _every(worlds: Worlds) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield reading, version and document of each edition."""
    for reading, versions in worlds.editions.documents.items():
        for version, document in versions.items():
            yield reading, version, document


def _controls(control: ControlApi) -> Routes[str]:
    routes: Routes[str] = Routes()
    for operation in control.operations.values():
        routes.add(operation.path, operation.method, CONTROL, operation.name)
    return routes


def _site(worlds: Worlds, control: ControlApi, options: Options) -> Site:
    """Return what the pages show."""

    def reports(name: str, url: str) -> Report | None:
        asked = worlds.get(name)
        if asked is None:
            return None
        where = f" --url {url}" + (f" --world {name}" if name != DEFAULT else "")
        kept, served = kept_of(asked, worlds, options), Served(worlds, options.spec_dir)
        return reported([kept], served, Clock().now(), Place(url, where))

    documents = _documents(worlds, options.reading)
    choices = spec.choices(options.spec_dir)
    return Site(documents, control.ask, control.document, choices, reports)


def _roots(worlds: Worlds) -> list[str]:
    """Return the first parts of the paths that the public API has."""
    return list(dict.fromkeys(base_path(each).split("/")[1] for _, _, each in _every(worlds)))


def _request_headers(worlds: Worlds) -> Iterator[str]:
    """Yield the headers that a request may have by the documents."""
    for _, _, document in _every(worlds):
        yield token_header(document).name
        for _, _, operation, shared in spec.operations(document):
            for row in parameters(document, operation, shared):
                if row["in"] == "header":
                    yield row["name"]


def _documents(worlds: Worlds, reading: str) -> dict[str, dict[str, Any]]:
    """Return the document of each edition: those of `reading` by their version.

    What another reading says is called ``version@reading``.
    """
    found = dict(worlds.editions.documents_of(reading))
    others = {f"{name}@{own}": each for own, name, each in _every(worlds) if own != reading}
    return found | others


def _starter(options: Options) -> Start:
    """Set the clock of a world that begins, or begins again, as its origin or the server says."""

    def start(world: World) -> None:
        now = world.origin.now or options.now
        frozen = world.origin.frozen or options.frozen
        if now is not None:
            world.clock.set(moment(now), frozen)
        elif frozen and not world.clock.is_frozen:
            world.clock.set(world.now(), frozen=True)

    return start


def _failure(path: str, error: Exception) -> Answer:
    """Answer a fault of the mock; the trace is for the log, not for the client."""
    import logging

    log = logging.getLogger("register_mock")
    log.error("%s", shown_path(path), exc_info=error)
    return json_answer(500, {"error": "Internal server error"})
