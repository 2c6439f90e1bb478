# Builds with any Docker, with or without BuildKit. The code has no build step: Node runs TypeScript as it is.
#
# The final stage is empty but for Node, the three libraries that it is linked with, production packages and the code: no shell, no
# npm, no package manager, nothing that could be started by who got in. A vendor's distroless image is the same idea with the
# same files in it, and is patched without us; this one follows `node:24-bookworm-slim` instead, one image that has to be trusted
# where two would be, and it is built and tested wherever that is to be had. Rebuild it when that image is renewed:
# `docker build --pull .`

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are Node itself, for a checkout. The bill of materials is of what is installed: with --omit=dev npm leaves out of
# it what development needs too, such as undici.
RUN npm ci --omit=dev --omit=optional \
 && npm pkg delete devDependencies optionalDependencies \
 && npm sbom --sbom-format=cyclonedx --sbom-type=application >sbom.cdx.json

FROM node:24-bookworm-slim AS root
# Scanners find Debian's packages in status.d, as they do in distroless images; Node they know by its binary.
RUN set -eu; \
    mkdir -p /image/etc /image/usr/local/bin /image/var/lib/dpkg/status.d; \
    cp -L --parents /usr/local/bin/node $(ldd /usr/local/bin/node | grep -o '/[^ ]*') /image; \
    for package in libc6 libgcc-s1 libstdc++6; do \
      dpkg-query --status "$package" >"/image/var/lib/dpkg/status.d/$package"; \
      cp -L --parents "/usr/share/doc/$package/copyright" /image; \
    done; \
    cp --parents /etc/debian_version /etc/os-release /image; \
    echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
    echo 'connector:x:65532:65532::/app:/sbin/nologin' >/image/etc/passwd; \
    echo 'connector:x:65532:' >/image/etc/group; \
    # bin/asana-audit-kafka without its shell, so that the commands of the documents are the same in a container.
    printf '#!/usr/local/bin/node --heap-growing-percent=100\nimport("/app/src/main.ts");\n' >/image/usr/local/bin/asana-audit-kafka; \
    chmod 755 /image/usr/local/bin/asana-audit-kafka

FROM scratch
COPY --from=root /image/ /
COPY --from=packages /app/node_modules/ /app/node_modules/
COPY --from=packages /app/sbom.cdx.json /app/package.json /app/
COPY LICENSE /app/
COPY schemas/ /app/schemas/
COPY simulator/ /app/simulator/
COPY src/ /app/src/

# The options of Node and the allocator's are those of bin/asana-audit-kafka, which says why; but nothing is written here, so that what V8
# compiles is not kept.
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    NODE_OPTIONS="--disable-warning=TimeoutNegativeWarning --max-semi-space-size=8" \
    HTTP_HOST=0.0.0.0

# By number: Kubernetes' runAsNonRoot cannot look a name up. It owns no file, and needs none to write to.
USER 65532:65532
WORKDIR /app
EXPOSE 9464

# Only whether the loops turn: Asana or Kafka being down is nothing that a restart heals.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 9464}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Node is process 1, and src/main.ts listens for SIGTERM before anything else.
ENTRYPOINT ["asana-audit-kafka"]
CMD ["run"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="asana-audit-kafka" \
      org.opencontainers.image.description="Asana's audit log in Kafka: every event exactly once, and a command that proves it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="scratch"
