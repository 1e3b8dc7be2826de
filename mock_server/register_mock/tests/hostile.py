"""Requests no client should send, as the bytes on the wire: over the whole surface, by kind."""

from __future__ import annotations

import json
from collections.abc import Iterator

import register_spec as spec
from register_mock.tests.live import NEWEST
from register_spec.documents import read_yaml

ID = "aBcDeFgHjKmNpQrStUvWxYz2"
BIG = 10_000_000
DEEP = 100_000


def request(
    method: str | bytes,
    target: str | bytes,
    token: str | None,
    body: bytes = b"",
    headers: tuple[bytes, ...] = (),
    framing: bytes | None = None,
) -> bytes:
    """Return a request; `framing` replaces Content-Length."""
    method = method.encode() if isinstance(method, str) else method
    target = target.encode() if isinstance(target, str) else target
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    if token is not None:
        lines.append(b"Authorization: Bearer " + token.encode())
    if framing is not None:
        lines.append(framing)
    elif body:
        lines.append(b"Content-Length: %d" % len(body))
    if body and not any(header.lower().startswith(b"content-type") for header in headers):
        lines.append(b"Content-Type: application/json")
    return b"\r\n".join([*lines, *headers, b"", b""]) + body


def operations() -> Iterator[tuple[str, str, bool]]:
    """Yield method, path with an unknown id, and whether it takes a body: public and control."""
    control = read_yaml(spec.source_folder() / "control.yaml")
    for document, base in ((spec.bundle(NEWEST), f"/api/{NEWEST}"), (control, "")):
        for path, item in document["paths"].items():
            for method in ("get", "put", "post", "delete", "patch"):
                if method in item:
                    filled = "/".join(ID if part[:1] == "{" else part for part in path.split("/"))
                    yield method.upper(), base + filled, "requestBody" in item[method]


BODIES: dict[str, bytes] = {
    "broken json": b'{"data": {"first_names": ',
    "trailing comma": b'{"data": {"first_names": "A",}}',
    "not utf-8": b'{"data": {"first_names": "\xff\xfe"}}',
    "nul byte": b'{"data": {"first_names": "a\x00b"}}',
    "nul only": b"\x00" * 100,
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"data":' * 5_000 + b"1" + b"}" * 5_000,
    "deep but parsed": b'{"data":{"first_names":' + b"[" * 500 + b"]" * 500 + b"}}",
    "an array": b"[1, 2, 3]",
    "a number": b"1e999",
    "not a number": b'{"data": {"first_names": NaN}}',
    "a lone surrogate": b'{"data": {"first_names": "\\ud800"}}',
    "utf-16": '{"data": {"first_names": "A"}}'.encode("utf-16"),
    "null": b"null",
    "data is text": b'{"data": "<script>alert(1)</script>"}',
    "data is a list": b'{"data": [{"first_names": "A"}]}',
}

MEMBERS: dict[str, object] = {
    "script": "<script>alert(1)</script>" * 10,
    "nul": "a\u0000b",
    "object": {"a": {"b": {"c": 1}}},
    "list": [[[[]]]],
    "long": "x" * 200_000,
    "number": 10**30,
    "bool": True,
    "bidi": "\u202e\ufeff\U0001f600" * 50,
}


def bodies(token: str) -> Iterator[tuple[str, bytes]]:
    """Broken bodies for every operation that takes one."""
    takers = [(method, path) for method, path, has_body in operations() if has_body]
    for method, path in takers:
        own = None if path.startswith("/_mock") else token
        for name in ("broken json", "not utf-8", "deep arrays", "an array"):
            yield f"{name}: {method} {path}", request(method, path, own, BODIES[name])
    path = f"/api/{NEWEST}/trainees"
    for name, body in BODIES.items():
        yield f"{name}: create", request("POST", path, token, body)
        yield f"{name}: fault", request("POST", "/_mock/faults", None, body)
    document = spec.bundle(NEWEST)
    fields = spec.schema_properties(document, {"$ref": "#/components/schemas/TraineeRequest"})
    for name, value in MEMBERS.items():
        data = json.dumps({"data": dict.fromkeys(fields, value)}).encode()
        yield f"every field {name}", request("POST", path, token, data)


def sizes(token: str) -> Iterator[tuple[str, bytes]]:
    """Bodies beyond the limit, and bodies that are framed in odd ways."""
    path = f"/api/{NEWEST}/trainees"
    big = b'{"data": {"first_names": "' + b"x" * BIG + b'"}}'
    chunked = b"Transfer-Encoding: chunked"
    piece = b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536)
    for target, own in ((path, token), ("/_mock/providers", None)):
        yield f"10 MB: {target}", request("POST", target, own, big)
        yield (
            f"10 MB in chunks: {target}",
            request("POST", target, own, piece * (BIG // 65_536) + b"0\r\n\r\n", (), chunked),
        )
        for body in (
            b"0\r\n\r\n",
            b"5\r\nhello\r\n0\r\n\r\n",
            b"ZZ\r\nhello\r\n",
            b"-5\r\nhello\r\n",
        ):
            name = body[:2].decode()
            yield f"chunk {name}: {target}", request("POST", target, own, body, (), chunked)
        for length in (b"abc", b"-1", b"5, 5", b"0x10", b"\xb2", b"9" * 30, b"9" * 5_000):
            framing = b"Content-Length: " + length
            yield (
                f"length {length[:6]!r}: {target}",
                request("POST", target, own, b"", (b"Content-Type: application/json",), framing),
            )
        yield f"no body: {target}", request("POST", target, own, b"", (), b"Content-Length: 0")


def targets(token: str) -> Iterator[tuple[str, bytes]]:
    """Odd paths and queries."""
    odd = ["%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "a" * 5_000, "%F0%9F%98%80", "'%20OR%201=1"]
    odd += ["%3Cscript%3E", "%25%25", "{trainee_id}", "%0d%0aX-Injected:%201"]
    for name in odd:
        for base in (f"/api/{NEWEST}/trainees/", "/_mock/worlds/", "/_mock/requests/", "/"):
            yield f"path {base}{name[:12]}", request("GET", base + name, token)
        for base in (f"/api/{NEWEST}/", "/openapi/", "/_mock/faults/"):
            yield f"path DELETE {base}{name[:12]}", request("DELETE", base + name, token)
    queries = ["page=-1", "page=99999999999999999999", "page=%00", "per_page=1e9", "since=%ff"]
    queries += ["since=9999-99-99", "status=%F0%9F", "has_trn=maybe", "sort_order=" + "x" * 5_000]
    queries += ["academic_cycle=" + "9" * 300, "page=x&" + "&" * 20_000, "page=x&" + "a=1&" * 5_000]
    for query in queries:
        for base in (f"/api/{NEWEST}/trainees", "/_mock/requests", "/_mock/trainees"):
            yield f"query {base}?{query[:12]}", request("GET", f"{base}?{query}", token)
    yield "path of 200 kB", request("GET", "/" + "a" * 200_000, token)
    yield "bytes in the path", request("GET", b"/api/\xff\xfe", token)
    yield "bytes in the query", request("GET", f"/api/{NEWEST}/x?".encode() + b"\xff=\xfe", token)


def headers(token: str) -> Iterator[tuple[str, bytes]]:
    """Odd headers."""
    path = f"/api/{NEWEST}/trainees/{ID}"
    values = [b"\xff\xfe", b"Bearer \xff\xfe", b"Bearer", b"Bearer  ", b"bearer x", b"Basic YTpi"]
    values += [b"Bearer " + b"x" * 8_000, b"Bearer a, Bearer b", b"Digest a=b", b"\xc2\xa0"]
    for value in values:
        header = (b"Authorization: " + value,)
        yield f"token {value[:12]!r}", request("GET", path, None, b"", header)
    for value in (b"\xff", b"nowhere", b"x" * 8_000, b"a/b", b"<script>"):
        header = (b"X-Mock-World: " + value,)
        yield f"world {value[:8]!r}", request("GET", path, None, b"", header)
        yield f"control world {value[:8]!r}", request("GET", "/_mock/clock", None, b"", header)
    for value in (b"code=999", b"code=\xff", b"code=-1", b"example=" + b"x" * 5_000, b"code=2x"):
        header = (b"Prefer: " + value,)
        yield f"prefer {value[:12]!r}", request("GET", path, token, b"", header)
    for value in (b"a b", b"[::1", b"x" * 300, b"\xff", b"a:b:c", b""):
        given = request("GET", path, None).replace(b"Host: localhost", b"Host: " + value)
        yield f"host {value[:8]!r}", given
    for value in (b"nonsense", b"100-continue", b"\xff"):
        expect = (b"Expect: " + value,)
        given = request("POST", path + "/degrees", token, b'{"a": 1}', expect)
        yield f"expect {value!r}", given
    for kind in (b"text/plain", b"application/json; charset=utf-16", b"\xff/\xfe", b"a" * 5_000):
        content = (b"Content-Type: " + kind,)
        yield (
            f"content type {kind[:16]!r}",
            request("POST", f"/api/{NEWEST}/trainees", token, b'{"data": {"a": 1}}', content),
        )
    many = tuple(b"X-%d: y" % number for number in range(300))
    yield "300 headers", request("GET", path, token, b"", many)
    yield "a header of 1 MB", request("GET", path, token, b"", (b"X: " + b"y" * 1_000_000,))
    yield "two hosts", request("GET", path, None, b"", (b"Host: elsewhere",))


def methods(token: str) -> Iterator[tuple[str, bytes]]:
    """Methods that no operation has."""
    names = ("FOO", "TRACE", "OPTIONS", "PROPFIND", "PUT", "DELETE", "X" * 2_000, "PATCH")
    for method in names:
        for path in (f"/api/{NEWEST}/trainees", f"/api/{NEWEST}/info", "/_mock/health", "/nowhere"):
            yield f"{method[:8]} {path}", request(method, path, token)
    yield "OPTIONS *", request("OPTIONS", "*", token)
    yield "CONNECT", request("CONNECT", "x:80", token)
    yield "absolute target", request("GET", "http://elsewhere/nowhere", token)


KINDS = {each.__name__: each for each in (bodies, sizes, targets, headers, methods)}
