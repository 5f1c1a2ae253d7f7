# What a contributor does every day; `just` lists it.

_default:
    @just --list

# Serve on SQLite with nothing to configure
run:
    cargo run

# Format, lint and test, as a change must pass
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace

# Look for imports in a circle or from a higher floor, in seconds
house:
    cargo test -p house-rules

# The suite on PostgreSQL and Redis (start them with `docker compose up -d postgres redis`)
check-postgres:
    TEST_DATABASE_URL=postgres://rapport:rapport@localhost:5432/rapport TEST_REDIS_URL=redis://localhost:6379 cargo test --test it

# Write schema.graphql and .env.example anew
schema:
    UPDATE_SNAPSHOTS=1 cargo test --test it schema::

# Write the documents of the tests anew with the verdicts of graphql-js, after a change of the schema
verdicts:
    cd tests/clients && npm ci && node documents.mjs --hand > ../it/schema/verdicts_by_hand.jsonl && node documents.mjs 400 1 > ../it/schema/verdicts_generated.jsonl

# The conformance clients against a running server (RAPPORT_URL, RAPPORT_EMAIL, RAPPORT_PASSWORD)
clients:
    cd tests/clients/generated && npm ci && npm run lint && npm run build
    cd tests/clients && npm ci && node run.mjs audits ws sse graphiql apollo urql
    cargo run --package rapport-rust-client

# Build GraphiQL into src/http/graphiql
web:
    cd web/graphiql && npm ci && npm run build

# Measure the server, and others beside it (docs/performance.md); `just bench --smoke` only tries it
bench *ARGUMENTS:
    bash benches/run {{ARGUMENTS}}

# Everything that CI does
ci:
    bash .ci/run
