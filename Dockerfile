# feedmill in a container: one static binary, no shell, uid 65532, nothing written but the state.
#
#   docker build -t feedmill .
#   docker run --read-only --cap-drop ALL -p 8080:8080 \
#     -v "$PWD/conf:/etc/feedmill:ro" -v "$PWD/content:/content:ro" \
#     -v feedmill-state:/state -e FEEDMILL_STATE=/state feedmill
#
# conf holds config.yaml. Without the last line nothing is remembered over a restart. Mount the two folders, not single files: most editors save by putting a
# new file in the old one's place, and a mounted file would stay the old one.

ARG GO_VERSION=1.26

FROM golang:${GO_VERSION} AS build
WORKDIR /src
# .dockerignore leaves out all that the build does not read.
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" \
        -o /out/feedmill ./cmd/feedmill
# Where a state folder may be mounted. Volumes and tmpfs take the mode of the folder that they cover,
# so that any user may write there.
RUN mkdir -m 1777 /out/state

FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
LABEL org.opencontainers.image.title="feedmill" \
      org.opencontainers.image.description="Serves the feeds of a folder of Markdown articles" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /out /

# What the image fixes; all else is config.yaml's.
ENV FEEDMILL_LISTEN=:8080 \
    FEEDMILL_CONTENT=/content \
    FEEDMILL_STATE=none
# So that other commands ("docker run … feedmill check") find the same config.yaml.
WORKDIR /etc/feedmill
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["/feedmill", "healthcheck", "--config", "/etc/feedmill/config.yaml"]
ENTRYPOINT ["/feedmill"]
CMD ["serve", "--config", "/etc/feedmill/config.yaml"]
