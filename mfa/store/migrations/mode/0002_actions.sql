-- Cards: what a person was asked to confirm, and what came of it. params is the canonical JSON that
-- binding was made over; both are text, because jsonb would put them in another order.
CREATE TABLE card (
    id            uuid PRIMARY KEY,
    user_name     text NOT NULL CHECK (user_name <> ''),
    session       text NOT NULL CHECK (session <> ''),
    door          text NOT NULL CHECK (door <> ''),
    conversation  uuid,
    action        text NOT NULL,
    params        text NOT NULL,
    binding       text NOT NULL CHECK (binding ~ '^[0-9a-f]{64}$'),
    despite_halt  boolean NOT NULL,
    facts         jsonb NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    state         text NOT NULL DEFAULT 'open'
                  CHECK (state IN ('open', 'confirmed', 'cancelled', 'expired', 'replaced')),
    decided_at    timestamptz,
    replaces      uuid UNIQUE REFERENCES card,
    undoes        uuid REFERENCES card,
    receipt       jsonb,
    undo_at       timestamptz,
    undone        jsonb,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK (receipt IS NULL OR state = 'confirmed'),
    CHECK (undo_at IS NULL OR receipt IS NOT NULL),
    CHECK (undone IS NULL OR undo_at IS NOT NULL)
);

CREATE INDEX card_by_user ON card (user_name, created_at DESC);
CREATE INDEX card_open ON card (user_name, conversation) WHERE state = 'open';

-- What was shown is what is done: nothing of a card changes but its fate, and that only once.
CREATE FUNCTION keep_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (new.id, new.user_name, new.session, new.door, new.conversation, new.action, new.params,
        new.binding, new.despite_halt, new.facts, new.created_at, new.expires_at, new.replaces,
        new.undoes)
       IS DISTINCT FROM
       (old.id, old.user_name, old.session, old.door, old.conversation, old.action, old.params,
        old.binding, old.despite_halt, old.facts, old.created_at, old.expires_at, old.replaces,
        old.undoes) THEN
        RAISE EXCEPTION 'a card is not changed: edit it, which makes another';
    END IF;
    IF old.state <> 'open' AND (new.state, new.decided_at)
       IS DISTINCT FROM (old.state, old.decided_at) THEN
        RAISE EXCEPTION 'a card is decided once';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER keep_card BEFORE UPDATE ON card FOR EACH ROW EXECUTE FUNCTION keep_card();

-- One row per action that passed its hourly limit.
CREATE TABLE action_use (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name  text NOT NULL,
    action     text NOT NULL,
    card       uuid NOT NULL REFERENCES card,
    at         timestamptz NOT NULL
);

CREATE INDEX action_use_by_hour ON action_use (user_name, action, at);
