-- What the peers' subscriptions tell of.
CREATE TABLE IF NOT EXISTS bench_messages (id bigserial PRIMARY KEY, topic text NOT NULL, text text NOT NULL);
