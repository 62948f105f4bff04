-- What a person said that a message means. `masked` is the message as the classifier sees it: no
-- name, amount or date is kept. The latest word on a message counts; the earlier ones are history.

CREATE TABLE correction (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name   text NOT NULL CHECK (user_name <> ''),
    masked      text NOT NULL CHECK (masked <> ''),
    intent      text NOT NULL CHECK (intent <> ''),
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX correction_by_message ON correction (user_name, masked, id DESC);
