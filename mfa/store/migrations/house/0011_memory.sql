-- What a person asked to be remembered, and what was concluded for them. A conclusion belongs to
-- the mode it was drawn in, and what a person said to none. The index that finds a memory by its
-- meaning is made from these rows and lies elsewhere.
CREATE TABLE memory (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name   text NOT NULL DEFAULT 'local' CHECK (user_name <> ''),
    kind        text NOT NULL CHECK (kind IN ('preference', 'fact', 'conclusion')),
    text        text NOT NULL CHECK (text <> '' AND length(text) <= 500),
    mode        text NOT NULL DEFAULT '',
    symbols     text[] NOT NULL DEFAULT '{}',
    said_at     timestamptz NOT NULL,
    kept_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((kind = 'conclusion') = (mode <> ''))
);

CREATE UNIQUE INDEX memory_by_text ON memory (user_name, mode, md5(lower(text)));

INSERT INTO generation (kind) VALUES ('memories');

CREATE TRIGGER next_generation AFTER INSERT OR UPDATE OR DELETE ON memory
    FOR EACH STATEMENT EXECUTE FUNCTION next_generation('memories');
