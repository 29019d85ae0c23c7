# One image for each daemon: docker build --build-arg APP=validator -t neurond-validator .
# The miner's, the auditor's, the reverse-proxy's and the storage-api's are made the same way.
FROM node:24-bookworm-slim AS build
ARG APP
ENV CI=true
RUN npm install --global pnpm@12.21.0
WORKDIR /src
# Packages first: they change less often than the source.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile \
 && node node_modules/typescript/bin/tsc -b "apps/${APP}" \
 && pnpm --filter "@neurond/${APP}" deploy --prod /out

FROM node:24-bookworm-slim
ARG APP
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /out ./
COPY config/${APP}.yaml /config/app.yaml
# Shards, archives and evidence; everything else is read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
# Exec form: the daemon itself gets the signal, and has time to finish what it has promised.
STOPSIGNAL SIGTERM
CMD ["node", "dist/main.js", "/config/app.yaml"]
