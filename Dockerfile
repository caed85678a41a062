# One image for every process of the service (api, worker, watcher, migrate). It runs
# `one-matter <command>`.
FROM node:24.20.0-trixie-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
# No package of the service needs its install script.
RUN npm ci --ignore-scripts
COPY . .
# The sandbox and the sample cases work only in a checkout.
RUN npm run build \
 && rm -r dist/.tsbuildinfo dist/sandbox dist/catalog/*/samples \
 && node dist/worker/bundle.js dist/workflow-bundle.js

FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM base
ENV NODE_ENV=production WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    HOST=0.0.0.0 PORT=8080 METRICS_PORT=9090 WORKER_HOST=0.0.0.0 WORKER_PORT=8080 \
    WATCHER_HOST=0.0.0.0 WATCHER_PORT=8080
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# The command that the program itself names, also for `docker compose exec`.
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/cli/main.js "$@"\n' >/usr/local/bin/one-matter \
 && chmod 755 /usr/local/bin/one-matter
USER node
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["one-matter"]
CMD ["api"]
