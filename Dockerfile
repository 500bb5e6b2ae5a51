# Two stages: what is needed to install stays behind, and the image holds Python, the libraries of the lock and the program.
# For a build that can be repeated to the byte, name the base by its digest:  --build-arg BASE=python:3.12-slim@sha256:…
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /build
RUN python -m venv /opt/stadsbot
COPY requirements.lock .
RUN /opt/stadsbot/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY flows flows
COPY storage storage
COPY messages messages
RUN /opt/stadsbot/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/stadsbot/bin/pip uninstall --yes --quiet pip

FROM ${BASE}
# A number, not a name, so that Kubernetes can see that it is not root.
RUN groupadd --gid 10001 stadsbot && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data stadsbot \
 && install -d -m 0700 -o 10001 -g 10001 /data /backups
COPY --from=build /opt/stadsbot /opt/stadsbot
ENV PATH=/opt/stadsbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STADSBOT_DATABASE=/data/stadsbot.db \
    STADSBOT_BACKUPS=/backups \
    STADSBOT_METRICS=127.0.0.1:9464
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/backups"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s CMD \
  ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/health', timeout=4)"]
ENTRYPOINT ["stadsbot"]
CMD ["run"]
