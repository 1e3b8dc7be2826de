"""The workflows on the pages: of the form that GitHub reads, and their steps do what they say."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from register_docs.tests.documents import page, written

PAGE = page("docs/how-to/github-workflows.md")
WORKFLOWS = [yaml.safe_load(text) for text in PAGE.blocks("yaml")]
BESIDE = Path(sys.executable).parent


def test_each_is_of_the_form_of_a_workflow(tmp_path: Path) -> None:
    texts = [text for each in written() for text in each.blocks("yaml") if "\njobs:\n" in text]
    assert len(texts) >= len(WORKFLOWS) > 2
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    command = [str(BESIDE / "check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_job_may_write_to_the_repository() -> None:
    for workflow in WORKFLOWS:
        assert workflow["permissions"] == {"contents": "read"}


def steps(workflow: dict[str, Any]) -> list[str]:
    """Return the commands of the one job, without those that install what is tested here."""
    (job,) = workflow["jobs"].values()
    run = [str(step["run"]) for step in job["steps"] if "run" in step]
    return [each for each in run if not each.startswith("pip install ")]


def ran(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does: by bash, which stops at the first mistake."""
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{BESIDE}{os.pathsep}{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_steps_of_a_vendor(tmp_path: Path) -> None:
    """In one shell, so that the mock can be ended; its port is that of the test."""
    (workflow,) = (each for each in WORKFLOWS if "Start the mock" in str(each))
    (job,) = workflow["jobs"].values()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    script = "\n".join(steps(workflow)).replace("mock serve ", f"mock serve --port {port} ")
    for name in ("readiness", "requests"):
        script = re.sub(rf"mock {name}\b", rf"\g<0> --url http://127.0.0.1:{port}", script)
    told = {name: text.replace("4010", port) for name, text in job["env"].items()}
    done = ran(f"trap 'kill $(jobs -p)' EXIT\n{script}", tmp_path, **told)
    assert done.returncode == 0, done.stderr
    assert '"data":[' in done.stdout
    assert "<html" in (tmp_path / "readiness.html").read_text(encoding="utf-8")
    assert "200 OK GET /api/" in (tmp_path / "requests.txt").read_text(encoding="utf-8")


BEFORE = """\
openapi: 3.1.0
info: {title: One, version: "1"}
paths:
  /things:
    post:
      operationId: create_thing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {type: string, maxLength: 80}
      responses:
        "201": {description: Made.}
"""


@pytest.mark.parametrize(
    ("after", "code"), [(BEFORE.replace("80", "60"), 1), (BEFORE.replace("One", "Two"), 0)]
)
def test_the_steps_of_a_maintainer(after: str, code: int, tmp_path: Path) -> None:
    (workflow,) = (each for each in WORKFLOWS if "Compare" in str(each))
    document = tmp_path / "openapi.yaml"
    document.write_text(BEFORE, encoding="utf-8")
    made = ran(
        "git init -q . && git add . && git -c user.name=A -c user.email=a@example.com commit -qm A"
        " && git update-ref refs/remotes/origin/main HEAD",
        tmp_path,
    )
    assert made.returncode == 0, made.stderr
    document.write_text(after, encoding="utf-8")
    (command,) = steps(workflow)
    done = ran(command, tmp_path, BASE="origin/main")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("::error file=openapi.yaml,line=" in done.stdout) is (code == 1)
