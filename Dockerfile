# One image for web and worker. Both get their servers by DATABASE_URL, VALKEY_URL and STORAGE_URL:
#   docker run … shanzhi              the web process, on port 8000
#   docker run … shanzhi worker       the worker
#   docker run … shanzhi migrate      with DATABASE_ADMIN_URL, before a new version starts

FROM node:22-slim AS pwa
WORKDIR /src/pwa
COPY pwa/package.json pwa/package-lock.json pwa/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY pwa/ ./
COPY schema/ ../schema/
RUN npm run build

FROM python:3.12-slim AS packages
WORKDIR /src
RUN python -m venv /opt/shanzhi
COPY requirements.lock ./
# The lock is complete and leaves out what one package asks for wrongly (see pyproject.toml): pip adds nothing.
RUN /opt/shanzhi/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY backend/ backend/
RUN /opt/shanzhi/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /var/lib/shanzhi shanzhi
COPY --from=packages /opt/shanzhi /opt/shanzhi
COPY --from=pwa /src/pwa/dist /opt/shanzhi/pwa
COPY --from=pwa /src/schema/trusted-documents.json /opt/shanzhi/trusted-documents.json
ENV PATH=/opt/shanzhi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHANZHI_HOST=0.0.0.0 \
    SHANZHI_PORT=8000 \
    SHANZHI_PWA_DIR=/opt/shanzhi/pwa \
    SHANZHI_SECRET_DIR=/run/secrets \
    SHANZHI_TRUSTED_DOCUMENTS=/opt/shanzhi/trusted-documents.json
USER shanzhi
WORKDIR /var/lib/shanzhi
EXPOSE 8000
# No HEALTHCHECK: the worker listens on nothing. The web process answers /healthz and /readyz.
STOPSIGNAL SIGTERM
ENTRYPOINT ["shanzhi"]
CMD ["web"]
