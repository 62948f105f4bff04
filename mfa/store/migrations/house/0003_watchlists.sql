-- Named lists of symbols. A name belongs to its user whatever its letters' case; order is kept.
CREATE TABLE watchlist (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name   text NOT NULL CHECK (user_name <> ''),
    name        text NOT NULL CHECK (name <> ''),
    source      text NOT NULL CHECK (source <> ''),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE UNIQUE INDEX watchlist_by_name ON watchlist (user_name, lower(name));

CREATE TABLE watchlist_symbol (
    watchlist   bigint NOT NULL REFERENCES watchlist ON DELETE CASCADE,
    symbol      text NOT NULL CHECK (symbol <> ''),
    place       integer NOT NULL CHECK (place > 0),
    section     text NOT NULL DEFAULT '',
    PRIMARY KEY (watchlist, symbol)
);
