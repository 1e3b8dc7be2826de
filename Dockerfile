# The mock as an image: docs/how-to/containers.md says how it is used.
FROM python:3.11-slim-bookworm AS built
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY spec ./spec
COPY mock_server ./mock_server
COPY contract_tests ./contract_tests
COPY fixtures ./fixtures
RUN python -m venv /opt/register && /opt/register/bin/pip install --no-cache-dir --disable-pip-version-check .
# The documents are bundled here, once; a container that may not write would do it at each start.
RUN XDG_CACHE_HOME=/opt/register/cache /opt/register/bin/register-contract track-record > /dev/null && chmod -R a+rX /opt/register/cache

FROM python:3.11-slim-bookworm
COPY --from=built /opt/register /opt/register
ENV PATH=/opt/register/bin:$PATH XDG_CACHE_HOME=/opt/register/cache PYTHONDONTWRITEBYTECODE=1
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /tmp
EXPOSE 4010
# Beyond this machine the control API asks for REGISTER_MOCK_CONTROL_TOKEN, and serve does not start without.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", "import os; from register_mock.client import Control; Control('http://127.0.0.1:4010', control_token=os.environ['REGISTER_MOCK_CONTROL_TOKEN']).health()"]
ENTRYPOINT ["register-mock"]
CMD ["serve", "--host", "0.0.0.0"]
