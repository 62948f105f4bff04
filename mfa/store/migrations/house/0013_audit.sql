-- What was proposed, confirmed, refused, done and undone, in the order in which it happened. hash is
-- SHA-256 over the hash before it, a line end and the entry's text; the other columns repeat what
-- the text says, to be found by. There is no way to remove or change a row, and none is meant.
CREATE TABLE audit (
    seq        bigint PRIMARY KEY CHECK (seq > 0),
    at         timestamptz NOT NULL,
    user_name  text NOT NULL,
    kind       text NOT NULL,
    card       uuid,
    entry      text NOT NULL,
    hash       text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$')
);

CREATE INDEX audit_by_user ON audit (user_name, seq DESC);
CREATE INDEX audit_by_card ON audit (card, seq) WHERE card IS NOT NULL;

CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END
$$;

CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION keep_audit();
CREATE TRIGGER keep_audit_whole BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();
