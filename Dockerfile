# Builds the server in one stage and ships it alone in another.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked && cp target/release/rapport /rapport

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/rapport rapport
COPY --from=build /rapport /usr/local/bin/rapport
USER rapport
WORKDIR /var/lib/rapport
# The embedded database and the cache lie in data/ below the working directory.
VOLUME /var/lib/rapport
ENV API_HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD curl -fsS http://127.0.0.1:8000/health/ready || exit 1
ENTRYPOINT ["rapport"]
CMD ["serve"]
