# One image for migrate, ingest, api and simulators. A test runs the RUN lines of the first stage in a clean folder.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md ./
COPY api api
COPY connectors connectors
COPY dashboards dashboards
COPY ingest ingest
COPY ioc ioc
COPY simulators simulators
RUN python -m venv /opt/ioc
RUN /opt/ioc/bin/pip install --disable-pip-version-check --constraint requirements.lock .

FROM python:3.11.14-slim-bookworm
RUN groupadd --gid 10001 ioc \
 && useradd --uid 10001 --gid ioc --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ioc
COPY --from=build /opt/ioc /opt/ioc
# The root file system is read-only: what libraries want to keep for a while goes to /tmp.
ENV PATH=/opt/ioc/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NICEGUI_STORAGE_PATH=/tmp/nicegui
# ioc.toml is looked for here.
WORKDIR /etc/ioc
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["python", "-m", "ioc.alive"]
ENTRYPOINT ["ioc"]
CMD ["run"]
