-- Conversations, their turns, and every event of a turn in the order in which it happened.

CREATE TABLE conversation (
    id          uuid PRIMARY KEY,
    user_name   text NOT NULL CHECK (user_name <> ''),
    title       text NOT NULL,
    last_turn   integer NOT NULL DEFAULT 0 CHECK (last_turn >= 0),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX conversation_by_user ON conversation (user_name, updated_at DESC);

-- A process that runs turns. While it lives it holds the session advisory lock of its id; whoever
-- can take that lock knows that the process is gone.
CREATE TABLE turn_owner (
    id          bigint PRIMARY KEY,
    host        text NOT NULL,
    pid         integer NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE turn (
    id            uuid PRIMARY KEY,
    conversation  uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
    seq           integer NOT NULL CHECK (seq > 0),
    user_name     text NOT NULL,
    door          text NOT NULL,
    mode          text NOT NULL CHECK (mode IN ('practice', 'paper', 'live')),
    text          text NOT NULL,
    intent        text,
    state         text NOT NULL DEFAULT 'running'
                  CHECK (state IN ('running', 'finished', 'failed', 'cancelled', 'interrupted')),
    owner         bigint NOT NULL,
    last_event    integer NOT NULL DEFAULT 0 CHECK (last_event >= 0),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at   timestamptz,
    UNIQUE (conversation, seq),
    CHECK ((state = 'running') = (finished_at IS NULL))
);

CREATE INDEX turn_running ON turn (owner) WHERE state = 'running';

-- `key` is the event's identity within its turn: a step that runs again after a crash finds its
-- event here and does not tell it twice.
CREATE TABLE turn_event (
    turn     uuid NOT NULL REFERENCES turn ON DELETE CASCADE,
    seq      integer NOT NULL CHECK (seq > 0),
    key      text NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('accepted', 'understood', 'planned', 'step_started',
             'step_done', 'text', 'block', 'finished', 'failed', 'cancelled', 'interrupted',
             'resumed')),
    payload  jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (turn, seq),
    UNIQUE (turn, key)
);
