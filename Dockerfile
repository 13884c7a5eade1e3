# 鲁科评 service image: embedded store by default, PostgreSQL by LUKEPING_DATABASE.
FROM python:3.11-slim-bookworm AS build
COPY requirements.txt /app/
RUN python -m venv /app/.venv \
 && /app/.venv/bin/pip install --no-cache-dir --require-hashes -r /app/requirements.txt

FROM python:3.11-slim-bookworm
# LightGBM's wheel needs the system's OpenMP runtime.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home lukeping \
 && install -d -o lukeping /state
COPY --from=build /app/.venv /app/.venv
COPY api /app/api
COPY data /app/data
COPY features /app/features
COPY models /app/models
COPY risk /app/risk
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONPATH=/app \
    LUKEPING_STATE=/state \
    OMP_WAIT_POLICY=PASSIVE
WORKDIR /app
USER lukeping
VOLUME /state
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
ENTRYPOINT ["python", "-m", "api.cli"]
CMD ["serve", "--host", "0.0.0.0"]
