# Holdfast: the five services and the `holdfast` command in one image; the first argument says which starts.
#   docker build -t holdfast .                       builds from the sources inside
#   docker build --build-arg PREBUILT=true ...       takes what `bin/holdfast` or Maven built outside (bin/images-offline does)
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
ARG PREBUILT=false
WORKDIR /src
RUN [ "$PREBUILT" = true ] || { apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends maven openjdk-25-jdk-headless; }
COPY . .
RUN if [ "$PREBUILT" = true ]; then [ -f cli/target/cli.jar ] || { echo "PREBUILT=true, but cli/target/cli.jar is not in the context" >&2; exit 1; }; \
    else rm -rf cli/target && mvn -q -B package -pl cli -am -DskipTests -Dspring-boot.repackage.skip=true; fi \
    && mkdir -p /built/lib && cp cli/target/lib/*.jar /built/lib/ && cp cli/target/cli.jar /built/lib/

FROM ${BASE}
# PostgreSQL's servers and tools: the verifier proves a backup in a server of the same major. What trixie does not have comes
# from bookworm; of locales all, since a database names its own. Further majors and extension libraries: docs/containers.md.
ARG POSTGRES="15:bookworm 17:trixie"
COPY deploy/images/add-release.sh /usr/local/sbin/add-release
RUN packages= && for entry in ${POSTGRES}; do sh /usr/local/sbin/add-release "${entry#*:}" && packages="$packages postgresql-${entry%%:*}"; done \
    && apt-get update \
    && mkdir -p /etc/postgresql-common/createcluster.d \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/none.conf \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-25-jre-headless gnupg zstd ca-certificates util-linux locales-all $packages \
    && rm -rf /var/lib/apt/lists/* /var/log/postgresql \
    && groupadd --system --gid 10001 holdfast && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/holdfast --shell /usr/sbin/nologin holdfast \
    && mkdir -p /etc/holdfast /var/lib/holdfast/scratch /var/backups/holdfast /run/holdfast \
    && chown -R holdfast:holdfast /var/lib/holdfast /var/backups/holdfast /run/holdfast
COPY --from=build /built/lib/ /opt/holdfast/lib/
COPY deploy/images/holdfast/ /opt/holdfast/bin/
COPY cli/src/main/resources/dev/holdfast/cli/demo/sample-database.sql /opt/holdfast/sample-database.sql
RUN chmod 755 /opt/holdfast/bin/* && ln -s /opt/holdfast/bin/holdfast /usr/local/bin/holdfast \
    && /opt/holdfast/bin/train
USER holdfast
WORKDIR /var/lib/holdfast
ENV LANG=C.UTF-8
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 CMD ["/opt/holdfast/bin/healthcheck"]
ENTRYPOINT ["/opt/holdfast/bin/start"]
CMD ["holdfast", "--help"]
