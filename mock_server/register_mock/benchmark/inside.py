"""How long the mock takes to start and to stop inside another process, imports and all.

Run as a module it prints both as JSON, in seconds.
"""

import json
import time
import urllib.request


def measured() -> dict[str, float]:
    """Return the seconds from the first import to the first answer, and those to stop."""
    start = time.perf_counter()
    from register_mock.in_process import InProcessMock

    mock = InProcessMock()
    urllib.request.urlopen(f"{mock.url}/_mock/health", timeout=30).close()
    answered = time.perf_counter()
    mock.close()
    return {"start": answered - start, "stop": time.perf_counter() - answered}


if __name__ == "__main__":
    print(json.dumps(measured()))
