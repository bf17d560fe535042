# The server and what it needs, nothing else: no emulators, tests or development tools.

FROM python:3.11-slim AS build
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_HTTP_TIMEOUT=180
RUN pip install --no-cache-dir --no-deps uv==0.13.8
WORKDIR /app
# The dependencies alone first: this layer changes only with the lock file.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project --no-cache

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home antiphon \
    && mkdir -p /app/data \
    && chown antiphon /app/data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY server.py ./
COPY config config
COPY media media
COPY vad vad
COPY pipeline pipeline
COPY agent agent
COPY assembly assembly
COPY calls calls
COPY flags flags
COPY routing routing
COPY providers providers
COPY stores stores
COPY telemetry telemetry
COPY web web
ENV PATH="/app/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER antiphon
VOLUME /app/data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/liveness', timeout=2)"]
ENTRYPOINT ["python", "server.py"]
CMD ["serve", "--host", "0.0.0.0"]
