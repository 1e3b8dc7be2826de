"""Loading: errors by name, other folders, dates as text, and a cache that may be missing."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import register_spec as spec
from register_spec.cache import MOST_STORED, cached, store


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_versions_of_the_project_oldest_first() -> None:
    assert spec.versions() == ["v1.0-pre", "v2025.0", "v2026.1"]


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(spec.SpecError, match=r"no version 'v3'; available: v1.0-pre, v2025.0"):
        spec.bundle("v3")
    with pytest.raises(spec.SpecError, match=r"no version 'v3'"):
        spec.readings("v3")


def test_an_unknown_reading_is_refused_with_the_known_ones() -> None:
    assert "documented" in spec.readings("v2025.0")
    with pytest.raises(spec.SpecError, match=r"v2025.0 has no 'guessed' reading; available: docu"):
        spec.bundle("v2025.0", "guessed")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(spec.SpecError, match="is not a folder of specification documents"):
        spec.versions(tmp_path / "nowhere")
    with pytest.raises(spec.SpecError, match="holds no document named"):
        spec.versions(tmp_path)


def _break_syntax(folder: Path) -> None:
    change(folder / "v1.0-pre.yaml", "openapi:", "openapi: [")


def _empty(folder: Path) -> None:
    (folder / "v1.0-pre.yaml").write_text("just words")


def _not_text(folder: Path) -> None:
    (folder / "v1.0-pre.yaml").write_bytes(b"\xff\xfe\x00")


def _remove_list(folder: Path) -> None:
    (folder / "reference" / "sex.yaml").unlink()


def _remove_lists(folder: Path) -> None:
    for path in (folder / "reference").iterdir():
        if path.stem != "course_subject":  # which a step changes
            path.unlink()


def _break_list(folder: Path) -> None:
    (folder / "reference" / "sex.yaml").write_text("- 10\n- 11\n")


def _unquote_code(folder: Path) -> None:
    change(folder / "reference" / "sex.yaml", '"10": {', "10: {")


def _repeat_code(folder: Path) -> None:
    change(folder / "reference" / "sex.yaml", '"10": {', '"11": {')


def _unknown_key(folder: Path) -> None:
    change(
        folder / "steps" / "v2025.0.yaml",
        "update: {x-code-list: course_year}",
        "update: {x-codes: course_year}",
    )


def _no_state(folder: Path) -> None:
    change(
        folder / "tables" / "lifecycle.yaml",
        "from: [draft], to: submitted",
        "from: [new], to: submitted",
    )


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_break_syntax, "v1.0-pre.yaml is not YAML: "),
        (_empty, "v1.0-pre.yaml is no mapping"),
        (_not_text, "v1.0-pre.yaml cannot be read: "),
        (_remove_list, "properties.sex: there is no code list 'sex' for v2025.0"),
        (_remove_lists, "there is no code list "),
        (_break_list, "reference/sex.yaml is no mapping"),
        (_unquote_code, "reference/sex.yaml: codes: the key 10 is not a text; put it in quotes"),
        (_repeat_code, "the key '11' stands there twice"),
        (
            _unknown_key,
            "v2025.0: components.schemas.TraineeFields.properties.course_year.x-codes: unknown key",
        ),
        (_no_state, "x-lifecycle.events.submit_for_trn: there is no state 'new'"),
    ],
)
def test_a_wrong_folder_is_refused_by_name(
    folder: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(folder)
    with pytest.raises(spec.SpecError, match=re.escape(message)):
        spec.bundle("v2025.0", spec_dir=folder)


def test_a_wrong_version_does_not_harm_the_other(folder: Path) -> None:
    _unknown_key(folder)
    assert spec.bundle("v1.0-pre", spec_dir=folder)["info"]["version"] == "v1.0-pre"


def test_dates_stay_text() -> None:
    paths = spec.bundle("v2025.0")["paths"]
    request = paths["/trainees"]["post"]["requestBody"]["content"]["application/json"]
    data = request["examples"]["documented"]["value"]["data"]
    assert data["itt_start_date"] == "2023-01-01"


def test_dates_without_quotes_stay_text_too(folder: Path) -> None:
    change(folder / "v1.0-pre.yaml", 'examples: ["2000-01-01"]', "examples: [2000-01-01]")
    schemas = spec.bundle("v2025.0", spec_dir=folder)["components"]["schemas"]
    assert schemas["TraineeFields"]["properties"]["date_of_birth"]["examples"] == ["2000-01-01"]


def test_another_folder_is_its_own_contract(folder: Path) -> None:
    change(folder / "v1.0-pre.yaml", "maxLength: 60", "maxLength: 7")
    other = spec.bundle("v2025.0", spec_dir=folder)
    assert other["components"]["schemas"]["TraineeFields"]["properties"]["first_names"][
        "maxLength"
    ] == (7)
    assert spec.bundle("v2025.0") != other


def test_a_changed_file_gives_a_new_bundle(folder: Path) -> None:
    sex = spec.bundle("v2025.0", spec_dir=folder)["x-code-lists"]["sex"]
    change(folder / "reference" / "sex.yaml", 'label: "Female"', 'label: "Woman"')
    changed = spec.bundle("v2025.0", spec_dir=folder)["x-code-lists"]["sex"]
    assert (sex[0]["label"], changed[0]["label"]) == ("Female", "Woman")


def test_a_list_of_another_version_is_not_in_the_bundle() -> None:
    assert "course_year" in spec.bundle("v2025.0")["x-code-lists"]
    assert "course_year" not in spec.bundle("v1.0-pre")["x-code-lists"]
    subjects = [
        {row["code"] for row in spec.bundle(version)["x-code-lists"]["course_subject"]}
        for version in spec.versions()
    ]
    assert subjects[1] - subjects[0] == {"101109"}


def test_the_cache_serves_the_next_process(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setattr("register_spec.bundling.user_cache_path", lambda name: cache / name)
    built = spec.bundle("v2025.0", spec_dir=folder)
    (kept,) = (cache / "register-contract").iterdir()
    assert orjson.loads(kept.read_bytes()) == built


def test_a_cache_that_cannot_be_written_costs_time_only(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setattr("register_spec.bundling.user_cache_path", lambda name: in_the_way / name)
    assert spec.bundle("v2025.0", spec_dir=folder)["info"]["version"] == "v2025.0"


def test_a_broken_cache_is_built_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(folder / "v1.0-pre.yaml", "summary: One trainee.", "summary: A trainee.")
    cache = tmp_path / "cache"
    monkeypatch.setattr("register_spec.bundling.user_cache_path", lambda name: cache / name)
    first = spec.bundle("v2025.0", spec_dir=folder)
    (kept,) = (cache / "register-contract").iterdir()
    whole = kept.read_bytes()
    wrong = b"", b"{", b"null", b"[]", b"{}", b"\x80\x04", whole[:-1], whole + b" ", b"[" * 9_999
    for content in (*wrong, whole.replace(b"A trainee.", b"B trainee.")):
        kept.write_bytes(content)
        spec.bundling._bundle_with_key.cache_clear()
        assert spec.bundle("v2025.0", spec_dir=folder) == first
        assert kept.read_bytes() == whole
    kept.unlink()
    kept.mkdir()
    spec.bundling._bundle_with_key.cache_clear()
    assert spec.bundle("v2025.0", spec_dir=folder) == first


def test_the_cache_lets_go_of_what_was_not_used_for_longest(tmp_path: Path) -> None:
    document: dict[str, Any] = {"info": {}}
    for number in range(3 * MOST_STORED):
        store(tmp_path, f"v1-{number}", document | {"number": number})
        for place, each in enumerate(sorted(tmp_path.iterdir(), key=lambda p: p.stat().st_mtime)):
            os.utime(each, (place, place))
        # What is used stays, however old it is.
        assert cached(tmp_path, "v1-0") == {"info": {}, "number": 0}
    assert len(list(tmp_path.iterdir())) == MOST_STORED
    assert cached(tmp_path, f"v1-{3 * MOST_STORED - 1}") is not None
    assert cached(tmp_path, "v1-1") is None


def test_importing_and_a_cached_bundle_need_no_validator(cache_folder: Path) -> None:
    spec.bundle("v2025.0")
    program = (
        "import pathlib, sys\n"
        "from register_spec import bundling\n"
        f"bundling.user_cache_path = lambda name: pathlib.Path({str(cache_folder)!r}, name)\n"
        "bundling.bundle('v2025.0')\n"
        "print('jsonschema' in sys.modules)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


def test_a_cache_that_cannot_be_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container whose file system is read-only."""
    store(tmp_path, "key", {"a": 1})

    def refused(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr("register_spec.cache.os.utime", refused)
    assert cached(tmp_path, "key") == {"a": 1}
