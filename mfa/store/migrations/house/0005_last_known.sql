-- What must be known of answers that are kept outside one process's memory.

-- One row per kind of thing that answers depend on. Its token is another one after each change of
-- that kind, in whatever process; an answer kept under the old token is never served again.
CREATE TABLE generation (
    kind   text PRIMARY KEY CHECK (kind <> ''),
    token  uuid NOT NULL DEFAULT gen_random_uuid()
);

INSERT INTO generation (kind)
VALUES ('account'), ('market'), ('clock'), ('watchlists'), ('settings'), ('stocks');

-- For tables whose rows answers depend on: the token moves with the rows or not at all.
CREATE FUNCTION next_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE magnus.generation SET token = gen_random_uuid() WHERE kind = TG_ARGV[0];
    RETURN NULL;
END $$;

CREATE TRIGGER next_generation AFTER INSERT OR UPDATE OR DELETE ON watchlist
    FOR EACH STATEMENT EXECUTE FUNCTION next_generation('watchlists');
CREATE TRIGGER next_generation AFTER INSERT OR UPDATE OR DELETE ON watchlist_symbol
    FOR EACH STATEMENT EXECUTE FUNCTION next_generation('watchlists');
CREATE TRIGGER next_generation AFTER INSERT OR UPDATE OR DELETE ON setting
    FOR EACH STATEMENT EXECUTE FUNCTION next_generation('settings');

-- The latest value of each question, for the day on which its source cannot be asked. `state` is
-- what the question's dependencies stood at: a value that a change has made untrue is not shown.
-- The value is json, not jsonb: it must come back as it was written, digit by digit.
CREATE TABLE last_known (
    mode        text NOT NULL CHECK (mode <> ''),
    user_name   text NOT NULL CHECK (user_name <> ''),
    feature     text NOT NULL CHECK (feature <> ''),
    query       text NOT NULL CHECK (query <> ''),
    params      text NOT NULL,
    params_hash text NOT NULL CHECK (params_hash <> ''),
    state       text NOT NULL,
    model       text NOT NULL CHECK (model <> ''),
    answer      json NOT NULL,
    kept_at     timestamptz NOT NULL,
    PRIMARY KEY (mode, user_name, feature, query, params_hash)
);

CREATE INDEX last_known_by_age ON last_known (kept_at);
