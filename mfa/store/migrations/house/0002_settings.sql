-- What a person set while running; the environment and the settings file win over it.
CREATE TABLE setting (
    key        text PRIMARY KEY CHECK (key <> ''),
    value      jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
