"""The mock that the suite starts for itself."""

import pytest
import requests

from register_contract.target.mock_process import running_mock


def test_it_asks_no_control_token_of_another_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTER_MOCK_CONTROL_TOKEN", "that-of-another-mock")
    with running_mock() as url:
        assert requests.get(f"{url}/_mock/worlds", timeout=20).status_code == 200
